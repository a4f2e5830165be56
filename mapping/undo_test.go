package mapping

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func undo(t testing.TB, m *Map, change uint64) Undoing {
	t.Helper()
	u, err := m.Undo(t.Context(), change, Edit{By: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// state is what a map says, without who changed it when.
func state(m *Map) []Record {
	all := slices.Collect(m.Index().All())
	for i := range all {
		all[i].ChangedBy, all[i].ChangedAt, all[i].Revision = "", time.Time{}, 0
	}
	return all
}

// Each kind of change is undone, that undoing is undone, and so on.
func TestUndo(t *testing.T) {
	tests := map[string]func(t *testing.T, m *Map){
		"new": func(t *testing.T, m *Map) { set(t, m, Record{PlatformID: id(9), ExternalID: "s9"}) },
		"change": func(t *testing.T, m *Map) {
			set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1b"})
		},
		"remove": func(t *testing.T, m *Map) {
			if err := m.Remove(t.Context(), 1, Edit{}); err != nil {
				t.Fatal(err)
			}
		},
		"repoint": func(t *testing.T, m *Map) {
			if _, err := m.Set(t.Context(), Record{PlatformID: id(7), ExternalID: "s1"}, Edit{AllowRepoint: true}); err != nil {
				t.Fatal(err)
			}
		},
		"import": func(t *testing.T, m *Map) { importRows(t, m, 2500) },
		"merge": func(t *testing.T, m *Map) {
			if _, _, err := m.Merge(t.Context(), 1, 2, Edit{AllowRepoint: true}); err != nil {
				t.Fatal(err)
			}
		},
		"take": func(t *testing.T, m *Map) {
			if _, err := m.Set(t.Context(), Record{PlatformID: id(8), ExternalID: "s1", UserID: "_x2_1"}, Edit{Take: true}); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			log := newMemLog()
			m := openMap(t, log, Options{})
			set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
			set(t, m, Record{PlatformID: id(2), UserID: "_x2_1", Note: "kept"})
			before := state(m)
			change(t, m)
			after, number := state(m), m.Revision()
			for i, want := range [][]Record{before, after, before, after} {
				planned, err := m.PlanUndo(t.Context(), number)
				if err != nil {
					t.Fatal(err)
				}
				u := undo(t, m, number)
				equalRecords(t, state(m), want)
				if u.Change.Number != number || u.Effect != planned.Effect || u.Revision != m.Revision() || u.Blocked != 0 {
					t.Errorf("undoing %d: %+v, planned %+v", i, u, planned)
				}
				number = u.Revision
			}
			equalIndexes(t, openMap(t, log, Options{}).Index(), m.Index())
			newest := logOf(t, m, LogFilter{}, 1)[0]
			if newest.How.Undoes == 0 || newest.How.Command != "undo" || newest.By != "ann" {
				t.Errorf("%+v", newest)
			}
		})
	}
}

// An undone import is one change, visible at its end, and named by the revision
// of any of its records.
func TestUndoOfAnImportIsOneChange(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	importRows(t, m, 2500)
	entries := len(log.entries)
	u := undo(t, m, m.Index().Find("_1700_1")[0].Revision)
	if u.Effect != (Effect{Removed: 2500}) || m.Index().Len() != 0 {
		t.Fatalf("%+v, %d records", u, m.Index().Len())
	}
	if n := len(log.entries) - entries; n != 5 {
		t.Errorf("it took %d entries", n)
	}
	if changes := logOf(t, m, LogFilter{}, 10); len(changes) != 2 || changes[0].Effect.Removed != 2500 || changes[0].How.Undoes != changes[1].Number {
		t.Errorf("%+v", changes)
	}
}

func TestUndoNamesWhatStandsOnIt(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	for i := range 5 {
		set(t, m, Record{PlatformID: id(i + 1), ExternalID: []string{"a", "b", "c", "d", "x@school.test"}[i], UserUUID: account(i + 1)})
	}
	rows := line(1, FormatUserUUID(account(1)), "", "a2", "", "") + line(2, FormatUserUUID(account(2)), "", "b2", "", "") +
		line(3, FormatUserUUID(account(3)), "", "c2", "", "") + line(4, FormatUserUUID(account(4)), "", "", "", "noted") +
		line(5, FormatUserUUID(account(5)), "", "e2", "", "") + line(6, "", "", "f", "", "")
	imported, err := m.Import(t.Context(), planFile(t, header6+rows, PlanOptions{}, m.Index()), Edit{By: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	changed := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), Note: "later"})
	if err := m.Remove(t.Context(), 2, Edit{}); err != nil {
		t.Fatal(err)
	}
	set(t, m, Record{PlatformID: id(7), ExternalID: "c"})
	set(t, m, Record{PlatformID: id(8), ExternalID: "x@school.test"})
	before := state(m)
	_, err = m.Undo(t.Context(), imported.Revision, Edit{})
	var refused *UndoError
	if !errors.As(err, &refused) {
		t.Fatalf("error %v", err)
	}
	equalRecords(t, state(m), before)
	want := []Obstacle{
		{Number: 1, PlatformID: id(1), Revision: changed.Revision},
		{Number: 2},
		{Number: 3, PlatformID: id(3), Alias: ExternalID, Value: "c", Owner: 7, Revision: refused.Undoing.Obstacles[2].Revision},
		{Number: 5, PlatformID: id(5), Alias: ExternalID, Owner: 8, Revision: refused.Undoing.Obstacles[3].Revision},
	}
	if !slices.Equal(refused.Undoing.Obstacles, want) || refused.Undoing.Blocked != 4 {
		t.Errorf("obstacles %+v, want %+v", refused.Undoing.Obstacles, want)
	}
	says := err.Error()
	for _, part := range []string{"record 1 (platform id " + id(1).String() + ") has been changed since", "record 2 is not there any more",
		`external_id "c" of record 3 belongs to record 7 now`, "external_id of record 5 belongs to record 8 now"} {
		if !strings.Contains(says, part) || strings.Contains(says, "x@school.test") {
			t.Errorf("%q does not say %q, or too much", says, part)
		}
	}
	u, err := m.Undo(t.Context(), imported.Revision, Edit{Partial: true})
	if err != nil || u.Effect != (Effect{Changed: 1, Removed: 1}) || u.Blocked != 4 {
		t.Fatalf("%+v, %v", u, err)
	}
	if r := m.Index().Find("d")[0]; r.Note != "" || len(m.Index().Find("f")) != 0 {
		t.Errorf("what can be is not undone: %+v", r)
	}
	oneOwnerEach(t, m.Index())
}

// A record that stays as it is keeps an alias from the one that had it before:
// they are put back together or not at all.
func TestUndoKeepsWhatDependsTogether(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	set(t, m, Record{PlatformID: id(2), UserUUID: account(2)})
	moved, err := m.Set(t.Context(), Record{PlatformID: id(2), UserUUID: account(2), ExternalID: "s1"}, Edit{Take: true})
	if err != nil || len(m.Index().Find("s1")) != 1 {
		t.Fatalf("%+v, %v", moved, err)
	}
	set(t, m, Record{PlatformID: id(2), UserUUID: account(2), Note: "later"})
	before := state(m)
	u, err := m.Undo(t.Context(), moved.Revision, Edit{Partial: true})
	if err != nil || u.Blocked != 2 || u.Effect != (Effect{}) {
		t.Errorf("%+v, %v", u, err)
	}
	equalRecords(t, state(m), before)
}

// Several changes are undone one after the other, the newest first.
func TestUndoStepByStep(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	var states [][]Record
	var numbers []uint64
	for i := range 4 {
		states = append(states, state(m))
		importRows(t, m, 500*(i+1))
		set(t, m, Record{PlatformID: sampleRecord(1).PlatformID, UserUUID: sampleAccount(1), Note: strings.Repeat("x", i+1)})
		newest := logOf(t, m, LogFilter{}, 2)
		numbers = append(numbers, newest[1].Number, newest[0].Number)
	}
	for i, number := range slices.Backward(numbers) {
		undo(t, m, number)
		if i%2 == 0 {
			equalRecords(t, state(m), states[i/2])
		}
	}
	var refused *UndoError
	if _, err := m.Undo(t.Context(), numbers[0], Edit{}); !errors.As(err, &refused) || refused.Undoing.Blocked != 500 {
		t.Errorf("undone twice: %v", err)
	}
	if says := refused.Error(); !strings.HasSuffix(says, "; and 490 more") {
		t.Errorf("it says %q", says)
	}
}

func TestUndoOfNothing(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, sampleRecord(1))
	entries := entriesAfter(1, 1500, 9000)
	begun := log.force(entries[0], time.Now().Add(-time.Hour))
	part := log.force(entries[1], time.Now().Add(-time.Hour))
	set(t, m, sampleRecord(2))
	for _, number := range []uint64{0, 2, begun, part, 1 << 40} {
		if _, err := m.Undo(t.Context(), number, Edit{}); !errors.Is(err, ErrNoChange) {
			t.Errorf("change %d: %v", number, err)
		}
		if _, err := m.PlanUndo(t.Context(), number); !errors.Is(err, ErrNoChange) {
			t.Errorf("change %d: %v", number, err)
		}
	}
}

// Another member changes the record while an undoing is on its way.
func TestUndoYieldsToFasterMembers(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	changed := set(t, m, Record{PlatformID: id(1), ExternalID: "s1", Note: "x"})
	log.beforeAppend = func(uint64) {
		log.beforeAppend = nil
		r := changed
		r.Note = "theirs"
		theirs := ChangeSet{Kind: Single, Changes: []Change{{Op: Put, Record: r, Prior: changed.Revision}}}
		log.force(theirs.Encode(), time.Now())
	}
	var refused *UndoError
	if _, err := m.Undo(t.Context(), changed.Revision, Edit{}); !errors.As(err, &refused) || m.Index().Find("s1")[0].Note != "theirs" {
		t.Errorf("error %v", err)
	}
}
