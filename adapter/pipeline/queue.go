package pipeline

import (
	"slices"
	"sync"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// queue holds what waits to be sent, in order. Several batches of it may be in flight at a time, but never two with
// events of the same person: what is behind a person who is in flight is parked until that batch has ended.
//
//	push ─▶ ready ───take──▶ in flight ─done─▶
//	          │ ▲   whose person is in flight     │
//	          ▼ └──────── parked ◀────────────────┘ is in flight no longer: to the front
//
// The loop pushes and never blocks: it stops taking events before too many wait. Safe for concurrent use.
type queue struct {
	more chan struct{} // one value when something may have become ready since the last look; never closed

	mu     sync.Mutex
	ready  []*item
	flying map[string][]*item // by the person in flight: what is parked
}

func newQueue() *queue {
	return &queue{more: make(chan struct{}, 1), flying: map[string][]*item{}}
}

func (q *queue) push(i *item) {
	q.mu.Lock()
	q.ready = append(q.ready, i)
	q.mu.Unlock()
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// first returns the event that has waited longest of those that may be sent, nil if there is none.
func (q *queue) first() *item {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.park(1)
	if len(q.ready) == 0 {
		return nil
	}
	return q.ready[0]
}

// envelopeOverhead is about what an envelope adds to its events, in bytes.
const envelopeOverhead = 256

// take removes the events of the next batch, which are in flight until done is called. If it would not be full, it
// takes nothing unless partial is set.
func (q *queue) take(limit timeback.Batch, partial bool) []*item {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.park(limit.MaxEvents)
	n, full := q.fits(limit)
	if n == 0 || !full && !partial {
		return nil
	}
	batch := q.ready[:n:n]
	q.ready = q.ready[n:]
	for _, i := range batch {
		if i.person != "" {
			q.flying[i.person] = nil
		}
	}
	return batch
}

// park sets aside what must not be sent now, until n events that may be sent stand in front, or all.
func (q *queue) park(n int) {
	kept, at := 0, 0
	for ; at < len(q.ready) && kept < n; at++ {
		if i := q.ready[at]; !q.parks(i) {
			q.ready[kept] = i
			kept++
		}
	}
	q.ready = slices.Delete(q.ready, kept, at)
}

// parks sets an event aside if its person is in flight.
func (q *queue) parks(i *item) bool {
	behind, flying := q.flying[i.person]
	if flying {
		q.flying[i.person] = append(behind, i)
	}
	return flying
}

// fits counts the events that go into the next batch, and says whether no more would.
func (q *queue) fits(limit timeback.Batch) (n int, full bool) {
	size := envelopeOverhead
	for n, i := range q.ready {
		size += len(i.json) + 1
		if n > 0 && (n == limit.MaxEvents || size > limit.MaxBytes || !i.travelsWith(q.ready[0])) {
			return n, true
		}
	}
	return len(q.ready), len(q.ready) >= limit.MaxEvents
}

// done ends the flight of a batch. What remains of it is in front again, and behind that what was parked for it.
func (q *queue) done(batch []*item, remaining []int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var front []*item
	for _, place := range remaining {
		front = append(front, batch[place])
	}
	for _, i := range batch {
		front = append(front, q.flying[i.person]...)
		delete(q.flying, i.person)
	}
	if len(front) > 0 {
		q.ready = append(front, q.ready...)
		q.wake()
	}
}

// rest removes and returns everything that is not in flight.
func (q *queue) rest() []*item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.ready
	for person, parked := range q.flying {
		items = append(items, parked...)
		q.flying[person] = nil
	}
	q.ready = nil
	return items
}
