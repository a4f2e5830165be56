package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func TestStatusOfARunningAdapter(t *testing.T) {
	r := newRig(t)
	r.run("status").is(exitDone).prints("✓ ready: no envelope has come yet", "→ nothing has come from myschool yet: `bbcaliper source key --url")
	r.run("map", "set", "--platform-id", testPlatform, "--user-uuid", testUser).is(exitDone)
	if status := r.post("a wrong key", payload(t, "v1p1/login.json")); status != http.StatusUnauthorized {
		t.Fatalf("POST with a wrong key answered %d", status)
	}
	r.post(testKey, payload(t, "v1p1/login.json"))
	if err := r.collector.WaitFor(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	var s admin.Status
	delivered := func(got ran) bool {
		s = admin.Status{}
		got.into(&s)
		return s.Destinations[0].Outcomes.Delivered == 1 && s.Destinations[0].Waiting == admin.Waiting{}
	}
	r.until("the event is delivered", delivered, "status", "--json")
	source, destination := s.Sources[0], s.Destinations[0]
	if source.Name != "myschool" || source.Site != testSite || source.Envelopes != 1 || source.Events.Total != 1 ||
		source.Events.ByType["SessionEvent"] != 1 || source.LastEnvelope.IsZero() || s.Refused["unauthorized"] != 1 {
		t.Errorf("sources are %+v, refused %v", s.Sources, s.Refused)
	}
	if destination.State != "running" || destination.LastReply != "HTTP 200" || destination.LastSent.IsZero() || s.Version != "v1.2.3" || !s.Engine.OK {
		t.Errorf("status is %+v", s)
	}
	r.now = source.LastEnvelope.Add(12 * time.Second)
	r.run("status").is(exitDone).prints(
		"✓ working: the last envelope came 12s ago", testSite,
		"requests without a key of any source were refused (unauthorized 1): compare the API key in Learn")
}

func TestOverview(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	s := admin.Status{
		Engine: admin.EngineStatus{OK: true},
		Sources: []admin.SourceStatus{
			{Name: "north", Site: testSite, Envelopes: 7, Events: admin.EventCount{Total: 31}, LastEnvelope: now.Add(-12 * time.Second),
				Refused: map[string]uint64{"syntax": 2, "full": 1}},
			{Name: "south"},
		},
		Destinations: []admin.DestinationStatus{
			{Name: "lrs", State: "running", LastReply: "HTTP 200", LastSent: now.Add(-3 * time.Minute), Outcomes: admin.Outcomes{Delivered: 20, Skipped: 1, Duplicate: 2}},
			{Name: "timeback", State: "backing_off", Reason: "HTTP 503\x1b[2J", Since: now.Add(-26 * time.Hour), RetryAt: now.Add(45 * time.Second),
				Waiting: admin.Waiting{Journal: 5, Held: 4, Dead: 2, Flight: 4}, OldestSeconds: admin.Oldest{Journal: 7300},
				PeopleWaiting: 2, EventsUnmapped: 3},
		},
	}
	const want = `✗ receiving, but 1 of 2 destinations take no events

SOURCE  SITE                                  LAST ENVELOPE  ENVELOPES  EVENTS  REFUSED
north   a118bba8-5378-4533-899b-8862ac59db03  12s ago        7          31      full 1, syntax 2
south   -                                     never          0          0       -

DESTINATION  STATE        DELIVERED  WAITING  OLDEST  HELD  DEAD  SKIPPED  DUPLICATE  LAST SENT  LAST REPLY
lrs          running      20         0        -       0     0     1        2          3m ago     HTTP 200
timeback     backing_off  0          5        2h      4     2     0        0          never      -

→ timeback has been backing off for 26h: HTTP 503�[2J; the next attempt is in 45s
→ 2 people wait for a mapping at timeback, with 3 events: ` + "`bbcaliper map unmapped`" + `
→ 2 events are dead at timeback: ` + "`bbcaliper dead list --destination timeback`" + `
→ nothing has come from south yet: ` + "`bbcaliper source key --url https://HOST/caliper`" + ` says what to type into Learn
`
	if got := overview(&s, now); got != want {
		t.Errorf("overview is\n%s\nwant\n%s", got, want)
	}
	s.Destinations[1].PeopleWaiting, s.Destinations[1].EventsUnmapped = 0, 0 // all who wait are in the map by now
	if got := overview(&s, now); strings.Contains(got, "for a mapping") {
		t.Errorf("overview is\n%s", got)
	}
	s.Engine = admin.EngineStatus{Reason: "the disk is full"}
	if got := overview(&s, now); !strings.HasPrefix(got, "✗ nothing can be received: the disk is full\n") {
		t.Errorf("overview is\n%s", got)
	}
}

func TestAgo(t *testing.T) {
	now := time.Now()
	for d, want := range map[time.Duration]string{
		-time.Second: "0s ago", 0: "0s ago", 59999 * time.Millisecond: "59s ago", time.Minute: "1m ago", time.Hour - 1: "59m ago",
		time.Hour: "1h ago", 48*time.Hour - 1: "47h ago", 48 * time.Hour: "2d ago",
	} {
		if got := ago(now.Add(-d), now); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
	if got := ago(time.Time{}, now); got != "never" {
		t.Errorf("no time: %s", got)
	}
}
