package mapping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"
)

// ErrNoChange means that the map has no change of that number.
var ErrNoChange = errors.New("no such change")

// reversal is a change of the map with what its records were before it: some 60
// bytes for each that it made, and some 170 for each that it changed or removed.
type reversal struct {
	info  ChangeInfo
	begun uint64 // the sequence before its first entry
	steps []step // in order, a record once
	rows  store  // what the records were; row numbers, not record numbers
	seed  maphash.Seed
	// byNumber and byPrior are the places of steps, sorted; the latter has only
	// those whose record was there before.
	byNumber, byPrior []uint32
}

// step is one change of the change.
type step struct {
	seq    uint64 // of the entry that holds it
	prior  uint64 // of the entry that holds what the record was; 0: it was not there
	number uint32 // of the record
	before uint32 // the row of what it was; 0: it was not there
	op     Op
	after  uint64 // a hash of what the change made of it
}

// reverse reads a change and what was before it.
func (m *Map) reverse(ctx context.Context, number uint64) (*reversal, error) {
	r := &reversal{seed: maphash.MakeSeed()}
	if err := m.locate(ctx, r, number); err != nil {
		return nil, err
	}
	if err := m.readEntries(ctx, r.begun, r.info.Number, r.step); err != nil {
		return nil, err
	}
	r.sort()
	if len(r.byPrior) == 0 {
		return r, nil
	}
	wanted := r.byPrior
	err := m.readEntries(ctx, r.steps[wanted[0]].prior-1, r.info.Number, func(seq uint64, _ time.Time, entry []byte) (err error) {
		wanted, err = r.recall(wanted, seq, entry)
		return err
	})
	if err == nil && len(wanted) > 0 {
		err = fmt.Errorf("recall records: %w: entry %d does not hold record %d", ErrEntry, r.steps[wanted[0]].prior, r.steps[wanted[0]].number)
	}
	return r, err
}

// locate finds the change that the entry of that sequence belongs to.
func (m *Map) locate(ctx context.Context, r *reversal, number uint64) error {
	first := true
	err := m.readEntries(ctx, max(number, 1)-1, everything, func(seq uint64, _ time.Time, entry []byte) error {
		set, err := decodeHead(entry)
		switch {
		case err != nil:
			return err
		case first && seq != number || !first && set.ID != r.info.ID:
			return errReadToEnd
		}
		first, r.info.ID = false, set.ID
		if set.Kind == Begin || set.Kind == Part {
			return nil // its end is to come
		}
		if set, err = DecodeChangeSet(entry); err != nil {
			return err
		}
		if set.Kind == End && set.Parts == 0 {
			return errReadToEnd // opened for nothing
		}
		r.info = set.info(seq)
		if r.begun = seq - 1; set.Kind == End {
			r.begun = max(set.Begun, 1) - 1 // version 1 does not say: from the beginning
		}
		return errReadToEnd
	})
	if err == nil && r.info.Number == 0 {
		err = fmt.Errorf("change %d: %w", number, ErrNoChange)
	}
	return err
}

// step takes an entry of the change.
func (r *reversal) step(seq uint64, _ time.Time, entry []byte) error {
	set, err := decodeHead(entry)
	if err != nil || set.ID != r.info.ID {
		return err
	}
	if set, err = DecodeChangeSet(entry); err != nil {
		return err
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		r.steps = append(r.steps, step{seq: seq, prior: c.Prior, number: c.Record.Number, op: c.Op, after: r.content(&c.Record)})
	}
	return nil
}

// content hashes what an editor can set: whoever has the same is the same.
func (r *reversal) content(record *Record) uint64 {
	return maphash.Comparable(r.seed, content{record.PlatformID, record.Identity(), record.Note})
}

type content struct {
	platform uuid.UUID
	identity Identity
	note     string
}

func (r *reversal) sort() {
	r.byNumber = make([]uint32, len(r.steps))
	for i, s := range r.steps {
		r.byNumber[i] = uint32(i)
		if s.prior != 0 {
			r.byPrior = append(r.byPrior, uint32(i))
		}
	}
	slices.SortFunc(r.byNumber, func(a, b uint32) int { return cmp.Compare(r.steps[a].number, r.steps[b].number) })
	slices.SortFunc(r.byPrior, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(r.steps[a].prior, r.steps[b].prior), cmp.Compare(r.steps[a].number, r.steps[b].number))
	})
}

// recall takes what an entry holds of the wanted steps' records before the
// change, and returns the steps that are still wanted.
func (r *reversal) recall(wanted []uint32, seq uint64, entry []byte) ([]uint32, error) {
	here := 0
	for here < len(wanted) && r.steps[wanted[here]].prior == seq {
		here++
	}
	switch {
	case len(wanted) == 0:
		return nil, errReadToEnd
	case here == 0:
		return wanted, nil
	}
	set, err := DecodeChangeSet(entry)
	if err != nil {
		return nil, err
	}
	for i := range set.Changes {
		r.remember(wanted[:here], &set.Changes[i])
	}
	for _, i := range wanted[:here] {
		if r.steps[i].before == 0 {
			return wanted, nil // reported by who asked
		}
	}
	return wanted[here:], nil
}

// remember keeps what a change stored if one of the steps wants it.
func (r *reversal) remember(wanted []uint32, c *Change) {
	at, found := sort.Find(len(wanted), func(i int) int { return cmp.Compare(c.Record.Number, r.steps[wanted[i]].number) })
	if !found || c.Op != Put {
		return
	}
	row := c.Record
	row.Number = r.rows.next()
	r.rows.put(&row)
	r.steps[wanted[at]].before = row.Number
}

// stepOf returns the place of the step that concerns a record.
func (r *reversal) stepOf(number uint32) (uint32, bool) {
	at, found := sort.Find(len(r.byNumber), func(i int) int { return cmp.Compare(number, r.steps[r.byNumber[i]].number) })
	if !found {
		return 0, false
	}
	return r.byNumber[at], true
}

// was returns what the record of a step was before the change.
func (r *reversal) was(s *step) (Record, bool) {
	p := r.rows.get(s.before)
	if p == nil {
		return Record{}, false
	}
	record := r.rows.record(s.before, p)
	record.Number = s.number
	return record, true
}

// changes yields what puts the records back, the last step first, so that an
// alias leaves the record that took it before its owner gets it back. The
// blocked steps are left out.
func (r *reversal) changes(x *Index, blocked func(place uint32) bool) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		var pace pace
		for place := len(r.steps) - 1; place >= 0; place-- {
			pace.step()
			if blocked(uint32(place)) {
				continue
			}
			if !yield(r.back(x, &r.steps[place])) {
				return
			}
		}
	}
}

func (r *reversal) back(x *Index, s *step) Change {
	now, _ := x.Get(s.number)
	was, there := r.was(s)
	if !there {
		return Change{Op: Remove, Record: Record{Number: s.number}, Prior: now.Revision}
	}
	return Change{Op: Put, Record: was, Prior: now.Revision, Repoints: now.Number != 0 && now.PlatformID != was.PlatformID}
}
