package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
)

func mustAppend(t testing.TB, j *journal.Journal, envelopes ...journal.Envelope) {
	t.Helper()
	for _, e := range envelopes {
		if err := j.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryPlaceOfAnEventIsFound(t *testing.T) {
	j := open(t, t.TempDir())
	e, other := envelope("a", 3), envelope("b", 2)
	id := e.Split.Items[1].ID
	other.Split.Items[0].ID = id // another source's event is another event
	mustAppend(t, j, envelope("a", 2), e, other, envelope("a", 1), e)
	find := func(id uuid.UUID, since time.Time, sources ...string) []journal.Found {
		t.Helper()
		found, err := j.FindEvent(t.Context(), sources, id, since)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	found := find(id, time.Time{}, "a")
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	all := read(t, j, "a", 0, 9)
	for i, n := range []int{3, 7} {
		f := found[i]
		item := e.Split.Items[1]
		if f.Place != all[n].Place || f.Source != "a" || f.ID != id || f.Type != "SessionEvent" ||
			!bytes.Equal(f.Raw, e.Body[item.Start:item.End]) || f.Stored.Before(f.Received) {
			t.Errorf("found %+v with text %s", f, f.Raw)
		}
	}
	if got := find(id, time.Time{}, "a", "b"); len(got) != 3 || got[1].Source != "b" {
		t.Errorf("in both sources: %+v", got)
	}
	if got := find(id, found[1].Stored, "a"); len(got) != 1 || got[0].Place != all[7].Place {
		t.Errorf("since the second: %+v", got)
	}
	if got := find(uuid.New(), time.Time{}, "a", "b"); len(got) != 0 {
		t.Errorf("an unknown id: %+v", got)
	}
	if got := find(id, time.Time{}); len(got) != 0 {
		t.Errorf("in no source: %+v", got)
	}
}

// TestSequencesByTime asks for the frames beyond what is found, not for the sequence itself: the watchdog's probes lie
// between the frames, wherever they happen to.
func TestSequencesByTime(t *testing.T) {
	j := open(t, t.TempDir())
	both := []string{"a", "b"}
	beyond := func(at time.Time) []uint64 {
		t.Helper()
		seq, err := j.SequenceAt(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		return readUntil(t, j, both, seq, math.MaxUint64)
	}
	if got := beyond(time.Now()); len(got) != 0 {
		t.Errorf("in an empty journal: %d", got)
	}
	mustAppend(t, j, envelope("a", 1), envelope("b", 1), envelope("a", 1), envelope("a", 1))
	frames := readUntil(t, j, both, 0, math.MaxUint64)
	if len(frames) != 4 {
		t.Fatalf("frames are %d", frames)
	}
	found, err := j.FindEvent(t.Context(), []string{"a"}, read(t, j, "a", 0, 3)[1].ID, time.Time{})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	third := found[0]
	for _, c := range []struct {
		at   time.Time
		want []uint64
	}{
		{time.Time{}, frames},
		{time.Now().Add(-time.Hour), frames},
		{third.Stored, frames[2:]},
		{third.Stored.Add(1), frames[3:]},
		{time.Now().Add(time.Hour), nil},
	} {
		if got := beyond(c.at); !slices.Equal(got, c.want) {
			t.Errorf("since %s: %d, want %d", c.at, got, c.want)
		}
	}
	for _, c := range []struct {
		since, until time.Time
		want         []uint64
	}{
		{time.Time{}, time.Time{}, frames},
		{third.Received, third.Received.Add(1), frames}, // clocks may differ, and a write takes its time
		{time.Now().Add(time.Hour), time.Time{}, nil},
		{time.Time{}, time.Now().Add(-time.Hour), nil},
	} {
		after, upTo, err := j.Range(t.Context(), c.since, c.until)
		if err != nil {
			t.Fatal(err)
		}
		if got := readUntil(t, j, both, after, upTo); !slices.Equal(got, c.want) {
			t.Errorf("from %s to %s: %d, want %d", c.since, c.until, got, c.want)
		}
	}
	if err := j.Clean(t.Context(), frames[1], time.Now().Add(30*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := beyond(time.Now().Add(-time.Hour)); !slices.Equal(got, frames[2:]) {
		t.Errorf("what is left: %d, want %d", got, frames[2:])
	}
	if got := beyond(time.Now().Add(time.Hour)); len(got) != 0 {
		t.Errorf("behind what is left: %d", got)
	}
}

func TestReadingEnds(t *testing.T) {
	j := open(t, t.TempDir())
	for range 3 {
		mustAppend(t, j, envelope("a", 1), envelope("b", 1))
	}
	seqs := make([]uint64, 0, 6) // of the six frames
	for i, a := range read(t, j, "a", 0, 3) {
		seqs = append(seqs, a.Place.Seq, read(t, j, "b", 0, 3)[i].Place.Seq)
	}
	both := []string{"a", "b"}
	for _, c := range []struct {
		sources     []string
		after, upTo uint64
		want        []uint64
	}{
		{[]string{"a"}, 0, seqs[5], []uint64{seqs[0], seqs[2], seqs[4]}},
		{[]string{"a"}, seqs[0], seqs[3], []uint64{seqs[2]}},
		{both, seqs[0], seqs[3], seqs[1:4]},
		{both, seqs[0], seqs[3] - 1, seqs[1:3]},
		{both, 0, 999, seqs},
		{both, 0, 0, nil},
		{both, seqs[3], seqs[1], nil},
		{[]string{"nobody"}, 0, seqs[5], nil},
	} {
		if got := readUntil(t, j, c.sources, c.after, c.upTo); !slices.Equal(got, c.want) {
			t.Errorf("%v beyond %d up to %d: read %v, want %v", c.sources, c.after, c.upTo, got, c.want)
		}
	}
}

// readUntil returns the sequences of the frames that a reader with an end hands out.
func readUntil(t *testing.T, j *journal.Journal, sources []string, after, upTo uint64) (seqs []uint64) {
	t.Helper()
	r := j.ReadUntil(sources, after, upTo)
	for {
		f, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, f.Seq)
	}
	if _, err := r.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
	return seqs
}

// BenchmarkFindEvent looks for one event among 250,000 of a kilobyte each, in frames of 25.
func BenchmarkFindEvent(b *testing.B) {
	const events, each = 250_000, 25
	dir := b.TempDir()
	j := open(b, dir)
	var id uuid.UUID
	for range events / each {
		e := kilobytes(each)
		mustAppend(b, j, e)
		id = e.Split.Items[3].ID
	}
	b.SetBytes(storedBytes(b, dir, "journal"))
	b.ReportAllocs()
	for b.Loop() {
		found, err := j.FindEvent(context.Background(), []string{"a"}, id, time.Time{})
		if err != nil || len(found) != 1 {
			b.Fatalf("found %d, %v", len(found), err)
		}
	}
	b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
}

// kilobytes makes an envelope of events that compress about as Learn's do.
func kilobytes(n int) journal.Envelope {
	e := journal.Envelope{Source: "a", Received: time.Now()}
	for i := range n {
		start := len(e.Body)
		id := uuid.New()
		e.Body = fmt.Appendf(e.Body, `{"id":"urn:uuid:%s","type":"SessionEvent","n":%d`, id, i)
		for k := range 8 {
			e.Body = fmt.Appendf(e.Body, `,"https://schema.example/property/%d":{"id":"https://learn.example/users/%x"}`, k, uuid.New())
		}
		e.Body = append(e.Body, '}')
		e.Split.Items = append(e.Split.Items, blackboard.Item{Start: start, End: len(e.Body), ID: id, Type: "SessionEvent"})
		e.Body = append(e.Body, ',')
	}
	return e
}
