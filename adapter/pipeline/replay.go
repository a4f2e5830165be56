package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// replay is a part of the journal on its way once more. Its events keep their order among themselves, not with those
// that arrive meanwhile, and are counted apart.
type replay struct {
	filter *replayFilter
	frames []*replayFrame // not ended, in order
	cancel context.CancelFunc
}

// replayFrame is a frame of which some events are being sent once more.
type replayFrame struct {
	seq    uint64
	events int
	open   int
	counts journal.ReplayCounts
}

func (f *replayFrame) end(how outcome) {
	f.open--
	if how == delivered {
		f.counts.Delivered++
	} else {
		f.counts.Refused++
	}
}

// Replay sends events of the journal once more: with today's map, sites and settings, as journal.Replay describes. Only
// what has ended at this destination before is sent, and nothing that is dead there: that is what Retry is for. It
// returns when that has begun; a Refusal if a replay runs already.
func (p *Pipeline) Replay(ctx context.Context, r journal.Replay) error {
	after, upTo, err := p.opts.Journal.Range(ctx, r.Since, r.Until)
	if err != nil {
		return fmt.Errorf("destination %s: %w", p.opts.Destination, err)
	}
	status, _ := p.Status() // one that never ran has nothing to replay
	filter := replayFilter{ReplayFilter: r.ReplayFilter}
	if r.Total, err = p.opts.Journal.CountEvents(ctx, filter.sources(&p.opts), after, min(upTo, status.Floor)); err != nil {
		return fmt.Errorf("destination %s: %w", p.opts.Destination, err)
	}
	return p.ask(ctx, func(l *loop) error {
		if l.replay != nil {
			return &Refusal{"destination " + l.opts.Destination + " replays already: wait until it has ended, or stop it"}
		}
		r.Started, r.Floor, r.UpTo = l.now(), after, min(upTo, l.pos.Floor)
		l.pos.Replay = &r
		if err := l.startReplay(); err != nil {
			return err
		}
		return l.commit()
	})
}

// StopReplay ends a replay early, and says whether one ran. What is being sent then still arrives.
func (p *Pipeline) StopReplay(ctx context.Context, by string) (ran bool, err error) {
	err = p.ask(ctx, func(l *loop) error {
		if l.replay == nil {
			return nil
		}
		ran = true
		l.endReplay("stopped by " + by)
		return l.commit()
	})
	return ran, err
}

// startReplay begins a replay, or goes on with it after a restart.
func (l *loop) startReplay() error {
	filter, err := newReplayFilter(l.ctx, l.opts, l.pos.Replay.ReplayFilter)
	if err != nil {
		return err
	}
	reader := l.opts.Journal.ReadUntil(filter.sources(l.opts), l.pos.Replay.Floor, l.pos.Replay.UpTo)
	ctx, cancel := context.WithCancel(l.ctx)
	l.replay = &replay{filter: filter, cancel: cancel}
	l.changed = true
	l.beside.Go(func() { l.readReplay(ctx, reader) })
	return nil
}

// readReplay hands the loop the frames of a replay, and at their end a frame without events.
func (l *loop) readReplay(ctx context.Context, reader *journal.Past) {
	for {
		f, err := reader.Next(ctx)
		if err != nil && !errors.Is(err, io.EOF) {
			if ctx.Err() == nil {
				l.fail(err)
			}
			return
		}
		select {
		case l.replayed <- f:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// takeReplayed sends those events of a frame once more that are selected.
func (l *loop) takeReplayed(f *journal.Frame) {
	if l.replay == nil {
		return // it was stopped a moment ago
	}
	rf := &replayFrame{seq: f.Seq, events: len(f.Events)}
	if len(f.Events) == 0 {
		rf.seq = l.pos.Replay.UpTo
	}
	l.replay.frames = append(l.replay.frames, rf)
	l.changed = true
	for i := range f.Events {
		e := &f.Events[i]
		source, ok := l.sources[e.Source]
		if !ok || !l.replay.filter.wants(e) {
			continue
		}
		l.replayEvent(e, source, rf)
	}
}

func (l *loop) replayEvent(e *journal.Event, source *Source, rf *replayFrame) {
	done := l.replay.filter.isDone(e)
	v := l.judge(e, source, holdNobody)
	switch {
	case !l.replay.filter.wantsPerson(&v):
	case done:
		rf.counts.Skipped++
	case v.how == deliver:
		i := l.item(source, e, &v)
		i.replay = rf
		rf.open++
		l.push(i)
	default:
		countReplay(&rf.counts, &v)
	}
}

// countReplay counts an event that cannot be sent.
func countReplay(c *journal.ReplayCounts, v *verdict) {
	switch {
	case v.how == hold || v.reason == ReasonUnmapped:
		c.Unmapped++
	case v.how == skip:
		c.Skipped++
	default:
		c.Untranslatable++
	}
}

// advanceReplay counts the frames of the replay that have ended.
func (l *loop) advanceReplay() {
	if l.replay == nil {
		return
	}
	r := l.pos.Replay
	for len(l.replay.frames) > 0 && l.replay.frames[0].open == 0 {
		f := l.replay.frames[0]
		l.replay.frames = l.replay.frames[1:]
		r.Floor = f.seq
		r.Read += uint64(f.events)
		r.Add(f.counts)
		l.pos.Replayed.Add(f.counts)
	}
	if r.Floor >= r.UpTo && len(l.replay.frames) == 0 {
		l.endReplay("")
	}
}

func (l *loop) endReplay(failed string) {
	l.replay.cancel()
	l.replay = nil
	r := *l.pos.Replay // others may be looking at the old one
	r.Ended, r.Failed = l.now(), failed
	l.pos.Replay = &r
	l.changed = true
}

// replayFilter selects events that are to be sent once more.
type replayFilter struct {
	journal.ReplayFilter
	dead   map[journal.Place]bool
	window *window
}

func newReplayFilter(ctx context.Context, o *Options, f journal.ReplayFilter) (*replayFilter, error) {
	out := &replayFilter{ReplayFilter: f, dead: map[journal.Place]bool{}, window: newWindow(o.DedupWindow)}
	err := o.Journal.ListDead(ctx, o.Destination, journal.DeadFilter{Source: f.Source}, func(d journal.DeadLetter) bool {
		out.dead[d.Place] = true
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("destination %s: %w", o.Destination, err)
	}
	return out, nil
}

// wants says whether an event is selected, as far as can be said without decoding it.
func (f *replayFilter) wants(e *journal.Event) bool {
	return !e.Received.Before(f.Since) && (f.Until.IsZero() || e.Received.Before(f.Until)) &&
		(len(f.Events) == 0 || slices.Contains(f.Events, e.ID))
}

// isDone says whether an event that is selected is not to be sent: it is dead, or the same as an earlier one.
func (f *replayFilter) isDone(e *journal.Event) bool { return f.window.seen(e) || f.dead[e.Place] }

func (f *replayFilter) wantsPerson(v *verdict) bool {
	return f.Platform == uuid.Nil || v.match.PlatformID == f.Platform
}
