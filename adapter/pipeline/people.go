package pipeline

import (
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// person is somebody who has events among the held, or had some that are not swept yet. While any of them has not been
// handed to the queue, newer events of this person are held behind them, mapped or not.
//
//	held records   ───[ swept ]───[ ended ]───[ handed to the queue ]───[ waiting ]───▶ last
type person struct {
	key    string
	source *Source
	whom   journal.Whom
	oldest time.Time // when the oldest waiting event was received
	mapped bool      // the map knew them when it was last asked

	last      uint64    // newest record
	handed    uint64    // newest record that was handed to the queue, or ended without it
	unwritten int       // records that the present frame will add
	waiting   int       // records that have not been handed to a lane, those unwritten included
	out       []*record // handed, in order, until the position has counted them
	sweeping  int       // sweeps under way
	fetch     fetchKind // what is being fetched for this person now
	halted    bool      // the rest of the fetch under way no longer applies
	remapped  bool      // the map has changed for this person since the fetch began
}

// record is a held event or a dead letter that is being tried again.
type record struct {
	seq   uint64
	place journal.Place
	kind  string
	// fromHeld and fromLetter name the record that had ended when this one was written, 0 if none had.
	fromHeld, fromLetter uint64

	ended   bool
	how     outcome
	counted bool // as ended, in the position
}

func heldRecord(h *journal.Held) *record {
	return &record{seq: h.Seq, place: h.Event.Place, kind: h.Event.Type, fromLetter: h.DeadSeq}
}

func letterRecord(d *journal.DeadLetter) *record {
	return &record{seq: d.Seq, place: d.Place, kind: d.Type, fromHeld: d.HeldSeq, fromLetter: d.DeadSeq}
}

func (r *record) end(how outcome) { r.ended, r.how = true, how }

// fetchKind says why a person's held events are being read.
type fetchKind uint8

const (
	fetchNone fetchKind = iota
	fetchRelease
	fetchExpired
)

// waits says whether newer events must be held behind those that wait.
func (p *person) waits() bool { return p.unwritten > 0 || p.handed < p.last }

// done says whether nothing is left to remember.
func (p *person) done() bool {
	return !p.waits() && p.fetch == fetchNone && len(p.out) == 0 && p.sweeping == 0
}

// identityOf is what a map can look a person up by.
func identityOf(p *blackboard.Person) mapping.Identity {
	return mapping.Identity{UserUUID: p.UUID, UserID: p.UserID, ExternalID: p.ExternalID, Email: p.Email}
}
