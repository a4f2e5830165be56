package adapter_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// evident is evidence without a revision.
func evident(kind mapping.Alias, r mapping.Record) admin.Evidence {
	return admin.Evidence{Kind: kind, Source: r.Source, Record: r.Number, Revision: r.Revision}
}

// Every kind of evidence, and everything that makes it doubtful. The one who waits is _1_1 with the external id 4711 and
// the e-mail address one@x.edu, in myschool.
func TestSuggestions(t *testing.T) {
	const mine, other = "myschool", "lawschool"
	x, y := uuid.New(), uuid.New()
	account := uuid.New()
	type suggestion struct {
		platform    uuid.UUID
		unambiguous bool
		evidence    []int // places in the map below, of a kind each
		kinds       []mapping.Alias
	}
	const byID, byMail = mapping.ExternalID, mapping.Email
	for name, test := range map[string]struct {
		people      []mapping.Record
		also        []pupil // who wait, too
		suggestions []suggestion
		doubts      []admin.Doubt // without record numbers
	}{
		"nobody": {people: []mapping.Record{{Source: other, PlatformID: x, ExternalID: "4712", Email: "two@x.edu"}}},
		"the external id at another source": {
			people:      []mapping.Record{{Source: other, PlatformID: x, ExternalID: "4711"}},
			suggestions: []suggestion{{x, true, []int{0}, []mapping.Alias{byID}}},
		},
		"another alias of the same text": {people: []mapping.Record{{Source: other, PlatformID: y, UserID: "4711"}, {Source: mine, PlatformID: y, UserID: "one@x.edu"}}},
		"the address in the roster of the same source": {
			people:      []mapping.Record{{Source: mine, PlatformID: x, Email: "One@X.edu"}},
			suggestions: []suggestion{{x, true, []int{0}, []mapping.Alias{byMail}}},
		},
		"the address at another source": {
			people:      []mapping.Record{{Source: other, PlatformID: x, UserUUID: account, Email: "one@x.edu"}},
			suggestions: []suggestion{{x, true, []int{0}, []mapping.Alias{byMail}}},
		},
		"all of it for one": {
			people:      []mapping.Record{{Source: other, PlatformID: x, ExternalID: "4711", Email: "one@x.edu"}, {Source: mine, PlatformID: x, Email: "one@x.edu"}},
			suggestions: []suggestion{{x, true, []int{0, 1, 0}, []mapping.Alias{byID, byMail, byMail}}},
		},
		"two platform ids": {
			people:      []mapping.Record{{Source: other, PlatformID: x, ExternalID: "4711"}, {Source: mine, PlatformID: y, Email: "one@x.edu"}},
			suggestions: []suggestion{{x, false, []int{0}, []mapping.Alias{byID}}, {y, false, []int{1}, []mapping.Alias{byMail}}},
		},
		"an external id that is another account's proves nothing": {
			people: []mapping.Record{{Source: mine, PlatformID: y, UserUUID: account, ExternalID: "4711"}, {Source: other, PlatformID: x, ExternalID: "4711"}},
			doubts: []admin.Doubt{{Kind: admin.DoubtOtherAccount, Alias: byID, PlatformID: y, Differs: mapping.UserUUID}},
		},
		"an address that is another account's proves nothing": {
			people: []mapping.Record{{Source: mine, PlatformID: y, UserID: "_9_1", Email: "one@x.edu"}, {Source: other, PlatformID: x, Email: "one@x.edu"}},
			doubts: []admin.Doubt{{Kind: admin.DoubtOtherAccount, Alias: byMail, PlatformID: y, Differs: mapping.UserID}},
		},
		"another person's account speaks against it": {
			people:      []mapping.Record{{Source: mine, PlatformID: y, UserUUID: account, Email: "one@x.edu"}, {Source: other, PlatformID: x, ExternalID: "4711"}},
			suggestions: []suggestion{{x, false, []int{1}, []mapping.Alias{byID}}},
			doubts:      []admin.Doubt{{Kind: admin.DoubtOtherAccount, Alias: byMail, PlatformID: y, Differs: mapping.UserUUID}},
		},
		"another account of the same person does not": {
			people:      []mapping.Record{{Source: mine, PlatformID: x, UserUUID: account, Email: "one@x.edu"}, {Source: other, PlatformID: x, ExternalID: "4711"}},
			suggestions: []suggestion{{x, true, []int{1}, []mapping.Alias{byID}}},
			doubts:      []admin.Doubt{{Kind: admin.DoubtOtherAccount, Alias: byMail, PlatformID: x, Differs: mapping.UserUUID}},
		},
		"a user id that is another account's": {
			people:      []mapping.Record{{Source: mine, PlatformID: y, UserUUID: account, UserID: "_1_1"}, {Source: other, PlatformID: x, ExternalID: "4711"}},
			suggestions: []suggestion{{x, false, []int{1}, []mapping.Alias{byID}}},
			doubts:      []admin.Doubt{{Kind: admin.DoubtOtherAccount, Alias: mapping.UserID, PlatformID: y, Differs: mapping.UserUUID}},
		},
		"several who wait have the address": {
			people:      []mapping.Record{{Source: mine, PlatformID: x, Email: "one@x.edu"}},
			also:        []pupil{newPupil(2, "4712", "one@x.edu")},
			suggestions: []suggestion{{x, false, []int{0}, []mapping.Alias{byMail}}},
			doubts:      []admin.Doubt{{Kind: admin.DoubtShared, Alias: byMail, People: 2}},
		},
		"several have the address, one has the external id": {
			people:      []mapping.Record{{Source: other, PlatformID: x, ExternalID: "4711", Email: "one@x.edu"}},
			also:        []pupil{newPupil(2, "4712", "one@x.edu"), newPupil(3, "4713", "ONE@x.edu")},
			suggestions: []suggestion{{x, true, []int{0, 0}, []mapping.Alias{byID, byMail}}},
			doubts:      []admin.Doubt{{Kind: admin.DoubtShared, Alias: byMail, People: 3}},
		},
		"several have all of it": {
			people:      []mapping.Record{{Source: other, PlatformID: x, ExternalID: "4711"}},
			also:        []pupil{newPupil(2, "4711", "two@x.edu")},
			suggestions: []suggestion{{x, false, []int{0}, []mapping.Alias{byID}}},
			doubts:      []admin.Doubt{{Kind: admin.DoubtShared, Alias: byID, People: 2}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newSchools(t, "mapping: { suggest: [email, external_id] }")
			one := newPupil(1, "4711", "one@x.edu")
			for _, p := range append([]pupil{one}, test.also...) {
				r.postAs(testKey, p.launch(t))
			}
			r.awaitHeld(uint64(1 + len(test.also)))
			var records []mapping.Record
			for _, record := range test.people {
				records = append(records, r.state(record))
			}
			got := r.one(one.hex())
			if len(got.Suggestions) != len(test.suggestions) {
				t.Fatalf("suggested is %+v", got.Suggestions)
			}
			for i, want := range test.suggestions {
				var evidence []admin.Evidence
				for n, place := range want.evidence {
					evidence = append(evidence, evident(want.kinds[n], records[place]))
				}
				slices.SortStableFunc(evidence, bySource(mine))
				s := got.Suggestions[i]
				if s.PlatformID != want.platform || s.Unambiguous != want.unambiguous || !slices.Equal(s.Evidence, evidence) || s.Mark == "" {
					t.Errorf("suggestion %d is %+v, want %+v", i, s, want)
				}
			}
			for i := range got.Doubts {
				got.Doubts[i].Record, got.Doubts[i].Revision = 0, 0
			}
			if !slices.Equal(got.Doubts, test.doubts) {
				t.Errorf("in doubt is %+v, want %+v", got.Doubts, test.doubts)
			}
			r.filters(&got, one)
		})
	}
}

// bySource orders evidence as suggestions do: by kind, and of a kind that of the person's own source first.
func bySource(own string) func(a, b admin.Evidence) int {
	rank := func(e admin.Evidence) int {
		n := 2 * int(e.Kind)
		if e.Source != own {
			n++
		}
		return n
	}
	return func(a, b admin.Evidence) int { return rank(a) - rank(b) }
}

// filters checks who is selected by evidence.
func (r *rig) filters(p *admin.UnmappedPerson, one pupil) {
	r.t.Helper()
	has := func(kind mapping.Alias) bool {
		return slices.ContainsFunc(p.Suggestions, func(s admin.Suggestion) bool { return s.Has(kind) })
	}
	for _, kind := range []mapping.Alias{mapping.NoAlias, mapping.ExternalID, mapping.Email} {
		got := r.unmapped(admin.UnmappedFilter{Person: one.hex(), Suggested: true, Evidence: kind})
		if (got.Total == 1) != has(kind) {
			r.t.Errorf("%d people are suggested by %s", got.Total, kind)
		}
	}
}
