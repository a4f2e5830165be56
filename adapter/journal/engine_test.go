package journal

import (
	"context"
	"testing"
	"time"
)

// TestConnectionsOutliveARestartOfTheEngine is what recovery from a full disk rests on.
func TestConnectionsOutliveARestartOfTheEngine(t *testing.T) {
	j, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	r, err := j.Read(t.Context(), []string{"a"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for range 3 {
		if err := j.Append(ctx, Envelope{Source: "a", Received: time.Now(), Body: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(ctx); err != nil {
			t.Fatal(err)
		}
		if err := j.engine.restart(); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Append(ctx, Envelope{Source: "a", Received: time.Now(), Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	if counts, err := j.Received(ctx); err != nil || counts["a"].Envelopes != 4 {
		t.Errorf("counted %+v, %v", counts, err)
	}
}
