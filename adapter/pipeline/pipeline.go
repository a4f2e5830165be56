package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Pipeline is one destination. Run it; everything else may be called from anywhere while it runs.
type Pipeline struct {
	opts     Options
	gate     *gate
	requests chan request  // never closed
	reminds  chan struct{} // never closed
	status   atomic.Pointer[Status]
}

// Status is what a pipeline had done when it last saved its progress.
type Status struct {
	journal.Progress
	People        int // people with held events whom the map does not know
	Unmapped      int // held events of these
	Flight        int // events that are being sent
	OldestJournal time.Time
	OldestHeld    time.Time
}

// New returns a pipeline that is ready to run.
func New(opts Options) (*Pipeline, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	p := &Pipeline{opts: opts, requests: make(chan request), reminds: make(chan struct{}, 1)}
	p.gate = newGate(opts.Clock, opts.Backoff, func(r StateReport) { logState(opts.Log, r) })
	return p, nil
}

func logState(log logrus.FieldLogger, r StateReport) {
	log = log.WithField("state", r.Name)
	if r.Name == Running {
		log.Info("destination is running")
		return
	}
	if r.Setting != "" {
		log = log.WithField("setting", r.Setting)
	}
	log.WithField("reason", r.Reason).Warn("destination does not take events")
}

// Prepare gives a destination that never ran its place in the journal, so that nothing that arrives later is missed
// however late it is run. It must return before anything is received for the destination.
func (p *Pipeline) Prepare(ctx context.Context) error {
	if err := p.opts.Journal.InitPosition(ctx, p.opts.Destination, p.opts.sourceNames(), p.opts.Start); err != nil {
		return fmt.Errorf("destination %s: %w", p.opts.Destination, err)
	}
	return nil
}

// Name is the destination's name.
func (p *Pipeline) Name() string { return p.opts.Destination }

// State says how the destination is doing.
func (p *Pipeline) State() StateReport { return p.gate.Report() }

// Wake makes a destination that waits try at once, unless somebody paused it.
func (p *Pipeline) Wake() {
	p.opts.Client.Reset()
	p.gate.wake()
}

// Remind has Options.Held told of everybody who waits, without waiting for that.
func (p *Pipeline) Remind() {
	select {
	case p.reminds <- struct{}{}:
	default: // it is going to be done
	}
}

// Pause lets nothing be sent until Resume, however often the process restarts. It returns when that is saved.
func (p *Pipeline) Pause(ctx context.Context, by journal.Pause) error {
	return p.ask(ctx, func(l *loop) error {
		l.gate.pause(by)
		return l.commit()
	})
}

// Resume ends a pause, and makes a destination that waits try at once.
func (p *Pipeline) Resume(ctx context.Context) error {
	p.opts.Client.Reset()
	return p.ask(ctx, func(l *loop) error {
		l.gate.resume()
		return l.commit()
	})
}

// ask has something done in the loop's goroutine, and waits until it is.
func (p *Pipeline) ask(ctx context.Context, do func(*loop) error) error {
	r := request{do: do, done: make(chan error, 1)}
	select {
	case p.requests <- r:
		return <-r.done
	case <-ctx.Done():
		return fmt.Errorf("destination %s does not run: %w", p.opts.Destination, ctx.Err())
	}
}

// Status returns what is known of its progress; false before it first ran.
func (p *Pipeline) Status() (Status, bool) {
	s := p.status.Load()
	if s == nil {
		return Status{}, false
	}
	return *s, true
}

// Bounds of the pause before a run that failed is repeated.
const (
	rerunMin = 250 * time.Millisecond
	rerunMax = 10 * time.Second
)

// Run runs the pipeline until ctx ends. A run that fails, mostly because the engine was away, is repeated from what was
// saved.
func (p *Pipeline) Run(ctx context.Context) {
	wait := rerunMin
	for ctx.Err() == nil {
		began := time.Now()
		err := p.runOnce(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		if time.Since(began) > rerunMax {
			wait = rerunMin
		}
		p.gate.halt(err, wait)
		_ = pause(ctx, clockwork.NewRealClock(), wait) // an end of the context ends the loop
		wait = min(2*wait, rerunMax)
	}
}

// runOnce is one life of the loop and of everything beside it.
func (p *Pipeline) runOnce(parent context.Context) error {
	ctx, stop := context.WithCancel(parent)
	defer stop()
	l := newLoop(ctx, p)
	// What the loop or a sender has begun when the context ends is still saved: a write cut off there would make
	// duplicates.
	var cancel context.CancelFunc
	l.writing, cancel = detach(parent, stopGrace+saveGrace)
	defer cancel()
	defer l.beside.Wait()
	defer stop()
	if err := l.takeover(); err != nil {
		return err
	}
	var sending sync.WaitGroup
	if err := l.start(&sending); err != nil {
		return err
	}
	if r := l.pos.Replay; r != nil && r.Ended.IsZero() {
		if err := l.startReplay(); err != nil {
			return err
		}
	}
	p.gate.mend()
	l.publish(l)
	err := l.run()
	stop()
	skips := errors.Is(err, errSkipBacklog)
	if err := l.drain(&sending, err == nil || skips); err != nil {
		return err
	}
	if err != nil && !skips {
		return err
	}
	if skips {
		if err := l.abandon(); err != nil {
			return err
		}
	}
	l.pos.Owner = "" // another member need not wait for the lease to run out
	return l.finish()
}

// start sets going what works beside the loop.
func (l *loop) start(sending *sync.WaitGroup) error {
	reader, err := l.opts.Journal.Read(l.ctx, l.opts.sourceNames(), l.pos.Floor)
	if err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	l.beside.Go(func() { l.readFrames(reader) })
	f := &fetcher{journal: l.opts.Journal, destination: l.opts.Destination, out: l.fetched}
	for range fetchers {
		l.beside.Go(func() { f.people(l.ctx, l.jobs) })
	}
	l.beside.Go(func() { f.passes(l.ctx, l.passes) })
	for i := range l.opts.Sources {
		source := &l.opts.Sources[i]
		l.beside.Go(func() { l.watch(source) })
	}
	for range l.opts.InFlight {
		sending.Go(func() { l.senders.run(l.ctx) })
	}
	return nil
}

func (l *loop) readFrames(reader *journal.Reader) {
	defer reader.Close()
	for {
		f, err := reader.Next(l.ctx)
		if err != nil {
			l.fail(err)
			return
		}
		select {
		case l.incoming <- f:
		case <-l.ctx.Done():
			return
		}
	}
}

// watch tells the loop when a source's map has changed. The first time is at once and concerns everybody: the map may
// have changed between the takeover's look and the subscription.
func (l *loop) watch(source *Source) {
	sub := source.Map.Changed()
	defer sub.Close()
	r := remapped{source: source, touched: mapping.Touched{Many: true}}
	for {
		select {
		case l.remaps <- r:
		case <-l.ctx.Done():
			return
		}
		select {
		case <-sub.Ready():
			r.touched = sub.Take()
		case <-l.ctx.Done():
			return
		}
	}
}

// drain waits for the senders and takes what they still report; it counts only if the loop ended well.
func (l *loop) drain(sending *sync.WaitGroup, counts bool) (err error) {
	ended := make(chan struct{})
	go func() { sending.Wait(); close(ended) }()
	for {
		select {
		case r := <-l.reports:
			if counts && err == nil {
				err = l.settle(r)
			}
		case <-ended:
			return err
		}
	}
}

// publish makes the loop's progress visible to others.
func (p *Pipeline) publish(l *loop) {
	s := &Status{Progress: l.pos.Progress, Flight: l.flight}
	s.Outcomes = maps.Clone(s.Outcomes)
	s.Skipped = maps.Clone(s.Skipped)
	s.Base = maps.Clone(s.Base)
	s.Sweeps = slices.Clone(s.Sweeps)
	if s.Replay != nil {
		r := *s.Replay
		s.Replay = &r
	}
	s.Delivered = slices.Clone(s.Delivered)
	if len(l.frames) > 0 {
		s.OldestJournal = l.frames[0].oldest
	}
	if l.survey.isDue(len(l.people)) {
		l.survey.look(l.people)
	}
	s.People, s.Unmapped, s.OldestHeld = l.survey.people, l.survey.events, l.survey.oldest
	p.status.Store(s)
}

// siteSensor is a site as an IRI.
func siteSensor(site string) string {
	if _, err := uuid.Parse(site); err == nil {
		return "urn:uuid:" + strings.ToLower(site)
	}
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(site)).String()
}
