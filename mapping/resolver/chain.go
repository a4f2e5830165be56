package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Options are what a chain needs besides its resolvers.
type Options struct {
	// Found is given what was found, one call at a time; what is found meanwhile
	// is gathered for the next, at most MaxFindings. It need not store them all:
	// who stays unmapped is asked about again. ctx ends with Close.
	Found func(ctx context.Context, findings []Finding)
	// Gather is how long the first finding waits for others, so that people who
	// are found one by one do not make a call each. 0: not at all.
	Gather time.Duration
	// Turned is told how a resolver does that has ceased to be Closed, or is Closed
	// again. It must not block. nil: nobody is told.
	Turned func(Stats)
	// Known looks a person up in the map. It is asked before each question that
	// waited for its turn, for somebody whom an import has mapped meanwhile, and
	// when a resolver has told more about a person, whom the map may know by that.
	// nil: nobody is known.
	Known func(Person) (mapping.Match, bool)
	Clock clockwork.Clock // nil: the real one
}

// MaxFindings is how many findings Found is given at once, as many as one
// message of the map's log holds changes.
const MaxFindings = 1000

// maxUndelivered bounds the findings that wait for Found. Those beyond it are
// dropped, and found again in the caches when somebody asks again.
const maxUndelivered = 10 * MaxFindings

// ErrClosed is the cause with which questions end when the chain is closed.
var ErrClosed = errors.New("the resolvers are closed")

// Asked says what became of a question at once.
type Asked string

// What becomes of a question.
const (
	Asking   Asked = "asking"   // a resolver is asked about the person
	Pending  Asked = "pending"  // the person is asked about already
	Answered Asked = "answered" // the mapping is known, and on its way to Found
	Unknown  Asked = "unknown"  // every resolver has said no, not long ago
	Deferred Asked = "deferred" // nobody said yes, and somebody could not be asked: ask again later
)

// Chain asks resolvers in order. It is safe for concurrent use.
type Chain struct {
	stages []*stage
	found  func(context.Context, []Finding)
	gather time.Duration
	clock  clockwork.Clock
	known  func(Person) (mapping.Match, bool)

	ctx    context.Context // of all that is asked; Close ends it
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	wake   chan struct{} // announce sends, never blocking; never closed
	full   chan struct{} // as wake, when it is enough for a call

	mu      sync.Mutex
	open    map[string]*question // by key: one question a person
	settled []*question          // wait for Found
	dropped uint64
}

// New starts a chain, or says which entry makes no sense. Close ends it.
func New(o Options, entries ...Entry) (*Chain, error) {
	if o.Found == nil {
		return nil, errors.New("found: is missing")
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Known == nil {
		o.Known = func(Person) (mapping.Match, bool) { return mapping.Match{}, false }
	}
	if o.Turned == nil {
		o.Turned = func(Stats) {}
	}
	c := &Chain{
		found: o.Found, gather: o.Gather, clock: o.Clock, known: o.Known, open: make(map[string]*question),
		wake: make(chan struct{}, 1), full: make(chan struct{}, 1),
	}
	for i, e := range entries {
		if err := e.validate(); err != nil {
			return nil, fmt.Errorf("resolvers[%d]: %w", i, err)
		}
		if slices.ContainsFunc(c.stages, func(s *stage) bool { return s.Name == e.Name }) {
			return nil, fmt.Errorf("resolvers[%d]: there is another %s", i, e.Name)
		}
		c.stages = append(c.stages, newStage(e, &o))
	}
	c.start()
	return c, nil
}

func (c *Chain) start() {
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	c.wg.Go(c.deliver)
	for _, s := range c.stages {
		for range s.workers() {
			c.wg.Go(func() { c.work(s) })
		}
	}
}

// Close ends what is being asked, waits for it and drops the connections. What
// was found and not yet handed to Found is dropped, too.
func (c *Chain) Close() {
	c.cancel(ErrClosed)
	c.wg.Wait()
	for _, s := range c.stages {
		if r, ok := s.Resolver.(remote); ok {
			r.closeIdle()
		}
	}
}

// Ask asks about a person, unless that is done already. It returns at once,
// whatever the resolvers do; a mapping goes to Found. Asking again while a
// question is under way adds what is new about the person to it.
func (c *Chain) Ask(p Person) Asked {
	q, first := c.begin(p.withKey())
	switch {
	case q == nil:
		return Deferred
	case !first:
		return Pending
	}
	return c.advance(q)
}

// begin registers a question, or adds to the one that is there.
func (c *Chain) begin(p Person) (q *question, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return nil, false
	}
	if q, found := c.open[p.Key]; found {
		q.add(p)
		return q, false
	}
	q = newQuestion(p)
	c.open[p.Key] = q
	return q, true
}

// advance moves a question on, as far as nobody has to be asked.
func (c *Chain) advance(q *question) Asked {
	for {
		for ; q.next < len(c.stages); q.next++ {
			s := c.stages[q.next]
			switch s.meet(q) {
			case settled:
				return c.settle(q)
			case asks:
				if s.queue(q) {
					return Asking // a worker has it now
				}
			case passes:
			}
		}
		if asked, ended := c.end(q); ended {
			return asked
		}
	}
}

// end takes a question off the list, or sends it through again if the stream
// said more about the person meanwhile.
func (c *Chain) end(q *question) (Asked, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if q.more != nil {
		*q = *newQuestion(*q.more)
		return "", false
	}
	delete(c.open, q.asked.Key)
	if q.doubtful {
		return Deferred, true
	}
	return Unknown, true
}

// settle hands a finding on. The question stays open until Found has returned.
func (c *Chain) settle(q *question) Asked {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.settled) >= maxUndelivered {
		c.dropped++
		delete(c.open, q.asked.Key)
		return Deferred
	}
	c.settled = append(c.settled, q)
	c.announce()
	return Answered
}

// announce says what waits for Found. The caller holds mu.
func (c *Chain) announce() {
	if len(c.settled) > 0 {
		signal(c.wake)
	}
	if len(c.settled) >= MaxFindings {
		signal(c.full)
	}
}

// signal sends unless a signal is there already.
func signal(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// work asks a resolver about one person after the other.
func (c *Chain) work(s *stage) {
	for {
		select {
		case q := <-s.lane:
			if c.serve(s, q) != nil {
				return
			}
		case <-c.ctx.Done():
			return
		}
	}
}

// serve asks a resolver about a person and moves the question on. An error says
// that the chain is closed.
func (c *Chain) serve(s *stage, q *question) error {
	if _, known := c.known(q.asked); known {
		c.close([]*question{q})
		return nil
	}
	verdict, err := s.serve(c.ctx, q)
	switch {
	case err != nil:
		return err
	case verdict == settled:
		c.settle(q)
	default:
		q.next++
		c.advance(q)
	}
	return nil
}

// deliver hands findings to Found.
func (c *Chain) deliver() {
	for {
		select {
		case <-c.wake:
		case <-c.ctx.Done():
			return
		}
		c.wait()
		batch := c.batch()
		if len(batch) == 0 || c.ctx.Err() != nil {
			continue
		}
		findings := make([]Finding, len(batch))
		for i, q := range batch {
			findings[i] = *q.finding
		}
		c.found(c.ctx, findings)
		c.close(batch)
	}
}

// wait lets findings gather.
func (c *Chain) wait() {
	if c.gather <= 0 {
		return
	}
	timer := c.clock.NewTimer(c.gather)
	defer timer.Stop()
	select {
	case <-timer.Chan():
	case <-c.full:
	case <-c.ctx.Done():
	}
}

func (c *Chain) batch() []*question {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.settled), MaxFindings)
	batch := slices.Clone(c.settled[:n])
	c.settled = slices.Delete(c.settled, 0, n)
	c.announce()
	return batch
}

func (c *Chain) close(batch []*question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, q := range batch {
		delete(c.open, q.asked.Key)
	}
}

// Forget drops everything that is remembered and closes every circuit: for
// whoever has mended a resolver or its directory and will not wait.
func (c *Chain) Forget() {
	for _, s := range c.stages {
		s.forget()
	}
}

// Stats returns how each resolver does, in order.
func (c *Chain) Stats() []Stats {
	all := make([]Stats, len(c.stages))
	for i, s := range c.stages {
		all[i] = s.stats()
	}
	return all
}

// Load is how much the chain has to do.
type Load struct {
	Open    int    // people who are being asked about
	Found   int    // of those, mappings that wait to be stored
	Dropped uint64 // findings dropped because too many waited, since the chain began
}

// Load returns how much the chain has to do.
func (c *Chain) Load() Load {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Load{Open: len(c.open), Found: len(c.settled), Dropped: c.dropped}
}
