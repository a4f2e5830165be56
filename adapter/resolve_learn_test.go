package adapter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// learnSite is Learn's REST API: it knows of each user uuid the external id that the stream does not say here.
type learnSite struct{ known map[string]string }

func (l *learnSite) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	hex, found := strings.CutPrefix(req.URL.Path, "/learn/api/public/v1/users/uuid:")
	externalID, isUser := l.known[hex]
	switch {
	case req.URL.Path == "/learn/api/public/v1/oauth2/token":
		fmt.Fprint(w, `{"access_token":"let-me-in","token_type":"bearer","expires_in":3600}`)
	case !found || req.Header.Get("Authorization") != "Bearer let-me-in":
		w.WriteHeader(http.StatusUnauthorized)
	case !isUser:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"status":404,"message":"no user"}`)
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"id": "_9_1", "uuid": hex, "externalId": externalID, "userName": "u"})
	}
}

func (l *learnSite) config(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	return fmt.Sprintf("    - { name: learn, type: blackboard, url: %q, key: me, secret: hidden, rate: 0 }\n", server.URL)
}

// bare makes events that say nothing of a person but the IRI.
func bare(u user, events []string) []string {
	for i := range events {
		events[i] = strings.ReplaceAll(events[i], `"bb:user.id":"_7_1","bb:user.externalId":"x-`+u.hex()+`"`, "")
	}
	return events
}

// The stream says user uuids, the map has external ids, Learn knows both: no roster is needed, and the record learns
// what the stream says.
func TestLearnLeadsToTheMap(t *testing.T) {
	mapped, other := newUser(), newUser()
	site := &learnSite{map[string]string{mapped.hex(): "student1", other.hex(): "student2"}}
	r := newRig(t, collector.Options{}, "mapping:\n  resolvers:\n"+site.config(t))
	people, platform := r.People("myschool"), uuid.New()
	made, err := people.Set(t.Context(), mapping.Record{PlatformID: platform, ExternalID: "student1", Note: "imported"}, mapping.Edit{By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger()
	r.mustPost(envelope(append(bare(mapped, l.events(mapped, 3)), bare(other, l.events(other, 2))...)...))
	r.settled(want{Delivered: 3, Held: 2})
	match, _ := people.Lookup(mapping.Identity{UserUUID: mapped.uuid}, nil)
	got, _ := people.Index().Get(match.Number)
	if got.Number != made.Number || got.PlatformID != platform || got.UserUUID != mapped.uuid || got.ExternalID != "student1" ||
		got.Note != "imported" || got.ChangedBy != "resolver learn" || people.Index().Len() != 1 {
		t.Errorf("the record is %+v, of %d", got, people.Index().Len())
	}
	r.mustPost(envelope(bare(mapped, l.events(mapped, 1))...)) // nobody has to be asked any more
	r.settled(want{Delivered: 4, Held: 2})
	r.awaitMetric(`bbcaliper_resolver_findings_total{outcome="stored",resolver="learn"}`, "1")
	// What is imported later is found by what Learn said before.
	if _, err := people.Set(t.Context(), mapping.Record{PlatformID: uuid.New(), ExternalID: "student2"}, mapping.Edit{By: "test"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	r.settled(want{Delivered: 6})
	l.check(t, r.collector.Events(), nil)
}

// What Learn tells of a person is what the next resolver is asked by.
func TestLearnLeadsToTheRoster(t *testing.T) {
	service, enrolled, stranger := newRoster(t), newUser(), newUser()
	service.enroll(enrolled)
	site := &learnSite{map[string]string{enrolled.hex(): "x-" + enrolled.hex(), stranger.hex(): "nobody"}}
	chain := strings.Replace(service.config(""), "  resolvers:\n", "  resolvers:\n"+site.config(t), 1)
	r := newRig(t, collector.Options{}, chain)
	l := newLedger()
	r.mustPost(envelope(append(bare(enrolled, l.events(enrolled, 3)), bare(stranger, l.events(stranger, 2))...)...))
	r.settled(want{Delivered: 3, Held: 2})
	records := r.People("myschool").Index().Find(enrolled.hex())
	if len(records) != 1 || records[0].PlatformID != service.ids["x-"+enrolled.hex()] || records[0].ExternalID != "" ||
		!strings.HasPrefix(records[0].Note, "oneroster roster, by external_id (via learn), at http://") {
		t.Errorf("recorded %+v", records)
	}
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="found",resolver="learn"}`, "2")
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="unknown",resolver="roster"}`, "1")
}

// Those for whom there was no room are asked about later, a queue at a time, until everybody has been.
func TestWhoFoundTheQueueFullIsAskedAboutLater(t *testing.T) {
	service := newRoster(t)
	service.stall = make(chan struct{})
	r, clock := newClockRig(t, service.config("      queue: 5\n      concurrency: 1\n"))
	l, users := newLedger(), newUsers(40)
	service.enroll(users...)
	for i, u := range users {
		r.mustPost(envelope(named(l.events(u, 2), i)...))
	}
	r.settled(want{Held: 80})
	r.awaitMetric(`bbcaliper_resolver_waiting{resolver="roster"}`, "5")
	if r.metric(`bbcaliper_resolver_questions_total{outcome="skipped_limited",resolver="roster"}`) == "0" {
		t.Error("the queue was never full")
	}
	service.set(func() {
		close(service.stall)
		service.stall = nil
	})
	if !r.await(func() bool {
		if r.Asking() == 0 { // a question has its time, however slow this machine is
			clock.Advance(30 * time.Second) // a reminder comes every five minutes
		}
		got, _, rest := r.ended()
		return got == want{Delivered: 80} && rest
	}) {
		t.Fatalf("ended as %+v", r.finished())
	}
	l.check(t, r.collector.Events(), nil)
}
