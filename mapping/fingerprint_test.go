package mapping

import (
	"errors"
	"testing"
)

// What a plan would do is told apart, and what is beside it is not.
func TestFingerprint(t *testing.T) {
	people := []Record{
		{PlatformID: id(1), ExternalID: "s1"}, {PlatformID: id(2), ExternalID: "s2"}, {PlatformID: id(3), ExternalID: "s3"},
	}
	file := header6 + line(1, "", "_1_1", "s1", "", "") + line(9, "", "", "s2", "", "") + line(4, "", "", "s4", "", "")
	options := PlanOptions{AllowRepoint: true, Sync: true}
	print := func(records ...Record) string {
		return planFile(t, file, options, indexOf(t, records...)).Fingerprint()
	}
	want := print(people...)
	learned := people[0]
	learned.UserUUID, learned.Note = account(1), "learned"
	if print(learned, people[1], people[2]) != want {
		t.Error("it differs although every line means the same")
	}
	for name, records := range map[string][]Record{
		"a line changes nothing":      {{PlatformID: id(1), ExternalID: "s1", UserID: "_1_1"}, people[1], people[2]},
		"another record is meant":     {people[1], people[0], people[2]},
		"it re-points from another":   {people[0], {PlatformID: id(8), ExternalID: "s2"}, people[2]},
		"one is not there to be gone": {people[0], people[1]},
		"one more goes":               append(people[:3:3], Record{PlatformID: id(5), ExternalID: "s5"}),
	} {
		if print(records...) == want {
			t.Errorf("%s: the fingerprint is the same", name)
		}
	}
}

// An import that was approved does what was planned, or nothing.
func TestImportExactly(t *testing.T) {
	file := header6 + line(1, "", "_1_1", "s1", "", "") + line(2, "", "", "s2", "", "")
	for _, tt := range []struct {
		name    string
		between []Record
		options PlanOptions
		want    error
	}{
		{"nothing happens", nil, PlanOptions{}, nil},
		{"somebody else comes", []Record{{PlatformID: id(7), ExternalID: "s7"}}, PlanOptions{}, nil},
		{"a line is done", []Record{{PlatformID: id(2), ExternalID: "s2"}}, PlanOptions{}, ErrStale},
		{"a line re-points now", []Record{{PlatformID: id(7), ExternalID: "s2"}}, PlanOptions{AllowRepoint: true}, ErrStale},
		{"a line is in conflict now", []Record{{PlatformID: id(7), UserID: "_1_1"}}, PlanOptions{Partial: true}, ErrStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := openMap(t, newMemLog(), Options{})
			set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
			tt.options.Exact = true
			plan := planFile(t, file, tt.options, m.Index())
			for _, r := range tt.between {
				set(t, m, r)
			}
			before := m.Revision()
			if _, err := m.Import(t.Context(), plan, Edit{}); !errors.Is(err, tt.want) || (err != nil && m.Revision() != before) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A record that the file named when it was planned does not go because it has another name by now.
func TestSyncExactly(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	r := set(t, m, Record{PlatformID: id(1), UserID: "_1_1", ExternalID: "s1"})
	file := header6 + line(1, "", "", "s1", "", "")
	plan := planFile(t, file, PlanOptions{Sync: true, Exact: true}, m.Index())
	if _, err := m.Set(t.Context(), Record{PlatformID: id(1), UserID: "_1_1", ExternalID: "s9"}, Edit{Number: r.Number}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Import(t.Context(), plan, Edit{}); !errors.Is(err, ErrStale) || m.Index().Len() != 1 {
		t.Errorf("error %v, %d records", err, m.Index().Len())
	}
}

func TestSkipEmpty(t *testing.T) {
	file := header6 + ",,_1_1,s1,,\n" + line(2, "", "", "s2", "", "") + ",,,,,\n" + "x,,,s3,,\n" + ",,_4_1\n" + ",zz,,s4,,\n" + "\xff,,,s5,,\n"
	plan := planFile(t, file, PlanOptions{SkipEmpty: true}, NewIndex("school"))
	if plan.Skipped != 3 || plan.Counts() != (Counts{New: 1, Invalid: 3}) {
		t.Errorf("%d skipped, %+v: %v", plan.Skipped, plan.Counts(), plan.Invalid)
	}
	if plan := planFile(t, file, PlanOptions{}, NewIndex("school")); plan.Skipped != 0 || plan.Counts().Invalid != 6 {
		t.Errorf("without leave: %d skipped, %+v", plan.Skipped, plan.Counts())
	}
	_, err := NewPlan(t.Context(), sampleRows(1), []*Index{NewIndex("school")}, PlanOptions{Sync: true, SkipEmpty: true})
	if !errors.Is(err, errSyncPart) {
		t.Errorf("error %v", err)
	}
}
