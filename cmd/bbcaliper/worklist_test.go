package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// The way of an integrator: the work list names the person, one command maps them, the event arrives.
func TestWorkList(t *testing.T) {
	r := newRig(t)
	r.run("held").is(exitDone).says("no events are held")
	r.run("map", "unmapped").is(exitDone).says("nobody waits")
	if status := r.post(testKey, payload(t, "v1p1/login.json")); status != http.StatusOK {
		t.Fatalf("POST answered %d", status)
	}
	got := r.until("an event is held", func(got ran) bool { return strings.Contains(got.out, testUser) }, "map", "unmapped")
	got.prints("myschool", "_1_1", "administrator", "SessionEvent", "lrs").
		says("bbcaliper map set --platform-id UUID --user-uuid " + testUser + " --source myschool")

	var people []admin.UnmappedPerson
	r.run("map", "unmapped", "--json", "--source", "myschool").is(exitDone).into(&people)
	if len(people) != 1 || people[0].Events != 1 || people[0].UserID != "_1_1" {
		t.Errorf("work list is %+v", people)
	}
	var held []admin.HeldEvent
	r.run("held", "--json").is(exitDone).into(&held)
	if len(held) != 1 || held[0].EventID != "f8c984e2-de73-4c0b-8183-779ab4149422" || held[0].Reason != "unmapped" ||
		held[0].Destination != "lrs" || held[0].Type != "SessionEvent" || held[0].At.IsZero() {
		t.Errorf("held are %+v", held)
	}
	r.run("held").is(exitDone).prints("f8c984e2-de73-4c0b-8183-779ab4149422", testUser).says("map unmapped")
	r.run("held", "--type", "ViewEvent").is(exitDone).says("no events are held")
	r.run("held", "--destination", "nope").is(exitFailed).says("no destination nope")
	r.run("held", "--source", "nope").is(exitFailed).says("no source nope")
	r.until("status shows it", func(got ran) bool {
		return strings.Contains(got.out, "→ 1 person waits for a mapping at lrs, with 1 event: `bbcaliper map unmapped`")
	}, "status")

	r.run("map", "set", "--platform-id", testPlatform, "--user-uuid", testUser).is(exitDone).prints(testPlatform, testUser)
	if err := r.collector.WaitFor(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if event := r.collector.Events()[0]; !strings.Contains(string(event.Raw), testPlatform) || event.Failure != "" {
		t.Errorf("arrived: %s %s", event.Raw, event.Failure)
	}
	r.until("nothing is held", func(got ran) bool { return strings.Contains(got.err, "no events are held") }, "held")
}

func TestSetAndShow(t *testing.T) {
	r := newRig(t)
	iri := "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/" + testSite + "/users/" + testUser
	var record mapping.Record
	r.run("map", "set", "--platform-id", testPlatform, "--user-uuid", iri, "--external-id", "x 7", "--note", "a note", "--json").is(exitDone).into(&record)
	if record.PlatformID.String() != testPlatform || record.ExternalID != "x 7" || record.ChangedBy == "" || record.Revision == 0 {
		t.Errorf("record is %+v", record)
	}
	for _, person := range []string{testPlatform, testUser, "x 7", iri} {
		r.run("map", "show", person).is(exitDone).prints(testPlatform, testUser, "x 7", "a note")
	}
	var records []mapping.Record
	r.run("map", "show", "x 7", "--json").is(exitDone).into(&records)
	if len(records) != 1 || records[0] != record {
		t.Errorf("records are %+v, want %+v", records, record)
	}
	r.run("map", "show", "nobody").is(exitFailed).says("no record has that platform id, alias or number")
	r.run("map", "show", "x 7", "--source", "nope").is(exitFailed).says("no source nope")
	r.run("map", "set", "--platform-id", "hush", "--user-uuid", "hush").is(exitFailed).
		says("  platform_id is not a UUID\n", "  user_uuid is not a UUID\n")

	other := strings.Replace(testUser, "f", "e", 1)
	got := r.run("map", "set", "--platform-id", testPlatform, "--user-uuid", other, "--external-id", "x 7").is(exitFailed)
	got.says("conflict", `external_id "x 7"`, "belongs to record 1")
}

func TestRemove(t *testing.T) {
	r := newRig(t)
	set := func(alias, value string) {
		t.Helper()
		r.run("map", "set", "--platform-id", testPlatform, alias, value).is(exitDone)
	}
	set("--user-id", "_1_1")
	set("--user-id", "_2_1")
	set("--user-id", "_3_1")

	r.run("map", "remove", "_1_1").is(exitUsage)
	r.run("map", "remove", testPlatform, "--yes").is(exitFailed).says("3 records match", "  record 1 of source myschool", "  record 3 ")
	r.run("map", "remove", "nobody", "--yes").is(exitFailed)
	r.run("map", "remove", "_1_1", "--yes").is(exitDone).says("removed record 1 of source myschool")
	var removed []mapping.Record
	r.run("map", "remove", "_2_1", "--yes", "--json").is(exitDone).into(&removed)
	if len(removed) != 1 || removed[0].UserID != "_2_1" {
		t.Errorf("removed %+v", removed)
	}

	r.terminal = true
	for _, answer := range []string{"n\n", "\n", "", "yep\n"} {
		r.in = answer
		r.run("map", "remove", "_3_1").is(exitFailed).says("Remove record 3 of source myschool (platform id "+testPlatform+")? [y/N]", "nothing was changed")
	}
	r.run("map", "show", "_3_1").is(exitDone)
	r.in = "y\n"
	r.run("map", "remove", "_3_1").is(exitDone).says("removed record 3")
	r.run("map", "show", "_3_1").is(exitFailed)
	r.run("map", "remove", "_3_1").is(exitFailed)
}
