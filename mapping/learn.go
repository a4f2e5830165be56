package mapping

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ByStream is who changed a record that learned its user uuid.
const ByStream = "stream"

// commandLearn is how it did.
const commandLearn = "learn"

// maxLearning bounds how many people wait to be learned; who is beyond it is
// learned from a later event.
const maxLearning = 10_000

// Learn notes that a look-up with this trust matched by an alias and that the
// identity carries the user uuid which its record lacks ([Match.LearnsUUID]).
// The record gets it with the next batch, if the same look-up still says so
// then. It returns at once: learning is best effort, for the next event of the
// person would bring it again, and it never takes a user uuid from a record.
func (m *Map) Learn(id Identity, trust []Alias) { m.learner.note(id, trust) }

// learn writes a batch. Errors are not reported: nothing depends on it.
func (m *Map) learn(ctx context.Context, batch []lesson) {
	edit := Edit{By: ByStream, How: How{Command: commandLearn}}
	_, _ = m.commit(ctx, edit, func() (iter.Seq[Change], error) {
		return m.index.learned(batch), nil
	})
}

// learned yields the changes that still hold. Of two identities that match one
// record, the first is learned.
func (x *Index) learned(batch []lesson) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		seen := make(map[uint32]bool, len(batch))
		for _, l := range batch {
			match, ok := x.Lookup(l.identity, l.trust)
			if !ok || !match.LearnsUUID || seen[match.Number] {
				continue
			}
			seen[match.Number] = true
			r, ok := x.Get(match.Number)
			if !ok {
				continue
			}
			prior := r.Revision
			r.UserUUID = l.identity.UserUUID
			if !yield(Change{Op: Put, Record: r, Prior: prior}) {
				return
			}
		}
	}
}

// lesson is one identity to be learned, with the trust that matched it.
type lesson struct {
	identity Identity
	trust    []Alias
}

// learner collects lessons and hands them on together.
type learner struct {
	every time.Duration
	write func(context.Context, []lesson)
	wake  chan struct{} // note sends, never blocking; never closed

	mu      sync.Mutex
	pending map[uuid.UUID]lesson
}

func newLearner(every time.Duration, write func(context.Context, []lesson)) *learner {
	return &learner{every: every, write: write, wake: make(chan struct{}, 1), pending: make(map[uuid.UUID]lesson)}
}

func (l *learner) note(id Identity, trust []Alias) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.pending[id.UserUUID]; known || id.UserUUID == uuid.Nil || len(l.pending) >= maxLearning {
		return
	}
	l.pending[id.UserUUID] = lesson{id, trust}
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already
	}
}

// run writes what was noted, at most once in every, until ctx ends.
func (l *learner) run(ctx context.Context) {
	for {
		if sleep(ctx, forever, l.wake) != nil || sleep(ctx, l.every, nil) != nil {
			return
		}
		l.write(ctx, l.take())
	}
}

func (l *learner) take() []lesson {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch := make([]lesson, 0, len(l.pending))
	for _, lesson := range l.pending {
		batch = append(batch, lesson)
	}
	clear(l.pending)
	return batch
}
