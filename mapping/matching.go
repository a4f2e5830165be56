package mapping

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
