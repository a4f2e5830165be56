package mapping

// sheet holds the usable rows of one source of a file, packed like the records
// of an index, with what each means.
type sheet struct {
	index *Index
	rows  store // row numbers, not record numbers
	keys  keyring
	facts []fact // by row number; 0 is unused
	// concerns says which row is about a record, by record number.
	concerns []uint32
	// horizon and revision are where the index stood when the plan was begun.
	horizon  uint32
	revision uint64
}

// fact is what is known of a row.
type fact struct {
	line  uint32
	class Class
}

func newSheet(x *Index) *sheet {
	return &sheet{index: x, keys: newKeyring(), facts: make([]fact, 1), horizon: x.lastNumber(), revision: x.Revision()}
}

// add judges a row and keeps it. A row that repeats an earlier good one is as
// good as absent, but counts as the same.
func (s *sheet) add(row *Row) ([]Conflict, *Repoint) {
	stated := row.Record
	stated.Number = s.rows.next()
	s.facts = append(s.facts, fact{line: uint32(row.Line), class: ClassSame})
	earlier, conflicts := s.claim(&stated)
	if earlier != 0 {
		return nil, nil
	}
	s.rows.put(&stated)
	d := s.index.diff(&stated, Record.extend)
	s.facts[stated.Number].class = d.class
	conflicts = append(conflicts, atLine(d.conflicts, row.Line)...)
	conflicts = append(conflicts, s.concern(&stated, &d)...)
	if len(conflicts) > 0 {
		s.facts[stated.Number].class = ClassConflicting
		return conflicts, nil
	}
	if d.class == ClassRepointed {
		repoint := d.repoint(row.Line)
		return nil, &repoint
	}
	return nil, nil
}

// claim takes the row's aliases within the file. It returns the earlier row
// that says exactly the same, or the conflicts with those that do not, or that
// are in conflict themselves.
func (s *sheet) claim(stated *Record) (same uint32, conflicts []Conflict) {
	id := stated.Identity()
	for a := UserUUID; a < aliasEnd; a++ {
		owner := s.keys.claim(&s.rows, a, &id, stated.Number)
		if owner == stated.Number {
			continue
		}
		earlier := s.rows.record(owner, s.rows.at(owner))
		if earlier.sameContent(stated) && s.facts[owner].class != ClassConflicting {
			return owner, nil
		}
		s.facts[owner].class = ClassConflicting
		conflicts = append(conflicts, newConflict(a, &id, s.side(stated), s.side(&earlier)))
	}
	return 0, conflicts
}

// concern notes that the row is about a record. A second row about the same
// record is a conflict, unless both leave it as it is.
func (s *sheet) concern(stated *Record, d *difference) []Conflict {
	number := d.before.Number
	if number == 0 {
		return nil
	}
	for int(number) >= len(s.concerns) {
		s.concerns = append(s.concerns, make([]uint32, max(1024, len(s.concerns)))...)
	}
	row := s.concerns[number]
	if row == 0 {
		s.concerns[number] = stated.Number
		return nil
	}
	if d.class == ClassSame && s.facts[row].class == ClassSame {
		return nil
	}
	s.facts[row].class = ClassConflicting
	earlier := s.rows.record(row, s.rows.at(row))
	return []Conflict{{One: s.side(stated), Other: s.side(&earlier)}}
}

// side names a row as one side of a conflict.
func (s *sheet) side(row *Record) Claim {
	return Claim{Line: int(s.facts[row.Number].line), PlatformID: row.PlatformID}
}

// atLine says on which line the stated side of the conflicts stands.
func atLine(conflicts []Conflict, line int) []Conflict {
	for i := range conflicts {
		conflicts[i].One.Line = line
	}
	return conflicts
}

// counts sums up the rows by what they mean.
func (s *sheet) counts() Counts {
	var c Counts
	for _, f := range s.facts[1:] {
		*c.of(f.class)++
	}
	return c
}
