package receive

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// smallBody is how much of each body is taken from the memory for small bodies. Learn's default of 25 events is some
// 80 KB, so ordinary envelopes never compete with large ones.
const smallBody = 128 << 10

// memory bounds what all bodies together take. It has two halves, because a semaphore serves its waiters in turn: a
// few large bodies that wait, or never come to their end, would otherwise keep out every small one.
//
//	a body of 1 MiB:  |── smallBody from small ──|────────── the rest from large ──────────|
type memory struct {
	small, large *semaphore.Weighted
	wait         time.Duration
}

func newMemory(total int64, wait time.Duration) *memory {
	return &memory{
		small: semaphore.NewWeighted(max(total/2, 2*smallBody)),
		large: semaphore.NewWeighted(total - total/2),
		wait:  wait,
	}
}

// share is what one buffer has taken of the memory. It belongs to one goroutine.
type share struct {
	of           *memory
	small, large int64
}

// grow takes what is missing to a number of bytes. It waits a short while; then it fails and has taken nothing more.
func (s *share) grow(ctx context.Context, bytes int64) error {
	small := max(0, min(bytes, smallBody)-s.small)
	large := max(0, bytes-smallBody-s.large)
	ctx, cancel := context.WithTimeout(ctx, s.of.wait)
	defer cancel()
	if err := acquire(ctx, s.of.small, small); err != nil {
		return err
	}
	s.small += small
	if err := acquire(ctx, s.of.large, large); err != nil {
		return err
	}
	s.large += large
	return nil
}

// acquire takes what is there, however late it is, and waits for it only where it is not.
func acquire(ctx context.Context, from *semaphore.Weighted, bytes int64) error {
	if bytes == 0 || from.TryAcquire(bytes) {
		return nil
	}
	return from.Acquire(ctx, bytes)
}

// release gives everything back.
func (s *share) release() {
	s.of.small.Release(s.small)
	s.of.large.Release(s.large)
	s.small, s.large = 0, 0
}
