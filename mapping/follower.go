package mapping

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

var errLogEnded = errors.New("the log ended")

// The pauses between two attempts to follow a log that broke off.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// follower feeds an index from its log and lets writers wait for it.
type follower struct {
	log      Log
	index    *Index
	patience time.Duration
	tell     func(*visible, *touched)
	loaded   chan struct{} // closed by the follower when it has caught up first
	assembly assembly      // only the follower's goroutine

	mu       sync.Mutex
	moved    chan struct{} // closed and replaced whenever one of those below changes
	position uint64        // the last entry that was applied
	open     lease
	err      error // why it does not follow at present; nil: it does
	final    bool  // err is for good
}

// lease is an open change set of several entries: other writers leave its
// writer alone until then, for an entry between its parts would undo them.
type lease struct {
	id    uuid.UUID
	until time.Time
}

// newFollower goes on where the index, of a snapshot or empty, stands.
func newFollower(log Log, index *Index, patience time.Duration, tell func(*visible, *touched)) *follower {
	return &follower{
		log: log, index: index, patience: patience, tell: tell,
		loaded: make(chan struct{}), moved: make(chan struct{}),
		position: index.revision, assembly: assembly{last: index.records.last},
	}
}

// run follows the log until ctx ends or following makes no sense any more: it
// never loaded, or an entry is unreadable.
func (f *follower) run(ctx context.Context) {
	var once sync.Once
	pause := firstPause
	for {
		err := f.log.Follow(ctx, f.current(), f.apply, func() {
			pause = firstPause
			once.Do(func() { close(f.loaded) })
			f.update(func() { f.err = nil })
		})
		if !f.interrupted(ctx, err) {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// interrupted notes why following ended and says whether to try again.
func (f *follower) interrupted(ctx context.Context, err error) bool {
	switch {
	case ctx.Err() != nil:
		err = ErrClosed
	case err == nil:
		err = errLogEnded
	}
	f.update(func() {
		f.err = fmt.Errorf("follow map log: %w", err)
		f.final = f.final || ctx.Err() != nil || !f.hasLoaded()
	})
	return !f.final
}

func (f *follower) hasLoaded() bool {
	select {
	case <-f.loaded:
		return true
	default:
		return false
	}
}

// apply takes one entry. Its position moves last, so whoever waits for it finds
// the entry visible and told.
func (f *follower) apply(seq uint64, at time.Time, entry []byte) error {
	v, err := f.assembly.next(seq, at, entry)
	if err != nil {
		err = fmt.Errorf("apply entry %d: %w", seq, err)
		f.update(func() { f.final = true })
		return err
	}
	if v != nil {
		f.show(v)
	}
	f.update(func() { f.position, f.open = seq, f.lease() })
	return nil
}

// show makes changes visible and tells whom they concern.
func (f *follower) show(v *visible) {
	t := newTouched(v.changes)
	f.index.apply(v, t.sink())
	f.tell(v, t)
}

// lease says how long the open change set, if there is one, is respected. An
// old entry of an abandoned one, read while loading, has no patience left.
func (f *follower) lease() lease {
	open := f.assembly.open
	if open == nil {
		return lease{}
	}
	at := open.at
	if now := time.Now(); at.After(now) {
		at = now // the engine's clock is ahead of ours
	}
	return lease{id: open.id, until: at.Add(f.patience)}
}

func (f *follower) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.moved)
	f.moved = make(chan struct{})
}

func (f *follower) current() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.position
}

func (f *follower) health() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// await returns when the entry seq has been applied.
func (f *follower) await(ctx context.Context, seq uint64) error {
	return f.wait(ctx, func() (bool, time.Duration) { return f.position >= seq, forever })
}

// quiet returns when no other writer has a change set open, or shows no sign of
// going on with it.
func (f *follower) quiet(ctx context.Context, own uuid.UUID) error {
	return f.wait(ctx, func() (bool, time.Duration) {
		left := time.Until(f.open.until)
		return f.open.id == own || left <= 0, left
	})
}

const forever = time.Duration(1<<63 - 1)

// wait returns when reached says so, which is asked under the lock whenever
// something moved, and again after the time that it names.
func (f *follower) wait(ctx context.Context, reached func() (bool, time.Duration)) error {
	for {
		f.mu.Lock()
		done, again := reached()
		moved, err, final := f.moved, f.err, f.final
		f.mu.Unlock()
		switch {
		case done:
			return nil
		case final && err != nil:
			return err
		}
		if err := sleep(ctx, again, moved); err != nil {
			return err
		}
	}
}

// sleep returns after d, or when moved is closed; an error if ctx ends first.
func sleep(ctx context.Context, d time.Duration, moved <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-moved:
		return nil
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for map log: %w", context.Cause(ctx))
	}
}
