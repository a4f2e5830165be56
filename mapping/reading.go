package mapping

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var errReadToEnd = errors.New("read to the end")

// readEntries shows visit the stored entries after from up to and including
// upTo, in order. What it gets is valid only during the call.
func (m *Map) readEntries(ctx context.Context, from, upTo uint64, visit func(seq uint64, at time.Time, entry []byte) error) error {
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := m.follower.log.Follow(reading, from, func(seq uint64, at time.Time, entry []byte) error {
		if seq > upTo {
			return errReadToEnd
		}
		if err := visit(seq, at, entry); err != nil || seq < upTo {
			return err
		}
		return errReadToEnd
	}, func() { stop(errReadToEnd) })
	if errors.Is(err, errReadToEnd) || errors.Is(context.Cause(reading), errReadToEnd) {
		return nil
	}
	return fmt.Errorf("read map log: %w", err)
}

const everything = ^uint64(0)

// readLog shows visit every change that is visible now, in order, with what it
// became visible in. What visit gets is valid only during the call.
func (m *Map) readLog(ctx context.Context, visit func(v *visible, seq uint64, set *ChangeSet, c *Change)) error {
	var a assembly
	return m.readEntries(ctx, 0, everything, func(seq uint64, at time.Time, entry []byte) error {
		v, err := a.next(seq, at, entry)
		if err != nil || v == nil {
			return err
		}
		for seq, set := range v.sets {
			for i := range set.Changes {
				visit(v, seq, set, &set.Changes[i])
			}
		}
		return nil
	})
}
