package adapter_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

var testTime = time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC)

// The work list says everything by which the stream names an account, and what waits for it, the longest waiting first.
func TestWorkListSaysWhatTheStreamSaid(t *testing.T) {
	r := newSchools(t, "")
	began := time.Now()
	ann, bob, cyd := newPupil(1, "4711", "a@x.edu"), newPupil(2, "4712", "b@x.edu"), newPupil(3, "4711", "")
	r.postAs(testKey, ann.login())
	r.postAs(testKey, bob.login())
	r.postAs(testKey, ann.login(), ann.launch(t))
	r.postAs(otherKey, cyd.login())
	r.awaitHeld(5)

	page := r.unmapped(admin.UnmappedFilter{})
	if page.Total != 3 || page.Events != 5 || page.Mapped != 0 || page.Next != (admin.UnmappedCursor{}) {
		t.Errorf("counted %+v", page)
	}
	var users []uuid.UUID
	for _, p := range page.People {
		users = append(users, p.UserUUID)
	}
	if !slices.Equal(users, []uuid.UUID{ann.uuid, bob.uuid, cyd.uuid}) {
		t.Errorf("people are %v", users)
	}
	first := page.People[0]
	if first.Source != "myschool" || first.UserID != "_1_1" || first.ExternalID != "4711" || first.Events != 3 ||
		!maps.Equal(first.Types, map[string]int{"SessionEvent": 2, "LTIEvent": 1}) || !maps.Equal(first.Destinations, map[string]int{"lrs": 3}) {
		t.Errorf("the first is %+v", first)
	}
	if first.Since.Before(began) || !first.Until.After(first.Since) || first.Until.After(time.Now()) || !page.People[1].Until.Equal(page.People[1].Since) {
		t.Errorf("waits from %s until %s", first.Since, first.Until)
	}
	for name, want := range map[string]int{
		"4711": 2, ann.hex(): 1, ann.uuid.String(): 1, ann.iri(): 1, "_2_1": 1, first.Key: 1, "b@x.edu": 0, "Jo": 0, "nobody": 0,
	} {
		if got := r.unmapped(admin.UnmappedFilter{Person: name}); got.Total != want || len(got.People) != want {
			t.Errorf("%d people are called %s, want %d", got.Total, name, want)
		}
	}
	if got := r.unmapped(admin.UnmappedFilter{Source: "lawschool"}); got.Total != 1 || got.People[0].UserUUID != cyd.uuid {
		t.Errorf("of lawschool %+v wait", got.People)
	}
	_, err := r.asks().UnmappedPage(t.Context(), admin.UnmappedFilter{Source: "nope"})
	if status, _ := refusal(err); status != http.StatusNotFound {
		t.Errorf("an unknown source: %v", err)
	}
}

// Whoever reads page after page sees everybody who waited all the time, once, while others come and go.
func TestPagesOfTheWorkList(t *testing.T) {
	const people, limit = 25, 4
	r := newSchools(t, "")
	var waiting []pupil
	for n := range people {
		p := newPupil(n, fmt.Sprintf("x-%d", n), "")
		waiting = append(waiting, p)
		r.postAs(testKey, p.login())
	}
	r.awaitHeld(people)
	var seen []uuid.UUID
	pages := 0
	for page, err := range r.asks().Unmapped(t.Context(), admin.UnmappedFilter{Limit: limit}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(page.People) > limit || (pages == 0 && page.Total != people) {
			t.Errorf("page %d has %d people of %d", pages, len(page.People), page.Total)
		}
		for _, p := range page.People {
			seen = append(seen, p.UserUUID)
		}
		if pages == 1 { // one who was seen goes, and one who comes is the last
			r.set(waiting[0].user, uuid.New())
			late := newPupil(people, "late", "")
			waiting = append(waiting, late)
			r.postAs(testKey, late.login())
			r.settled(want{Held: people, Delivered: 1})
		}
		pages++
	}
	var want []uuid.UUID
	for _, p := range waiting {
		want = append(want, p.uuid)
	}
	if !slices.Equal(seen, want) || pages != 7 {
		t.Errorf("%d pages had %d people, want %d in order", pages, len(seen), len(want))
	}
	for _, query := range []string{"?after=x", "?after=1-", "?limit=0", "?limit=10001", "?evidence=user_id", "?suggested=perhaps"} {
		if _, status := r.ask(http.MethodGet, admin.PathUnmapped+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, status)
		}
	}
}

// E-mail addresses are shown, taken for evidence and taken for names only where the configuration allows it; names never.
func TestWorkListKeepsQuiet(t *testing.T) {
	const address = "c4n4ry@x.edu"
	for more, want := range map[string]struct{ shown, suggested bool }{
		"":                              {false, false},
		"mapping: { suggest: [] }":      {false, false},
		"mapping: { suggest: [email] }": {true, true},
		"mapping: { suggest: [external_id, email] }": {true, true},
		"mapping: { trust: [email], suggest: [] }":   {true, false},
	} {
		t.Run(more, func(t *testing.T) {
			t.Parallel()
			r := newSchools(t, more)
			p := newPupil(1, "4711", address)
			r.postAs(testKey, p.login(), p.launch(t))
			r.awaitHeld(2)
			r.state(mapping.Record{Source: "lawschool", PlatformID: uuid.New(), Email: strings.ToUpper(address)})
			text := string(r.read(admin.PathUnmapped)) + string(r.read(admin.PathUnmappedExport))
			if got := strings.Count(text, address); (got == 2) != want.shown || got == 1 {
				t.Errorf("the address stands there %d times:\n%s", got, text)
			}
			if strings.Contains(strings.ToLower(text), "c4n4ry-name") || strings.Contains(text, "@X.EDU") {
				t.Errorf("somebody's name, or another's address, is shown:\n%s", text)
			}
			if got := len(r.unmapped(admin.UnmappedFilter{Person: address}).People); (got == 1) != want.shown {
				t.Errorf("the address names %d people", got)
			}
			if got := r.one("4711").Suggestions; (len(got) == 1) != want.suggested {
				t.Errorf("suggested is %+v", got)
			}
		})
	}
}

// A fill-in list comes back as a file: whoever got a platform id is mapped.
func TestWorkListComesBackAsAFile(t *testing.T) {
	r := newSchools(t, "mapping: { suggest: [external_id, email] }")
	const formula = `=cmd|'/C calc'!A0`
	platform := uuid.New()
	taken := r.state(mapping.Record{Source: "myschool", PlatformID: uuid.New(), UserUUID: uuid.New(), ExternalID: "4713"})
	r.state(mapping.Record{Source: "lawschool", PlatformID: platform, ExternalID: "0012"})
	ann, bob, cyd, dan := newPupil(1, formula, "fam@x.edu"), newPupil(2, "0012", "fam@x.edu"), newPupil(3, "4713", ""), newPupil(4, "4714", "d@x.edu")
	r.postAs(testKey, ann.login(), ann.launch(t))
	r.postAs(testKey, bob.launch(t))
	r.postAs(testKey, cyd.login())
	r.postAs(testKey, dan.login())
	r.postAs(otherKey, newPupil(5, "4714", "").login())
	r.awaitHeld(6)

	lines := strings.Split(strings.TrimSpace(string(r.read(admin.PathUnmappedExport))), "\n")
	if len(lines) != 6 || lines[0] != "platform_id,user_uuid,user_id,external_id,email,source,note,waiting_events,since,types,suggested_platform_id,evidence" {
		t.Fatalf("the file is\n%s", strings.Join(lines, "\n"))
	}
	for i, want := range []string{
		"," + ann.hex() + ",_1_1," + formula + ",,myschool,,2,", `,"LTIEvent 1, SessionEvent 1",,e-mail address fam@x.edu is that of 2 people who wait`,
		"," + bob.hex() + ",_2_1,0012,,myschool,,1,", ",LTIEvent 1," + platform.String() + ",same external id as record 1 of source lawschool; e-mail address",
		"," + cyd.hex() + ",_3_1,,,myschool,,1,", fmt.Sprintf(`,"external id 4713 belongs to record %d, another account (user uuid differs)"`, taken.Number),
	} {
		if line := lines[1+i/2]; !strings.Contains(line, want) {
			t.Errorf("line %d lacks %s:\n%s", 2+i/2, want, line)
		}
	}
	for i := range lines[1:4] {
		lines[1+i] = uuid.NewString() + lines[1+i]
	}
	var result admin.ImportResult
	file := strings.Join(lines, "\n")
	status := r.api(http.MethodPost, admin.PathImport+"?skip_empty=true", file, &result)
	if status != http.StatusOK || result.Counts.New != 3 || result.Skipped != 2 {
		t.Fatalf("imported %d %+v", status, result)
	}
	if want := []string{"waiting_events", "since", "types", "suggested_platform_id", "evidence"}; !slices.Equal(result.Ignored, want) {
		t.Errorf("ignored are %v", result.Ignored)
	}
	r.settled(want{Held: 2, Delivered: 4})
	if got := r.People("myschool").Index().Find(formula); len(got) != 1 || got[0].UserUUID != ann.uuid {
		t.Errorf("the external id %s came back as %+v", formula, got)
	}
	if left := r.unmapped(admin.UnmappedFilter{}); left.Total != 2 || left.People[0].UserUUID != dan.uuid {
		t.Errorf("left are %+v", left.People)
	}
}

// Whoever is mapped by now is counted and not listed, however long the destination keeps the events waiting.
func TestMappedPeopleAreNotListed(t *testing.T) {
	r := newSchools(t, "")
	ann, bob := newPupil(1, "4711", ""), newPupil(2, "4712", "")
	r.postAs(testKey, ann.login(), bob.login())
	r.awaitHeld(2)
	if err := r.asks().PauseDestination(t.Context(), "lrs", ""); err != nil {
		t.Fatal(err)
	}
	r.set(ann.user, uuid.New())
	if page := r.unmapped(admin.UnmappedFilter{}); page.Total != 1 || page.Mapped != 1 || page.People[0].UserUUID != bob.uuid {
		t.Errorf("listed are %+v", page)
	}
	if err := r.asks().ResumeDestination(t.Context(), "lrs"); err != nil {
		t.Fatal(err)
	}
	r.settled(want{Held: 1, Delivered: 1})
	if page := r.unmapped(admin.UnmappedFilter{}); page.Total != 1 || page.Mapped != 0 {
		t.Errorf("listed are %+v", page)
	}
}

// Who waits is remembered between two looks. What was held since is added; what has left, or is held again, is seen too.
func TestWorkListIsOfThisMoment(t *testing.T) {
	r := newSchools(t, "")
	ann, bob := newPupil(1, "4711", ""), newPupil(2, "4712", "")
	look := func(want map[uuid.UUID]int) {
		t.Helper()
		got := map[uuid.UUID]int{}
		for _, p := range r.unmapped(admin.UnmappedFilter{}).People {
			if got[p.UserUUID] = p.Events; p.Types["SessionEvent"] != p.Events || p.Destinations["lrs"] != p.Events {
				t.Errorf("of %d events %v are listed", p.Events, p)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%v wait, want %v", got, want)
		}
	}
	look(map[uuid.UUID]int{})
	r.postAs(testKey, ann.login(), ann.login())
	r.awaitHeld(2)
	look(map[uuid.UUID]int{ann.uuid: 2})
	look(map[uuid.UUID]int{ann.uuid: 2})
	r.postAs(testKey, bob.login())
	r.postAs(testKey, ann.login())
	r.awaitHeld(4)
	if err := r.Journal().Probe(t.Context()); err != nil { // which writes to where the held events are
		t.Fatal(err)
	}
	look(map[uuid.UUID]int{ann.uuid: 3, bob.uuid: 1})

	r.set(ann.user, uuid.New())
	r.settled(want{Delivered: 3, Held: 1})
	look(map[uuid.UUID]int{bob.uuid: 1})
	record := r.People("myschool").Index().Find(ann.hex())[0]
	if err := r.People("myschool").Remove(t.Context(), record.Number, mapping.Edit{}); err != nil {
		t.Fatal(err)
	}
	look(map[uuid.UUID]int{bob.uuid: 1})
	r.postAs(testKey, ann.login())
	r.awaitHeld(2)
	look(map[uuid.UUID]int{ann.uuid: 1, bob.uuid: 1})
}
