package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// pupil is the user uuid of somebody who waits.
func pupil(number int) string { return fmt.Sprintf("%032x", 0xabc0000+number) }

// newWaitingRig has the sources myschool and lawschool, and four people of myschool whose events wait: 4711, whom
// lawschool has, 4712, whom lawschool and the roster of myschool have as two people, 4713, whose external id is another
// account's, and 4714, of whom nobody knows.
func newWaitingRig(t *testing.T) *rig {
	t.Helper()
	r := newRigOf(t, func(url string) string {
		text := strings.Replace(adapterConfig(url), "sources: [", "sources: [{ name: lawschool, keys: [k2] }, ", 1)
		return strings.Replace(text, "{ name: lrs,", "{ name: lrs, sources: [myschool, lawschool],", 1) +
			"mapping: { suggest: [external_id, email] }\n"
	})
	r.run("map", "import", "--yes", write(t, "maps.csv", "platform_id,source,external_id,email,user_uuid\n"+
		testPlatform+",lawschool,4711,,\n"+otherPlatform+",lawschool,4712,,\n"+
		testPlatform+",myschool,,two@x.example,\n"+otherPlatform+",myschool,4713,,"+pupil(9)+"\n")).is(exitDone)
	for n := 1; n <= 4; n++ {
		body := strings.NewReplacer(testUser, pupil(n), `"_1_1"`, fmt.Sprintf(`"_%d_1"`, n), `"administrator"`, fmt.Sprintf(`"471%d"`, n),
			"6b495fe6-cdd9-459a-aa1f-39e4979b87f5", uuid.NewString(), "noreply@blackboard.com", map[bool]string{true: "two@x.example", false: ""}[n == 2])
		if status := r.post(testKey, []byte(body.Replace(string(payload(t, "v1p1/lti-launch.json"))))); status != http.StatusOK {
			t.Fatalf("POST answered %d", status)
		}
	}
	r.until("all wait", func(got ran) bool { return strings.Count(got.out, "LTIEvent 1") == 4 }, "map", "unmapped")
	return r
}

func TestSuggestionsAreShown(t *testing.T) {
	r := newWaitingRig(t)
	got := r.run("map", "unmapped").is(exitDone).prints("SOURCE    USER UUID ", "E-MAIL",
		"  → "+testPlatform+": same external id as record 1 of source lawschool\n",
		"  ? "+otherPlatform+": same external id as record 2 of source lawschool\n  ? "+testPlatform+": same e-mail address as record 1 of source myschool\n",
		"  ✗ external id 4713 belongs to record 2, another account (user uuid differs): `bbcaliper map set --take` moves it\n").
		says("map accept PERSON, or --all", "map set --platform-id UUID --user-uuid "+pupil(1)+" --source myschool")
	for line := range strings.Lines(got.out) {
		if len([]rune(line)) > 130 {
			t.Errorf("the line is too wide: %s", line)
		}
	}
	got = r.run("map", "unmapped", "--limit", "1").is(exitDone).prints("4711").says("and 3 more people, with 3 events: --limit 10 lists more, --limit 0 all")
	if strings.Contains(got.out, "4712") {
		t.Errorf("more than one is listed:\n%s", got.out)
	}
	got = r.run("map", "unmapped", "--suggested").is(exitDone).prints("4711", "4712")
	if strings.Contains(got.out, "4713") {
		t.Errorf("listed are\n%s", got.out)
	}
	r.run("map", "unmapped", "4714").is(exitDone).prints("4714")
	r.run("map", "unmapped", "nobody").is(exitDone).says("nobody who waits for a mapping has that alias")
	r.run("map", "unmapped", "--csv", "--json").is(exitUsage)
	r.run("map", "unmapped", "--csv", "--limit", "1").is(exitUsage)
	r.run("map", "unmapped", "a", "b").is(exitUsage)
	var people []admin.UnmappedPerson
	r.run("map", "unmapped", "--json").is(exitDone).into(&people)
	if len(people) != 4 || people[0].Acceptable() == nil || people[1].Acceptable() != nil || len(people[2].Doubts) != 1 {
		t.Errorf("people are %+v", people)
	}
	r.run("map", "unmapped", "--csv", "--source", "lawschool").is(exitDone).prints("platform_id,user_uuid,")
	r.run("map", "unmapped", "--csv", "--source", "nope").is(exitFailed).says("no source nope")
	r.env["BBCALIPER_ADMIN_TOKEN"] = "a-viewer"
	for _, args := range [][]string{{"unmapped"}, {"unmapped", "--csv"}, {"accept", "4711", "--yes"}, {"accept", "--all", "--dry-run"}} {
		r.run(append([]string{"map"}, args...)...).is(exitFailed).says("the role mapper")
	}
}

func TestMapAccept(t *testing.T) {
	r := newWaitingRig(t)
	for _, args := range [][]string{
		{}, {"4711"}, {"--all"}, {"--all", "4711", "--yes"}, {"4711", "--evidence", "email", "--yes"}, {"--all", "--evidence", "user_id", "--yes"},
	} {
		r.run(append([]string{"map", "accept"}, args...)...).is(exitUsage)
	}
	for name, why := range map[string]string{
		"nobody": "nobody who waits is called nobody", "4714": "nothing suggests who that is; map them by hand: bbcaliper map set ",
		"4712": "? " + otherPlatform, "4713": "✗ external id 4713 belongs to record 2",
	} {
		r.run("map", "accept", "--yes", "4711", name).is(exitFailed).says(why)
	}
	r.run("map", "accept", "--all", "--dry-run").is(exitDone).says("of 1 person the evidence is ambiguous").prints(
		"would map 1 person, which releases 1 event\n", "  SOURCE    PERSON  EVENTS  PLATFORM ID ",
		"  myschool  4711    1       "+testPlatform+"  same external id as record 1 of source lawschool\n")
	r.run("map", "accept", "--all", "--evidence", "email", "--yes").is(exitDone).says("nobody is suggested without ambiguity")
	var plan admin.Accepted
	r.run("map", "accept", "--all", "--dry-run", "--json").is(exitDone).into(&plan)
	if plan.Applied || plan.People != 1 || plan.Events != 1 {
		t.Errorf("planned %+v", plan)
	}

	r.terminal = true
	r.in = "n\n"
	r.run("map", "accept", "4711").is(exitFailed).says("would map 1 person", testPlatform, "Map 1 person? [y/N]", "nothing was changed")
	r.in = "y\n"
	r.run("map", "accept", "4711", pupil(1)).is(exitDone).says("Map 1 person? [y/N]").
		prints("mapped 1 person; 1 event is released\n  change ", " of source myschool: 1 person\n")
	if err := r.collector.WaitFor(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r.run("map", "history", "4711", "--source", "myschool").is(exitDone).prints("how          map accept\n", "note         same external id as record 1 of source lawschool\n")
	r.run("map", "log").is(exitDone).prints("  1 new    map accept\n")

	r.terminal = false
	r.run("map", "set", "--platform-id", testPlatform, "--external-id", "4712", "--source", "lawschool").is(exitDone)
	r.run("map", "accept", "--all", "--yes", "--json").is(exitDone).into(&plan)
	if !plan.Applied || plan.People != 1 {
		t.Errorf("accepted %+v", plan)
	}
	if err := r.collector.WaitFor(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
}

// crowd is a service with very many people who wait, of whom every tenth is ambiguous; some have another suggestion when
// it is accepted.
type crowd struct {
	stub
	people, stale int
	accepted      []admin.Accept
}

func (c *crowd) Unmapped(_ context.Context, f admin.UnmappedFilter) (admin.UnmappedPage, error) {
	page := admin.UnmappedPage{Total: c.people, Events: 3 * c.people}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	first := 0
	if !f.After.Since.IsZero() {
		first = int(f.After.Since.Sub(start)/time.Second) + 1
	}
	for n := first; n < c.people && len(page.People) < f.Limit; n++ {
		evidence := []admin.Evidence{{Kind: mapping.ExternalID, Source: "lawschool", Record: uint32(n + 1), Revision: 7}}
		page.People = append(page.People, admin.UnmappedPerson{
			Key: fmt.Sprintf("%032x", n), Source: "myschool", ExternalID: fmt.Sprint("x-", n), Events: 3, Since: start.Add(time.Duration(n) * time.Second),
			Until: start.Add(time.Duration(n) * time.Minute), Suggestions: []admin.Suggestion{admin.NewSuggestion(uuid.New(), evidence, n%10 > 0)},
			Types: map[string]int{"SessionEvent": 3}, Destinations: map[string]int{"lrs": 3},
		})
	}
	if end := first + len(page.People); end < c.people {
		last := &page.People[len(page.People)-1]
		page.Next = admin.UnmappedCursor{Since: last.Since, Key: last.Key}
	}
	return page, nil
}

func (c *crowd) Accept(_ context.Context, r admin.AcceptRequest) (admin.Accepted, error) {
	c.accepted = r.People
	done := admin.Accepted{Applied: !r.DryRun, People: len(r.People) - c.stale, Events: 3 * (len(r.People) - c.stale)}
	for _, p := range r.People[:c.stale] {
		done.Left = append(done.Left, admin.NewLeftPerson(p, admin.LeftChanged))
	}
	return done, nil
}

// More people than a page of the API has are listed and accepted in one go; who was left out is named.
func TestManyWait(t *testing.T) {
	c := &crowd{people: admin.MaxUnmappedLimit + 100}
	sh := besides(t, c)
	for limit, want := range map[int]int{0: c.people, 5: 5, admin.MaxUnmappedLimit + 5: admin.MaxUnmappedLimit + 5} {
		var people []admin.UnmappedPerson
		sh.run("map", "unmapped", "--json", "--limit", fmt.Sprint(limit)).is(exitDone).into(&people)
		if len(people) != want || people[want-1].ExternalID != fmt.Sprint("x-", want-1) {
			t.Errorf("with --limit %d %d are listed", limit, len(people))
		}
	}
	sh.run("map", "unmapped").is(exitDone).says(fmt.Sprintf("and %d more people, with %d events", c.people-unmappedShown, 3*(c.people-unmappedShown)))

	got := sh.run("map", "accept", "--all", "--yes").is(exitDone).prints("mapped 9090 people; 27270 events are released\n").says("of 1010 people the evidence is ambiguous")
	if len(c.accepted) != 9090 || c.accepted[0].Mark == "" || strings.Contains(got.out, "x-1") {
		t.Errorf("%d were accepted", len(c.accepted))
	}
	sh.run("map", "accept", "--all", "--dry-run").is(exitDone).prints("  and 9070 more\n")
	c.stale = 25
	sh.run("map", "accept", "--all", "--yes").fails().prints("mapped 9065 people").
		says("  x-1: the suggestion is not the one that was seen", "  and 5 more\n", "25 people were left out")
}
