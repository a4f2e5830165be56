package journal_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

func TestFullJournalSaysSo(t *testing.T) {
	j, err := journal.Open(t.Context(), journal.Options{Dir: t.TempDir(), MaxBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for err == nil {
		err = j.Append(t.Context(), envelope("a", 100))
	}
	if !errors.Is(err, journal.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	_ = j.Append(t.Context(), envelope("a", 1)) // may find room where a hundred did not
	if j.HasRoom() {
		t.Error("HasRoom after an envelope found none")
	}
	seq := read(t, j, "a", 0, 100)[0].Place.Seq
	full, err := j.NearlyFull(t.Context())
	if err != nil || !full {
		t.Fatalf("NearlyFull is %v, %v", full, err)
	}
	if err := j.Clean(t.Context(), seq+5, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(t.Context(), envelope("a", 100)); err != nil || !j.HasRoom() {
		t.Errorf("after cleaning: %v, HasRoom is %v", err, j.HasRoom())
	}
}

// A journal without room for a single byte is no engine that has to be restarted.
func TestJournalAtItsLimitIsWell(t *testing.T) {
	j, err := journal.Open(t.Context(), journal.Options{Dir: t.TempDir(), MaxBytes: 16 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	noise := make([]byte, 1024) // incompressible, so that the frames shrink by single bytes
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	for n := len(noise); n > 0; {
		err := j.Append(t.Context(), journal.Envelope{Source: "a", Received: time.Now(), Body: noise[:n]})
		switch {
		case errors.Is(err, journal.ErrFull):
			n--
		case err != nil:
			t.Fatal(err)
		}
	}
	if err := j.Probe(t.Context()); err != nil {
		t.Errorf("Probe: %v", err)
	}
	if j.HasRoom() {
		t.Error("HasRoom in a full journal")
	}
}
