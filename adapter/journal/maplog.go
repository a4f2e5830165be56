package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/mapping"
)

var _ mapping.Log = (*MapLog)(nil)

// MapLog is the log of one source's ID map. Its sequences grow, with gaps, as the logs of all sources share a stream.
type MapLog struct {
	journal *Journal
	subject string
}

// MapLog returns the log of a source's map.
func (j *Journal) MapLog(source string) *MapLog {
	return &MapLog{journal: j, subject: streamMap + "." + source}
}

// Append stores an entry durably if the last sequence of this log is still after (0: it is empty);
// mapping.ErrConflict otherwise.
func (l *MapLog) Append(ctx context.Context, after uint64, entry []byte) (uint64, error) {
	seq, err := l.store(ctx, l.subject, after, entry)
	if err != nil {
		return 0, fmt.Errorf("write to map log: %w", err)
	}
	return seq, nil
}

// Follow hands every entry after a sequence to apply, in order: first those that are stored, then caughtUp once, then
// new ones as they come, until ctx ends or apply fails.
func (l *MapLog) Follow(ctx context.Context, from uint64, apply func(seq uint64, at time.Time, entry []byte) error, caughtUp func()) error {
	last, err := l.last(ctx)
	if err != nil {
		return fmt.Errorf("follow map log: %w", err)
	}
	f, err := l.journal.follow(ctx, streamMap, followFrom(from+1), followSubjects(l.subject))
	if err != nil {
		return fmt.Errorf("follow map log: %w", err)
	}
	defer f.Stop()
	behind := last > from
	if !behind {
		caughtUp()
	}
	for {
		m, err := f.Next(ctx)
		if err != nil {
			return err
		}
		if err := apply(m.seq, m.stored, m.Data()); err != nil {
			return err
		}
		if behind && m.seq >= last {
			behind = false
			caughtUp()
		}
	}
}

// last returns the sequence of the log's newest entry, 0 if it has none.
func (l *MapLog) last(ctx context.Context) (uint64, error) {
	m, err := l.newest(ctx, l.subject)
	if m == nil || err != nil {
		return 0, err
	}
	return m.Sequence, nil
}
