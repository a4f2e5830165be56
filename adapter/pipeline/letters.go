package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Retry sends dead letters through the pipeline again, from decoding on: with today's map, sites and settings. It
// returns when that has begun.
func (p *Pipeline) Retry(ctx context.Context, which journal.DeadFilter) error {
	return p.ask(ctx, func(l *loop) error {
		if err := l.loadPins(); err != nil {
			return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
		}
		l.readLetters(which, nil)
		return nil
	})
}

// Discard drops dead letters for good. It returns how many, once that is stored.
func (p *Pipeline) Discard(ctx context.Context, which journal.DeadFilter, why, by string) (n int, err error) {
	d := &discarding{why: why, by: by, ended: make(chan struct{})}
	err = p.ask(ctx, func(l *loop) error {
		l.readLetters(which, d)
		return nil
	})
	if err != nil {
		return 0, err
	}
	select {
	case <-d.ended:
		return d.n, d.err
	case <-ctx.Done():
		return 0, fmt.Errorf("destination %s: discard: %w", p.opts.Destination, ctx.Err())
	}
}

// discarding says who drops dead letters, and why. n and err are set when ended is closed.
type discarding struct {
	why, by string
	n       int
	err     error
	ended   chan struct{}
}

// retention is who discards letters that nobody has wanted for too long.
func retention(keep time.Duration) *discarding {
	return &discarding{why: "kept for " + keep.String(), by: "retention", ended: make(chan struct{})}
}

// expireLetters discards letters that are older than they are kept.
func (l *loop) expireLetters(now time.Time) error {
	if l.opts.KeepDead <= 0 || l.readers > 0 {
		return nil
	}
	cutoff := now.Add(-l.opts.KeepDead)
	oldest, err := l.opts.Journal.OldestDead(l.ctx, l.opts.Destination)
	switch {
	case errors.Is(err, journal.ErrNotFound) || err == nil && !oldest.At.Before(cutoff):
		return nil
	case err != nil:
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	l.readLetters(journal.DeadFilter{Until: cutoff}, retention(l.opts.KeepDead))
	return nil
}

// letterPage is some letters that were read for somebody.
type letterPage struct {
	letters []journal.DeadLetter
	discard *discarding // nil: to be tried again
	last    bool        // the reader has ended
}

// lettersAtOnce is how many letters the loop is given at a time.
const lettersAtOnce = 64

// readLetters reads, beside the loop, the letters that are dead now; those that die again have later sequences. What is
// to be discarded the loop takes even when it has no room for more to send.
func (l *loop) readLetters(which journal.DeadFilter, discard *discarding) {
	l.readers++
	r := letterReader{loop: l, which: which, upTo: l.lastDead, discard: discard, out: l.retried}
	if discard != nil {
		r.out = l.discards
	}
	l.beside.Go(r.run)
}

// letterReader reads letters beside the loop.
type letterReader struct {
	loop    *loop
	which   journal.DeadFilter
	upTo    uint64
	discard *discarding
	out     chan<- letterPage
	letters []journal.DeadLetter
}

func (r *letterReader) run() {
	err := r.read()
	if err != nil {
		r.loop.fail(err)
	}
	if r.send(true) || r.discard == nil {
		return
	}
	r.discard.err = errors.Join(err, ErrStopped)
	close(r.discard.ended)
}

// ErrStopped says that a request was not carried out to its end.
var ErrStopped = errors.New("the destination has stopped: ask again")

func (r *letterReader) read() error {
	each := r.loop.opts.Journal.ReadDead
	if r.discard != nil {
		each = r.loop.opts.Journal.ListDead // their texts are not needed
	}
	return each(r.loop.ctx, r.loop.opts.Destination, r.which, func(d journal.DeadLetter) bool {
		if d.Seq > r.upTo {
			return false
		}
		r.letters = append(r.letters, d)
		return len(r.letters) < lettersAtOnce || r.send(false)
	})
}

// send hands what was read to the loop, and says whether it was taken before the run ended.
func (r *letterReader) send(last bool) bool {
	select {
	case r.out <- letterPage{letters: r.letters, discard: r.discard, last: last}:
		r.letters = nil
		return true
	case <-r.loop.ctx.Done():
		return false
	}
}

// takeLetters takes letters that were read, but for those that ended since: for another request.
func (l *loop) takeLetters(r letterPage) error {
	var due []journal.DeadLetter
	for _, d := range r.letters {
		if _, again := l.letters[d.Seq]; !again && !l.gone[d.Seq] {
			due = append(due, d)
		}
	}
	err := l.treat(due, r.discard)
	if !r.last {
		return err
	}
	if l.readers--; l.readers == 0 {
		clear(l.gone)
	}
	if r.discard != nil {
		r.discard.err = err
		close(r.discard.ended)
	}
	return err
}

// treat discards letters, or tries them again.
func (l *loop) treat(letters []journal.DeadLetter, discard *discarding) error {
	if discard != nil {
		return l.discard(letters, discard)
	}
	for i := range letters {
		if err := l.retryLetter(&letters[i]); err != nil {
			return err
		}
	}
	return nil
}

// discard ends letters for good. What remains of them is who did it, and why.
func (l *loop) discard(letters []journal.DeadLetter, how *discarding) error {
	if len(letters) == 0 {
		return nil
	}
	records := make([]journal.Discarded, len(letters))
	for i := range letters {
		records[i] = journal.NewDiscarded(&letters[i], how.why, how.by, l.now())
	}
	last, err := l.opts.Journal.Discard(l.writing, l.opts.Destination, records)
	if err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	l.lastDead = max(l.lastDead, last)
	for i := range letters {
		l.openLetter(&letters[i]).end(discarded)
	}
	how.n += len(letters)
	return nil
}

// openLetter notes that a letter is on its way.
func (l *loop) openLetter(d *journal.DeadLetter) *record {
	r := letterRecord(d)
	l.letters[d.Seq] = r
	l.uncounted++
	l.changed = true
	return r
}

// CanRetry says whether Retry can do anything for a letter, of which the head is enough: what was too large to be kept
// whole stays where it is, and so does what came from a source that the destination no longer lists.
func (p *Pipeline) CanRetry(head *journal.DeadLetter) bool {
	return head.Reason != ReasonTooLarge && p.source(head.Source) != nil
}

// retryLetter tries one dead letter again. What was too large to be kept whole stays where it is.
func (l *loop) retryLetter(d *journal.DeadLetter) error {
	source, ok := l.sources[d.Source]
	if !ok || d.Bytes != len(d.Raw) {
		return nil
	}
	e := d.Event()
	v := l.judge(&e, source, l.mustHold)
	if err := source.Memory.Save(l.writing, v.facts); err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	r := l.openLetter(d)
	switch v.how {
	case deliver:
		i := l.item(source, &e, &v)
		i.record, i.letter = r, true
		l.push(i)
	case hold:
		l.wait(source, &e, &v).unwritten++
		r.end(held)
		return l.hold([]journal.Held{{Key: v.key, Whom: v.whom, Event: e, DeadSeq: d.Seq}})
	case skip:
		r.end(skipped)
	case bury:
		again := journal.NewDeadLetter(e, v.reason, v.detail, l.now())
		again.DeadSeq = d.Seq
		r.end(dead)
		return l.bury([]journal.DeadLetter{again})
	}
	return nil
}
