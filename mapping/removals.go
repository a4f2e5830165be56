package mapping

import "iter"

// Removals yields the records that importing the plan removes: with Sync, those
// which the file does not name, of the sources for which it has usable rows.
func (p *Plan) Removals() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, name := range p.Sources() {
			for r := range p.sheets[name].removals(&p.options) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// removals yields the records of the index as it is now that no row names.
// Records that came after the plan was begun stay: nobody has seen them in it.
func (s *sheet) removals(options *PlanOptions) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		if !options.Sync || s.rows.live == 0 {
			return
		}
		named := s.named()
		for number := uint32(1); number <= s.horizon; number++ {
			if int(number) < len(named) && named[number] != 0 {
				continue
			}
			if r, ok := s.index.Get(number); ok && !yield(r) {
				return
			}
		}
	}
}

// named says which row is about each record, by record number, in the index as
// it is now.
func (s *sheet) named() []uint32 {
	if s.index.Revision() == s.revision {
		return s.concerns
	}
	named := make([]uint32, s.horizon+1)
	for row := uint32(1); row <= s.rows.last; row++ {
		if s.rows.get(row) == nil {
			continue
		}
		stated := s.stated(row)
		if number := s.index.diff(&stated, Record.extend).before.Number; number <= s.horizon {
			named[number] = row
		}
	}
	return named
}
