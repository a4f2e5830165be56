package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// nearlyFull is the share of max_bytes at which the janitor stops keeping delivered frames for replay.
const nearlyFull = 0.9

// Clean removes frames that every destination has finished with (those up to floor) once they are older than keep;
// when the journal is nearly full, however young they are.
func (j *Journal) Clean(ctx context.Context, floor uint64, now time.Time) error {
	info, err := j.streamState(ctx, streamJournal)
	if err != nil {
		return fmt.Errorf("clean journal: %w", err)
	}
	upTo := floor
	if !j.isNearlyFull(info) {
		first, err := j.firstSince(ctx, now.Add(-j.opts.Keep))
		if err != nil {
			return fmt.Errorf("clean journal: %w", err)
		}
		if first > 0 {
			upTo = min(upTo, first-1)
		}
	}
	if upTo < info.FirstSeq {
		return nil
	}
	stream, err := j.stream(ctx, streamJournal)
	if err != nil {
		return fmt.Errorf("clean journal: %w", err)
	}
	if err := stream.Purge(ctx, jetstream.WithPurgeSequence(upTo+1)); err != nil {
		return fmt.Errorf("clean journal: %w", err)
	}
	return nil
}

// NearlyFull says whether the journal comes near its limit, so that who may skip a backlog should.
func (j *Journal) NearlyFull(ctx context.Context) (bool, error) {
	info, err := j.streamState(ctx, streamJournal)
	if err != nil {
		return false, fmt.Errorf("measure journal: %w", err)
	}
	return j.isNearlyFull(info), nil
}

func (j *Journal) isNearlyFull(state jetstream.StreamState) bool {
	return j.opts.MaxBytes > 0 && float64(state.Bytes) > nearlyFull*float64(j.opts.MaxBytes)
}

// minDiscardedLife is how long a record of what was discarded is kept at least: whoever takes the destination over may
// still look for it, and the engine knows its id.
const minDiscardedLife = time.Hour

// CleanDead removes, among the dead, what belongs to no pipeline and is older than keep: bodies that were refused at the
// door, and records of what was discarded, which stay an hour at least.
func (j *Journal) CleanDead(ctx context.Context, keep time.Duration, now time.Time) error {
	if err := j.cleanDiscarded(ctx, now.Add(-max(keep, minDiscardedLife))); err != nil {
		return fmt.Errorf("clean records of what was discarded: %w", err)
	}
	if err := j.cleanRefused(ctx, now.Add(-keep)); err != nil {
		return fmt.Errorf("clean refused bodies: %w", err)
	}
	return nil
}

func (j *Journal) cleanDiscarded(ctx context.Context, before time.Time) error {
	const all = subjectDiscarded + ".*"
	last, err := j.lastBefore(ctx, streamDead, all, before)
	if err != nil || last == 0 {
		return err
	}
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return err
	}
	return stream.Purge(ctx, jetstream.WithPurgeSubject(all), jetstream.WithPurgeSequence(last+1))
}

// lastBefore returns the sequence of the last message of a subject that was stored before a time, 0 if there is none:
// it reads from the beginning, as what is removed lies there.
func (j *Journal) lastBefore(ctx context.Context, stream, subject string, t time.Time) (last uint64, err error) {
	err = j.eachStored(ctx, stream, subject, 1, func(m message) error {
		if !m.stored.Before(t) {
			return errEnough
		}
		last = m.seq
		return nil
	}, headersOnly())
	if errors.Is(err, errEnough) {
		err = nil
	}
	return last, err
}

func (j *Journal) cleanRefused(ctx context.Context, before time.Time) error {
	err := j.eachStored(ctx, streamDead, deadSubject(Receive, "*"), 1, func(m message) error {
		if !m.stored.Before(before) {
			return errEnough
		}
		body, err := refusedBody(m.seq, m.Headers())
		if err != nil {
			return err
		}
		return j.removeRefused(ctx, body)
	}, headersOnly())
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// firstSince returns the sequence of the first frame stored at a time or later, 0 if there is none.
func (j *Journal) firstSince(ctx context.Context, t time.Time) (uint64, error) {
	f, err := j.follow(ctx, streamJournal, followSince(t), headersOnly())
	if err != nil {
		return 0, err
	}
	defer f.Stop()
	m, _, err := f.NextStored(ctx)
	return m.seq, err
}
