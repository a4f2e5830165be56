package mapping

import "iter"

// picture is what the readers of an index saw at one moment. It does not change
// and is read without a lock.
type picture struct {
	revision uint64
	last     uint32 // the highest record number
	count    int    // of records
	records  store
	// aliases says roughly how many records have each alias.
	aliases [aliasEnd]int
}

// picture takes one, at the price of a few kilobytes a million records.
func (x *Index) picture() picture {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := picture{revision: x.revision, last: x.horizon, count: x.count, records: x.records.share()}
	for a := range p.aliases {
		p.aliases[a] = x.keys.tables[a].used
	}
	return p
}

// all yields the packed records in the order of their numbers.
func (p *picture) all() iter.Seq2[uint32, *packed] {
	return func(yield func(uint32, *packed) bool) {
		var pace pace
		for number := uint32(1); number <= p.last; number++ {
			pace.step()
			if r := p.records.get(number); r != nil && !yield(number, r) {
				return
			}
		}
	}
}
