package pipeline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// The replies of a collector. Waits have no randomness here: 1, 2, 4 seconds and so on.
var (
	taken     = timeback.Reply{Class: timeback.Accepted, Status: 202}
	later     = timeback.Reply{Class: timeback.Retry, Status: 503}
	misplaced = timeback.Reply{Class: timeback.Pause, Status: 404, Err: errors.New("nothing is at auth.url")}
)

// testGate runs with synctest's clock, which stands still until everybody waits.
func testGate() *gate {
	return newGate(clockwork.NewRealClock(), timeback.Backoff{Min: time.Second, Max: time.Minute}, func(StateReport) {})
}

// mustEnter enters, and demands how long that took.
func mustEnter(t *testing.T, g *gate, want time.Duration) permit {
	t.Helper()
	began := time.Now()
	p, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took != want {
		t.Fatalf("entered after %s, want %s", took, want)
	}
	return p
}

func mustBe(t *testing.T, g *gate, name string, failures int) {
	t.Helper()
	if r := g.Report(); r.Name != name || r.Failures != failures {
		t.Fatalf("%s after %d failures, want %s after %d", r.Name, r.Failures, name, failures)
	}
}

func TestGateBacksOffAndProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		g.leave(mustEnter(t, g, 0), later)
		mustBe(t, g, BackingOff, 1)
		g.leave(mustEnter(t, g, time.Second), later)
		mustBe(t, g, BackingOff, 2)
		asked := later
		asked.RetryAfter = 10 * time.Minute
		g.leave(mustEnter(t, g, 2*time.Second), asked)
		g.leave(mustEnter(t, g, 10*time.Minute+time.Second), taken) // with the random part, which is whole here
		mustBe(t, g, Running, 0)
		g.leave(mustEnter(t, g, 0), later)
		mustBe(t, g, BackingOff, 1) // the count of failures has begun anew
	})
}

func TestGateLetsOneProbeAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		var permits []permit
		for range 3 {
			permits = append(permits, mustEnter(t, g, 0))
		}
		for _, p := range permits {
			g.leave(p, later) // what failed together is one failure
		}
		mustBe(t, g, BackingOff, 1)
		entered := make(chan permit, 3)
		for range 3 {
			go func() {
				p, err := g.enter(t.Context())
				if err != nil {
					t.Error(err)
				}
				entered <- p
			}()
		}
		probe := <-entered
		synctest.Wait()
		if len(entered) > 0 || g.Report().InFlight != 1 {
			t.Fatalf("%d entered beside the probe", len(entered))
		}
		g.leave(probe, taken)
		g.leave(<-entered, taken)
		g.leave(<-entered, taken)
	})
}

func TestGateIgnoresRepliesOfAnEarlierState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		slow, quick := mustEnter(t, g, 0), mustEnter(t, g, 0)
		g.leave(quick, later)
		g.leave(slow, taken)
		mustBe(t, g, BackingOff, 1)
		slow = mustEnter(t, g, time.Second)
		g.wake() // does not let a second probe in
		g.giveUp(slow)
		g.leave(mustEnter(t, g, 0), taken)
		mustBe(t, g, Running, 0)
	})
}

func TestGatePausesForFaultsOfSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		g.leave(mustEnter(t, g, 0), misplaced)
		mustBe(t, g, Paused, 1)
		if r := g.Report(); r.Reason != "nothing is at auth.url" || time.Until(r.Retry) != time.Second {
			t.Errorf("reported %+v", r)
		}
		g.wake()
		g.leave(mustEnter(t, g, 0), taken)
		mustBe(t, g, Running, 0)
	})
}

func TestGateStaysPausedUntilResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		g.leave(mustEnter(t, g, 0), later)
		g.pause(journal.Pause{By: "ann", Because: "maintenance", At: time.Now()})
		mustBe(t, g, Paused, 1)
		g.wake()
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		if _, err := g.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("entered while paused: %v", err)
		}
		g.resume()
		mustBe(t, g, BackingOff, 1)
		g.leave(mustEnter(t, g, 0), taken) // at once, however long the wait was
	})
}

func TestGateSurvivesRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := testGate()
		for range 4 {
			p, err := before.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			before.leave(p, later)
		}
		saved, news := before.save()
		if _, again := before.save(); !news || again {
			t.Errorf("news %v, then %v", news, again)
		}
		after := testGate()
		after.restore(saved)
		mustBe(t, after, BackingOff, 4)
		after.leave(mustEnter(t, after, 8*time.Second), later)
		mustBe(t, after, BackingOff, 5)

		impatient := testGate()
		impatient.wake() // somebody has just changed its settings
		impatient.restore(saved)
		mustEnter(t, impatient, 0)

		before.pause(journal.Pause{By: "ann"})
		saved, _ = before.save()
		after = testGate()
		after.restore(saved)
		mustBe(t, after, Paused, 4)
	})
}

func TestGateShowsThatThePipelineCannotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		g.halt(errors.New("the engine is away"), time.Second)
		mustBe(t, g, BackingOff, 0)
		g.mend()
		mustBe(t, g, Running, 0)
		g.leave(mustEnter(t, g, 0), later)
		g.halt(errors.New("the engine is away"), time.Second)
		g.mend() // that the collector is away, too, stays
		mustBe(t, g, BackingOff, 1)
	})
}
