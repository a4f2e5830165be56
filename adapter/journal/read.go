package journal

import (
	"context"
	"fmt"
	"time"
)

// Reader hands out the frames of some sources in order, from a place on, as they come. It belongs to one goroutine.
type Reader struct{ follower *follower }

// Read opens a reader of these sources' frames that come after a sequence.
func (j *Journal) Read(ctx context.Context, sources []string, after uint64) (*Reader, error) {
	f, err := j.follow(ctx, streamJournal, followFrom(after+1), followSubjects(subjectsOf(sources)...))
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return &Reader{follower: f}, nil
}

func subjectsOf(sources []string) []string {
	subjects := make([]string, len(sources))
	for i, source := range sources {
		subjects[i] = streamJournal + "." + source
	}
	return subjects
}

// Next waits for the next frame, until ctx ends.
func (r *Reader) Next(ctx context.Context) (Frame, error) {
	m, err := r.follower.Next(ctx)
	if err != nil {
		return Frame{}, err
	}
	return frameOf(m, false)
}

// Close ends the reader and its connection.
func (r *Reader) Close() { r.follower.Stop() }

func frameOf(m message, headOnly bool) (Frame, error) {
	events, err := decodeFrame(m.Data(), headOnly)
	if err != nil {
		return Frame{}, fmt.Errorf("read frame %d: %w", m.seq, err)
	}
	return newFrame(m.seq, m.Subject(), m.stored, events), nil
}

func newFrame(seq uint64, subject string, at time.Time, events []Event) Frame {
	f := Frame{Seq: seq, Source: lastToken(subject), Stored: at, Events: events}
	for i := range events {
		events[i].Place.Seq = seq
		events[i].Source = f.Source
	}
	return f
}

// Heads calls each with the frames of these sources that were stored since a time, up to and including a sequence,
// without the events' text: what dedup windows are rebuilt from.
func (j *Journal) Heads(ctx context.Context, sources []string, since time.Time, upTo uint64, each func(Frame)) error {
	if upTo == 0 {
		return nil
	}
	f, err := j.follow(ctx, streamJournal, followSince(since), followSubjects(subjectsOf(sources)...))
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	defer f.Stop()
	for {
		m, ok, err := f.NextStored(ctx)
		if err != nil {
			return err
		}
		if !ok || m.seq > upTo {
			return nil
		}
		frame, err := frameOf(m, true)
		if err != nil {
			return err
		}
		each(frame)
	}
}

// Stored returns when the first frame after a sequence was stored; the zero time if there is none.
func (j *Journal) Stored(ctx context.Context, after uint64) (time.Time, error) {
	stream, err := j.js.Stream(ctx, streamJournal)
	if err != nil {
		return time.Time{}, fmt.Errorf("read journal: %w", err)
	}
	state := stream.CachedInfo().State
	if after >= state.LastSeq {
		return time.Time{}, nil
	}
	m, err := stream.GetMsg(ctx, max(after+1, state.FirstSeq), getNext("journal.>"))
	if isNoMessage(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read journal: %w", err)
	}
	return m.Time, nil
}

// Last returns the sequence of the journal's newest frame, 0 if it is empty.
func (j *Journal) Last(ctx context.Context) (uint64, error) {
	state, err := j.streamState(ctx, streamJournal)
	return state.LastSeq, err
}
