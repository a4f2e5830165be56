package mapping

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"
)

// memLog keeps the contract of Log in memory: sequences grow but leave numbers
// out, and entries are scribbled over once apply has returned.
type memLog struct {
	mu      sync.Mutex
	entries []memEntry
	grown   chan struct{} // closed and replaced when entries or broken change
	broken  error         // ends every Follow while set

	copyOf uint64   // the revision of the snapshot, 0: there is none
	chunks [][]byte // of the snapshot
	saves  int      // snapshots that were stored

	// beforeAppend, if set, runs before each Append takes its lock: the place
	// where another member comes first.
	beforeAppend func(after uint64)
}

type memEntry struct {
	seq  uint64
	at   time.Time
	data []byte
}

func newMemLog() *memLog { return &memLog{grown: make(chan struct{})} }

func (l *memLog) last() uint64 {
	if len(l.entries) == 0 {
		return 0
	}
	return l.entries[len(l.entries)-1].seq
}

func (l *memLog) Append(ctx context.Context, after uint64, entry []byte) (uint64, error) {
	if l.beforeAppend != nil {
		l.beforeAppend(after)
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return l.appendAt(after, entry, time.Now())
}

func (l *memLog) appendAt(after uint64, entry []byte, at time.Time) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := l.last(); last != after {
		return 0, fmt.Errorf("append after %d, last is %d: %w", after, last, ErrConflict)
	}
	seq := after + 1 + after%2 // 1, 3, 5: with gaps
	l.entries = append(l.entries, memEntry{seq, at, bytes.Clone(entry)})
	l.signal()
	return seq, nil
}

// force appends whatever is last.
func (l *memLog) force(entry []byte, at time.Time) uint64 {
	for {
		l.mu.Lock()
		last := l.last()
		l.mu.Unlock()
		if seq, err := l.appendAt(last, entry, at); err == nil {
			return seq
		}
	}
}

func (l *memLog) signal() {
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *memLog) breakOff(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
	l.signal()
}

func (l *memLog) after(from uint64) ([]memEntry, chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.entries {
		if e.seq > from {
			return l.entries[i:], l.grown, l.broken
		}
	}
	return nil, l.grown, l.broken
}

func (l *memLog) Follow(ctx context.Context, from uint64, apply func(uint64, time.Time, []byte) error, caughtUp func()) error {
	told := false
	for {
		entries, grown, broken := l.after(from)
		if err := errors.Join(ctx.Err(), broken); err != nil {
			return err
		}
		for _, e := range entries {
			buffer := bytes.Clone(e.data)
			if err := apply(e.seq, e.at, buffer); err != nil {
				return fmt.Errorf("apply: %w", err)
			}
			for i := range buffer {
				buffer[i] = 0xAA
			}
			from = e.seq
		}
		if len(entries) > 0 {
			continue
		}
		if !told {
			told = true
			caughtUp()
		}
		select {
		case <-grown:
		case <-ctx.Done():
		}
	}
}

func (l *memLog) Snapshot(context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.copyOf, l.broken
}

func (l *memLog) LoadSnapshot(_ context.Context, apply func([]byte) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, chunk := range l.chunks {
		buffer := bytes.Clone(chunk)
		if err := apply(buffer); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		clear(buffer)
	}
	return nil
}

func (l *memLog) SaveSnapshot(ctx context.Context, revision uint64, chunks iter.Seq[[]byte]) error {
	var stored [][]byte
	for chunk := range chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		stored = append(stored, bytes.Clone(chunk))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copyOf, l.chunks = revision, stored
	l.saves++
	l.signal()
	return nil
}

// saved waits until so many snapshots have been stored.
func (l *memLog) saved(ctx context.Context, n int) error {
	for {
		l.mu.Lock()
		enough, grown := l.saves >= n, l.grown
		l.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
