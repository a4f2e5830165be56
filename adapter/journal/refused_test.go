package journal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// refuse keeps bodies and returns them as they are listed.
func refuse(t *testing.T, j *journal.Journal, texts ...string) []journal.RefusedBody {
	t.Helper()
	for _, text := range texts {
		if err := j.Refuse(t.Context(), journal.Refusal{Source: "a", Received: noon, Reason: "syntax", Body: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	return refusedBeyond(t, j, 0)
}

func refusedBeyond(t *testing.T, j *journal.Journal, after uint64) (bodies []journal.RefusedBody) {
	t.Helper()
	err := j.ListRefused(t.Context(), after, func(b journal.RefusedBody) bool {
		bodies = append(bodies, b)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return bodies
}

// TestRefusedBodiesAreLetters numbers them as the dead letters among which they lie.
func TestRefusedBodiesAreLetters(t *testing.T) {
	j := open(t, t.TempDir())
	dead := bury(t, j, "d", letter(0, "refused", "x", "a"))
	bodies := refuse(t, j, "one", strings.Repeat("x", 1<<20), "three")
	if len(bodies) != 3 || bodies[0].Seq <= dead[0].Seq || bodies[2].Seq < bodies[1].Seq+uint64(bodies[1].Parts) {
		t.Fatalf("listed %+v", bodies)
	}
	if rest := refusedBeyond(t, j, bodies[1].Seq); len(rest) != 1 || rest[0] != bodies[2] {
		t.Errorf("the rest is %+v", rest)
	}
	for _, body := range bodies {
		if got, err := j.Refused(t.Context(), body.Seq); err != nil || got != body {
			t.Errorf("found %+v, %v", got, err)
		}
	}
	for _, seq := range []uint64{0, dead[0].Seq, bodies[1].Seq + 1, bodies[2].Seq + 1} {
		if got, err := j.Refused(t.Context(), seq); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("letter %d is %+v, %v", seq, got, err)
		}
	}
}

// TestRefusedBodyIsDiscarded leaves the others, and a record of who did it.
func TestRefusedBodyIsDiscarded(t *testing.T) {
	j := open(t, t.TempDir())
	bodies := refuse(t, j, "one", strings.Repeat("x", 1<<20), "three")
	how := journal.Discarded{Why: "noise", By: "ann", At: noon}
	if n, err := j.DiscardRefused(t.Context(), []uint64{bodies[1].Seq}, how); n != 1 || err != nil {
		t.Fatalf("discarded %d, %v", n, err)
	}
	if left := refusedBeyond(t, j, 0); len(left) != 2 || left[0] != bodies[0] || left[1] != bodies[2] {
		t.Errorf("left %+v", left)
	}
	if _, err := j.RefusedBytes(t.Context(), bodies[1]); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("the body's bytes: %v", err)
	}
	records := discardedOf(t, j, journal.Receive, 1)
	if len(records) != 1 || records[0].DeadSeq != bodies[1].Seq || records[0].Reason != "syntax" || records[0].By != "ann" {
		t.Errorf("recorded %+v", records)
	}
	if n, err := j.DiscardRefused(t.Context(), []uint64{bodies[1].Seq}, how); n != 0 || err != nil {
		t.Errorf("the same again: %d, %v", n, err)
	}
}
