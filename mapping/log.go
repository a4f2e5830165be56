package mapping

import (
	"context"
	"errors"
	"iter"
	"time"
)

// ErrConflict is what [Log.Append] wraps when the log has grown meanwhile.
var ErrConflict = errors.New("the map log has grown")

// Log is the durable ordered log of one source's map. Its sequence is the map's
// revision: it grows with every entry, but may leave numbers out.
type Log interface {
	Snapshots

	// Append stores entry durably if the last sequence of this log is still
	// after (0: the log is empty), and returns the entry's sequence. If it is
	// not, nothing is stored and the error wraps ErrConflict. After any other
	// error the entry may have been stored or not. Append does not keep entry.
	Append(ctx context.Context, after uint64, entry []byte) (seq uint64, err error)

	// Follow hands every entry after from, in order and one at a time, to apply:
	// first those already stored, then it calls caughtUp once, then new ones as
	// they come, until ctx ends or apply fails, whose error it returns wrapped.
	// at is the time at which the entry was stored. entry belongs to the log
	// again when apply returns.
	Follow(ctx context.Context, from uint64, apply func(seq uint64, at time.Time, entry []byte) error, caughtUp func()) error
}

// Snapshots keeps the newest copy of a map, from which loading is faster than
// from the log. Nothing depends on it: the log is never shortened, and a copy
// that is lost or damaged is done without.
type Snapshots interface {
	// Snapshot returns the revision of the newest complete copy, 0 if there is
	// none.
	Snapshot(ctx context.Context) (revision uint64, err error)

	// LoadSnapshot hands the chunks of the newest complete copy to apply, in
	// order and one at a time; none if there is no copy. A chunk belongs to the
	// log again when apply returns.
	LoadSnapshot(ctx context.Context, apply func(chunk []byte) error) error

	// SaveSnapshot stores the chunks as the newest copy, which stands for a
	// revision. Until all of them are stored, the one before it stays. The error
	// wraps ErrConflict if another member is storing one. It does not keep a
	// chunk beyond the next.
	SaveSnapshot(ctx context.Context, revision uint64, chunks iter.Seq[[]byte]) error
}
