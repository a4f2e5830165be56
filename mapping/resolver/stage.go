package resolver

import (
	"context"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// stage is a resolver in its place in the chain.
type stage struct {
	Entry
	local   local // nil: it has to be asked
	known   func(Person) (mapping.Match, bool)
	turned  func(Stats)
	clock   clockwork.Clock
	limiter *rate.Limiter
	breaker *breaker
	hits    *cache
	misses  *cache
	counts  counts

	// lane holds the questions that wait for a worker. Whoever moves a question
	// on sends, never blocking; the workers receive; it is never closed.
	lane chan *question
}

func newStage(e Entry, o *Options) *stage {
	e = e.withDefaults()
	limit := rate.Inf
	if e.Rate > 0 {
		limit = rate.Limit(e.Rate)
	}
	s := &stage{
		Entry: e, known: o.Known, turned: o.Turned, clock: o.Clock, limiter: rate.NewLimiter(limit, 1), breaker: &breaker{limits: e.Breaker},
		hits: newCache(e.Cache), misses: newCache(e.Misses), lane: make(chan *question, e.Queue),
	}
	s.local, _ = e.Resolver.(local)
	return s
}

// workers is how many questions are asked at once.
func (s *stage) workers() int {
	if s.local != nil {
		return 0
	}
	return s.Concurrency
}

func (s *stage) isFor(source string) bool {
	return len(s.Sources) == 0 || slices.Contains(s.Sources, source)
}

// meet does what needs nobody: it reasons, computes and remembers.
func (s *stage) meet(q *question) verdict {
	if !s.isFor(q.asked.Source) {
		return passes
	}
	by, reason := s.Resolver.Plan(&q.now)
	switch {
	case reason != "":
		s.counts.unasked(reason)
		q.doubtful = true
		return passes
	case s.LastResort && q.doubtful:
		s.counts.unasked(HeldBack)
		return passes
	}
	q.by = by
	if s.local != nil {
		answer := s.local.answer(&q.now)
		s.counts.asked.Add(1)
		s.counts.answered(&answer)
		return q.take(s, answer, s.clock.Now())
	}
	q.key = q.now.digest(by)
	if answer, at, known := s.recall(q.key); known {
		return q.take(s, answer, at)
	}
	return s.open(q)
}

// recall looks into the caches.
func (s *stage) recall(key digest) (Answer, time.Time, bool) {
	now := s.clock.Now()
	if answer, at, known := s.misses.get(key, now); known {
		s.counts.cachedMisses.Add(1)
		return answer, at, true
	}
	answer, at, known := s.hits.get(key, now)
	if known {
		s.counts.cachedHits.Add(1)
	}
	return answer, at, known
}

// open lets a question pass by a resolver that is left alone.
func (s *stage) open(q *question) verdict {
	switch state := s.breaker.state(s.clock.Now()); state {
	case Closed, HalfOpen:
		return asks
	default:
		return s.skip(q, state)
	}
}

func (s *stage) skip(q *question, why State) verdict {
	q.doubtful = true
	if why == Paused {
		s.counts.skippedLimited.Add(1)
	} else {
		s.counts.skippedOpen.Add(1)
	}
	return passes
}

// queue puts the question into the lane; a full one lets it pass.
func (s *stage) queue(q *question) bool {
	select {
	case s.lane <- q:
		return true
	default:
		s.skip(q, Paused)
		return false
	}
}

// serve asks about a question out of the lane. An error is that of ctx.
func (s *stage) serve(ctx context.Context, q *question) (verdict, error) {
	if s.open(q) == passes { // without waiting for its turn: a lane empties at once when the circuit opens
		return passes, nil
	}
	if err := s.wait(ctx); err != nil {
		return passes, err
	}
	state := s.breaker.enter(s.clock.Now())
	if state != Closed && state != HalfOpen {
		return s.skip(q, state), nil
	}
	s.counts.asked.Add(1)
	answer, err := s.ask(ctx, &q.now)
	if ctx.Err() != nil {
		s.breaker.abandon(state == HalfOpen)
		return passes, ctx.Err()
	}
	if err != nil {
		s.failed(err, state == HalfOpen)
		q.doubtful = true
		return passes, nil
	}
	if s.breaker.succeed() {
		s.turned(s.stats())
	}
	now := s.clock.Now()
	s.remember(q.key, answer, now)
	s.counts.answered(&answer)
	return q.take(s, answer, now), nil
}

// wait waits for the resolver's turn.
func (s *stage) wait(ctx context.Context) error {
	now := s.clock.Now()
	delay := s.limiter.ReserveN(now, 1).DelayFrom(now)
	if delay <= 0 {
		return nil
	}
	timer := s.clock.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask asks the resolver, within its time.
func (s *stage) ask(ctx context.Context, p *Person) (Answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := s.clock.AfterFunc(s.Timeout, func() { cancel(errTimeout) })
	defer timer.Stop()
	return s.Resolver.Resolve(ctx, p)
}

func (s *stage) failed(err error, probe bool) {
	fault := faultOf(err)
	s.counts.failed(fault, s.clock.Now())
	if s.breaker.fail(fault, probe, s.clock.Now()) {
		s.turned(s.stats())
	}
}

func (s *stage) remember(key digest, answer Answer, now time.Time) {
	if answer.positive() {
		s.hits.put(key, answer, now)
		return
	}
	s.misses.put(key, answer, now)
}

// forget makes the next question find nothing remembered and the circuit closed.
func (s *stage) forget() {
	s.hits.clear()
	s.misses.clear()
	s.breaker.succeed()
}
