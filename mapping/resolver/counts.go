package resolver

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Stats is how a resolver does. The counts begin with the chain.
type Stats struct {
	Name     string
	Kind     Kind
	Endpoint string // fit to be shown

	// Asked is Hits + Misses + Errors + what is being asked now, or was when
	// the chain was closed.
	Asked  uint64
	Hits   uint64 // a mapping, or more about the person
	Misses uint64 // a no
	Errors uint64 // no answer

	CachedHits   uint64 // answered from memory
	CachedMisses uint64 // answered from memory

	SkippedOpen    uint64 // passed by while the circuit was open
	SkippedLimited uint64 // passed by while it wanted to be left alone, or its lane was full

	// Reasons counts misses, and questions that could not be asked, by reason.
	Reasons map[Reason]uint64

	State     State
	Since     time.Time // when it ceased to be Closed; zero: it is
	Until     time.Time // when it is tried again
	Waiting   int       // questions in its lane
	Cached    int       // answers in memory
	LastError string
	LastAt    time.Time
}

// counts are a resolver's counters.
type counts struct {
	asked, hits, misses, errors atomic.Uint64
	cachedHits, cachedMisses    atomic.Uint64
	skippedOpen, skippedLimited atomic.Uint64
	reasons                     [len(reasons)]atomic.Uint64

	mu        sync.Mutex
	lastFault *Fault
	lastAt    time.Time
}

func (c *counts) answered(a *Answer) {
	if a.positive() {
		c.hits.Add(1)
		return
	}
	c.misses.Add(1)
	c.unasked(a.Reason)
}

func (c *counts) unasked(why Reason) {
	if i := slices.Index(reasons[:], why); i >= 0 {
		c.reasons[i].Add(1)
	}
}

func (c *counts) failed(f *Fault, now time.Time) {
	c.errors.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastFault, c.lastAt = f, now
}

func (s *stage) stats() Stats {
	c := &s.counts
	stats := Stats{
		Name: s.Name, Kind: s.Resolver.Kind(), Endpoint: s.Resolver.Endpoint(),
		Asked: c.asked.Load(), Hits: c.hits.Load(), Misses: c.misses.Load(), Errors: c.errors.Load(),
		CachedHits: c.cachedHits.Load(), CachedMisses: c.cachedMisses.Load(),
		SkippedOpen: c.skippedOpen.Load(), SkippedLimited: c.skippedLimited.Load(),
		Reasons: make(map[Reason]uint64), Waiting: len(s.lane), Cached: s.hits.len() + s.misses.len(),
	}
	for i, why := range reasons {
		if n := c.reasons[i].Load(); n > 0 {
			stats.Reasons[why] = n
		}
	}
	s.breaker.tell(&stats, s.clock.Now())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lastFault != nil {
		stats.LastError, stats.LastAt = c.lastFault.Error(), c.lastAt
	}
	return stats
}
