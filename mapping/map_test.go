package mapping

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSetMakesChangesAndExtends(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	made := set(t, m, Record{PlatformID: id(1), ExternalID: " s1 ", Note: "a\r\nb"})
	if made.Number != 1 || made.ExternalID != "s1" || made.Note != "a\nb" || made.Source != "school" ||
		made.ChangedBy != "ann" || made.ChangedAt.IsZero() || made.Revision != m.Index().Revision() {
		t.Fatalf("made %+v", made)
	}
	extended := set(t, m, Record{PlatformID: id(1), ExternalID: "s1", UserUUID: account(1), Email: "a@b.test"})
	if extended.Number != 1 || extended.Note != "a\nb" || extended.UserUUID != account(1) || extended.Revision <= made.Revision {
		t.Fatalf("extended %+v", extended)
	}
	renamed := set(t, m, Record{PlatformID: id(2), UserUUID: account(1), ExternalID: "s1b"})
	if renamed.Number != 1 || renamed.PlatformID != id(2) || renamed.ExternalID != "s1b" || renamed.Email != "a@b.test" {
		t.Fatalf("renamed %+v", renamed)
	}
	if _, ok := m.Lookup(Identity{ExternalID: "s1"}, DefaultTrust()); ok {
		t.Error("the old external id still matches")
	}
	last := log.last()
	if same := set(t, m, Record{PlatformID: id(2), ExternalID: "s1b"}); same != renamed || log.last() != last {
		t.Errorf("setting the same again wrote %+v", same)
	}
	replaced, err := m.Set(t.Context(), Record{PlatformID: id(2), UserUUID: account(1)}, Edit{Replace: true})
	if err != nil || replaced.Email != "" || replaced.ExternalID != "" || replaced.Number != 1 {
		t.Fatalf("replaced %+v, %v", replaced, err)
	}
}

func TestSetRefuses(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	one := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	set(t, m, Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2", Email: "two@school.test"})
	var conflict *ConflictError
	var invalid *InvalidError
	var repoint *RepointError
	tests := []struct {
		name   string
		stated Record
		edit   Edit
		target any
		says   string
	}{
		{"aliases of two records", Record{PlatformID: id(1), ExternalID: "s1", UserID: "_2_1"}, Edit{}, &conflict,
			`external_id "s1" of record 2 (platform id ` + id(1).String() + `) belongs to record 1 (platform id ` + id(1).String() + `)`},
		{"robbing an external id", Record{PlatformID: id(3), UserUUID: account(3), ExternalID: "s1"}, Edit{}, &conflict,
			`external_id "s1" of the new record (platform id ` + id(3).String() + `) belongs to record 1`},
		{"robbing by number", Record{PlatformID: id(1), Email: "TWO@school.test"}, Edit{Number: 1}, &conflict,
			"email of record 1 (platform id " + id(1).String() + ") belongs to record 2"},
		{"no platform id", Record{ExternalID: "s9"}, Edit{}, &invalid, "platform_id is required"},
		{"no alias", Record{PlatformID: id(9)}, Edit{}, &invalid, "has no alias"},
		{"replaced by nothing", Record{PlatformID: id(9), Email: "  "}, Edit{Number: 1, Replace: true}, &invalid, "has no alias"},
		{"another map's source", Record{PlatformID: id(9), ExternalID: "s9", Source: "college"}, Edit{}, &invalid, "source is that of another map"},
		{"another person", Record{PlatformID: id(9), ExternalID: "s1"}, Edit{}, &repoint,
			"platform id of record 1 changes from " + id(1).String() + " to " + id(9).String() + ", which has to be allowed"},
		{"another person by number", Record{PlatformID: id(9), ExternalID: "s1"}, Edit{Number: 1, Replace: true}, &repoint, "platform id of record 1 changes"},
		{"another person, taking", Record{PlatformID: id(9), UserUUID: account(1)}, Edit{Take: true}, &repoint, "platform id of record 1 changes"},
		{"taking for nobody", Record{PlatformID: id(9), ExternalID: "s1"}, Edit{Number: 77, Take: true}, &errorIs{ErrNotFound}, "record 77"},
		{"stale", Record{PlatformID: id(1), ExternalID: "s1", Note: "x"}, Edit{IfRevision: one.Revision + 1}, &errorIs{ErrRevision}, "record 1 is at revision"},
		{"stale new record", Record{PlatformID: id(9), ExternalID: "s9"}, Edit{IfRevision: 1}, &errorIs{ErrRevision}, "no record has these aliases"},
		{"unknown number", Record{PlatformID: id(9), ExternalID: "s9"}, Edit{Number: 77}, &errorIs{ErrNotFound}, "record 77"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Collect(m.Index().All())
			_, err := m.Set(t.Context(), tt.stated, tt.edit)
			if err == nil || !matches(err, tt.target) || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v, want %q", err, tt.says)
			}
			equalRecords(t, slices.Collect(m.Index().All()), before)
		})
	}
}

// errorIs is a target of errors.Is among those of errors.As.
type errorIs struct{ error }

func matches(err error, target any) bool {
	if is, ok := target.(*errorIs); ok {
		return errors.Is(err, is.error)
	}
	return errors.As(err, target)
}

// A user uuid that was mistyped is corrected by naming the record.
func TestSetByNumberCorrectsTheUserUUID(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	r, err := m.Set(t.Context(), Record{PlatformID: id(1), UserUUID: account(2)}, Edit{Number: 1, IfRevision: 1})
	if err != nil || r.UserUUID != account(2) || r.ExternalID != "s1" {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestRemove(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	r := set(t, m, sampleRecord(1))
	if err := m.Remove(t.Context(), r.Number, Edit{IfRevision: r.Revision + 1}); !errors.Is(err, ErrRevision) {
		t.Errorf("stale: %v", err)
	}
	if err := m.Remove(t.Context(), r.Number, Edit{IfRevision: r.Revision}); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Lookup(Identity{UserUUID: r.UserUUID}, nil); ok || m.Index().Len() != 0 {
		t.Error("it still matches")
	}
	if err := m.Remove(t.Context(), r.Number, Edit{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if again := set(t, m, sampleRecord(1)); again.Number == r.Number {
		t.Error("its number was used again")
	}
}

func TestMapLoadsWhatWasWritten(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, sampleRecord(9000))
	importRows(t, m, 2500)
	set(t, m, Record{PlatformID: id(1), UserUUID: sampleAccount(7)})
	again := openMap(t, log, Options{})
	equalRecords(t, slices.Collect(again.Index().All()), slices.Collect(m.Index().All()))
	if again.Index().Revision() != m.Index().Revision() {
		t.Errorf("revision %d, want %d", again.Index().Revision(), m.Index().Revision())
	}
}

// Another member writes first, several times: the write is validated anew.
func TestWritesYieldToFasterMembers(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	beaten := 0
	log.beforeAppend = func(uint64) {
		if beaten < 5 {
			beaten++
			set := ChangeSet{Kind: Single, By: "bob", Changes: []Change{put(sampleRecord(beaten))}}
			log.force(set.Encode(), time.Now())
		}
	}
	r := set(t, m, Record{PlatformID: id(1), ExternalID: "mine"})
	if r.Number != 6 || m.Index().Len() != 6 {
		t.Errorf("%+v among %d", r, m.Index().Len())
	}
}

// Two editors claim one alias at the same moment: one wins, the other is told.
func TestTheSlowerEditorIsTold(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	log.beforeAppend = func(after uint64) {
		if after == 0 {
			theirs := ChangeSet{Kind: Single, Changes: []Change{put(Record{PlatformID: id(2), UserUUID: account(2), ExternalID: "s1"})}}
			log.force(theirs.Encode(), time.Now())
		}
	}
	_, err := m.Set(t.Context(), Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"}, Edit{})
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Conflicts[0].Other.PlatformID != id(2) {
		t.Fatalf("error %v", err)
	}
}

func TestWriteGivesUpInTheEnd(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	n := 0
	log.beforeAppend = func(uint64) {
		n++
		set := ChangeSet{Kind: Single, Changes: []Change{put(sampleRecord(n))}}
		log.force(set.Encode(), time.Now())
	}
	if _, err := m.Set(t.Context(), Record{PlatformID: id(1), ExternalID: "mine"}, Edit{}); !errors.Is(err, ErrBusy) {
		t.Fatalf("error %v", err)
	}
	if n != maxTries || len(m.Index().Find("mine")) != 0 {
		t.Errorf("%d tries", n)
	}
}

func TestMapsConcurrently(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	log := newMemLog()
	maps := []*Map{openMap(t, log, Options{}), openMap(t, log, Options{})}
	var editors sync.WaitGroup
	for e := range 4 {
		m, random := maps[e%2], rand.New(rand.NewPCG(seed, uint64(e)))
		editors.Go(func() {
			for range 100 {
				edit(t, m, random)
			}
		})
	}
	editors.Wait()
	for _, m := range maps {
		if err := m.follower.await(t.Context(), log.last()); err != nil {
			t.Fatal(err)
		}
	}
	fresh := openMap(t, log, Options{})
	for _, m := range maps {
		equalRecords(t, slices.Collect(m.Index().All()), slices.Collect(fresh.Index().All()))
	}
	oneOwnerEach(t, fresh.Index())
}

// edit does something that may be refused as a conflict, and nothing else.
func edit(t *testing.T, m *Map, random *rand.Rand) {
	r := randomRecord(random)
	var err error
	switch all := slices.Collect(m.Index().All()); {
	case random.IntN(4) == 0 && len(all) > 0:
		err = m.Remove(t.Context(), all[random.IntN(len(all))].Number, Edit{})
	default:
		var stored Record
		stored, err = m.Set(t.Context(), r, Edit{AllowRepoint: random.IntN(2) == 0, Take: random.IntN(4) == 0})
		m.Lookup(stored.Identity(), DefaultTrust())
	}
	var conflict *ConflictError
	var invalid *InvalidError
	var repoint *RepointError
	if err != nil && !errors.As(err, &conflict) && !errors.As(err, &repoint) && !errors.As(err, &invalid) && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrBusy) {
		t.Errorf("edit: %v", err)
	}
}
