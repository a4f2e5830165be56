package mapping

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever editors do in whatever order, on two members that are restarted now
// and then: index, history and log say what the model says.
func TestMapAgreesWithItsModel(t *testing.T) {
	begun := uint64(time.Now().UnixNano())
	for n := range uint64(40) {
		t.Run(fmt.Sprint("seed ", begun+n), func(t *testing.T) { runModel(t, begun+n, 60) })
	}
}

func FuzzMapAgreesWithItsModel(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { runModel(t, seed, 40) })
}

// trial drives a map and its model side by side.
type trial struct {
	*testing.T
	random  *rand.Rand
	log     *memLog
	members [2]*Map
	model   *mapModel
	story   []string // what was done, to read when it fails
}

func runModel(t *testing.T, seed uint64, steps int) {
	r := &trial{T: t, random: rand.New(rand.NewPCG(seed, 0)), log: newMemLog(), model: newMapModel()}
	for i := range r.members {
		r.restart(i)
	}
	for range steps {
		r.step()
		if r.compare(); t.Failed() {
			t.Fatalf("after\n%s", strings.Join(r.story, "\n"))
		}
	}
	r.compareLog()
	r.compareHistory()
	for _, m := range r.members {
		m.Close()
	}
}

func (r *trial) restart(member int) {
	if r.members[member] != nil {
		r.members[member].Close()
	}
	r.members[member] = openMap(r, r.log, Options{SnapshotAfter: 40})
}

// step does one thing on one of the members, which has caught up.
func (r *trial) step() {
	member := r.random.IntN(2)
	m := r.members[member]
	if err := m.follower.await(r.Context(), r.log.last()); err != nil {
		r.Fatal(err)
	}
	c := r.model.begin()
	name, want, err := r.act(m, c)
	c.end(r.log.last())
	r.story = append(r.story, fmt.Sprintf("%s: %s, %v", name, want, err))
	if got := verdictOf(err); got != want && (got != done || want != nothing) {
		r.Errorf("%s ends with %q (%v), want %q", name, got, err, want)
	}
	if r.random.IntN(8) == 0 {
		r.restart(member)
	}
}

func (r *trial) act(m *Map, c *change) (name string, want verdict, err error) {
	edit := Edit{By: "ann", AllowRepoint: r.random.IntN(2) == 0, Partial: r.random.IntN(2) == 0}
	numbers := slices.Sorted(maps.Keys(r.model.records))
	pick := func() uint32 { return numbers[r.random.IntN(len(numbers))] }
	choice := r.random.IntN(10)
	if len(numbers) < 2 {
		choice = 0
	}
	switch choice {
	case 0, 1:
		stated := r.record()
		_, err = m.Set(r.Context(), stated, edit)
		return fmt.Sprintf("set %+v", stated), r.model.set(c, stated, edit.AllowRepoint), err
	case 2:
		stated := r.record()
		edit.Take = true
		_, err = m.Set(r.Context(), stated, edit)
		return fmt.Sprintf("take %+v", stated), r.model.take(c, stated, edit.AllowRepoint), err
	case 3:
		number := pick()
		c.store(number, Record{})
		return fmt.Sprint("remove ", number), done, m.Remove(r.Context(), number, edit)
	case 4:
		into, from := pick(), pick()
		if into == from {
			return "merge with itself", done, nil
		}
		_, _, err = m.Merge(r.Context(), into, from, edit)
		return fmt.Sprint("merge ", into, from), r.model.merge(c, into, from, edit.AllowRepoint), err
	case 5, 6:
		return r.load(m, c, edit)
	case 7:
		return r.learn(m, c)
	default:
		return r.undo(m, c, edit)
	}
}

// load imports some rows that share no alias.
func (r *trial) load(m *Map, c *change, edit Edit) (string, verdict, error) {
	options := PlanOptions{AllowRepoint: edit.AllowRepoint, Partial: edit.Partial}
	options.Sync = !options.Partial && r.random.IntN(2) == 0
	var rows []Record
	used := map[Key]bool{}
	for range r.random.IntN(8) {
		row := r.record()
		if !slices.ContainsFunc(aliases(&row), func(key Key) bool { return used[key] }) {
			rows = append(rows, row)
		}
		for _, key := range aliases(&row) {
			used[key] = true
		}
	}
	plan := planRows(r, func(yield func(Row, error) bool) {
		for i, row := range rows {
			if !yield(Row{Line: i + 2, Record: row}, nil) {
				return
			}
		}
	}, options, m.Index())
	planned := plan.Counts()
	result, err := m.Import(r.Context(), plan, edit)
	if err == nil && result.Counts != planned {
		r.Errorf("imported %+v, planned %+v", result.Counts, planned)
	}
	return fmt.Sprintf("import %+v of %+v", options, rows), r.model.load(c, rows, options), err
}

// learn tells that the stream has named an external id and a user uuid.
func (r *trial) learn(m *Map, c *change) (string, verdict, error) {
	who := r.record()
	id := Identity{UserUUID: account(r.random.IntN(people) + 1), ExternalID: who.ExternalID}
	m.learn(r.Context(), []lesson{{id, DefaultTrust()}})
	number := r.model.owner(Key{ExternalID, id.ExternalID})
	if record := r.model.records[number]; number != 0 && record.UserUUID == (Record{}).UserUUID && r.model.owner(Key{UserUUID, FormatUserUUID(id.UserUUID)}) == 0 {
		record.UserUUID = id.UserUUID
		c.store(number, record)
	}
	return fmt.Sprintf("learn %+v", id), done, nil
}

func (r *trial) undo(m *Map, c *change, edit Edit) (string, verdict, error) {
	if len(r.model.changes) == 0 {
		return "undo nothing", done, nil
	}
	// Recent changes are more likely to be undone, and more likely can be.
	back := min(r.random.IntN(1+r.random.IntN(8)), len(r.model.changes)-1)
	undone := r.model.changes[len(r.model.changes)-1-back]
	planned, err := m.PlanUndo(r.Context(), undone.number)
	if err != nil {
		return "plan undo", done, err
	}
	u, err := m.Undo(r.Context(), undone.number, edit)
	want := r.model.undo(c, undone, edit.Partial)
	if err == nil && (u.Effect != planned.Effect || u.Blocked != planned.Blocked || u.Change.Effect != undone.effect) {
		r.Errorf("undone %+v, planned %+v, of %+v", u, planned, undone.effect)
	}
	return fmt.Sprintf("undo %d (partial %t)", undone.number, edit.Partial), want, err
}

// people is how many of each alias there are: few, so that they meet.
const people = 9

// record states something of somebody.
func (r *trial) record() Record {
	some := func() bool { return r.random.IntN(3) == 0 }
	n := func() int { return r.random.IntN(people) + 1 }
	stated := Record{PlatformID: id(r.random.IntN(4) + 1), ExternalID: fmt.Sprint("s", n())}
	if some() {
		stated.UserUUID = account(n())
	}
	if some() {
		stated.UserID = fmt.Sprintf("_%d_1", n())
	}
	if some() {
		stated.Email = []string{"%d@School.test", "%d@school.TEST"}[r.random.IntN(2)]
		stated.Email = fmt.Sprintf(stated.Email, n())
	}
	if some() {
		stated.Note = fmt.Sprint("note ", n())
	}
	if some() && stated.UserUUID != (Record{}).UserUUID {
		stated.ExternalID = ""
	}
	return stated
}

func verdictOf(err error) verdict {
	var conflict *ConflictError
	var repoint *RepointError
	var plan *PlanError
	var stands *UndoError
	switch {
	case err == nil:
		return done
	case errors.As(err, &conflict), errors.As(err, &plan), errors.As(err, &stands):
		return conflicts
	case errors.As(err, &repoint):
		return repoints
	case errors.Is(err, ErrNotFound):
		return missing
	case errors.Is(err, ErrTwoAccounts):
		return accounts
	default:
		return verdict(err.Error())
	}
}

// compare holds the indexes of both members against the model.
func (r *trial) compare() {
	for i, m := range r.members {
		if err := m.follower.await(r.Context(), r.log.last()); err != nil {
			r.Fatal(err)
		}
		x, found := m.Index(), 0
		for record := range x.All() {
			if found++; contentOf(record) != r.model.records[record.Number] {
				r.Errorf("member %d has %+v, want %+v", i, contentOf(record), r.model.records[record.Number])
			}
		}
		if found != len(r.model.records) || x.Len() != found {
			r.Errorf("member %d has %d records, and says %d, want %d", i, found, x.Len(), len(r.model.records))
		}
		r.compareLookups(i, x)
		oneOwnerEach(r, x)
	}
}

func (r *trial) compareLookups(member int, x *Index) {
	every := []Alias{UserID, ExternalID, Email}
	for n := 1; n <= people; n++ {
		for _, id := range []Identity{
			{UserUUID: account(n)}, {UserID: fmt.Sprintf("_%d_1", n)}, {ExternalID: fmt.Sprint("s", n)}, {Email: fmt.Sprintf("%d@SCHOOL.test", n)},
		} {
			match, _ := x.Lookup(id, every)
			want := r.model.owner(id.Keys()[0])
			if match.Number != want || want != 0 && match.PlatformID != r.model.records[want].PlatformID {
				r.Errorf("member %d finds %+v in record %d, want %d", member, id, match.Number, want)
			}
		}
	}
}

func (r *trial) compareLog() {
	got := logOf(r, r.members[0], LogFilter{}, 7)
	slices.Reverse(got)
	if len(got) != len(r.model.changes) {
		r.Errorf("%d changes in the log, want %d", len(got), len(r.model.changes))
		return
	}
	for i, want := range r.model.changes {
		if got[i].Number != want.number || got[i].Effect != want.effect {
			r.Errorf("change %+v, want %d with %+v", got[i], want.number, want.effect)
		}
	}
}

// compareHistory asks for each external id, and for each record that ever had it
// wants all that it ever was.
func (r *trial) compareHistory() {
	for n := 1; n <= people; n++ {
		name := fmt.Sprint("s", n)
		versions, err := r.members[1].History(r.Context(), name)
		if err != nil {
			r.Fatal(err)
		}
		got := map[uint32][]Record{}
		for _, v := range versions {
			after := contentOf(v.Record)
			if v.Removed {
				after = Record{}
			}
			was := got[v.Record.Number]
			if len(was) == 0 && v.Before.Number != 0 || len(was) > 0 && contentOf(v.Before) != was[len(was)-1] {
				r.Errorf("version %+v does not follow %+v", v, was)
			}
			got[v.Record.Number] = append(was, after)
		}
		if want := r.model.versions(name); !maps.EqualFunc(got, want, slices.Equal) {
			r.Errorf("history of %s: %+v, want %+v", name, got, want)
		}
	}
}

// versions are those of all records that ever had an external id.
func (m *mapModel) versions(external string) map[uint32][]Record {
	all, named := map[uint32][]Record{}, map[uint32]bool{}
	for _, c := range m.changes {
		for number, after := range c.after {
			all[number] = append(all[number], after)
			named[number] = named[number] || after.ExternalID == external
		}
	}
	maps.DeleteFunc(all, func(number uint32, _ []Record) bool { return !named[number] })
	return all
}
