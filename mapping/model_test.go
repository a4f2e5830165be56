package mapping

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// mapModel is what a map means, without an index, a log or any haste: every rule is
// a walk over all records.
type mapModel struct {
	records map[uint32]Record // contents only: no revision, editor or time
	last    uint32
	changes []modelChange
}

// modelChange is a change with what its records were before and after; the zero
// record: not there.
type modelChange struct {
	number        uint64
	before, after map[uint32]Record
	effect        Effect
}

// verdict is how an operation ends.
type verdict string

const (
	done      verdict = "done"
	nothing   verdict = "nothing to do"
	conflicts verdict = "conflict"
	repoints  verdict = "re-pointing"
	missing   verdict = "no such record"
	accounts  verdict = "two accounts"
)

func newMapModel() *mapModel { return &mapModel{records: map[uint32]Record{}} }

// aliases are those of a record, made comparable.
func aliases(r *Record) []Key { return r.Identity().Keys() }

func (m *mapModel) owner(key Key) uint32 {
	for number, r := range m.records {
		if slices.Contains(aliases(&r), key) {
			return number
		}
	}
	return 0
}

// content is what an editor can set.
func contentOf(r Record) Record {
	return Record{Number: r.Number, PlatformID: r.PlatformID, UserUUID: r.UserUUID, UserID: r.UserID, ExternalID: r.ExternalID, Email: r.Email, Note: r.Note}
}

func extended(old, stated Record) Record {
	out := old
	out.PlatformID = stated.PlatformID
	if stated.UserUUID != uuid.Nil {
		out.UserUUID = stated.UserUUID
	}
	out.UserID, out.ExternalID = cmp.Or(stated.UserID, old.UserID), cmp.Or(stated.ExternalID, old.ExternalID)
	out.Note = cmp.Or(stated.Note, old.Note)
	if !strings.EqualFold(stated.Email, old.Email) {
		out.Email = cmp.Or(stated.Email, old.Email)
	}
	return out
}

// judge says what storing a stated record does: to which record, what it becomes
// and how that ends.
func (m *mapModel) judge(stated Record, allow bool) (target uint32, after Record, v verdict) {
	for _, key := range aliases(&stated) {
		if target == 0 {
			target = m.owner(key)
		}
	}
	old := m.records[target]
	after = extended(old, stated)
	after.Number = target
	for _, key := range aliases(&stated) {
		if owner := m.owner(key); owner != 0 && owner != target {
			return target, after, conflicts
		}
	}
	switch {
	case old.UserUUID != uuid.Nil && stated.UserUUID != uuid.Nil && old.UserUUID != stated.UserUUID:
		return target, after, conflicts
	case target != 0 && old.PlatformID != after.PlatformID && !allow:
		return target, after, repoints
	case old == after:
		return target, after, nothing
	}
	return target, after, done
}

// change is being made of a model.
type change struct {
	m *mapModel
	c modelChange
}

func (m *mapModel) begin() *change {
	return &change{m: m, c: modelChange{before: map[uint32]Record{}, after: map[uint32]Record{}}}
}

// store makes a record what it is to be; number 0: a new one; platform nil: gone.
func (c *change) store(number uint32, r Record) {
	if number == 0 {
		c.m.last++
		number = c.m.last
	}
	old := c.m.records[number]
	r.Number = number
	switch {
	case r.PlatformID == uuid.Nil:
		r = Record{}
		delete(c.m.records, number)
		c.c.effect.Removed++
	case old.Number == 0:
		c.c.effect.New++
	case old.PlatformID != r.PlatformID:
		c.c.effect.Repointed++
	default:
		c.c.effect.Changed++
	}
	if r.Number != 0 {
		c.m.records[number] = r
	}
	c.c.before[number], c.c.after[number] = old, r
}

func (c *change) end(number uint64) {
	if c.c.effect.Sum() > 0 {
		c.c.number = number
		c.m.changes = append(c.m.changes, c.c)
	}
}

func (m *mapModel) set(c *change, stated Record, allow bool) verdict {
	target, after, v := m.judge(stated, allow)
	if v == done {
		c.store(target, after)
	}
	return v
}

// take is set for an edit that takes aliases from others.
func (m *mapModel) take(c *change, stated Record, allow bool) verdict {
	var target uint32
	if stated.UserUUID != uuid.Nil {
		target = m.owner(Key{UserUUID, FormatUserUUID(stated.UserUUID)})
	}
	old := m.records[target]
	after := extended(old, stated)
	if target != 0 && old.PlatformID != after.PlatformID && !allow {
		return repoints
	}
	for _, number := range slices.Sorted(maps.Keys(m.records)) {
		loser := m.records[number]
		if id := loser.Identity(); number != target && m.drop(&id, aliases(&stated)) {
			if loser.setIdentity(&id); id == (Identity{}) {
				loser = Record{}
			}
			c.store(number, loser)
		}
	}
	if after.Number = target; after != old {
		c.store(target, after)
	}
	if len(c.c.after) == 0 {
		return nothing
	}
	return done
}

func (m *mapModel) drop(id *Identity, keys []Key) bool {
	lost := false
	for _, key := range id.Keys() {
		if slices.Contains(keys, key) {
			id.drop(key.Alias)
			lost = true
		}
	}
	return lost
}

func (m *mapModel) merge(c *change, into, from uint32, allow bool) verdict {
	one, other := m.records[into], m.records[from]
	switch {
	case one.Number == 0 || other.Number == 0:
		return missing
	case one.UserUUID != other.UserUUID && one.UserUUID != uuid.Nil && other.UserUUID != uuid.Nil,
		one.UserID != other.UserID && one.UserID != "" && other.UserID != "":
		return accounts
	case one.PlatformID != other.PlatformID && !allow:
		return repoints
	}
	c.store(from, Record{})
	if both := extended(other, one); both.PlatformID != uuid.Nil {
		if both.Number = into; both != one {
			c.store(into, both)
		}
	}
	return done
}

// load imports rows that share no alias: refused whole if one of them is bad,
// unless it is partial.
func (m *mapModel) load(c *change, rows []Record, options PlanOptions) verdict {
	type judged struct {
		target uint32
		after  Record
		v      verdict
	}
	var all []judged
	about, busy := map[uint32]int{}, map[uint32]bool{}
	for _, row := range rows {
		target, after, v := m.judge(row, options.AllowRepoint)
		all = append(all, judged{target, after, v})
		about[target]++
		busy[target] = busy[target] || v != nothing
	}
	for i, j := range all {
		if j.target != 0 && about[j.target] > 1 && busy[j.target] {
			all[i].v = conflicts
		}
		if v := all[i].v; !options.Partial && v != done && v != nothing {
			return conflicts
		}
	}
	if options.Sync && len(rows) > 0 {
		for _, number := range slices.Sorted(maps.Keys(m.records)) {
			if about[number] == 0 {
				c.store(number, Record{})
			}
		}
	}
	for _, j := range all {
		if j.v == done {
			c.store(j.target, j.after)
		}
	}
	return done
}

// undo puts back what a change did, or what of it can be.
func (m *mapModel) undo(c *change, undone modelChange, partial bool) verdict {
	free := map[uint32]bool{}
	for number, after := range undone.after {
		free[number] = m.records[number] == after
	}
	for again := true; again; {
		again = false
		for number, before := range undone.before {
			for _, key := range aliases(&before) {
				if owner := m.owner(key); free[number] && owner != 0 && owner != number && !free[owner] {
					free[number], again = false, true
				}
			}
		}
	}
	for _, ok := range free {
		if !ok && !partial {
			return conflicts
		}
	}
	for _, number := range slices.Sorted(maps.Keys(undone.before)) {
		if free[number] && undone.before[number] != undone.after[number] {
			c.store(number, undone.before[number])
		}
	}
	return done
}
