package mapping

import "iter"

// pack makes log entries of changes and stores them: one if they fit in it, else
// a Begin, Parts and an End; none if there are no changes. New records are
// numbered from last + 1 on. It reads the changes as the entries are stored, so
// a file of any length passes through with one part in memory. store returns the
// sequence of what it has stored; its error ends packing.
func pack(set ChangeSet, last uint32, changes iter.Seq[Change], store func(entry []byte) (uint64, error)) error {
	p := packer{set: set, last: last, store: store}
	return p.pack(changes)
}

type packer struct {
	set    ChangeSet
	last   uint32 // the highest record number so far
	store  func(entry []byte) (uint64, error)
	body   []byte // the changes of the next entry, encoded
	count  int    // how many those are
	parts  int    // that were stored
	begun  uint64 // the sequence of the Begin, 0: there is none yet
	effect Effect // of all changes so far
}

func (p *packer) pack(changes iter.Seq[Change]) error {
	for c := range changes {
		if err := p.add(&c); err != nil {
			return err
		}
	}
	return p.finish()
}

// add puts a change into the next entry; if that is full, it is a part.
func (p *packer) add(c *Change) error {
	if p.count == MaxChanges || len(p.body) >= maxEntryBytes {
		if err := p.part(); err != nil {
			return err
		}
	}
	if c.Record.Number == 0 {
		p.last++
		c.Record.Number = p.last
	}
	p.body = c.append(p.body)
	p.count++
	p.effect.add(c)
	return nil
}

// begin stores the Begin, before the first part or earlier still.
func (p *packer) begin() (err error) {
	p.begun, err = p.store(p.marker(Begin))
	return err
}

func (p *packer) part() error {
	if p.begun == 0 {
		if err := p.begin(); err != nil {
			return err
		}
	}
	p.parts++
	_, err := p.store(p.entry(Part))
	return err
}

func (p *packer) finish() error {
	var err error
	switch {
	case p.begun == 0 && p.count == 0:
		return nil
	case p.begun == 0:
		_, err = p.store(p.entry(Single))
		return err
	case p.count > 0:
		err = p.part()
	}
	if err == nil {
		_, err = p.store(p.marker(End))
	}
	return err
}

// entry seals what was collected.
func (p *packer) entry(kind Kind) []byte {
	set := p.set
	set.Kind = kind
	if kind == Single {
		set.Effect = p.effect
	}
	entry := set.seal(append(set.appendHeader(nil, p.count), p.body...))
	p.body, p.count = p.body[:0], 0
	return entry
}

func (p *packer) marker(kind Kind) []byte {
	set := p.set
	set.Kind = kind
	if kind == End {
		set.Parts, set.Begun, set.Effect = p.parts, p.begun, p.effect
	}
	return set.Encode()
}
