package journal

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Found is an event with the time at which its frame was stored.
type Found struct {
	Event
	Stored time.Time
}

// FindEvent returns every event with an id that lies in the journal, oldest first, among the frames of these sources
// that were stored since a time (zero: ever). Frames are not unpacked unless the id stands in their heads.
func (j *Journal) FindEvent(ctx context.Context, sources []string, id uuid.UUID, since time.Time) ([]Found, error) {
	if len(sources) == 0 {
		return nil, nil
	}
	f, err := j.follow(ctx, streamJournal, followAround(since), followSubjects(subjectsOf(sources)...))
	if err != nil {
		return nil, fmt.Errorf("find event: %w", err)
	}
	defer f.Stop()
	var found []Found
	for {
		m, ok, err := f.NextStored(ctx)
		if err != nil {
			return nil, fmt.Errorf("find event: %w", err)
		}
		if !ok {
			return found, nil
		}
		if found, err = appendFound(found, m, id, since); err != nil {
			return nil, fmt.Errorf("find event: %w", err)
		}
	}
}

func appendFound(found []Found, m message, id uuid.UUID, since time.Time) ([]Found, error) {
	if m.stored.Before(since) || !bytes.Contains(headOf(m.Data()), id[:]) {
		return found, nil
	}
	frame, err := frameOf(m, false)
	if err != nil {
		return found, err
	}
	for i := range frame.Events {
		if frame.Events[i].ID == id {
			e := frame.Events[i]
			e.Raw = bytes.Clone(e.Raw) // its frame goes
			found = append(found, Found{Event: e, Stored: frame.Stored})
		}
	}
	return found, nil
}

// headOf is the head of a frame, or all of what does not look like one.
func headOf(frame []byte) []byte {
	r := reader{data: frame}
	r.byte()
	if head := r.bytes(r.length()); !r.bad {
		return head
	}
	return frame
}

// SequenceAt returns the sequence beyond which exactly those frames lie that were stored at a time or later; 0 if these
// are all frames that ever were.
func (j *Journal) SequenceAt(ctx context.Context, t time.Time) (uint64, error) {
	last, err := j.Last(ctx)
	if err != nil {
		return 0, fmt.Errorf("find frame by time: %w", err)
	}
	first, err := j.firstSince(ctx, t)
	if err != nil {
		return 0, fmt.Errorf("find frame by time: %w", err)
	}
	if first == 0 {
		return last, nil
	}
	return first - 1, nil
}

// Range returns sequences between which every event lies that was received in [since, until): beyond after, up to
// upTo. Others lie there, too, as an envelope may be stored some time after it was received. A zero until means up to
// the newest frame.
func (j *Journal) Range(ctx context.Context, since, until time.Time) (after, upTo uint64, err error) {
	if !since.IsZero() {
		if after, err = j.SequenceAt(ctx, since.Add(-clockSlack)); err != nil {
			return 0, 0, err
		}
	}
	if until.IsZero() {
		upTo, err = j.Last(ctx)
	} else {
		upTo, err = j.SequenceAt(ctx, until.Add(j.opts.PublishTimeout+clockSlack))
	}
	return after, upTo, err
}
