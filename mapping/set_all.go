package mapping

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

var errOneRecord = errors.New("set records: number, revision and take are about one record")

// SetAll stores what is stated about several accounts, as [Map.Set] would one
// after the other, but in as few changes as may be: nearly always in one. Each
// is accepted or refused alone. refused has an error for each of stated: nil if
// it was stored, or was known already.
//
// An error means that not all of them could be written; refused then holds what
// was found out before. edit names no record and takes nothing.
func (m *Map) SetAll(ctx context.Context, stated []Record, edit Edit) (refused []error, err error) {
	if edit.Number != 0 || edit.IfRevision != 0 || edit.Take {
		return make([]error, len(stated)), errOneRecord
	}
	s := newSetting(m.index, stated, &edit)
	for len(s.rest) > 0 {
		var r *round
		_, err := m.commit(ctx, edit, func() (iter.Seq[Change], error) {
			r = s.round()
			return slices.Values(r.changes), nil
		})
		if err != nil {
			return s.refused, fmt.Errorf("set records: %w", err)
		}
		s.end(r)
	}
	return s.refused, nil
}

// setting is a list of records on its way into the map, round by round. A round
// is judged by the index as it is, so it ends before the first record that has
// an alias in common with what the round changes.
type setting struct {
	index   *Index
	edit    *Edit
	stated  []Record
	refused []error
	rest    []int // places in stated of those that are still to be judged
}

// round is one change set.
type round struct {
	judged  int // how many of the rest
	changes []Change
	refused map[int]error
	keys    map[Key]bool // of the records that it changes, before and after
}

func newSetting(x *Index, stated []Record, edit *Edit) *setting {
	s := &setting{index: x, edit: edit, stated: slices.Clone(stated), refused: make([]error, len(stated))}
	for i := range s.stated {
		if s.stated[i], s.refused[i] = x.acceptable(stated[i]); s.refused[i] == nil {
			s.rest = append(s.rest, i)
		}
	}
	return s
}

// acceptable returns the record as it is stored, or an [InvalidError].
func (x *Index) acceptable(stated Record) (Record, error) {
	stated, faults := stated.Normalize()
	if stated.Source != "" && stated.Source != x.source {
		faults = append(faults, Fault{columnSource, "is that of another map"})
	}
	if len(faults) > 0 {
		return stated, &InvalidError{Faults: faults}
	}
	return stated, nil
}

// round judges what is left, at least the first of it.
func (s *setting) round() *round {
	r := &round{refused: make(map[int]error), keys: make(map[Key]bool)}
	for _, i := range s.rest {
		if r.touches(&s.stated[i]) {
			break
		}
		r.judged++
		d, _, err := s.index.diffEdit(&s.stated[i], s.edit)
		switch {
		case err != nil:
			r.refused[i] = err
		case d.class != ClassSame:
			r.add(&d)
		}
	}
	return r
}

// touches says whether the record has an alias in common with what the round
// changes.
func (r *round) touches(stated *Record) bool {
	return slices.ContainsFunc(stated.Identity().Keys(), func(k Key) bool { return r.keys[k] })
}

func (r *round) add(d *difference) {
	r.changes = append(r.changes, d.change())
	for _, id := range [...]Identity{d.before.Identity(), d.after.Identity()} {
		for _, k := range id.Keys() {
			r.keys[k] = true
		}
	}
}

// end takes over what a round has brought that was written.
func (s *setting) end(r *round) {
	for i, err := range r.refused {
		s.refused[i] = fmt.Errorf("set record: %w", err)
	}
	s.rest = s.rest[r.judged:]
}
