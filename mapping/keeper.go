package mapping

import (
	"context"
	"sync"
	"time"
)

// entryCost is how many changes one more entry of the log is worth when loading
// it: a message, a block and an edit of its own.
const entryCost = 10

// keeper writes a snapshot when the log has grown enough since the last, so that
// loading never takes much longer than the records themselves do.
type keeper struct {
	snapshots Snapshots
	index     *Index
	after     int           // the least growth
	wake      chan struct{} // grown sends, never blocking; never closed

	mu     sync.Mutex
	since  uint64 // the revision of the newest snapshot that is known
	growth int    // since then, in changes
	read   int    // changes that were told, in all
}

func newKeeper(snapshots Snapshots, index *Index, after int) *keeper {
	return &keeper{snapshots: snapshots, index: index, after: after, since: index.revision, wake: make(chan struct{}, 1)}
}

// grown notes that so many changes have become visible.
func (k *keeper) grown(changes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.growth += changes + entryCost
	k.read += changes
	if k.growth < k.after {
		return
	}
	select {
	case k.wake <- struct{}{}:
	default: // it is awake already
	}
}

func (k *keeper) changes() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.read
}

// due says by how much the log has grown since which revision; 0: not enough.
func (k *keeper) due() (since uint64, growth int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.growth < max(k.after, k.index.Len()/2) {
		return k.since, 0
	}
	return k.since, k.growth
}

// known notes the newest snapshot, and how much growth it has caught up with.
func (k *keeper) known(revision uint64, growth int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.since = revision
	k.growth -= growth
}

// keeperPause is how long a failed snapshot waits: longer than the journal takes
// an unfinished one of another member for one that goes on.
const keeperPause = 90 * time.Second

// run writes snapshots when they are due, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	for sleep(ctx, forever, k.wake) == nil {
		for k.keep(ctx) != nil {
			if sleep(ctx, keeperPause, nil) != nil {
				return
			}
		}
	}
}

// keep writes a snapshot if one is due, unless another member has done so.
func (k *keeper) keep(ctx context.Context) error {
	since, growth := k.due()
	if growth == 0 {
		return nil
	}
	newest, err := k.snapshots.Snapshot(ctx)
	if err != nil {
		return err
	}
	if newest > since {
		k.known(newest, growth)
		return nil
	}
	picture := k.index.picture()
	if err := k.snapshots.SaveSnapshot(ctx, picture.revision, picture.chunks()); err != nil {
		return err
	}
	k.known(picture.revision, growth)
	return nil
}
