package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Bounds of what is being sent at a time; the loop takes no more frames or held events beyond. The number of events
// grows with what may be in flight, so that senders always find full batches.
const (
	minFlight      = 2000
	maxFlight      = 8000
	maxFlightBytes = 8 << 20 // of translated JSON
)

// commitEvery is how often the loop saves its progress.
const commitEvery = 100 * time.Millisecond

// expireEvery is how often the loop looks for what has waited too long: ten times in that time, but at least once a
// minute.
func (o *Options) expireEvery() time.Duration {
	limit := o.HoldFor
	if o.KeepDead > 0 {
		limit = min(limit, o.KeepDead)
	}
	return min(max(limit/10, commitEvery), time.Minute)
}

// loop is one run of a pipeline, from taking the destination over to an error or the end. All fields belong to its
// goroutine; others talk to it through the channels.
type loop struct {
	opts    *Options
	ctx     context.Context // of the run: ends everything beside the loop
	writing context.Context // of the loop's own writes: outlives ctx while what has begun is finished and saved
	publish func(*loop)
	gate    *gate
	lease   *lease
	senders *senders

	pos       *journal.Position
	sources   map[string]*Source
	pins      map[string]string // site by source
	window    *window
	known     map[journal.Place]outcome // places beyond the floor that have ended in an earlier run already
	buried    map[uint64]bool           // held records that an earlier run has buried already
	taken     map[uint64]bool           // held records that were handed over and are not counted
	people    map[string]*person
	leaving   map[string]*person // those of whom something was handed over that is not counted
	survey    survey
	frames    []*frame // not ended, in order
	letters   map[uint64]*record
	readers   int             // of letters, under way
	gone      map[uint64]bool // letters that were swept while a reader was under way
	uncounted int             // records handed over, in people and letters, that the position has not counted

	flight      int // events that are being sent
	flightBytes int
	lastDead    uint64
	attempts    []journal.Attempt // not logged yet
	replay      *replay           // nil: none runs
	sweeping    []journal.Sweep   // under way
	changed     bool              // there is progress to save
	reminders   []*person         // of whom Held is still to be told
	remindAt    time.Time         // when Held is told of everybody once more

	incoming chan journal.Frame // from the reader
	reports  chan report        // from the senders
	queued   []fetchJob         // waiting for a fetcher
	jobs     chan fetchJob      // to the fetchers
	passes   chan []fetchJob    // to the fetcher of very many people
	fetched  chan fetched       // from the fetchers
	requests <-chan request     // from whoever runs the pipeline
	reminds  <-chan struct{}    // from whoever runs the pipeline
	retried  chan letterPage    // from the readers of dead letters
	discards chan letterPage    // from those who read them to be discarded
	replayed chan journal.Frame // from the reader of what is replayed
	swept    chan error         // from the sweeper
	remaps   chan remapped      // from the watchers of the maps
	failed   chan error         // from any of them: the run is over
	beside   sync.WaitGroup     // every goroutine that this run started
}

// remapped says whose mappings in a source's map have changed.
type remapped struct {
	source  *Source
	touched mapping.Touched
}

func newLoop(ctx context.Context, p *Pipeline) *loop {
	l := &loop{
		opts: &p.opts, ctx: ctx, writing: ctx, publish: p.publish, gate: p.gate,
		lease:    &lease{embedded: p.opts.Journal.Embedded()},
		sources:  map[string]*Source{},
		window:   newWindow(p.opts.DedupWindow),
		known:    map[journal.Place]outcome{},
		buried:   map[uint64]bool{},
		taken:    map[uint64]bool{},
		people:   map[string]*person{},
		leaving:  map[string]*person{},
		letters:  map[uint64]*record{},
		gone:     map[uint64]bool{},
		incoming: make(chan journal.Frame),
		reports:  make(chan report),
		jobs:     make(chan fetchJob),
		passes:   make(chan []fetchJob),
		fetched:  make(chan fetched),
		requests: p.requests,
		reminds:  p.reminds,
		retried:  make(chan letterPage),
		discards: make(chan letterPage),
		replayed: make(chan journal.Frame),
		swept:    make(chan error, 1),
		remaps:   make(chan remapped),
		failed:   make(chan error, 1),
	}
	for i := range p.opts.Sources {
		l.sources[p.opts.Sources[i].Name] = &p.opts.Sources[i]
	}
	l.senders = newSenders(l.opts, l.gate, l.lease, l.reports)
	return l
}

// run decides until ctx ends (nil) or something fails.
func (l *loop) run() error {
	commit := time.NewTicker(commitEvery)
	defer commit.Stop()
	expire := l.opts.Clock.NewTicker(l.opts.expireEvery())
	defer expire.Stop()
	for l.ctx.Err() == nil {
		if err := l.step(commit.C, expire.Chan()); err != nil {
			return err
		}
	}
	return nil
}

// step does whatever is next.
func (l *loop) step(commit, expire <-chan time.Time) error {
	incoming, fetched, retried, replayed := l.incoming, l.fetched, l.retried, l.replayed
	if l.isBusy() {
		incoming, fetched, retried, replayed = nil, nil, nil, nil
	}
	jobs, job, passes := l.nextJobs()
	select {
	case <-l.ctx.Done():
	case err := <-l.failed:
		return err
	case f := <-incoming:
		return l.takeFrame(f)
	case jobs <- job:
		l.queued = l.queued[1:]
	case passes <- l.queued:
		l.queued = nil
	case f := <-fetched:
		return l.heldEvents(f)
	case r := <-l.reports:
		return l.settle(r)
	case r := <-l.remaps:
		l.remap(r.source, r.touched)
	case r := <-l.requests:
		return l.answer(r)
	case r := <-retried:
		return l.takeLetters(r)
	case r := <-l.discards:
		return l.takeLetters(r)
	case f := <-replayed:
		l.takeReplayed(&f)
	case err := <-l.swept:
		return l.endSweep(err)
	case <-expire:
		return l.expire()
	case <-commit:
		l.remind()
		return l.commit()
	}
	return nil
}

// nextJobs says which fetchers have something to do. A channel that is nil is not sent to.
func (l *loop) nextJobs() (one chan<- fetchJob, job fetchJob, many chan<- []fetchJob) {
	if len(l.queued) == 0 {
		return nil, job, nil
	}
	if len(l.queued) > manyPeople {
		many = l.passes
	}
	return l.jobs, l.queued[0], many
}

// now is the time of what is written.
func (l *loop) now() time.Time { return l.opts.Clock.Now().UTC() }

// fail ends the run from beside the loop. What comes of the run's own end is no failure.
func (l *loop) fail(err error) {
	if l.ctx.Err() != nil {
		return
	}
	select {
	case l.failed <- fmt.Errorf("destination %s: %w", l.opts.Destination, err):
	default: // it is over already
	}
}

// isBusy says whether the senders have enough to do.
func (l *loop) isBusy() bool {
	most := min(max(minFlight, 2*l.opts.InFlight*l.opts.Batch.MaxEvents), maxFlight)
	return l.flight >= most || l.flightBytes >= maxFlightBytes
}

// push gives an event to the senders.
func (l *loop) push(i *item) {
	l.flight++
	l.flightBytes += len(i.json)
	l.senders.queue.push(i)
}

// request is something that somebody wants of the loop. It runs in the loop's goroutine.
type request struct {
	do   func(*loop) error
	done chan error // gets exactly one value
}

// Refusal is the answer to a request that cannot be granted.
type Refusal struct{ text string }

// Error says why, and what to do.
func (r *Refusal) Error() string { return r.text }

// answer does what was asked for. An error that is no refusal ends the run.
func (l *loop) answer(r request) error {
	err := r.do(l)
	r.done <- err
	var refused *Refusal
	if errors.As(err, &refused) {
		return nil
	}
	return err
}
