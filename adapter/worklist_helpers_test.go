package adapter_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

const otherKey = "the-key-of-lawschool"

// newSchools is a rig with the sources myschool and lawschool. more is YAML below the key mapping.
func newSchools(t testing.TB, more string) *rig {
	t.Helper()
	c, url := newCollector(t, collector.Options{Keep: -1})
	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, log: quiet()}
	r.sources = oneSource + ", { name: lawschool, keys: [" + otherKey + "] }"
	r.extra = "    sources: [myschool, lawschool]\n" + more
	r.start()
	return r
}

// pupil is a user with aliases of their own. Their name is never to be seen.
type pupil struct {
	user
	userID, externalID, email string
}

func newPupil(number int, externalID, email string) pupil {
	return pupil{newUser(), fmt.Sprintf("_%d_1", number), externalID, email}
}

const pupilName = "Jo C4n4ry-Name"

// login is an event without an e-mail address.
func (p pupil) login() string {
	event := p.user.login(uuid.New(), testTime)
	return strings.NewReplacer(`"_7_1"`, fmt.Sprintf("%q", p.userID), `"x-`+p.hex()+`"`, fmt.Sprintf("%q", p.externalID),
		`"type":"Person"`, `"type":"Person","name":"`+pupilName+`"`).Replace(event)
}

// launch is an event with one: only LTI launches have it.
func (p pupil) launch(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "testdata", "v1p1", "lti-launch.json"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("ffc08009f0884c059192bac549e117b2", p.hex(), "a118bba8-5378-4533-899b-8862ac59db03", testSite,
		"6b495fe6-cdd9-459a-aa1f-39e4979b87f5", uuid.NewString(), "noreply@blackboard.com", p.email, `"_1_1"`, fmt.Sprintf("%q", p.userID),
		`"administrator"`, fmt.Sprintf("%q", p.externalID), "Blackboard Administrator", pupilName).Replace(string(body))
}

// postAs sends events with the key of a source.
func (r *rig) postAs(key string, events ...string) {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+r.Addr()+"/caliper", bytes.NewReader(envelope(events...)))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		r.t.Fatalf("POST answered %s", resp.Status)
	}
}

// awaitHeld waits until so many events are held, and nothing else is under way.
func (r *rig) awaitHeld(n uint64) {
	r.t.Helper()
	if got := r.finished(); got.Held != n {
		r.t.Fatalf("ended as %+v, want %d held", got, n)
	}
}

// state stores a record in the map of a source, as its editors would.
func (r *rig) state(record mapping.Record) mapping.Record {
	r.t.Helper()
	stored, err := r.People(record.Source).Set(r.t.Context(), record, mapping.Edit{By: "test", AllowRepoint: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return stored
}

// unmapped is the page of the work list that a filter selects.
func (r *rig) unmapped(f admin.UnmappedFilter) admin.UnmappedPage {
	r.t.Helper()
	page, err := r.asks().UnmappedPage(r.t.Context(), f)
	if err != nil {
		r.t.Fatal(err)
	}
	return page
}

// one is the only person of the work list who is called so.
func (r *rig) one(name string) admin.UnmappedPerson {
	r.t.Helper()
	page := r.unmapped(admin.UnmappedFilter{Person: name})
	if len(page.People) != 1 || page.Total != 1 {
		r.t.Fatalf("%d people are called %s", page.Total, name)
	}
	return page.People[0]
}

// suggested names the suggestion of each person that was seen.
func suggested(people ...admin.UnmappedPerson) (accepts []admin.Accept) {
	for i := range people {
		accepts = append(accepts, admin.Accept{Person: people[i].Key, Mark: people[i].Suggestions[0].Mark})
	}
	return accepts
}

func (r *rig) accept(people ...admin.Accept) (admin.Accepted, error) {
	r.t.Helper()
	return r.asks().Accept(r.t.Context(), admin.AcceptRequest{People: people})
}
