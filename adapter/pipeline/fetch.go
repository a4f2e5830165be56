package pipeline

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Held events are read a page at a time, beside the loop: one person's by each of a few fetchers, and when very many
// people are released at once, all of theirs in one pass over everything that is held.
const (
	fetchers   = 4
	manyPeople = 64
)

// fetchJob asks for a person's held events behind one sequence and up to another, which is there.
type fetchJob struct {
	key         string
	after, upTo uint64
}

// fetched is held events that were read, in order, and the people of whom everything that was asked for is read.
type fetched struct {
	events []journal.Held
	ended  []string
	err    error
}

// fetcher reads held events and hands them to the loop, which takes them as long as it has room.
type fetcher struct {
	journal     *journal.Journal
	destination string
	out         chan<- fetched
}

// errMissing says that held events are not where they were written.
var errMissing = errors.New("held events that were written are not there")

// people works off jobs one at a time, until ctx ends.
func (f *fetcher) people(ctx context.Context, jobs <-chan fetchJob) {
	for {
		select {
		case job := <-jobs:
			f.run(ctx, []fetchJob{job}, job.key)
		case <-ctx.Done():
			return
		}
	}
}

// passes works off many jobs at a time, until ctx ends.
func (f *fetcher) passes(ctx context.Context, many <-chan []fetchJob) {
	for {
		select {
		case jobs := <-many:
			f.run(ctx, jobs, "")
		case <-ctx.Done():
			return
		}
	}
}

// run works off jobs: with a key those of one person, otherwise in one pass over everybody's events.
func (f *fetcher) run(ctx context.Context, jobs []fetchJob, key string) {
	if err := f.read(ctx, newPass(jobs), key); err != nil && ctx.Err() == nil {
		f.send(ctx, fetched{err: err})
	}
}

func (f *fetcher) read(ctx context.Context, p *pass, key string) error {
	for attempt := 1; len(p.jobs) > 0; attempt++ {
		events, next, err := f.journal.HeldPage(ctx, f.destination, key, p.next, p.wants)
		if err != nil {
			return err
		}
		if next == 0 {
			if err := p.patience(ctx, attempt); err != nil {
				return err
			}
			continue
		}
		attempt = 0
		events = slices.DeleteFunc(events, p.isOutside)
		if !f.send(ctx, fetched{events: events, ended: p.advance(next)}) {
			return nil
		}
	}
	return nil
}

// send hands something to the loop and says whether it was taken before ctx ended.
func (f *fetcher) send(ctx context.Context, what fetched) bool {
	select {
	case f.out <- what:
		return true
	case <-ctx.Done():
		return false
	}
}

// pass is one reading of held events for some people.
type pass struct {
	jobs []fetchJob // not ended; the one that ends first stands first
	of   map[string]fetchJob
	next uint64 // sequence to go on from
}

func newPass(jobs []fetchJob) *pass {
	p := &pass{jobs: slices.Clone(jobs), of: make(map[string]fetchJob, len(jobs)), next: jobs[0].after + 1}
	slices.SortFunc(p.jobs, func(a, b fetchJob) int { return cmp.Compare(a.upTo, b.upTo) })
	for _, job := range jobs {
		p.of[job.key] = job
		p.next = min(p.next, job.after+1)
	}
	return p
}

func (p *pass) wants(key string) bool { _, ok := p.of[key]; return ok }

// isOutside says whether an event is not among those that were asked for.
func (p *pass) isOutside(h journal.Held) bool {
	job := p.of[h.Key]
	return h.Seq <= job.after || h.Seq > job.upTo
}

// advance moves on and returns the people who are read to the end.
func (p *pass) advance(next uint64) (ended []string) {
	p.next = next
	for len(p.jobs) > 0 && p.jobs[0].upTo < next {
		ended = append(ended, p.jobs[0].key)
		p.jobs = p.jobs[1:]
	}
	return ended
}

// patience waits when nothing was found: on a cluster the member that was asked may be a little behind.
func (p *pass) patience(ctx context.Context, attempt int) error {
	const (
		attempts = 20
		wait     = 250 * time.Millisecond
	)
	if attempt >= attempts {
		return errMissing
	}
	return pause(ctx, clockwork.NewRealClock(), wait)
}
