package mapping

// Apply makes the changes of a set visible, all at once, as revision seq. It is
// for indexes without a log, as in a dry run; that of a [Map] follows its log.
// A change of a record that was never made is an [ErrEntry].
func (x *Index) Apply(seq uint64, set ChangeSet) error {
	if _, err := checkNumbers(x.lastNumber(), set.Changes); err != nil {
		return err
	}
	x.apply(&visible{seq: seq, changes: len(set.Changes), sets: oneSet(seq, &set)}, nil)
	return nil
}

func (x *Index) lastNumber() uint32 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.records.last
}

// apply makes checked sets visible, each under its own sequence, all together.
// touch, if not nil, is told the aliases of each record before and after its
// change.
//
// A million changes take about a second. If they only add records, as a first
// import does, readers need not wait for so long: the records stay beyond the
// horizon until all are there.
func (x *Index) apply(v *visible, touch func(*Identity)) {
	if v.onlyAdds {
		for seq, set := range v.sets {
			x.locked(func() { x.changeAll(seq, set, touch) })
		}
		x.locked(func() { x.show(v.seq) })
		return
	}
	x.locked(func() {
		for seq, set := range v.sets {
			x.changeAll(seq, set, touch)
		}
		x.show(v.seq)
	})
}

func (x *Index) locked(do func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	do()
}

// show lets readers see everything, as revision seq.
func (x *Index) show(seq uint64) {
	x.revision, x.horizon, x.count = seq, x.records.last, x.records.live
}

func (x *Index) changeAll(seq uint64, set *ChangeSet, touch func(*Identity)) {
	var pace pace
	for i := range set.Changes {
		pace.yield()
		x.change(seq, set, &set.Changes[i], touch)
	}
}

func (x *Index) change(seq uint64, set *ChangeSet, c *Change, touch func(*Identity)) {
	before, _ := x.get(c.Record.Number)
	if c.Op == Remove {
		x.remove(&before, touch)
		return
	}
	after := c.Record
	after.Revision, after.ChangedBy, after.ChangedAt = seq, set.By, set.At
	if after.Number == 0 || after.Number > x.records.last {
		after.Number = x.records.next()
	}
	x.move(&before, &after, touch)
	x.records.put(&after)
}

func (x *Index) remove(before *Record, touch func(*Identity)) {
	if before.Number == 0 {
		return
	}
	x.move(before, &Record{Number: before.Number}, touch)
	x.records.remove(before.Number)
}

// move takes from the record what it loses and gives it what it gains. An alias
// that another record owns stays with it and is left out of after: a writer
// that validated never asks for it, and were one to do so nevertheless, every
// member would decide alike.
func (x *Index) move(before, after *Record, touch func(*Identity)) {
	was, is := before.Identity(), after.Identity()
	for a := UserUUID; a < aliasEnd; a++ {
		if was.sameAlias(a, &is) {
			continue
		}
		x.keys.release(a, &was, after.Number)
		if x.keys.claim(&x.records, a, &is, after.Number) != after.Number {
			is.drop(a)
		}
	}
	after.setIdentity(&is)
	x.movePerson(before, after)
	if touch != nil {
		touch(&was)
		touch(&is)
	}
}

func (x *Index) movePerson(before, after *Record) {
	if before.PlatformID == after.PlatformID {
		return
	}
	if before.Number != 0 {
		x.people.remove(x.keys.hash(before.PlatformID[:]), before.Number)
	}
	if after.PlatformID != (Record{}).PlatformID {
		x.people.add(x.keys.hash(after.PlatformID[:]), after.Number)
	}
}
