package mapping

import (
	"iter"
	"maps"
	"slices"
)

// PlannedRow is a usable row of a file and what it means.
type PlannedRow struct {
	Line   int    `json:"line"`
	Class  Class  `json:"class"`
	Record Record `json:"record"` // what the row states; its number is 0
}

// Rows yields the usable rows, source by source, in the order of their lines. Of
// rows that say the same, only the first is there.
func (p *Plan) Rows() iter.Seq[PlannedRow] {
	return func(yield func(PlannedRow) bool) {
		for _, name := range slices.Sorted(maps.Keys(p.sheets)) {
			for row := range p.sheets[name].planned() {
				if !yield(row) {
					return
				}
			}
		}
	}
}

func (s *sheet) planned() iter.Seq[PlannedRow] {
	return func(yield func(PlannedRow) bool) {
		for row := uint32(1); row <= s.rows.last; row++ {
			if s.rows.get(row) == nil {
				continue
			}
			if !yield(PlannedRow{Line: int(s.facts[row].line), Class: s.facts[row].class, Record: s.stated(row)}) {
				return
			}
		}
	}
}

// stated returns what a usable row states.
func (s *sheet) stated(row uint32) Record {
	r := s.rows.record(row, s.rows.at(row))
	r.Number, r.Source = 0, s.index.source
	return r
}

// Match says of which class the row is that names an identity, as [Index.Lookup]
// would find its record if the row were imported. Whoever asks it for everybody
// who waits knows how many each part of the file would release.
func (p *Plan) Match(source string, id Identity, trust []Alias) (Class, bool) {
	s := p.sheets[source]
	if s == nil {
		return 0, false
	}
	if row := s.keys.owner(&s.rows, UserUUID, &id, s.rows.last); row != 0 {
		return s.facts[row].class, true
	}
	for _, a := range trust {
		row := s.keys.owner(&s.rows, a, &id, s.rows.last)
		if row != 0 && s.leaves(row).Differs(id, trust) == NoAlias {
			return s.facts[row].class, true
		}
	}
	return 0, false
}

// leaves returns the aliases of the record that a row would leave behind.
func (s *sheet) leaves(row uint32) Identity {
	stated := s.stated(row)
	d := s.index.diff(&stated, Record.extend)
	return d.after.Identity()
}
