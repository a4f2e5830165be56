package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// errSkipBacklog ends a run that is to go on at the end of the journal.
var errSkipBacklog = errors.New("skip the backlog")

// SkipBacklog makes a destination that may (on_full: skip) count what waits for it in the journal as skipped. It does
// nothing for one that may not.
func (p *Pipeline) SkipBacklog(ctx context.Context) error {
	if !p.opts.SkipBacklog {
		return nil
	}
	err := p.ask(ctx, func(*loop) error { return errSkipBacklog })
	if errors.Is(err, errSkipBacklog) {
		return nil // it does so now
	}
	return err
}

// abandon counts as skipped what was to be sent and what was not read, and moves the floor to the end of the journal.
// What is held stays held.
func (l *loop) abandon() error {
	for _, i := range l.senders.queue.rest() {
		if i.frame != nil {
			l.end(i, skipped)
			i.frame.skipped[ReasonBacklog]++
		}
	}
	l.advance()
	if err := l.skipUnread(); err != nil {
		return fmt.Errorf("destination %s: skip backlog: %w", l.opts.Destination, err)
	}
	return nil
}

func (l *loop) skipUnread() error {
	since, err := l.opts.Journal.Stored(l.writing, l.pos.Floor)
	if err != nil || since.IsZero() {
		return err
	}
	last, err := l.opts.Journal.Last(l.writing)
	if err != nil {
		return err
	}
	err = l.opts.Journal.Heads(l.writing, l.opts.sourceNames(), since, last, func(f journal.Frame) {
		if f.Seq > l.pos.Floor {
			l.skipFrame(&f)
		}
	})
	if err == nil {
		l.pos.Floor = max(l.pos.Floor, last)
	}
	return err
}

func (l *loop) skipFrame(f *journal.Frame) {
	fr := &frame{seq: f.Seq, events: len(f.Events), tally: tally{}, skipped: map[string]uint64{}}
	for i := range f.Events {
		e := &f.Events[i]
		if how, ok := l.known[e.Place]; ok {
			l.again(e, how, fr)
			continue
		}
		fr.tally.count(e.Type, skipped)
		fr.skipped[ReasonBacklog]++
	}
	l.frames = append(l.frames, fr)
	l.advance()
}
