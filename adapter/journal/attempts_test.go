package journal_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// attempt makes one that held some events of a frame, at a number of milliseconds after noon.
func attempt(ms int, seq uint64, from, to int) journal.Attempt {
	return journal.Attempt{
		At:      time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond),
		Request: uuid.NewString(), Status: 202, Class: "accepted", Took: 17 * time.Millisecond,
		Events: []journal.Span{{Seq: seq, From: from, To: to}}, Revisions: map[string]uint64{"a": 3, "b": 1 << 33},
	}
}

func attemptsOf(t *testing.T, j *journal.Journal, destination string, since time.Time) (out []journal.Attempt) {
	t.Helper()
	err := j.EachAttempt(t.Context(), destination, since, func(a journal.Attempt) bool {
		out = append(out, a)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAttemptsComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	refused := journal.Attempt{
		At: time.Date(2026, 5, 4, 12, 0, 1, 2000, time.UTC), Request: "no uuid", Status: 400, Class: "rejected", Error: "events[1]: no",
		Took: time.Second, Events: []journal.Span{{Seq: 7, To: 2}, {Seq: 7, From: 9, To: 10}, {Seq: 1 << 40, From: 3, To: 4}},
		Refused: []journal.Place{{Seq: 7, N: 1}, {Seq: 1 << 40, N: 3}}, Replay: true,
	}
	lists := [][]journal.Attempt{{attempt(0, 5, 0, 50), refused}, {}, {attempt(3000, 6, 0, 1), {}}}
	for _, list := range lists {
		if err := j.LogAttempts(t.Context(), "d", list); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.LogAttempts(t.Context(), "other", lists[0]); err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(lists...)
	want[3].At = want[3].At.UTC()
	if got := attemptsOf(t, j, "d", time.Time{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if got := attemptsOf(t, open(t, dir), "d", time.Time{}); !reflect.DeepEqual(got, want) {
		t.Errorf("after reopening: %+v", got)
	}
}

func TestAttemptsOfOneEvent(t *testing.T) {
	j := open(t, t.TempDir())
	first, again, other := attempt(0, 5, 0, 50), attempt(20, 5, 25, 26), attempt(40, 6, 0, 50)
	again.Refused = []journal.Place{{Seq: 5, N: 25}}
	if err := j.LogAttempts(t.Context(), "d", []journal.Attempt{first, again, other}); err != nil {
		t.Fatal(err)
	}
	place := journal.Place{Seq: 5, N: 25}
	for _, c := range []struct {
		since time.Time
		want  []journal.Attempt
	}{
		{time.Time{}, []journal.Attempt{first, again}},
		{first.At, []journal.Attempt{first, again}},
		{first.At.Add(time.Microsecond), []journal.Attempt{again}},
		{time.Now().Add(time.Hour), nil},
	} {
		got, err := j.AttemptsOf(t.Context(), "d", place, c.since)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("since %s: %+v, %v", c.since, got, err)
		}
	}
	if first.Refuses(place) || !again.Refuses(place) || other.Sent(place) || again.Sent(journal.Place{Seq: 5, N: 26}) {
		t.Error("an attempt holds or refuses what it should not")
	}
	n := 0
	if err := j.EachAttempt(t.Context(), "d", time.Time{}, func(journal.Attempt) bool { n++; return n < 2 }); err != nil || n != 2 {
		t.Errorf("went on after it was told to stop: %d, %v", n, err)
	}
}

// TestManyAttemptsAreSeveralMessages logs more at once than the engine takes in one message.
func TestManyAttemptsAreSeveralMessages(t *testing.T) {
	j := open(t, t.TempDir())
	var want []journal.Attempt
	for i := range 300 {
		a := attempt(i, uint64(i), 0, 1)
		for n := range 2000 {
			a.Events = append(a.Events, journal.Span{Seq: uint64(1000 + n*n), From: n, To: n + 1})
		}
		want = append(want, a)
	}
	if err := j.LogAttempts(t.Context(), "d", want); err != nil {
		t.Fatal(err)
	}
	if got := attemptsOf(t, j, "d", time.Time{}); !reflect.DeepEqual(got, want) {
		t.Errorf("%d of %d came back as they were", len(got), len(want))
	}
}

func TestErrorOfAnAttemptIsCut(t *testing.T) {
	j := open(t, t.TempDir())
	a := attempt(0, 1, 0, 1)
	a.Error = strings.Repeat("é", 5000)
	if err := j.LogAttempts(t.Context(), "d", []journal.Attempt{a}); err != nil {
		t.Fatal(err)
	}
	got := attemptsOf(t, j, "d", time.Time{})[0].Error
	if len(got) > 1<<10 || len(got) < 1000 || !utf8.ValidString(got) || !strings.HasPrefix(a.Error, got) {
		t.Errorf("kept %d bytes: %q…", len(got), got[:20])
	}
}

func TestLoggingToAClosedJournalIsAnErrorAtOnce(t *testing.T) {
	j := open(t, t.TempDir())
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := j.LogAttempts(t.Context(), "d", []journal.Attempt{attempt(0, 1, 0, 1)}); err == nil || time.Since(began) > 30*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

func TestSpans(t *testing.T) {
	at := func(seq uint64, n int) journal.Place { return journal.Place{Seq: seq, N: n} }
	for _, c := range []struct {
		places []journal.Place
		want   []journal.Span
	}{
		{nil, nil},
		{[]journal.Place{at(3, 2)}, []journal.Span{{Seq: 3, From: 2, To: 3}}},
		{[]journal.Place{at(3, 2), at(3, 1), at(4, 3), at(3, 2), at(3, 4)}, []journal.Span{{Seq: 3, From: 1, To: 3}, {Seq: 3, From: 4, To: 5}, {Seq: 4, From: 3, To: 4}}},
	} {
		before := slices.Clone(c.places)
		if got := journal.Spans(c.places); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.places, got, c.want)
		}
		if !slices.Equal(before, c.places) {
			t.Errorf("%v was changed to %v", before, c.places)
		}
	}
}

// BenchmarkLogAttempts logs twenty attempts of fifty events a call: as one span each, and scattered over frames.
func BenchmarkLogAttempts(b *testing.B) {
	for _, spans := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("spans=%d", spans), func(b *testing.B) {
			dir := b.TempDir()
			j := open(b, dir)
			list := make([]journal.Attempt, 20)
			for i := range list {
				list[i] = attempt(i, 1000, 0, 50/spans)
				list[i].Events = nil
				for seq := uint64(1000 * i); len(list[i].Events) < spans; seq += rand.Uint64N(4) + 1 {
					from := rand.IntN(25)
					list[i].Events = append(list[i].Events, journal.Span{Seq: seq, From: from, To: from + 50/spans})
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := j.LogAttempts(b.Context(), "d", list); err != nil {
					b.Fatal(err)
				}
			}
			if err := j.Close(); err != nil { // what is not synced is written then
				b.Fatal(err)
			}
			b.ReportMetric(float64(storedBytes(b, dir, "attempt"))/float64(20*b.N), "stored-B/attempt")
		})
	}
}

// storedBytes is what a stream's messages take on disk.
func storedBytes(b *testing.B, dir, stream string) (size int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".blk") || !strings.Contains(path, "/streams/"+stream+"/") {
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}
