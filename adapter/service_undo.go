package adapter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Undo implements admin.Service. A change is one source's, so its number says which.
func (s service) Undo(ctx context.Context, request admin.UndoRequest) (admin.Undoing, error) {
	sources, err := s.some(request.Source)
	if err != nil {
		return admin.Undoing{}, err
	}
	for _, src := range sources {
		done, err := s.undoChange(ctx, src, &request)
		if errors.Is(err, mapping.ErrNoChange) {
			continue
		}
		if err != nil {
			return admin.Undoing{}, fmt.Errorf("source %s: %w", src.config.Name, err)
		}
		return done, nil
	}
	if request.Source != "" {
		return admin.Undoing{}, admin.NotFound("the map of source %s has no change %d", request.Source, request.Change)
	}
	return admin.Undoing{}, admin.NotFound("the map has no change %d", request.Change)
}

func (s service) undoChange(ctx context.Context, src *source, request *admin.UndoRequest) (admin.Undoing, error) {
	if !request.DryRun {
		done, err := src.people.Undo(ctx, request.Change, request.Edit())
		return admin.NewUndoing(src.config.Name, &done, request.Partial), err
	}
	plan, err := src.people.PlanUndo(ctx, request.Change)
	if err != nil {
		return admin.Undoing{}, err
	}
	undoing := admin.NewUndoing(src.config.Name, &plan, request.Partial)
	undoing.First, err = s.firstUndone(ctx, src, &plan)
	return undoing, err
}

// firstUndone lists the first records that would be put back, in the order in which the change made them.
func (s service) firstUndone(ctx context.Context, src *source, plan *mapping.Undoing) (first []admin.UndoneRecord, err error) {
	err = eachPart(ctx, s.journal.MapLog(src.config.Name), &plan.Change, func(set *mapping.ChangeSet) (more bool) {
		for i := range set.Changes {
			c := &set.Changes[i]
			blocked := slices.ContainsFunc(plan.Obstacles, func(o mapping.Obstacle) bool { return o.Number == c.Record.Number })
			if blocked {
				continue
			}
			var now *mapping.Record
			if record, there := src.people.Index().Get(c.Record.Number); there {
				now = &record
			}
			if first = append(first, admin.NewUndoneRecord(c, now)); len(first) == admin.MaxFirstUndone {
				return false
			}
		}
		return len(plan.Obstacles) == plan.Blocked // else not all that are blocked are known
	})
	return first, err
}

// eachPart hands each what the log holds of a change, until it returns false.
func eachPart(ctx context.Context, log mapping.Log, change *mapping.ChangeInfo, each func(*mapping.ChangeSet) bool) error {
	from := change.Number - 1
	read := func(seq uint64, _ time.Time, entry []byte) error {
		set, err := mapping.DecodeChangeSet(entry)
		switch {
		case err != nil:
			return err
		case set.Kind == mapping.End && set.Begun > 0 && from == change.Number-1:
			from = set.Begun // its parts begin behind that
			return errEnough
		case set.ID == change.ID && !each(&set), seq >= change.Number:
			return errEnough
		}
		return nil
	}
	err := log.Follow(ctx, from, read, func() {})
	if errors.Is(err, errEnough) && from != change.Number-1 {
		err = log.Follow(ctx, from, read, func() {})
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return fmt.Errorf("read change: %w", err)
}
