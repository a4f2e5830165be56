package adapter_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Accepting one suggestion releases that person's events in order, says in the history why, and can be undone.
func TestAcceptOne(t *testing.T) {
	r := newSchools(t, "")
	l, users := newLedger(), newUsers(3)
	for range 4 {
		for _, u := range users {
			r.postAs(testKey, l.next(u))
		}
	}
	r.awaitHeld(12)
	ann := users[1]
	evidence := r.state(mapping.Record{Source: "lawschool", PlatformID: uuid.New(), ExternalID: "x-" + ann.hex()})
	r.state(mapping.Record{Source: "lawschool", PlatformID: uuid.New(), ExternalID: "x-" + users[2].hex()})

	asked := admin.Accept{Person: "x-" + ann.hex(), Source: "myschool", Mark: r.one(ann.hex()).Suggestions[0].Mark}
	plan, err := r.asks().Accept(t.Context(), admin.AcceptRequest{People: []admin.Accept{asked}, DryRun: true})
	if err != nil || plan.Applied || plan.People != 1 || plan.Events != 4 || plan.Changes[0] != (admin.AcceptedChange{Source: "myschool", People: 1}) {
		t.Fatalf("planned %+v, %v", plan, err)
	}
	if r.People("myschool").Index().Len() != 0 {
		t.Error("a dry run has mapped somebody")
	}
	done, err := r.accept(asked, asked)
	if err != nil || !done.Applied || done.People != 1 || done.Events != 4 || len(done.Left) > 0 || len(done.Changes) != 1 {
		t.Fatalf("accepted %+v, %v", done, err)
	}
	r.settled(want{Held: 8, Delivered: 4})
	record := r.People("myschool").Index().Find(ann.hex())[0]
	if record.PlatformID != evidence.PlatformID || record.ExternalID != "x-"+ann.hex() || record.UserID != "" || // which all three have
		record.ChangedBy != "admin" || record.Note != fmt.Sprintf("same external id as record %d of source lawschool", evidence.Number) {
		t.Errorf("the record is %+v", record)
	}
	change := r.changes(admin.ChangeFilter{Source: "myschool"})[0]
	if change.How != (mapping.How{Command: "map accept"}) || change.Number != done.Changes[0].Change || change.Effect != (mapping.Effect{New: 1}) {
		t.Errorf("the change is %+v, was said to be %+v", change, done.Changes)
	}
	r.undo(done.Changes[0].Change)
	for _, u := range users {
		r.postAs(testKey, l.next(u))
	}
	r.settled(want{Held: 11, Delivered: 4})
	if _, err := r.accept(suggested(r.one(ann.hex()), r.one(users[2].hex()))...); err != nil {
		t.Fatal(err)
	}
	r.set(users[0], uuid.New())
	r.settled(want{Delivered: 15})
	l.check(t, r.collector.Events(), nil)
}

// Accepting everybody is one change a source, and everything leaves in order, over a restart.
func TestAcceptAll(t *testing.T) {
	const people, each = 120, 5
	r := newSchools(t, "")
	l, mine, theirs := newLedger(), newUsers(people), newUsers(people/4)
	for _, u := range mine {
		r.state(mapping.Record{Source: "lawschool", PlatformID: uuid.New(), ExternalID: "x-" + u.hex()})
	}
	for _, u := range theirs {
		r.state(mapping.Record{Source: "myschool", PlatformID: uuid.New(), ExternalID: "x-" + u.hex()})
	}
	for events := l.shuffled(mine, each); len(events) > 0; events = events[100:] {
		r.postAs(testKey, events[:100]...)
	}
	r.postAs(otherKey, l.shuffled(theirs, each)...)
	const all = (people + people/4) * each
	r.awaitHeld(all)
	before := len(r.changes(admin.ChangeFilter{}))

	var accepts []admin.Accept
	for page, err := range r.asks().Unmapped(t.Context(), admin.UnmappedFilter{Suggested: true, Limit: 40}) {
		if err != nil {
			t.Fatal(err)
		}
		accepts = append(accepts, suggested(page.People...)...)
	}
	done, err := r.accept(accepts...)
	if err != nil || done.People != people+people/4 || done.Events != all || len(done.Left) > 0 || len(done.Changes) != 2 {
		t.Fatalf("accepted %+v, %v", done, err)
	}
	if made := len(r.changes(admin.ChangeFilter{})) - before; made != 2 {
		t.Errorf("%d changes were made", made)
	}
	r.settled(want{Delivered: all})
	r.restart()
	r.settled(want{Delivered: all})
	l.check(t, r.collector.Events(), nil)
}

// What somebody has seen is what is mapped: nobody whose suggestion is another by now.
func TestStaleSuggestionIsRefused(t *testing.T) {
	r := newSchools(t, "mapping: { suggest: [external_id, email] }")
	evidence := map[string]mapping.Record{}
	pupils := map[string]pupil{}
	for i, id := range []string{"touched", "removed", "mapped", "shared", "doubted", "good", "longer"} {
		p := newPupil(i, id, id+"@x.edu")
		stated := mapping.Record{Source: "lawschool", PlatformID: uuid.New(), ExternalID: id}
		if id == "longer" {
			p.externalID, stated.ExternalID, stated.Email = strings.Repeat("e", mapping.MaxExternalID+1), "", p.email
		}
		pupils[id], evidence[id] = p, r.state(stated)
		r.postAs(testKey, p.launch(t))
	}
	r.awaitHeld(uint64(len(pupils)))
	seen := map[string]admin.Accept{}
	for id, p := range pupils {
		seen[id] = suggested(r.one(p.hex()))[0]
	}

	touched := evidence["touched"]
	touched.Note = "looked at"
	r.state(touched)
	if err := r.People("lawschool").Remove(t.Context(), evidence["removed"].Number, mapping.Edit{}); err != nil {
		t.Fatal(err)
	}
	r.set(pupils["mapped"].user, uuid.New())
	r.postAs(testKey, newPupil(98, "shared", "").login())
	r.settled(want{Held: 7, Delivered: 1})
	r.state(mapping.Record{Source: "myschool", PlatformID: uuid.New(), UserUUID: uuid.New(), UserID: pupils["doubted"].userID})
	several := admin.Accept{Person: "shared", Mark: "whatever"}

	reasons := map[string]string{
		"touched": admin.LeftChanged, "removed": admin.LeftChanged, "mapped": admin.LeftGone,
		"shared": admin.LeftAmbiguous, "doubted": admin.LeftAmbiguous, "longer": admin.LeftRefused,
	}
	for id, reason := range reasons {
		status, text := refusal(second(r.accept(seen[id])))
		if wanted := map[bool]int{true: 409, false: 412}[reason == admin.LeftAmbiguous]; status != wanted || !strings.Contains(text, "was not accepted") {
			t.Errorf("%s: %d %s", id, status, text)
		}
	}
	if status, text := refusal(second(r.accept(several, seen["touched"]))); status != 409 || strings.Count(text, "\n") != 2 {
		t.Errorf("several are refused with %d %s", status, text)
	}
	var accepts []admin.Accept
	for id := range pupils {
		accepts = append(accepts, seen[id])
	}
	done, err := r.accept(accepts...)
	if err != nil || done.People != 1 || done.Events != 1 || len(done.Left) != len(reasons) {
		t.Fatalf("accepted %+v, %v", done, err)
	}
	for _, left := range done.Left {
		i := slices.IndexFunc(slices.Collect(maps.Keys(seen)), func(id string) bool { return seen[id].Person == left.Person && reasons[id] == left.Reason })
		if i < 0 || left.Text == "" {
			t.Errorf("left is %+v", left)
		}
	}
	r.settled(want{Held: 6, Delivered: 2})
}

// The record of a roster becomes the account's; nothing that is another's is taken.
func TestAcceptGoesIntoTheRoster(t *testing.T) {
	r := newSchools(t, "mapping: { suggest: [email] }")
	x, note := uuid.New(), "roster of May"
	roster := r.state(mapping.Record{Source: "myschool", PlatformID: x, Email: "a@x.edu", Note: note})
	other := r.state(mapping.Record{Source: "myschool", PlatformID: x, UserUUID: uuid.New(), ExternalID: "4711"}) // of the same person
	ann := newPupil(1, "4711", "A@x.edu")
	r.postAs(testKey, ann.launch(t))
	r.awaitHeld(1)
	done, err := r.accept(suggested(r.one(ann.hex()))...)
	if err != nil || done.People != 1 {
		t.Fatalf("accepted %+v, %v", done, err)
	}
	r.settled(want{Delivered: 1})
	index := r.People("myschool").Index()
	got, _ := index.Get(roster.Number)
	if index.Len() != 2 || got.UserUUID != ann.uuid || got.UserID != "_1_1" || got.ExternalID != "" || got.Email != "a@x.edu" ||
		got.Note != note+"; same e-mail address as an account whose events waited" {
		t.Errorf("the roster's record is %+v, of %d", got, index.Len())
	}
	if now, _ := index.Get(other.Number); now != other {
		t.Errorf("the other account's record became %+v", now)
	}
}

// Whoever is known only by aliases that are not trusted would not be found.
func TestNobodyIsMappedInVain(t *testing.T) {
	r := newSchools(t, "mapping: { trust: [user_id] }")
	r.state(mapping.Record{Source: "lawschool", PlatformID: uuid.New(), ExternalID: "4711"})
	held := journal.Held{Key: "k", Whom: journal.Whom{ExternalID: "4711"}, Event: journal.Event{
		Place: journal.Place{Seq: 1e6}, Source: "myschool", Type: "SessionEvent", ID: uuid.New(), Received: testTime, Raw: []byte("{}"),
	}}
	if _, err := r.Journal().Hold(t.Context(), "lrs", []journal.Held{held}); err != nil {
		t.Fatal(err)
	}
	status, text := refusal(second(r.accept(suggested(r.one("4711"))...)))
	if status != http.StatusPreconditionFailed || !strings.Contains(text, "would not find it") || r.People("myschool").Index().Len() != 0 {
		t.Errorf("%d %s", status, text)
	}
}

// A request has to say whom it concerns and what was seen.
func TestAcceptRequests(t *testing.T) {
	r := newSchools(t, "")
	for body, want := range map[string]int{
		`{}`: 400, `{"people":[]}`: 400, `{"people":[{"person":"x"}]}`: 400, `{"people":[{"mark":"x"}]}`: 400, `{"all":true}`: 400,
		`{"people":[{"person":"x","mark":"y"}]}`: 412,
	} {
		if text, status := r.ask(http.MethodPost, admin.PathAccept, body); status != want {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	var plan admin.Accepted
	status := r.api(http.MethodPost, admin.PathAccept+"?dry_run=true", `{"people":[{"person":"x","mark":"y"}]}`, &plan)
	if status != http.StatusOK || plan.Applied || len(plan.Left) != 1 || plan.Left[0].Reason != admin.LeftGone {
		t.Errorf("planned %d %+v", status, plan)
	}
}

func second[T any](_ T, err error) error { return err }
