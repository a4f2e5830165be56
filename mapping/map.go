package mapping

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

var (
	// ErrClosed is what waits and writes of a closed map end with.
	ErrClosed = errors.New("the map is closed")
	// ErrNotFound means that no record has that number.
	ErrNotFound = errors.New("no such record")
	// ErrRevision means that the record has been changed since its editor read it.
	ErrRevision = errors.New("the record has changed meanwhile")
	// ErrBusy means that other members kept writing first; nothing was changed.
	ErrBusy = errors.New("the map is being changed by others")
)

// Options tune a map; the zero value is ready for use.
type Options struct {
	// LearnEvery is how long learned user uuids are collected before they are
	// written together. Default 1 s.
	LearnEvery time.Duration
	// Patience is how long an import of another member may pause before a write
	// of this one overrides it. Default 10 s.
	Patience time.Duration
	// SnapshotAfter is how many changes the log has to grow by, at least, before
	// a snapshot is written. Default 20,000. A map of many records waits until
	// they are half as many as its records.
	SnapshotAfter int
}

const (
	defaultLearnEvery    = time.Second
	defaultPatience      = 10 * time.Second
	defaultSnapshotAfter = 20_000
)

func (o Options) withDefaults() Options {
	if o.LearnEvery <= 0 {
		o.LearnEvery = defaultLearnEvery
	}
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	if o.SnapshotAfter <= 0 {
		o.SnapshotAfter = defaultSnapshotAfter
	}
	return o
}

// Map is the ID map of one source: an index that follows its log, and the only
// way to write to that log. It is safe for concurrent use.
type Map struct {
	index    *Index
	follower *follower
	learner  *learner
	keeper   *keeper
	changed  subscribers
	loading  Loading

	turn chan struct{} // holds one token while nobody writes
	own  uuid.UUID     // the last change set written here; guarded by turn

	stop    context.CancelCauseFunc
	running sync.WaitGroup // follower, learner and keeper
}

// Loading is how a map came into memory.
type Loading struct {
	// Snapshot is the revision of the snapshot that it began with, 0 if there was
	// none that could be used.
	Snapshot uint64
	// SnapshotErr says why the snapshot could not be used; nil: it could, or there
	// was none. The map is complete all the same: the whole log was read.
	SnapshotErr error
	// Changes is how many changes were read from the log behind it.
	Changes int
	Took    time.Duration
}

// Open loads the map of a source from its newest snapshot and its log, and keeps
// following the log until Close. It returns when the index holds all that was
// stored; ctx bounds only this loading. A log that cannot be read to its end is
// an error.
func Open(ctx context.Context, source string, log Log, options Options) (*Map, error) {
	options = options.withDefaults()
	begun := time.Now()
	life, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	m := &Map{turn: make(chan struct{}, 1), stop: stop}
	m.turn <- struct{}{}
	m.index, m.loading.SnapshotErr = loadSnapshot(ctx, source, log)
	m.loading.Snapshot = m.index.revision
	m.keeper = newKeeper(log, m.index, options.SnapshotAfter)
	m.follower = newFollower(log, m.index, options.Patience, m.applied)
	m.learner = newLearner(options.LearnEvery, m.learn)
	m.running.Go(func() { m.follower.run(life) })
	if err := m.load(ctx); err != nil {
		m.Close()
		return nil, fmt.Errorf("load map of source %s: %w", source, err)
	}
	m.loading.Changes, m.loading.Took = m.keeper.changes(), time.Since(begun)
	m.running.Go(func() { m.learner.run(life) })
	m.running.Go(func() { m.keeper.run(life) })
	return m, nil
}

// loadSnapshot returns the index of the newest snapshot, or an empty one if
// there is none or it cannot be used, and then why.
func loadSnapshot(ctx context.Context, source string, log Snapshots) (*Index, error) {
	reader := snapshotReader{index: NewIndex(source)}
	err := log.LoadSnapshot(ctx, reader.chunk)
	if err == nil && reader.next > 0 {
		err = reader.finish()
	}
	if err != nil {
		return NewIndex(source), fmt.Errorf("load snapshot: %w", err)
	}
	return reader.index, nil
}

// applied is told what has become visible.
func (m *Map) applied(v *visible, t *touched) {
	m.changed.tell(t)
	m.keeper.grown(v.changes)
}

// Loading says how the map came into memory.
func (m *Map) Loading() Loading { return m.loading }

func (m *Map) load(ctx context.Context) error {
	return m.follower.wait(ctx, func() (bool, time.Duration) { return m.follower.hasLoaded(), forever })
}

// Close ends following, learning and the writing of a snapshot, and waits for
// them. What was learned but not yet written is forgotten, to be learned again.
// Waiting writes end with [ErrClosed].
func (m *Map) Close() {
	m.stop(ErrClosed)
	m.running.Wait()
}

// Index returns the map's index: look-ups, lists and revision. Only the map
// changes it.
func (m *Map) Index() *Index { return m.index }

// Lookup is [Index.Lookup].
func (m *Map) Lookup(id Identity, trust []Alias) (Match, bool) { return m.index.Lookup(id, trust) }

// Revision is the index's: that of the newest change which can be seen.
func (m *Map) Revision() uint64 { return m.index.Revision() }

// Changed subscribes to what changes from now on. To miss nothing, subscribe
// first and look up then. The caller closes the subscription.
func (m *Map) Changed() *Subscription { return m.changed.join() }

// Err says why the index does not follow its log at present, nil if it does. It
// keeps answering meanwhile with what it knew.
func (m *Map) Err() error { return m.follower.health() }
