package pipeline

import (
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// window finds duplicates: an id that was seen at an earlier place not longer ago than its length. Time is the
// events' receive time, so a backlog is judged as the live stream would have been. Ids are per source.
//
// It keeps two halves: entries go into the young one, which becomes the old one when it has covered the length of the
// window, and is dropped a window later.
type window struct {
	length time.Duration
	halves map[string]*windowHalves // by source
}

type windowHalves struct {
	young, old map[uuid.UUID]sighting
	born       int64 // when young began, Unix milliseconds
}

// sighting is where and when an id was seen first. 24 bytes; with the id, about 50 bytes an event in memory.
type sighting struct {
	seq uint64
	n   int32
	at  int64 // Unix milliseconds
}

func newWindow(length time.Duration) *window {
	return &window{length: length, halves: map[string]*windowHalves{}}
}

// seen notes an event and says whether its id was seen at an earlier place within the window. The same place again is
// a redelivery, not a duplicate.
func (w *window) seen(e *journal.Event) bool {
	h := w.of(e.Source)
	at := e.Received.UnixMilli()
	w.turn(h, at)
	first, known := h.young[e.ID]
	if !known {
		first, known = h.old[e.ID]
	}
	if known && at-first.at <= w.length.Milliseconds() {
		return journal.Place{Seq: first.seq, N: int(first.n)}.Before(e.Place)
	}
	h.young[e.ID] = sighting{seq: e.Place.Seq, n: int32(e.Place.N), at: at}
	return false
}

func (w *window) of(source string) *windowHalves {
	h, ok := w.halves[source]
	if !ok {
		h = &windowHalves{young: map[uuid.UUID]sighting{}}
		w.halves[source] = h
	}
	return h
}

func (w *window) turn(h *windowHalves, at int64) {
	if h.born == 0 {
		h.born = at
	}
	if at-h.born > w.length.Milliseconds() {
		h.old, h.young, h.born = h.young, map[uuid.UUID]sighting{}, at
	}
}
