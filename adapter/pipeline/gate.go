package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// gate decides when a destination may be sent to. It is the one state machine of all its senders:
//
//	running ──"later"────────────────────▶ backing_off ──time──▶ one probes ──taken──▶ running
//	        ──"your settings are wrong"──▶ paused ───────time──▶ one probes ──refused─▶ paused, for longer
//	any     ──somebody pauses it─────────▶ paused ──somebody resumes it──▶ as before, and probes at once
//
// While it does not run, one POST at a time goes through, when its time has come: the probe. A reply to a POST that had
// begun before the state changed says nothing about the state as it is now. Safe for concurrent use.
type gate struct {
	clock   clockwork.Clock
	backoff timeback.Backoff
	log     func(StateReport)

	mu      sync.Mutex
	now     journal.Delivery
	round   int  // grows with each change of the state
	probing bool // somebody probes
	flying  int  // POSTs under way
	halted  bool // the pipeline itself could not run
	eager   bool // somebody wants it to try at once, whatever was saved
	unsaved bool // there is something that was not saved
	changed chan struct{}
}

// permit is what a POST was let through with.
type permit struct {
	round int
	probe bool
}

func newGate(clock clockwork.Clock, backoff timeback.Backoff, log func(StateReport)) *gate {
	return &gate{
		clock: clock, backoff: backoff, log: log, changed: make(chan struct{}),
		now: journal.Delivery{Schedule: journal.Schedule{State: Running, Since: clock.Now().UTC()}},
	}
}

// enter waits until something may be sent. Whoever entered has to leave.
func (g *gate) enter(ctx context.Context) (permit, error) {
	for {
		g.mu.Lock()
		p, wait := g.try()
		changed := g.changed
		g.mu.Unlock()
		if wait == 0 {
			return p, nil
		}
		if err := g.sleep(ctx, wait, changed); err != nil {
			return permit{}, fmt.Errorf("wait for the destination: %w", err)
		}
	}
}

// always is longer than anybody waits: until the state changes.
const always = time.Duration(1<<63 - 1)

// try lets a POST through, or says how long to wait.
func (g *gate) try() (p permit, wait time.Duration) {
	switch {
	case g.now.Pause != nil, g.now.State != Running && g.probing:
		return permit{}, always
	case g.now.State != Running:
		if wait := g.now.Retry.Sub(g.clock.Now()); wait > 0 {
			return permit{}, wait
		}
		g.probing = true
		p.probe = true
	}
	p.round = g.round
	g.flying++
	return p, 0
}

func (g *gate) sleep(ctx context.Context, wait time.Duration, changed <-chan struct{}) error {
	var over <-chan time.Time
	if wait != always {
		t := g.clock.NewTimer(wait)
		defer t.Stop()
		over = t.Chan()
	}
	select {
	case <-over:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave takes the reply to a POST that was let through.
func (g *gate) leave(p permit, reply timeback.Reply) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(p)
	g.now.LastReply = describe(reply)
	g.unsaved = true
	if reply.Class == timeback.Accepted {
		g.now.LastSent = g.clock.Now().UTC()
	}
	if p.round != g.round {
		return
	}
	switch reply.Class {
	case timeback.Retry:
		g.shut(BackingOff, reply)
	case timeback.Pause:
		g.shut(Paused, reply)
	default:
		g.open()
	}
}

// giveUp is leave for a POST of which nothing is known, because the run ends.
func (g *gate) giveUp(p permit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(p)
}

func (g *gate) end(p permit) {
	g.flying--
	if p.probe {
		g.probing = false
		g.announce()
	}
}

// shut lets nothing through until the next probe is due.
func (g *gate) shut(state string, reply timeback.Reply) {
	failures := g.now.Failures + 1
	retry := g.clock.Now().Add(g.backoff.Next(failures, reply.RetryAfter)).UTC()
	g.become(journal.Schedule{State: state, Reason: g.now.LastReply, Setting: settings(reply), Failures: failures, Retry: retry})
}

func (g *gate) open() {
	if g.now.State != Running {
		g.become(journal.Schedule{State: Running})
	}
}

// become changes the state. A change of the state's name or reason is logged, a repeated failure is not.
func (g *gate) become(next journal.Schedule) {
	before := g.now.Schedule
	if next.Since = before.Since; next.State != before.State {
		next.Since = g.clock.Now().UTC()
	}
	g.now.Schedule = next
	g.round++
	g.announce()
	if next.State != before.State || next.Reason != before.Reason {
		g.log(g.report())
	}
}

// announce wakes all who wait, to look again.
func (g *gate) announce() {
	g.unsaved = true
	close(g.changed)
	g.changed = make(chan struct{})
}

// halt notes that the pipeline itself cannot run, and is tried again after a time; mend, that it can.
func (g *gate) halt(err error, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now.State == Running || g.halted {
		g.halted = true
		g.become(journal.Schedule{State: BackingOff, Reason: err.Error(), Retry: g.clock.Now().Add(wait).UTC()})
	}
}

func (g *gate) mend() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.halted {
		g.halted = false
		g.open()
	}
}

// wake makes a destination that does not run probe at once, unless somebody paused it.
func (g *gate) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.eager = true
	if g.now.State != Running {
		g.now.Retry = g.clock.Now().UTC()
		g.announce()
	}
}

// pause lets nothing through until resume, however often the process restarts.
func (g *gate) pause(by journal.Pause) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now.Pause = &by
	g.announce()
	g.log(g.report())
}

// resume ends a pause, and any wait with it.
func (g *gate) resume() {
	g.mu.Lock()
	defer g.mu.Unlock()
	paused := g.now.Pause != nil
	g.now.Pause = nil
	g.now.Retry = g.clock.Now().UTC()
	g.announce()
	if paused {
		g.log(g.report())
	}
}

// restore goes on from the state that was saved. Faults of the settings are probed at once: a new process may have new
// settings.
func (g *gate) restore(saved journal.Delivery) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now.Pause = saved.Pause
	if g.now.LastReply == "" {
		g.now.LastReply, g.now.LastSent = saved.LastReply, saved.LastSent
	}
	if saved.State == BackingOff && g.now.State == Running && !g.eager {
		g.become(saved.Schedule)
	}
	g.announce()
}

// save returns what is to be saved, and whether there is anything new since it was asked for last.
func (g *gate) save() (journal.Delivery, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	unsaved := g.unsaved
	g.unsaved = false
	return g.now, unsaved
}
