package resolver

import (
	"sync"
	"time"
)

// State is whether a resolver is asked.
type State string

// The states, as an administrator reads them. In terms of a circuit breaker:
// closed, open, half-open, and open because the service has asked for it.
const (
	Closed   State = "working" // it is asked
	Open     State = "failing" // it failed and is left alone
	HalfOpen State = "probing" // it was left alone long enough; one question at a time tries it
	Paused   State = "limited" // it asked to be left alone
)

// States are all of them.
func States() []State { return []State{Closed, Open, HalfOpen, Paused} }

// breaker keeps questions from a resolver that fails.
//
//	closed ── failures in a row, or one that tells for all ──▶ open
//	  ▲                                                         │ after the pause
//	  └────────────── answer ── half-open ◀─────────────────────┘
//	                              └── failure ──▶ open, for twice as long
type breaker struct {
	limits BreakerLimits

	mu      sync.Mutex
	failed  int           // in a row
	since   time.Time     // when it was closed last; zero: it is
	until   time.Time     // of being left alone; zero: closed
	last    time.Duration // pause; 0: none since it was closed
	limited bool          // it asked for it
	probing bool          // a question is under way that decides
}

// state says what a question would meet now.
func (b *breaker) state(now time.Time) State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stateLocked(now)
}

// tell says how it stands.
func (b *breaker) tell(s *Stats, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s.State, s.Since, s.Until = b.stateLocked(now), b.since, b.until
}

func (b *breaker) stateLocked(now time.Time) State {
	switch {
	case b.until.IsZero():
		return Closed
	case !now.Before(b.until):
		return HalfOpen
	case b.limited:
		return Paused
	default:
		return Open
	}
}

// enter lets a question through, or says why not. Who is let through reports
// with succeed, fail or abandon.
func (b *breaker) enter(now time.Time) State {
	b.mu.Lock()
	defer b.mu.Unlock()
	state := b.stateLocked(now)
	if state != HalfOpen {
		return state
	}
	if b.probing {
		return Open
	}
	b.probing = true
	return HalfOpen
}

// succeed counts an answer, and says whether it closed the circuit.
func (b *breaker) succeed() (closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	closed = !b.until.IsZero()
	b.failed, b.since, b.until, b.last, b.limited, b.probing = 0, time.Time{}, time.Time{}, 0, false, false
	return closed
}

// abandon takes back a question that ended without telling anything; probe says
// that it was let through half-open.
func (b *breaker) abandon(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = b.probing && !probe
}

// fail counts a failure, and may open the circuit; it says whether a closed one
// was opened. Questions that were under way then do not lengthen the pause.
func (b *breaker) fail(f *Fault, probe bool, now time.Time) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = b.probing && !probe
	if now.Before(b.until) {
		return false
	}
	if f.Class != Limited {
		b.failed++
	}
	if !probe && !f.everybody && f.Class != Limited && b.failed < b.limits.Failures {
		return false
	}
	if opened = b.since.IsZero(); opened {
		b.since = now
	}
	b.last = min(max(2*b.last, b.limits.Pause), b.limits.MaxPause)
	b.limited = f.Class == Limited
	b.until = now.Add(max(b.last, f.After))
	return opened
}
