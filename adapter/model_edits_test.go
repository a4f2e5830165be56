package adapter_test

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// verdict is how an edit ends.
type verdict string

const (
	done    verdict = "done"
	nothing verdict = "nothing to do"
	refused verdict = "refused"
)

// begin begins a change; end notes it, unless it does nothing, and lets events go whose people are mapped by it.
func (w *world) begin(command string) *change {
	return &change{command: command, before: map[int]mapping.Record{}, after: map[int]mapping.Record{}}
}

func (w *world) end(c *change) verdict {
	if len(c.after) == 0 {
		return nothing
	}
	w.changes = append(w.changes, c)
	for _, a := range w.people {
		if len(a.waiting) > 0 {
			w.flow(a)
		}
	}
	return done
}

// store makes a record what it is to be; number 0 is a new one, a zero record is removed.
func (w *world) store(c *change, number int, r mapping.Record) {
	if number == 0 {
		number = len(w.versions) + 1
	}
	old := w.records[number]
	switch {
	case r.PlatformID == uuid.Nil:
		c.effect.Removed++
	case old.PlatformID == uuid.Nil:
		c.effect.New++
	case old.PlatformID != r.PlatformID:
		c.effect.Repointed++
	default:
		c.effect.Changed++
	}
	c.before[number], c.after[number] = old, r
	w.put(c.command, number, r)
}

// extended is a record with everything that is stated.
func extended(old, stated mapping.Record) mapping.Record {
	out := stated
	if stated.UserUUID == uuid.Nil {
		out.UserUUID = old.UserUUID
	}
	out.UserID, out.ExternalID = cmp.Or(stated.UserID, old.UserID), cmp.Or(stated.ExternalID, old.ExternalID)
	return out
}

// judgement is what storing a stated record does: to which record, and what that becomes.
type judgement struct {
	number int // 0: a new one
	after  mapping.Record
	class  mapping.Class
}

// changes says whether it is to be written.
func (j *judgement) changes(allowRepoint bool) bool {
	return j.class == mapping.ClassNew || j.class == mapping.ClassChanged || j.class == mapping.ClassRepointed && allowRepoint
}

func (w *world) judge(stated mapping.Record) judgement {
	var j judgement
	keys := stated.Identity().Keys() // the strongest first
	for _, key := range keys {
		j.number = cmp.Or(j.number, w.owner(key))
	}
	old := w.records[j.number]
	j.after = extended(old, stated)
	taken := func(key mapping.Key) bool { owner := w.owner(key); return owner != 0 && owner != j.number }
	switch {
	case slices.ContainsFunc(keys, taken), old.UserUUID != uuid.Nil && j.after.UserUUID != old.UserUUID:
		j.class = mapping.ClassConflicting
	case j.number == 0:
		j.class = mapping.ClassNew
	case old.PlatformID != j.after.PlatformID:
		j.class = mapping.ClassRepointed
	case old == j.after:
		j.class = mapping.ClassSame
	default:
		j.class = mapping.ClassChanged
	}
	return j
}

func (w *world) set(stated mapping.Record, allow bool) verdict {
	c, j := w.begin("map set"), w.judge(stated)
	switch {
	case j.changes(allow):
		w.store(c, j.number, j.after)
	case j.class != mapping.ClassSame:
		return refused
	}
	return w.end(c)
}

// take is set for an editor who insists: it takes the aliases from those who have them. Only the user uuid says whose
// record it is.
func (w *world) take(stated mapping.Record, allow bool) verdict {
	c, keys := w.begin("map set"), stated.Identity().Keys()
	var target int
	if stated.UserUUID != uuid.Nil {
		target = w.owner(keys[0])
	}
	old := w.records[target]
	after := extended(old, stated)
	if target != 0 && old.PlatformID != after.PlatformID && !allow {
		return refused
	}
	for _, number := range slices.Sorted(maps.Keys(w.records)) {
		if loser := w.records[number]; number != target && slices.ContainsFunc(keys, func(key mapping.Key) bool { return w.owner(key) == number }) {
			w.store(c, number, without(loser, stated))
		}
	}
	if after != old {
		w.store(c, target, after)
	}
	return w.end(c)
}

// without is a record without the aliases that another has; with its last one it goes.
func without(r, other mapping.Record) mapping.Record {
	if r.UserUUID == other.UserUUID {
		r.UserUUID = uuid.Nil
	}
	if r.UserID == other.UserID {
		r.UserID = ""
	}
	if r.ExternalID == other.ExternalID {
		r.ExternalID = ""
	}
	if r.Identity() == (mapping.Identity{}) {
		return mapping.Record{}
	}
	return r
}

func (w *world) remove(number int) verdict {
	c := w.begin("map remove")
	w.store(c, number, mapping.Record{})
	return w.end(c)
}

// merge makes one record of two, which may not be of two accounts.
func (w *world) merge(into, from int, allow bool) verdict {
	c := w.begin("map merge")
	one, other := w.records[into], w.records[from]
	both := extended(other, one)
	if both.UserUUID != other.UserUUID && other.UserUUID != uuid.Nil || both.UserID != other.UserID && other.UserID != "" ||
		one.PlatformID != other.PlatformID && !allow {
		return refused
	}
	w.store(c, from, mapping.Record{})
	if both != one {
		w.store(c, into, both)
	}
	return w.end(c)
}

// load imports rows that share no alias, whole or, if that is wanted, those that can be, and with Sync removes whom they do
// not name. invalid is how many rows beside
// them cannot be read.
func (w *world) load(rows []mapping.Record, invalid int, options mapping.PlanOptions) (mapping.Counts, verdict) {
	c, judged := w.begin("map import"), w.judgeAll(rows)
	counts := mapping.Counts{Invalid: invalid}
	for _, j := range judged {
		counts.Add(countOf(j.class))
	}
	bad := counts.Conflicting + counts.Invalid
	if !options.AllowRepoint {
		bad += counts.Repointed
	}
	if bad > 0 && !options.Partial {
		return counts, refused
	}
	if options.Sync && len(rows) > 0 {
		counts.Removed = w.prune(c, judged)
	}
	for _, j := range judged {
		if j.changes(options.AllowRepoint) {
			w.store(c, j.number, j.after)
		}
	}
	return counts, w.end(c)
}

// prune removes the records that no row is about.
func (w *world) prune(c *change, judged []judgement) (removed int) {
	for _, number := range slices.Sorted(maps.Keys(w.records)) {
		if !slices.ContainsFunc(judged, func(j judgement) bool { return j.number == number }) {
			w.store(c, number, mapping.Record{})
			removed++
		}
	}
	return removed
}

// judgeAll judges rows of one file: two of them that concern one record are in conflict, unless both leave it alone.
func (w *world) judgeAll(rows []mapping.Record) []judgement {
	judged := make([]judgement, len(rows))
	about, busy := map[int]int{}, map[int]bool{}
	for i, row := range rows {
		judged[i] = w.judge(row)
		about[judged[i].number]++
		busy[judged[i].number] = busy[judged[i].number] || judged[i].class != mapping.ClassSame
	}
	for i := range judged {
		if n := judged[i].number; n != 0 && about[n] > 1 && busy[n] {
			judged[i].class = mapping.ClassConflicting
		}
	}
	return judged
}

func countOf(class mapping.Class) (c mapping.Counts) {
	switch class {
	case mapping.ClassNew:
		c.New++
	case mapping.ClassChanged:
		c.Changed++
	case mapping.ClassSame:
		c.Same++
	case mapping.ClassRepointed:
		c.Repointed++
	default:
		c.Conflicting++
	}
	return c
}

// undo puts back what a change did, or what of it can be: records that are as it left them, unless they would get back
// an alias that another record keeps.
func (w *world) undo(undone *change, partial bool) verdict {
	free := map[int]bool{}
	for number, after := range undone.after {
		free[number] = w.records[number] == after
	}
	for again := true; again; {
		again = false
		for number, before := range undone.before {
			if free[number] && w.kept(number, before, free) {
				free[number], again = false, true
			}
		}
	}
	blocked := func(number int) bool { return !free[number] }
	numbers := slices.Sorted(maps.Keys(undone.before))
	if !partial && slices.ContainsFunc(numbers, blocked) {
		return refused
	}
	c := w.begin("map undo")
	c.undoes = undone
	for _, number := range slices.DeleteFunc(numbers, blocked) {
		w.store(c, number, undone.before[number])
	}
	return w.end(c)
}

// kept says whether an alias that a record would get back belongs to another, which is not put back itself.
func (w *world) kept(number int, before mapping.Record, free map[int]bool) bool {
	return slices.ContainsFunc(before.Identity().Keys(), func(key mapping.Key) bool {
		owner := w.owner(key)
		return owner != 0 && owner != number && !free[owner]
	})
}
