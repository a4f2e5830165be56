package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Bounds of what the progress record lists at a time. What of the delivered events beyond the floor it does not list
// would be delivered again after a restart.
const (
	maxSweeps = 500
	maxSpans  = 1000
)

// commit saves the progress: the floor moves past frames that have ended, and held events and letters that have ended
// are counted and listed to be swept. In a fleet it is written every second even without progress, to keep the lease.
func (l *loop) commit() error {
	heartbeat := !l.lease.embedded && time.Since(l.pos.At) > time.Second
	delivery, news := l.gate.save()
	if !l.changed && !news && !heartbeat {
		if l.survey.isDue(len(l.people)) {
			l.publish(l)
		}
		return nil
	}
	l.logAttempts()
	l.advance()
	l.advanceReplay()
	l.collectSweeps()
	l.mark()
	l.pos.Delivery = delivery
	began := time.Now()
	if err := l.pos.Commit(l.writing); err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	l.lease.renew(began)
	l.changed = l.endedBeyondFloor()
	l.publish(l)
	l.sweep()
	return nil
}

// logAttempts stores what was tried before the counts that came of it. It is for people: a log that cannot be written
// stops nothing.
func (l *loop) logAttempts() {
	if len(l.attempts) == 0 {
		return
	}
	if err := l.opts.Journal.LogAttempts(l.writing, l.opts.Destination, l.attempts); err != nil {
		l.opts.Log.WithError(err).WithField("attempts", len(l.attempts)).Warn("what was tried could not be logged")
	}
	l.attempts = l.attempts[:0]
}

// advance moves the floor past the frames that have ended.
func (l *loop) advance() {
	for len(l.frames) > 0 && l.frames[0].open == 0 {
		f := l.frames[0]
		l.frames = l.frames[1:]
		l.pos.Floor = f.seq
		l.pos.Ended += uint64(f.events)
		l.pos.Held += uint64(f.held)
		l.pos.Dead += uint64(f.dead)
		for kind, o := range f.tally {
			l.add(kind, *o)
		}
		for reason, n := range f.skipped {
			l.pos.Skipped[reason] += n
		}
	}
}

// mark notes for whoever takes over which events of frames that have not ended are delivered, and from where on to look
// for dead letters that are written but not counted: those of such frames, and what became of held events and of
// letters. What an earlier run wrote is looked for again until it is counted.
func (l *loop) mark() {
	deadFrom := l.lastDead
	l.pos.Delivered = l.pos.Delivered[:0]
	for _, f := range l.frames {
		deadFrom = min(deadFrom, f.deadFrom)
		if len(l.pos.Delivered)+len(f.spans) <= maxSpans {
			l.pos.Delivered = append(l.pos.Delivered, f.spans...)
		}
	}
	if l.uncounted == 0 && len(l.known) == 0 {
		l.pos.DeadFrom = deadFrom
	}
}

func (l *loop) add(kind string, more journal.Outcomes) {
	o := l.pos.Outcomes[kind]
	o.Add(more)
	l.pos.Outcomes[kind] = o
}

// collectSweeps counts what came from the held and the dead and has ended, up to the floor: an event of a frame beyond
// it will be met again after a crash, and must then still be found where it was.
func (l *loop) collectSweeps() {
	for seq, r := range l.letters { // first: what they put among the held is counted before it is taken from there
		if len(l.pos.Sweeps) >= maxSweeps {
			return
		}
		if l.isCountable(r) {
			l.countRecord(r)
			l.pos.Dead--
			l.pos.Sweeps = append(l.pos.Sweeps, journal.Sweep{Dead: seq})
		}
	}
	for key, p := range l.leaving {
		if len(l.pos.Sweeps) >= maxSweeps {
			return
		}
		if n := l.countRecords(p.out); n > 0 {
			l.pos.Held -= uint64(n)
			l.pos.Sweeps = append(l.pos.Sweeps, journal.Sweep{HeldKey: p.key, UpTo: p.out[n-1].seq})
			p.out = slices.Delete(p.out, 0, n)
			p.sweeping++
		}
		if len(p.out) == 0 {
			delete(l.leaving, key)
		}
	}
}

// countRecords counts the ended records at the beginning of a list and returns how many they are.
func (l *loop) countRecords(records []*record) int {
	for n, r := range records {
		if !l.isCountable(r) {
			return n
		}
		l.countRecord(r)
		delete(l.taken, r.seq)
	}
	return len(records)
}

// isCountable says whether a record has ended and what it came from is counted: its frame, or the record that ended
// when it was written. Swept before that, it could not tell whoever takes over that the other has ended.
func (l *loop) isCountable(r *record) bool {
	if !r.ended || r.counted || r.place.Seq > l.pos.Floor {
		return false
	}
	if r.fromHeld > 0 && (l.buried[r.fromHeld] || l.taken[r.fromHeld]) {
		return false
	}
	letter, open := l.letters[r.fromLetter]
	return !open || letter.counted
}

func (l *loop) countRecord(r *record) {
	r.counted = true
	l.uncounted--
	var o journal.Outcomes
	count(&o, r.how)
	l.add(r.kind, o)
	switch r.how {
	case dead:
		l.pos.Dead++
	case held:
		l.pos.Held++
	}
}

// endedBeyondFloor says whether something has ended that could not be counted yet.
func (l *loop) endedBeyondFloor() bool {
	if len(l.frames) > 0 && l.frames[0].open == 0 {
		return true
	}
	return len(l.pos.Sweeps) > 0
}

// sweep removes what has been counted, beside the loop.
func (l *loop) sweep() {
	if len(l.sweeping) > 0 || len(l.pos.Sweeps) == 0 || l.ctx.Err() != nil {
		return
	}
	l.sweeping = slices.Clone(l.pos.Sweeps)
	sweeps := l.sweeping
	l.beside.Go(func() { l.swept <- sweepAll(l.ctx, l.opts.Journal, l.opts.Destination, sweeps) })
}

// finish saves how everything ended that has, when the run is over: what one commit cannot list is removed before the
// next.
func (l *loop) finish() error {
	for {
		l.changed = true
		if err := l.commit(); err != nil {
			return err
		}
		if len(l.pos.Sweeps) < maxSweeps {
			return nil
		}
		l.sweeping = slices.Clone(l.pos.Sweeps)
		if err := l.endSweep(sweepAll(l.writing, l.opts.Journal, l.opts.Destination, l.sweeping)); err != nil {
			return err
		}
	}
}

// endSweep forgets what has been removed.
func (l *loop) endSweep(err error) error {
	if l.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // the run is over
	}
	if err != nil {
		return err
	}
	for _, s := range l.sweeping {
		if s.HeldKey == "" {
			delete(l.letters, s.Dead)
			if l.readers > 0 {
				l.gone[s.Dead] = true
			}
			continue
		}
		if p, ok := l.people[s.HeldKey]; ok {
			p.sweeping--
			l.forget(p)
		}
	}
	l.pos.Sweeps = slices.Delete(l.pos.Sweeps, 0, len(l.sweeping))
	l.sweeping = nil
	l.changed = true
	return nil
}

func sweepAll(ctx context.Context, j *journal.Journal, destination string, sweeps []journal.Sweep) error {
	for _, s := range sweeps {
		var err error
		if s.HeldKey != "" {
			err = j.PurgeHeld(ctx, destination, s.HeldKey, s.UpTo)
		} else {
			err = j.RemoveDead(ctx, s.Dead)
		}
		if err != nil {
			return fmt.Errorf("destination %s: %w", destination, err)
		}
	}
	return nil
}
