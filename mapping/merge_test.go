package mapping

import (
	"errors"
	"slices"
	"testing"
)

// The stories of docs/map.md, "One person, several accounts and names".

// Two accounts of one person are two records with one platform id. Neither
// hinders the other.
func TestTwoAccountsOfOnePerson(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	one := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	two := set(t, m, Record{PlatformID: id(1), UserUUID: account(2), ExternalID: "s1-staff"})
	for _, r := range []Record{one, two} {
		if match, ok := m.Lookup(r.Identity(), DefaultTrust()); !ok || match.PlatformID != id(1) || match.Number != r.Number {
			t.Errorf("%+v is found as %+v", r, match)
		}
	}
	equalRecords(t, m.Index().Find(id(1).String()), []Record{one, two})
	if _, _, err := m.Merge(t.Context(), 1, 2, Edit{}); !errors.Is(err, ErrTwoAccounts) {
		t.Errorf("merged: %v", err)
	}
	if err := m.Remove(t.Context(), two.Number, Edit{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Lookup(one.Identity(), nil); !ok {
		t.Error("the first account went with the second")
	}
}

// One account that two records stand for, as a roster and an operator named it.
func TestMerge(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1", Note: "from the roster"})
	other := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), UserID: "_1_1", ExternalID: "old", Note: "by hand"})
	seen := m.Changed()
	defer seen.Close()
	merged, removed, err := m.Merge(t.Context(), 1, 2, Edit{By: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	want := merged
	want.PlatformID, want.UserUUID, want.UserID, want.ExternalID, want.Note = id(1), account(1), "_1_1", "s1", "from the roster"
	if merged != want || merged.Number != 1 || merged.ChangedBy != "ann" || removed != other || m.Index().Len() != 1 {
		t.Fatalf("merged %+v, removed %+v", merged, removed)
	}
	<-seen.Ready()
	if touched := seen.Take(); !touched.Concerns(other.Identity()) || !touched.Concerns(Identity{ExternalID: "old"}) {
		t.Error("who held events of the other is not told")
	}
	if changes := logOf(t, m, LogFilter{}, 10); changes[0].Effect != (Effect{Changed: 1, Removed: 1}) {
		t.Errorf("%+v", changes[0])
	}
	if _, _, err := m.Merge(t.Context(), 1, 2, Edit{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if _, _, err := m.Merge(t.Context(), 1, 1, Edit{}); !errors.Is(err, errSelf) {
		t.Errorf("with itself: %v", err)
	}
	equalIndexes(t, openMap(t, log, Options{}).Index(), m.Index())
}

func TestMergeAsksBeforeItRepoints(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	into := set(t, m, Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2"})
	var repoint *RepointError
	if _, _, err := m.Merge(t.Context(), 2, 1, Edit{}); !errors.As(err, &repoint) || repoint.Repoint != (Repoint{Number: 1, From: id(1), To: id(2)}) {
		t.Fatalf("error %v", err)
	}
	if _, _, err := m.Merge(t.Context(), 2, 1, Edit{IfRevision: into.Revision + 1}); !errors.Is(err, ErrRevision) {
		t.Errorf("stale: %v", err)
	}
	if _, _, err := m.Merge(t.Context(), 2, 1, Edit{IfRevision: into.Revision, IfFromRevision: into.Revision}); !errors.Is(err, ErrRevision) {
		t.Errorf("the other is stale: %v", err)
	}
	merged, _, err := m.Merge(t.Context(), 2, 1, Edit{AllowRepoint: true})
	if err != nil || merged != into || m.Index().Len() != 1 {
		t.Errorf("%+v, %v", merged, err)
	}
	three := set(t, m, Record{PlatformID: id(3), UserID: "_3_1"})
	if _, _, err := m.Merge(t.Context(), 2, three.Number, Edit{AllowRepoint: true}); !errors.Is(err, ErrTwoAccounts) {
		t.Errorf("two user ids: %v", err)
	}
}

// An account is given to another person: with leave, the same record says so.
func TestRepoint(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	before := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	stated := Record{PlatformID: id(2), ExternalID: "s1"}
	var repoint *RepointError
	if _, err := m.Set(t.Context(), stated, Edit{}); !errors.As(err, &repoint) {
		t.Fatalf("error %v", err)
	}
	if m.Index().Find("s1")[0] != before {
		t.Fatal("something changed")
	}
	after, err := m.Set(t.Context(), stated, Edit{AllowRepoint: true})
	if err != nil || after.PlatformID != id(2) || after.UserUUID != account(1) || after.Number != before.Number {
		t.Fatalf("%+v, %v", after, err)
	}
	if changes := logOf(t, m, LogFilter{}, 1); changes[0].Effect != (Effect{Repointed: 1}) {
		t.Errorf("%+v", changes[0])
	}
}

// An external id is given to another account: taking it leaves the first account
// what else it has.
func TestTakingAnExternalID(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	old := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	taken, err := m.Set(t.Context(), Record{PlatformID: id(2), ExternalID: "s1"}, Edit{Take: true})
	if err != nil || taken.Number == old.Number || taken.PlatformID != id(2) {
		t.Fatalf("%+v, %v", taken, err)
	}
	for _, tt := range []struct {
		id   Identity
		want int
	}{
		{Identity{UserUUID: account(1), ExternalID: "s1"}, 1}, {Identity{UserUUID: account(1)}, 1},
		{Identity{ExternalID: "s1"}, 2}, {Identity{UserUUID: account(2), ExternalID: "s1"}, 2},
	} {
		if match, ok := m.Lookup(tt.id, DefaultTrust()); !ok || match.PlatformID != id(tt.want) {
			t.Errorf("%+v is %+v, want %s", tt.id, match, id(tt.want))
		}
	}
	third, err := m.Set(t.Context(), Record{PlatformID: id(3), UserUUID: account(3), ExternalID: "s1"}, Edit{Take: true})
	if err != nil || m.Index().Len() != 2 || len(m.Index().Find(id(2).String())) != 0 {
		t.Errorf("a record without an alias is left: %+v, %v", third, err)
	}
	again, err := m.Set(t.Context(), Record{PlatformID: id(3), UserUUID: account(3), ExternalID: "s1"}, Edit{Take: true})
	if err != nil || again != third {
		t.Errorf("taking what one has: %+v, %v", again, err)
	}
	oneOwnerEach(t, m.Index())
}

// Learn has changed the external id of an account whose user uuid is known. The
// user uuid decides, the record keeps what its editor wrote, and a newcomer with
// the old external id is not taken for it.
func TestExternalIDChangedInLearn(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	before := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	match, ok := m.Lookup(Identity{UserUUID: account(1), ExternalID: "s2"}, DefaultTrust())
	if !ok || match.PlatformID != id(1) || match.By != UserUUID || match.LearnsUUID {
		t.Errorf("%+v, %t", match, ok)
	}
	if match, ok := m.Lookup(Identity{UserUUID: account(9), ExternalID: "s1"}, DefaultTrust()); ok {
		t.Errorf("the newcomer is %+v", match)
	}
	equalRecords(t, slices.Collect(m.Index().All()), []Record{before})

	// The roster names the newcomer by the old external id: that is a re-pointing.
	plan := planFile(t, header6+line(9, "", "", "s1", "", ""), PlanOptions{}, m.Index())
	if len(plan.Repoints) != 1 || plan.Err() == nil {
		t.Errorf("%+v", plan.Counts())
	}
	// The new external id is stated beside the user uuid, and the old one is free.
	after := set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s2"})
	if after.Number != before.Number || after.ExternalID != "s2" {
		t.Errorf("%+v", after)
	}
	plan = planFile(t, header6+line(9, "", "", "s1", "", ""), PlanOptions{}, m.Index())
	if plan.Counts() != (Counts{New: 1}) {
		t.Errorf("%+v", plan.Counts())
	}
}

// The new external id is another record's already: the user uuid still decides,
// and stating it is a conflict until somebody merges or takes.
func TestExternalIDChangedToATakenOne(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s2"}) // the roster knew it first
	stated := Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s2"}
	var conflict *ConflictError
	if _, err := m.Set(t.Context(), stated, Edit{}); !errors.As(err, &conflict) {
		t.Fatalf("error %v", err)
	}
	merged, err := m.Set(t.Context(), stated, Edit{Take: true})
	if err != nil || merged.Number != 1 || merged.ExternalID != "s2" || m.Index().Len() != 1 {
		t.Errorf("%+v, %v, %d records", merged, err, m.Index().Len())
	}
}
