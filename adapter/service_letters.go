package adapter

import (
	"context"
	"errors"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
)

// RetryLetters implements admin.Delivery.
func (s service) RetryLetters(ctx context.Context, filter admin.DeadFilter) (result admin.DeadResult, err error) {
	err = s.eachSelection(ctx, &filter, func(on *shelf, chosen *selection) error {
		result.Left += chosen.fixed
		if chosen.n == chosen.fixed {
			return nil
		}
		if err := on.owner.pipeline.Retry(ctx, chosen.which); err != nil {
			return toldOf(err)
		}
		result.Letters += chosen.n - chosen.fixed
		return nil
	})
	return result, err
}

// DiscardLetters implements admin.Delivery. What is being retried at the moment is left.
func (s service) DiscardLetters(ctx context.Context, filter admin.DeadFilter, discard admin.Discard) (result admin.DeadResult, err error) {
	err = s.eachSelection(ctx, &filter, func(on *shelf, chosen *selection) error {
		done, err := s.discard(ctx, on, chosen, discard)
		if err != nil {
			return toldOf(err)
		}
		left := chosen.n - min(done, chosen.n)
		on.settle(ctx, left)
		result.Letters += done
		result.Left += left
		return nil
	})
	return result, err
}

func (s service) discard(ctx context.Context, on *shelf, chosen *selection, how admin.Discard) (uint64, error) {
	var n int
	var err error
	if on.owner == nil {
		record := journal.Discarded{Why: how.Because, By: how.By, At: s.now()}
		n, err = s.journal.DiscardRefused(ctx, chosen.which.Seqs, record)
	} else {
		n, err = on.owner.pipeline.Discard(ctx, chosen.which, how.Because, how.By)
	}
	return uint64(max(n, 0)), err
}

// How long a discard waits for the letters to be removed, and how often it looks.
const (
	settleFor   = 2 * time.Second
	settleEvery = 50 * time.Millisecond
)

// settle waits a while until only so many of the selected letters are left, so that whoever discards some does not find
// them in the list. They stay longer while events that came with them are on their way: then they are counted later.
func (s *shelf) settle(ctx context.Context, left uint64) {
	ctx, cancel := context.WithTimeout(ctx, settleFor)
	defer cancel()
	look := time.NewTicker(settleEvery)
	defer look.Stop()
	for {
		if now, err := s.selection(ctx); err != nil || now.n <= left {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// selection is those letters of a destination, or of the bodies refused at the door, that a filter selects now.
type selection struct {
	which journal.DeadFilter // selects them, and none that comes later
	n     uint64             // how many they are,
	fixed uint64             // and how many of them cannot be retried
}

// eachSelection calls do for every shelf on which a filter selects something.
func (s service) eachSelection(ctx context.Context, filter *admin.DeadFilter, do func(*shelf, *selection) error) error {
	shelves, err := s.shelves(filter)
	if err != nil {
		return err
	}
	for _, shelf := range shelves {
		chosen, err := shelf.selection(ctx)
		if err != nil {
			return err
		}
		if chosen.n == 0 {
			continue
		}
		if err := do(shelf, &chosen); err != nil {
			return err
		}
	}
	return nil
}

// selection reads the heads of what is selected. Letters that are named one by one, and bodies, are afterwards named by
// their numbers.
func (s *shelf) selection(ctx context.Context) (out selection, err error) {
	out.which = s.which()
	out.which.IDs, out.which.Seqs, out.which.After = nil, nil, s.filter.After
	err = s.heads(ctx, 0, func(head *journal.DeadLetter) bool {
		out.n++
		out.which.UpTo = head.Seq
		if s.owner == nil || s.filter.Names() {
			out.which.Seqs = append(out.which.Seqs, head.Seq)
		}
		if s.owner == nil || !s.owner.pipeline.CanRetry(head) {
			out.fixed++
		}
		return true
	})
	return out, err
}

// toldOf turns those errors of a pipeline that are an answer into what the caller is told.
func toldOf(err error) error {
	var refused *pipeline.Refusal
	switch {
	case errors.As(err, &refused):
		return admin.Conflict("%w", refused)
	case errors.Is(err, pipeline.ErrStopped):
		return admin.Unavailable("%w", pipeline.ErrStopped)
	default:
		return err
	}
}
