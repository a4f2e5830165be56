package adapter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// roster is a OneRoster service whose users are found by identifier, with OAuth2 in front.
type roster struct {
	url string

	mu    sync.Mutex
	ids   map[string]uuid.UUID // platform id by identifier
	asked int
	down  bool
	stall chan struct{} // not nil: nobody gets an answer before it is closed
}

func newRoster(t *testing.T) *roster {
	t.Helper()
	r := &roster{ids: map[string]uuid.UUID{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

var identifier = regexp.MustCompile(`^identifier='([^']*)'$`)

func (r *roster) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if req.URL.Path == "/token" {
		fmt.Fprint(w, `{"access_token":"let-me-in","token_type":"Bearer","expires_in":3600}`)
		return
	}
	r.mu.Lock()
	r.asked++
	m := identifier.FindStringSubmatch(req.URL.Query().Get("filter"))
	down, stall := r.down, r.stall
	users := []map[string]any{}
	if m != nil {
		if id, known := r.ids[m[1]]; known {
			users = append(users, map[string]any{
				"sourcedId": id, "status": "active", "identifier": m[1], "givenName": canary, "email": canary + "@school.example",
			})
		}
	}
	r.mu.Unlock()
	if stall != nil {
		select {
		case <-stall:
		case <-req.Context().Done():
		}
	}
	switch {
	case down:
		http.Error(w, `{"imsx_description":"no roster of `+req.URL.RawQuery+`"}`, http.StatusServiceUnavailable)
	case req.URL.Path != "/rostering/1.0/users" || m == nil || req.Header.Get("Authorization") != "Bearer let-me-in":
		w.WriteHeader(http.StatusUnauthorized)
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"users": users})
	}
}

// set changes the roster.
func (r *roster) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *roster) questions() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// enroll makes the roster know users.
func (r *roster) enroll(users ...user) {
	r.set(func() {
		for _, u := range users {
			r.ids["x-"+u.hex()] = uuid.New()
		}
	})
}

// config is the roster as a resolver; more are other keys of it, and other resolvers after it.
func (r *roster) config(more string) string {
	return fmt.Sprintf(`mapping:
  resolvers:
    - name: roster
      type: oneroster
      url: %s/rostering/1.0
      filter: "identifier='{external_id}'"
      auth: { type: oauth2, token_url: "%s/token", client_id: me, client_secret: hidden }
      rate: 0
%s`, r.url, r.url, more)
}

// named gives the events of a user the user's own primary key of Learn.
func named(events []string, number int) []string {
	for i := range events {
		events[i] = strings.ReplaceAll(events[i], `"_7_1"`, fmt.Sprintf(`"_%d_1"`, number))
	}
	return events
}

// newClockRig is newRig with a clock that stands still.
func newClockRig(t *testing.T, extra string) (*rig, *clockwork.FakeClock) {
	t.Helper()
	c, url := newCollector(t, collector.Options{Keep: -1})
	clock := clockwork.NewFakeClockAt(time.Now())
	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource, extra: extra, log: quiet(), clock: clock}
	r.start()
	return r, clock
}

// awaitMoving waits until everything has ended as wanted, while a batch's max_wait passes again and again; the whole
// takes far less than a reminder.
func (r *rig) awaitMoving(clock *clockwork.FakeClock, w want) {
	r.t.Helper()
	const least, most = 20 * time.Millisecond, time.Minute
	for passed := time.Duration(0); passed < most; passed += least {
		got, _, rest := r.ended()
		if got == w && rest {
			return
		}
		clock.Advance(least)
		<-time.After(least)
	}
	r.t.Fatalf("not yet %+v", w)
}

// metric is a sample of the exposition, "" if there is none.
func (r *rig) metric(series string) string {
	for line := range strings.Lines(string(r.read("/metrics"))) {
		if value, found := strings.CutPrefix(line, series+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// passedBy is how many questions did not wait for a resolver because its queue was full or its circuit open.
func (r *rig) passedBy(name string) uint64 {
	r.t.Helper()
	for _, s := range r.status().Resolvers {
		if s.Name == name {
			return s.Questions["skipped_open"] + s.Questions["skipped_limited"]
		}
	}
	r.t.Fatalf("there is no resolver %s", name)
	return 0
}

func (r *rig) awaitMetric(series, value string) {
	r.t.Helper()
	if !r.await(func() bool { return r.metric(series) == value }) {
		r.t.Fatalf("%s is %q, want %q", series, r.metric(series), value)
	}
}

func TestResolverReleasesHeldEvents(t *testing.T) {
	service := newRoster(t)
	r := newRig(t, collector.Options{}, service.config(""))
	l, users := newLedger(), newUsers(20)
	service.enroll(users[:15]...)
	for round := range 3 {
		for i, u := range users {
			r.mustPost(envelope(named(l.events(u, 4+round), i)...))
		}
	}
	const each = 4 + 5 + 6
	r.settled(want{Delivered: 15 * each, Held: 5 * each})
	dead := map[string]bool{}
	for id, p := range l.places {
		dead[id] = strings.Contains(hexOf(users[15:]), p.user.hex())
	}
	l.checkBut(t, r.collector.Events(), dead, nil)
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="found",resolver="roster"}`, "15")
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="unknown",resolver="roster"}`, "5")
	r.awaitMetric(`bbcaliper_resolver_state{resolver="roster",state="working"}`, "1")
	r.awaitMetric(`bbcaliper_resolver_waiting{resolver="roster"}`, "0")
	records := r.People("myschool").Index().Find("x-" + users[3].hex())
	if len(records) != 1 || records[0].ChangedBy != "resolver roster" || records[0].UserUUID != users[3].uuid ||
		records[0].PlatformID != service.ids["x-"+users[3].hex()] || !strings.HasPrefix(records[0].Note, "oneroster roster, by external_id, at http://") {
		t.Errorf("recorded %+v", records)
	}
}

func hexOf(users []user) string {
	var all []string
	for _, u := range users {
		all = append(all, u.hex())
	}
	return strings.Join(all, " ")
}

// Whoever waits is asked about again every few minutes, after a reload and after a restart: nothing else brings a person
// back whom a resolver did not know, or could not be asked about.
func TestWhoWaitsIsAskedAboutAgain(t *testing.T) {
	for name, again := range map[string]func(*rig, *clockwork.FakeClock){
		"in time":         func(_ *rig, clock *clockwork.FakeClock) { clock.Advance(15*time.Minute + pipeline.RemindEvery) },
		"after a reload":  func(r *rig, _ *clockwork.FakeClock) { _ = r.Reload(r.t.Context(), r.config()) },
		"after a restart": func(r *rig, _ *clockwork.FakeClock) { r.restart() },
	} {
		t.Run(name, func(t *testing.T) {
			service := newRoster(t)
			r, clock := newClockRig(t, service.config(""))
			l, u := newLedger(), newUser()
			r.mustPost(envelope(l.events(u, 3)...))
			r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="unknown",resolver="roster"}`, "1")
			r.settled(want{Held: 3})
			service.enroll(u)
			again(r, clock)
			r.awaitMoving(clock, want{Delivered: 3})
			l.check(t, r.collector.Events(), nil)
		})
	}
}

// A roster that never answers, and one that is down, cost people who are mapped nothing.
func TestDeadResolverDelaysNobodyWhoIsMapped(t *testing.T) {
	for name, fail := range map[string]func(*roster){
		"never answers": func(s *roster) { s.stall = make(chan struct{}) },
		"is down":       func(s *roster) { s.down = true },
	} {
		t.Run(name, func(t *testing.T) {
			service := newRoster(t)
			fail(service)
			r := newRig(t, collector.Options{}, service.config("      queue: 10\n"))
			l, mapped, waiting := newLedger(), newUser(), newUsers(200)
			r.set(mapped, uuid.New())
			for i, u := range waiting {
				r.mustPost(envelope(append(named(l.events(u, 1), i+100), named(l.events(mapped, 2), 1)...)...))
			}
			r.settled(want{Delivered: 400, Held: 200}) // while everybody who asks is still waiting
			if service.questions() == 0 {
				t.Error("nobody was asked about")
			}
			if passedBy := r.passedBy("roster"); passedBy == 0 {
				t.Error("nobody was passed by: the queue was not full, and the circuit not open")
			}
			service.enroll(waiting...)
			service.set(func() {
				if service.down = false; service.stall != nil {
					close(service.stall)
					service.stall = nil
				}
			})
			if !r.await(func() bool { // a reload asks again at once
				if err := r.Reload(t.Context(), r.config()); err != nil {
					t.Fatal(err)
				}
				return r.finished().Held == 0
			}) {
				t.Fatal("people stay held")
			}
			r.settled(want{Delivered: 600})
			l.check(t, r.collector.Events(), nil)
		})
	}
}

// The rule has an id for everybody, but answers only where the roster has said no.
func TestRuleIsTheLastResort(t *testing.T) {
	const namespace = "2f1c3a54-7d0e-4b8c-9d55-4e0a6b7c8d91"
	service := newRoster(t)
	service.down = true
	r := newRig(t, collector.Options{}, service.config("    - { name: made, type: static, rule: uuid_v5, namespace: "+namespace+" }\n"))
	l, enrolled, other := newLedger(), newUser(), newUser()
	service.enroll(enrolled)
	r.mustPost(envelope(append(named(l.events(enrolled, 2), 1), named(l.events(other, 2), 2)...)...))
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="held_back",resolver="made"}`, "2")
	r.settled(want{Held: 4})
	service.set(func() { service.down = false })
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	r.settled(want{Delivered: 4})
	for u, want := range map[user]uuid.UUID{
		enrolled: service.ids["x-"+enrolled.hex()],
		other:    uuid.NewSHA1(uuid.MustParse(namespace), []byte("x-"+other.hex())),
	} {
		if match, _ := r.People("myschool").Lookup(mapping.Identity{UserUUID: u.uuid}, nil); match.PlatformID != want {
			t.Errorf("%s is %s, want %s", u.hex(), match.PlatformID, want)
		}
	}
}

// A new list of resolvers takes effect with a reload; one that makes no sense changes nothing.
func TestResolversAreReloaded(t *testing.T) {
	service := newRoster(t)
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	service.enroll(u)
	r.mustPost(envelope(l.events(u, 2)...))
	r.settled(want{Held: 2})
	r.extra = strings.Replace(service.config(""), "{external_id}", "{name}", 1)
	if err := r.Reload(t.Context(), r.config()); err == nil || !strings.Contains(err.Error(), "mapping.resolvers[0].filter: ") {
		t.Errorf("%v", err)
	}
	r.extra = service.config("")
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	r.settled(want{Delivered: 2})
	r.extra = ""
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	if series := `bbcaliper_resolver_waiting{resolver="roster"}`; r.metric(series) != "" {
		t.Error("a resolver that is gone is still counted")
	}
}

// What a resolver is asked by, and what it answers, is in no log and no metric, whatever goes wrong.
func TestResolversTellNothingOfAnybody(t *testing.T) {
	service, logs := newRoster(t), &lockedBuffer{}
	c, url := newCollector(t, collector.Options{Keep: -1})
	log := logrus.New()
	log.SetOutput(logs)
	log.SetLevel(logrus.DebugLevel)
	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource, extra: service.config(""), log: log}
	r.start()
	l, users := newLedger(), newUsers(4)
	service.enroll(users[0], users[1])
	// Learn's primary key is the same: the second record is a conflict, which is logged.
	r.mustPost(envelope(append(l.events(users[0], 1), l.events(users[1], 1)...)...))
	r.mustPost(envelope(named(l.events(users[2], 1), 3)...))
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="unknown",resolver="roster"}`, "1")
	r.settled(want{Delivered: 1, Held: 2})
	service.set(func() { service.down = true })
	r.mustPost(envelope(named(l.events(users[3], 1), 4)...))
	r.awaitMetric(`bbcaliper_resolver_questions_total{outcome="error",resolver="roster"}`, "1")
	if !r.await(func() bool { return strings.Contains(string(logs.Bytes()), "belongs to another record") }) {
		t.Fatalf("the conflict is not logged:\n%s", logs.Bytes())
	}
	exposed := string(r.read("/metrics")) + string(r.read(admin.PathStatus)) + string(r.read("/readyz"))
	r.restart()
	exposed += string(r.read("/metrics")) + string(logs.Bytes())
	for _, u := range users {
		for _, value := range []string{u.hex(), u.uuid.String(), service.ids["x-"+u.hex()].String()} {
			if value != uuid.Nil.String() && strings.Contains(exposed, value) {
				t.Errorf("%s is shown:\n%s", value, exposed)
			}
		}
	}
	for _, secret := range []string{"hidden", "let-me-in", "_7_1", canary, "filter=", "identifier%3D"} {
		if strings.Contains(exposed, secret) {
			t.Errorf("%s is shown", secret)
		}
	}
}
