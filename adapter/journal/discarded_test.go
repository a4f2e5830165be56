package journal_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

func discardedOf(t *testing.T, j *journal.Journal, destination string, from uint64) (out []journal.Discarded) {
	t.Helper()
	err := j.EachDiscarded(t.Context(), destination, from, func(d journal.Discarded) bool { out = append(out, d); return true })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// discard gives letters up and returns the greatest sequence of their records.
func discard(t *testing.T, j *journal.Journal, letters ...journal.DeadLetter) uint64 {
	t.Helper()
	var records []journal.Discarded
	for i := range letters {
		records = append(records, journal.NewDiscarded(&letters[i], "a test school", "somebody", noon))
	}
	last, err := j.Discard(t.Context(), "d", records)
	if err != nil {
		t.Fatal(err)
	}
	return last
}

func TestDiscardedOnceHoweverOftenItIsTried(t *testing.T) {
	j := open(t, t.TempDir())
	all := bury(t, j, "d", letter(0, "refused", "x", "a"), letter(1, "malformed", "x", "a"), letter(2, "refused", "x", "a"))
	first := discard(t, j, all[0])
	if dead, err := j.LastDead(t.Context()); err != nil || first <= all[2].Seq || first > dead {
		t.Errorf("the record is %d, behind the letter %d; the last of the dead is %d, %v", first, all[2].Seq, dead, err)
	}
	last := discard(t, j, all...) // some are known
	if again := discard(t, j, all...); again != last {
		t.Errorf("tried again: %d, then %d", last, again)
	}
	if again := discard(t, j, all[0]); again != first {
		t.Errorf("the first tried again: %d, then %d", first, again)
	}
	got := discardedOf(t, j, "d", 1)
	if len(got) != len(all) || got[2].Seq != last {
		t.Fatalf("%d records of %d letters: %+v", len(got), len(all), got)
	}
	for i, d := range got {
		want := journal.Discarded{
			Seq: d.Seq, Place: all[i].Place, Source: "a", ID: all[i].ID, Type: "x", Reason: all[i].Reason,
			Why: "a test school", By: "somebody", At: noon, DeadSeq: all[i].Seq,
		}
		if !reflect.DeepEqual(d, want) {
			t.Errorf("got %+v, want %+v", d, want)
		}
	}
	if rest := discardedOf(t, j, "d", first+1); len(rest) != 2 || rest[0].DeadSeq != all[1].Seq {
		t.Errorf("from the second on: %+v", rest)
	}
	if others := discardedOf(t, j, "e", 1); len(others) != 0 {
		t.Errorf("of another destination: %+v", others)
	}
	heads, _ := listers(t, j)
	if left := collect(t, heads, "d", journal.DeadFilter{}); len(left) != len(all) {
		t.Errorf("%d letters are left: who discards removes them later", len(left))
	}
}

func TestThousandsAreDiscarded(t *testing.T) {
	const letters = 2500
	j := open(t, t.TempDir())
	var records []journal.Discarded
	for n := range letters {
		records = append(records, journal.Discarded{DeadSeq: uint64(n + 1), Why: strings.Repeat("w", 3000)})
	}
	last, err := j.Discard(t.Context(), "d", records)
	if err != nil {
		t.Fatal(err)
	}
	got := discardedOf(t, j, "d", 1)
	if len(got) != letters || got[letters-1].DeadSeq != letters || got[letters-1].Seq != last || len(got[0].Why) != 2<<10 {
		t.Errorf("%d records, stored up to %d", len(got), last)
	}
}

// TestOldRecordsAndBodiesAreRemoved cleans as if hours had gone by.
func TestOldRecordsAndBodiesAreRemoved(t *testing.T) {
	j := open(t, t.TempDir())
	all := bury(t, j, "d", letter(0, "refused", "x", "a"))
	discard(t, j, all...)
	for _, size := range []int{10, 3<<20 + 17} {
		body := []byte(strings.Repeat("x", size))
		if err := j.Refuse(t.Context(), journal.Refusal{Source: "a", Received: noon, Reason: "syntax", Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		keep            time.Duration
		now             time.Time
		records, bodies int
	}{
		{time.Hour, time.Now(), 1, 2},
		{time.Second, time.Now().Add(time.Minute), 1, 0}, // records stay an hour
		{3 * time.Hour, time.Now().Add(2 * time.Hour), 1, 0},
		{time.Second, time.Now().Add(2 * time.Hour), 0, 0},
		{time.Second, time.Now().Add(2 * time.Hour), 0, 0},
	} {
		if err := j.CleanDead(t.Context(), c.keep, c.now); err != nil {
			t.Fatal(err)
		}
		bodies := 0
		if err := j.ListRefused(t.Context(), 0, func(journal.RefusedBody) bool { bodies++; return true }); err != nil {
			t.Fatal(err)
		}
		if records := len(discardedOf(t, j, "d", 1)); records != c.records || bodies != c.bodies {
			t.Errorf("keep %s: %d records and %d bodies are left, want %d and %d", c.keep, records, bodies, c.records, c.bodies)
		}
	}
	if got, err := j.Dead(t.Context(), "d", all[0].Seq); err != nil || got.ID != all[0].ID {
		t.Errorf("a letter is no janitor's: %v", err)
	}
	if err := j.Refuse(t.Context(), journal.Refusal{Source: "a", Received: noon, Reason: "syntax", Body: []byte(strings.Repeat("x", 3<<20+17))}); err != nil {
		t.Fatalf("the same body again: %v", err)
	}
	var kept []journal.RefusedBody
	if err := j.ListRefused(t.Context(), 0, func(b journal.RefusedBody) bool { kept = append(kept, b); return true }); err != nil || len(kept) != 1 {
		t.Fatalf("kept %+v, %v", kept, err)
	}
	if body, err := j.RefusedBytes(t.Context(), kept[0]); err != nil || len(body) != 3<<20+17 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}
