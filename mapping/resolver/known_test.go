package resolver_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/mapping"
	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// Whom the map knows by the time of the question, nobody has to be asked about.
func TestWhoIsKnownMeanwhileIsNotAskedAbout(t *testing.T) {
	d := newPeople()
	g, resolver := slow(t, d, "/{external_id}")
	known := func(p Person) (mapping.Match, bool) { return mapping.Match{}, p.Identity.ExternalID == "net0002" }
	c, err := New(Options{Found: (&found{}).take, Known: known}, entry("dir", resolver, func(e *Entry) { e.Concurrency = 1 }))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for n := 1; n <= 3; n++ {
		c.Ask(person(n))
	}
	close(g.gate)
	eventually(t, "nothing is open", func() bool { return c.Load().Open == 0 })
	if asked := d.asked(); !slices.Equal(asked, []string{"/net0001", "/net0003"}) {
		t.Errorf("asked %q", asked)
	}
}

// A map of external ids serves a stream that says user uuids only, once Learn has
// told whose they are: no other resolver is needed.
func TestWhomTheMapKnowsByWhatWasLearned(t *testing.T) {
	learn, d := newSite(atLearn(1), atLearn(2), atLearn(3)), newPeople()
	index := mapping.NewIndex("school")
	put := func(r mapping.Record) {
		set := mapping.ChangeSet{Kind: mapping.Single, Changes: []mapping.Change{{Op: mapping.Put, Record: r}}}
		if err := index.Apply(index.Revision()+1, set); err != nil {
			t.Fatal(err)
		}
	}
	put(mapping.Record{PlatformID: platform(1), ExternalID: "net0001", Note: "imported"})
	put(mapping.Record{PlatformID: platform(2), ExternalID: "net0002", UserUUID: account(99)}) // another account's
	f := &found{}
	c, err := New(Options{Found: f.take, Known: func(p Person) (mapping.Match, bool) {
		return index.Lookup(p.Identity, mapping.DefaultTrust())
	}}, entry("learn", blackboardOf(t, learn)), entry("dir", directoryOf(t, d, "/{external_id}", "")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func() {
		for n := 1; n <= 3; n++ {
			c.Ask(Person{Source: "school", Identity: personIdentity(n, UserUUID)})
		}
		eventually(t, "nothing is open", func() bool { return c.Load().Open == 0 })
	}
	ask()
	put(mapping.Record{PlatformID: platform(3), ExternalID: "net0003"})
	ask() // Learn's answer is remembered
	all := f.all()
	if len(all) != 3 || all[0].PlatformID != platform(1) || all[1].PlatformID != platform(1) || all[2].PlatformID != platform(3) {
		t.Fatalf("found %v", all)
	}
	want := mapping.Record{PlatformID: platform(1), Source: "school", UserUUID: account(1), ExternalID: "net0001"}
	if r := all[0].Record(); r != want || all[0].KnownBy != mapping.ExternalID {
		t.Errorf("recorded %+v, want %+v", r, want)
	}
	if got := all[0].Evidence.String(); !strings.HasPrefix(got, "blackboard learn, by user_uuid, at http://127.0.0.1") {
		t.Errorf("evidence %s", got)
	}
	if asked := d.asked(); slices.Contains(asked, "/net0001") {
		t.Errorf("the directory was asked about somebody whom the map knows: %q", asked)
	}
}
