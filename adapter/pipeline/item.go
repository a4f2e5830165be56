package pipeline

import (
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// outcome is how an event ends at a destination.
type outcome uint8

const (
	delivered outcome = iota
	held
	dead
	skipped
	duplicate
	discarded
)

// item is an event on its way to the collector, with where it came from: a frame of the journal, or a record among the
// held or the dead. Exactly one of frame, record and replay is set.
type item struct {
	event    journal.Event
	json     []byte // the v1p2 event
	person   string // key of the lane person, whose order it keeps; "" if there is none
	sensor   string // of the envelope that it must travel in
	revision uint64 // of the source's map when it was translated
	frame    *frame
	record   *record
	letter   bool         // the record is a dead letter
	replay   *replayFrame // it has been here before, and is sent once more
}

// travelsWith says whether two events may go into the same envelope.
func (i *item) travelsWith(other *item) bool {
	return i.sensor == other.sensor && (i.replay == nil) == (other.replay == nil)
}

// count adds one to the field that an outcome is counted in.
func count(o *journal.Outcomes, how outcome) {
	switch how {
	case delivered:
		o.Delivered++
	case held:
		o.Held++
	case dead:
		o.Dead++
	case skipped:
		o.Skipped++
	case duplicate:
		o.Duplicate++
	case discarded:
		o.Discarded++
	}
}

// tally counts outcomes by type.
type tally map[string]*journal.Outcomes

func (t tally) count(kind string, how outcome) {
	o, ok := t[kind]
	if !ok {
		o = &journal.Outcomes{}
		t[kind] = o
	}
	count(o, how)
}

// frame is a frame of the journal that has not ended: some of its events are still being sent.
type frame struct {
	seq      uint64
	events   int
	open     int // events that are being sent
	tally    tally
	skipped  map[string]uint64 // by reason
	held     int               // events that it added to the held
	dead     int               // and to the dead
	oldest   time.Time         // when its first event was received
	spans    []journal.Span    // delivered so far
	deadFrom uint64            // the newest sequence among the dead before any event of this frame was added
}

// delivered notes that an event has been delivered.
func (f *frame) delivered(n int) {
	if last := len(f.spans) - 1; last >= 0 && f.spans[last].To == n {
		f.spans[last].To++
		return
	}
	f.spans = append(f.spans, journal.Span{Seq: f.seq, From: n, To: n + 1})
}
