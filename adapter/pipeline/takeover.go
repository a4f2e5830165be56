package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// takeover makes this member the destination's owner and finds out where things stand: what had been counted but not
// removed, what was held and buried beyond the floor, who waits, and which ids were seen. Only then are frames read.
func (l *loop) takeover() error {
	steps := []struct {
		what string
		do   func() error
	}{
		{"take position", l.takePosition},
		{"sweep", l.sweepLeftovers},
		{"load sites", l.loadPins},
		{"load delivered events", l.loadDelivered},
		{"load dead letters", l.loadDead},
		{"load held people", l.loadHeld},
		{"load duplicates", l.loadWindow},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return fmt.Errorf("destination %s: %s: %w", l.opts.Destination, step.what, err)
		}
	}
	for _, p := range l.people {
		l.releaseIfMapped(p)
	}
	l.startReminder()
	return nil
}

func (l *loop) takePosition() (err error) {
	began := time.Now()
	l.pos, err = l.opts.Journal.TakePosition(l.ctx, l.opts.Destination, l.opts.Owner, l.opts.sourceNames())
	if err != nil {
		return err
	}
	l.lease.renew(began)
	l.gate.restore(l.pos.Delivery)
	l.lastDead, err = l.opts.Journal.LastDead(l.ctx)
	return err
}

func (l *loop) sweepLeftovers() error {
	if len(l.pos.Sweeps) == 0 {
		return nil
	}
	if err := sweepAll(l.ctx, l.opts.Journal, l.opts.Destination, l.pos.Sweeps); err != nil {
		return err
	}
	l.pos.Sweeps = nil
	l.changed = true
	return nil
}

// loadDelivered knows the events beyond the floor that the collector has.
func (l *loop) loadDelivered() error {
	for _, s := range l.pos.Delivered {
		for n := s.From; n < s.To; n++ {
			l.known[journal.Place{Seq: s.Seq, N: n}] = delivered
		}
	}
	return nil
}

// loadDead finds the letters that were written but not counted: of events beyond the floor, of held events, and of
// letters that died again or were discarded.
func (l *loop) loadDead() error {
	var again, thrown []uint64
	beyond := journal.DeadFilter{After: l.pos.DeadFrom}
	err := l.opts.Journal.ListDead(l.ctx, l.opts.Destination, beyond, func(d journal.DeadLetter) bool {
		switch {
		case d.HeldSeq > 0:
			l.buried[d.HeldSeq] = true
		case d.DeadSeq > 0:
			again = append(again, d.DeadSeq)
		case d.Place.Seq > l.pos.Floor:
			l.known[d.Place] = dead
		}
		return true
	})
	if err != nil {
		return err
	}
	err = l.opts.Journal.EachDiscarded(l.ctx, l.opts.Destination, l.pos.DeadFrom+1, func(d journal.Discarded) bool {
		thrown = append(thrown, d.DeadSeq)
		return true
	})
	return errors.Join(err, l.replaced(again, dead), l.replaced(thrown, discarded))
}

// replaced counts and sweeps letters that have ended as other records, if that was not done: they are still there then.
func (l *loop) replaced(letters []uint64, how outcome) error {
	for _, seq := range letters {
		d, err := l.opts.Journal.Dead(l.ctx, l.opts.Destination, seq)
		if errors.Is(err, journal.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		l.openLetter(&d).end(how)
	}
	return nil
}

func (l *loop) loadHeld() error {
	var retried []uint64
	buried := map[uint64]bool{} // of those that are still there
	err := l.opts.Journal.EachHeld(l.ctx, l.opts.Destination, func(h journal.Held) {
		source, ok := l.sources[h.Event.Source]
		if !ok {
			return // of a source that this destination no longer lists: it waits until it does again
		}
		v := verdict{key: h.Key, whom: h.Whom}
		l.wait(source, &h.Event, &v).last = h.Seq
		if l.buried[h.Seq] {
			buried[h.Seq] = true
		}
		switch {
		case h.DeadSeq > 0:
			retried = append(retried, h.DeadSeq)
		case h.Event.Place.Seq > l.pos.Floor:
			l.known[h.Event.Place] = held
		}
	})
	l.buried = buried
	return errors.Join(err, l.replaced(retried, held))
}

// loadWindow reads the ids of the dedup window before the floor.
func (l *loop) loadWindow() error {
	next, err := l.opts.Journal.Stored(l.ctx, l.pos.Floor)
	if err != nil {
		return err
	}
	if next.IsZero() {
		next = time.Now()
	}
	since := next.Add(-l.opts.DedupWindow)
	return l.opts.Journal.Heads(l.ctx, l.opts.sourceNames(), since, l.pos.Floor, func(f journal.Frame) {
		for i := range f.Events {
			l.window.seen(&f.Events[i])
		}
	})
}
