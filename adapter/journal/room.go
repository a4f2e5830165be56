package journal

import (
	"errors"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// room says whether the journal has room for what comes in. A stream that has reached its limit still takes what is
// smaller than the rest of it, as the watchdog's probes are, so it is judged by the frames.
type room struct {
	missing atomic.Int64 // bytes of the frames that found no room; 0 while there is some
}

// HasRoom says whether envelopes find room. It is false from the first that finds none until one that is at least half as
// large does, or until the janitor has made some.
func (j *Journal) HasRoom() bool { return j.room.missing.Load() == 0 }

// tried takes note of how frames were stored.
func (r *room) tried(frames []*nats.Msg, err error) {
	var size int64
	for _, m := range frames {
		size += int64(m.Size())
	}
	switch {
	case errors.Is(err, ErrFull):
		r.missing.Store(size)
	case err == nil && 2*size >= r.missing.Load():
		r.missing.Store(0)
	}
}

// lookForRoom finds out whether there is some again. A journal that cannot be measured now is measured by the next look.
func (j *Journal) lookForRoom() {
	if j.HasRoom() {
		return
	}
	if full, err := j.NearlyFull(j.background); err == nil && !full {
		j.room.missing.Store(0)
	}
}
