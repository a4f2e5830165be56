package mapping

import (
	"bytes"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"
)

// assembly reads the entries of a log from its beginning and tells which
// changes become visible with each. It is where a change set of several entries
// waits for its end: the entries are kept as they are, compressed, until then.
type assembly struct {
	last uint32   // the highest record number that is visible
	open *openSet // nil: none is open
}

// openSet is a change set whose end has not come yet.
type openSet struct {
	id      uuid.UUID
	at      time.Time // when its last entry was stored
	first   uint32    // the highest record number before it
	last    uint32    // the highest record number after the parts so far
	changes int
	parts   []storedPart
}

type storedPart struct {
	seq   uint64
	entry []byte
}

// visible are change sets that become visible together, each with the sequence
// of its entry.
type visible struct {
	seq      uint64 // of the entry that makes them visible
	changes  int
	onlyAdds bool // every change makes a new record
	sets     iter.Seq2[uint64, *ChangeSet]
}

// next takes the next entry and returns what it makes visible, nil if nothing.
// An error wraps ErrEntry.
func (a *assembly) next(seq uint64, at time.Time, entry []byte) (*visible, error) {
	set, err := DecodeChangeSet(entry)
	if err != nil {
		return nil, err
	}
	open := a.open
	a.open = nil // whatever does not continue the open set ends it, unseen
	switch {
	case set.Kind == Single:
		return a.single(seq, &set)
	case set.Kind == Begin:
		a.open = &openSet{id: set.ID, at: at, first: a.last, last: a.last}
	case open == nil || open.id != set.ID:
	case set.Kind == Part:
		a.open = open
		return nil, open.add(seq, at, &set, entry)
	case set.Parts == len(open.parts):
		a.last = open.last
		return open.end(seq), nil
	}
	return nil, nil
}

func (a *assembly) single(seq uint64, set *ChangeSet) (*visible, error) {
	last, err := checkNumbers(a.last, set.Changes)
	if err != nil {
		return nil, err
	}
	a.last = last
	return &visible{seq: seq, changes: len(set.Changes), sets: oneSet(seq, set)}, nil
}

func (o *openSet) add(seq uint64, at time.Time, set *ChangeSet, entry []byte) error {
	last, err := checkNumbers(o.last, set.Changes)
	if err != nil {
		return err
	}
	o.last, o.at = last, at
	o.changes += len(set.Changes)
	o.parts = append(o.parts, storedPart{seq, bytes.Clone(entry)})
	return nil
}

func (o *openSet) end(seq uint64) *visible {
	onlyAdds := int(o.last-o.first) == o.changes
	return &visible{seq: seq, changes: o.changes, onlyAdds: onlyAdds, sets: o.sets()}
}

// sets decodes the parts once more; each was decoded without error when it came.
func (o *openSet) sets() iter.Seq2[uint64, *ChangeSet] {
	return func(yield func(uint64, *ChangeSet) bool) {
		for _, part := range o.parts {
			set, err := DecodeChangeSet(part.entry)
			if err != nil || !yield(part.seq, &set) {
				return
			}
		}
	}
}

func oneSet(seq uint64, set *ChangeSet) iter.Seq2[uint64, *ChangeSet] {
	return func(yield func(uint64, *ChangeSet) bool) { yield(seq, set) }
}

// checkNumbers says whether the changes speak of records that exist, last being
// the highest number before them, or make the next one. It returns the highest
// after them.
func checkNumbers(last uint32, changes []Change) (uint32, error) {
	for i := range changes {
		switch c := &changes[i]; {
		case c.Op == Put && (c.Record.Number == 0 || c.Record.Number == last+1):
			last++
		case c.Record.Number > last:
			return 0, fmt.Errorf("check changes: %w: record %d was never made", ErrEntry, c.Record.Number)
		}
	}
	return last, nil
}
