package mapping

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// ChangeInfo is one change of the map: what one editor did at once.
type ChangeInfo struct {
	// Number is the revision since which the change is visible. It names the
	// change for all time.
	Number uint64    `json:"number"`
	ID     uuid.UUID `json:"id"`
	At     time.Time `json:"at"` // the editor's clock, UTC
	By     string    `json:"by,omitempty"`
	How    How       `json:"how"`
	// Effect is zero for imports of more than 1,000 records that were written
	// before effects were.
	Effect Effect `json:"effect"`
}

// LogFilter picks changes; the zero value picks all.
type LogFilter struct {
	By    string    // who; "": anybody
	Since time.Time // at this time or later; zero: ever
	Until time.Time // before this time; zero: ever
}

func (f *LogFilter) picks(c *ChangeInfo) bool {
	return (f.By == "" || f.By == c.By) &&
		(f.Since.IsZero() || !c.At.Before(f.Since)) &&
		(f.Until.IsZero() || c.At.Before(f.Until))
}

// Page is a part of a list, the newest first.
type Page struct {
	Before uint64 // only changes with a lower number; 0: from the newest on
	Limit  int    // at most so many; 0: DefaultLimit
}

// DefaultLimit is how many changes a page holds where nothing is said.
const DefaultLimit = 50

// Bounds of how many sequences are read at once on the way back through the log.
// Entries of other sources, and what a snapshot was, count among them.
const (
	firstStride = 64
	lastStride  = 1 << 16
)

// Log returns a page of the map's changes, the newest first, and where the next
// page begins: its Before, 0 if there is none. It reads no further back than it
// has to, and skips the parts of large imports.
func (m *Map) Log(ctx context.Context, filter LogFilter, page Page) (changes []ChangeInfo, next uint64, err error) {
	limit, before := page.Limit, page.Before
	if limit <= 0 {
		limit = DefaultLimit
	}
	if newest := m.Revision() + 1; before == 0 || before > newest {
		before = newest
	}
	for stride := uint64(firstStride); before > 1; stride = min(2*stride, lastStride) {
		found, from, err := m.changesBefore(ctx, before, stride)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range slices.Backward(found) {
			if !filter.picks(&c) {
				continue
			}
			if len(changes) == limit {
				return changes, changes[limit-1].Number, nil
			}
			changes = append(changes, c)
		}
		before = from
	}
	return changes, 0, nil
}

// changesBefore returns the changes whose numbers lie in the stride below before,
// in order, and the sequence from which on everything has been seen.
func (m *Map) changesBefore(ctx context.Context, before, stride uint64) (found []ChangeInfo, from uint64, err error) {
	from = before - min(stride, before-1)
	err = m.readEntries(ctx, from-1, before-1, func(seq uint64, _ time.Time, entry []byte) error {
		set, err := decodeHead(entry)
		if err != nil || set.Kind == Begin || set.Kind == Part {
			return err
		}
		if set, err = DecodeChangeSet(entry); err != nil {
			return err
		}
		if set.Begun > 0 && set.Begun < from {
			from = set.Begun // between it and here are only its parts
		}
		if set.Kind == Single || set.Parts > 0 { // else it was opened for nothing
			found = append(found, set.info(seq))
		}
		return nil
	})
	return found, from, err
}

func (c *ChangeSet) info(seq uint64) ChangeInfo {
	return ChangeInfo{Number: seq, ID: c.ID, At: c.At, By: c.By, How: c.How, Effect: c.Effect}
}
