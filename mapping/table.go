package mapping

// table finds record numbers by hash: open addressing with linear probing,
// eight bytes a slot and no pointers. A slot keeps the 32-bit hash, from which
// its home is computed, so the table grows and deletes without the records.
// Several numbers may share a hash; who asks compares the records.
type table struct {
	slots []slot // a power of two; nil: empty
	used  int
}

type slot struct {
	hash   uint32
	number uint32 // 0: free
}

const minSlots = 16

// candidates calls visit with each number under hash until it returns true,
// and says whether it did.
func (t *table) candidates(hash uint32, visit func(number uint32) bool) bool {
	if len(t.slots) == 0 {
		return false
	}
	mask := uint32(len(t.slots) - 1)
	for i := hash & mask; t.slots[i].number != 0; i = (i + 1) & mask {
		if t.slots[i].hash == hash && visit(t.slots[i].number) {
			return true
		}
	}
	return false
}

// add puts number under hash. The caller sees to it that it is not there yet.
func (t *table) add(hash, number uint32) {
	if (t.used+1)*4 > len(t.slots)*3 {
		t.grow()
	}
	t.place(slot{hash, number})
	t.used++
}

func (t *table) place(s slot) {
	mask := uint32(len(t.slots) - 1)
	i := s.hash & mask
	for t.slots[i].number != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

func (t *table) grow() { t.resize(max(minSlots, 2*len(t.slots))) }

// reserve makes room for n numbers, so that adding them copies nothing.
func (t *table) reserve(n int) {
	slots := minSlots
	for slots*3 < n*4 {
		slots *= 2
	}
	if n > 0 && slots > len(t.slots) {
		t.resize(slots)
	}
}

func (t *table) resize(slots int) {
	old := t.slots
	t.slots = make([]slot, slots)
	for _, s := range old {
		if s.number != 0 {
			t.place(s)
		}
	}
}

// remove takes number from under hash and closes the gap, so that no
// tombstones lengthen later probes.
func (t *table) remove(hash, number uint32) {
	if len(t.slots) == 0 {
		return
	}
	mask := uint32(len(t.slots) - 1)
	for i := hash & mask; t.slots[i].number != 0; i = (i + 1) & mask {
		if t.slots[i] == (slot{hash, number}) {
			t.closeGap(i, mask)
			t.used--
			return
		}
	}
}

// closeGap moves back each slot behind gap that its own home does not keep
// there (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
func (t *table) closeGap(gap, mask uint32) {
	for i := (gap + 1) & mask; t.slots[i].number != 0; i = (i + 1) & mask {
		home := t.slots[i].hash & mask
		if (i-home)&mask >= (i-gap)&mask {
			t.slots[gap] = t.slots[i]
			gap = i
		}
	}
	t.slots[gap] = slot{}
}
