package adapter_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// patience is how long a test waits for what has to happen, however slow the machine is.
const patience = 5 * time.Minute

const (
	testKey   = "the-key-of-myschool"
	testToken = "the-token-of-the-admin"
	testApp   = "1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11"
	testSite  = "3b8d7c10-52a6-4b0b-9d2f-6a2f4c7e9b01"
)

// rig is a running adapter with a collector, both on the loopback.
type rig struct {
	*adapter.Adapter
	t         testing.TB
	collector *collector.Collector
	url       string // of the collector
	dir       string
	store     string // configuration of the engine
	sources   string // configuration of the sources
	extra     string // configuration beside the default
	log       logrus.FieldLogger
	backoff   timeback.Backoff
	clock     clockwork.Clock // nil: the real one
	slowest   time.Duration   // of the stops so far
}

// newCollector starts a collector and returns its URL.
func newCollector(t testing.TB, options collector.Options) (*collector.Collector, string) {
	t.Helper()
	c, err := collector.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL + "/caliper"
}

// newRig starts a collector and an adapter that sends to it. extra is more YAML for the destination.
func newRig(t testing.TB, options collector.Options, extra string) *rig {
	t.Helper()
	options.Keep = -1
	c, url := newCollector(t, options)
	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource, extra: extra, log: quiet()}
	r.start()
	return r
}

// start starts the adapter on the rig's folder; it is stopped with the test, or by stop.
func (r *rig) start() {
	r.t.Helper()
	a, err := adapter.New(adapter.Options{Config: r.config(), Log: r.log, Version: "test", Backoff: r.backoff, Clock: r.clock})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := a.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.Adapter = a
	r.t.Cleanup(func() { r.stop(a) })
}

func (r *rig) stop(a *adapter.Adapter) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	if err := a.Stop(ctx); err != nil {
		r.t.Errorf("stop: %v", err)
	}
	r.slowest = max(r.slowest, time.Since(began))
}

// cutOff says whether an event may have been sent again because a stop did not wait for what was in flight: on a machine
// so busy that it had not ended, or been saved, within the pipeline's grace.
func (r *rig) cutOff(_, _ collector.Event) bool { return r.slowest > 5*time.Second }

func (r *rig) restart() {
	r.t.Helper()
	r.stop(r.Adapter)
	r.start()
}

func (r *rig) config() *config.Config {
	r.t.Helper()
	c, err := parseConfig(r.dir, r.store, r.sources, r.url, r.extra)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// embedded is the configuration of an engine in the adapter's folder.
const embedded = "data_dir: data"

// oneSource is the configuration of the source that tests post as.
const oneSource = "{ name: myschool, keys: [" + testKey + "] }"

// parseConfig is the configuration of an adapter in a folder that sends to a collector. extra is more YAML for the
// destination; if that begins with a batch, it replaces the default one.
func parseConfig(dir, store, sources, url, extra string) (*config.Config, error) {
	if !strings.HasPrefix(extra, "    batch:") {
		extra = "    batch: { max_wait: 20ms }\n" + extra
	}
	text := fmt.Sprintf(`
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0", tokens: [%q] }
%s
sources: [%s]
destinations:
  - name: lrs
    url: %s
    app_id: %s
%s`, testToken, store, sources, url, testApp, extra)
	return config.Parse([]byte(text), dir, os.LookupEnv)
}

func quiet() logrus.FieldLogger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	if os.Getenv("BBCALIPER_TEST_LOG") != "" {
		log.SetOutput(os.Stderr)
	}
	return log
}

// post sends a body as Learn does and returns the status.
func (r *rig) post(body []byte) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+r.Addr()+"/caliper", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", testKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// mustPost sends a body that has to be accepted.
func (r *rig) mustPost(body []byte) {
	r.t.Helper()
	if status := r.post(body); status != http.StatusOK {
		r.t.Fatalf("POST answered %d", status)
	}
}

// api calls the admin API and decodes the answer into out, if that is not nil.
func (r *rig) api(method, path, body string, out any) int {
	r.t.Helper()
	text, status := r.ask(method, path, body)
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			r.t.Fatalf("%s %s: %d %s: %v", method, path, status, text, err)
		}
	}
	return status
}

// read is what a path of the admin API answers.
func (r *rig) read(path string) []byte {
	r.t.Helper()
	text, status := r.ask(http.MethodGet, path, "")
	if status != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s", path, status, text)
	}
	return text
}

func (r *rig) ask(method, path, body string) (text []byte, status int) {
	r.t.Helper()
	req, err := http.NewRequest(method, "http://"+r.AdminAddr()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	resp, err := heldToContract(r.t).RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err = io.ReadAll(resp.Body); err != nil {
		r.t.Fatal(err)
	}
	return text, resp.StatusCode
}

// wait waits until the collector has n events, at most a while.
func (r *rig) wait(n int) []collector.Event {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	if err := r.collector.WaitFor(ctx, n); err != nil {
		r.t.Fatalf("%d of %d events arrived: %v", len(r.collector.Events()), n, err)
	}
	return r.collector.Events()
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still not: %s", what)
		}
	}
}

// user is somebody at the school.
type user struct{ uuid uuid.UUID }

func newUser() user { return user{uuid.New()} }

func (u user) hex() string { return strings.ReplaceAll(u.uuid.String(), "-", "") }

func (u user) iri() string {
	return "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/" + testSite + "/users/" + u.hex()
}

// login is one LoggedIn event of a user, with an id of its own.
func (u user) login(id uuid.UUID, at time.Time) string {
	const site = "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/" + testSite
	when := at.UTC().Format("2006-01-02T15:04:05.000Z")
	person := fmt.Sprintf(`{"id":%q,"type":"Person","extensions":{"bb:user.id":"_7_1","bb:user.externalId":"x-%s"}}`, u.iri(), u.hex())
	app := `{"id":"` + site + `/applications/learn","type":"SoftwareApplication"}`
	return fmt.Sprintf(`{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p1","type":"SessionEvent","id":%q,"actor":%s,`+
		`"action":"LoggedIn","object":%s,"eventTime":%q,"edApp":%s,"federatedSession":{"id":%q,"type":"LtiSession","user":%s}}`,
		id, person, app, when, app, site+"/sessions/"+strings.ToUpper(u.hex()), person)
}

// bulkEvents is how many events a bulk has.
const bulkEvents = 10

// bulk is an envelope of logins that takes 40 KiB in the journal, too: most of it is noise, which cannot be compressed.
func (u user) bulk() []byte {
	events := make([]string, bulkEvents)
	for i := range events {
		noise := make([]byte, 2<<10)
		_, _ = rand.Read(noise) // never fails
		events[i] = strings.Replace(u.login(uuid.New(), time.Now()), `"extensions":{`, fmt.Sprintf(`"extensions":{"bb:noise":"%x",`, noise), 1)
	}
	return envelope(events...)
}

// envelope is what Learn POSTs.
func envelope(events ...string) []byte {
	return []byte(fmt.Sprintf(`{"sensor":%q,"sendTime":"2026-01-02T03:04:05.678Z","dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p1","data":[%s]}`,
		testSite, strings.Join(events, ",")))
}

// set maps a user.
func (r *rig) set(u user, platform uuid.UUID) {
	r.t.Helper()
	_, err := r.People("myschool").Set(r.t.Context(), mapping.Record{PlatformID: platform, UserUUID: u.uuid}, mapping.Edit{By: "test"})
	if err != nil {
		r.t.Fatal(err)
	}
}

// want is how many events of the destination are to have ended how; Held and Dead are those of now.
type want struct{ Delivered, Held, Dead, Skipped, Duplicate, Discarded uint64 }

// settled waits until everything that was sent has ended as wanted, and checks that the counts add up.
func (r *rig) settled(w want) {
	r.t.Helper()
	var got want
	var sent uint64
	if !r.await(func() bool {
		var rest bool
		got, sent, rest = r.ended()
		return got == w && rest
	}) {
		r.t.Fatalf("ended as %+v of %d, want %+v", got, sent, w)
	}
}

// finished waits until nothing waits in the journal, checks that the counts add up and returns how everything ended.
func (r *rig) finished() want {
	r.t.Helper()
	var got want
	var sent uint64
	if !r.await(func() bool {
		var rest bool
		got, sent, rest = r.ended()
		return rest
	}) {
		r.t.Fatalf("still at work: %+v of %d", got, sent)
	}
	return got
}

// await asks every few milliseconds whether a condition holds, for as long as a test waits.
func (r *rig) await(holds func() bool) bool {
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// ended returns how the events ended, how many there were, and whether the destination is at rest. The counts have to
// add up at any moment; nothing may be posted meanwhile.
func (r *rig) ended() (got want, sent uint64, rest bool) {
	r.t.Helper()
	return r.endedAt("lrs")
}

// endedAt is ended for a destination that a test has added.
func (r *rig) endedAt(destination string) (got want, sent uint64, rest bool) {
	r.t.Helper()
	status, sent, waiting, err := r.Balance(r.t.Context(), destination)
	if err != nil {
		r.t.Log(err) // the engine may be away for a while
		return got, 0, false
	}
	got = want{Held: status.Held, Dead: status.Dead}
	for _, o := range status.Outcomes {
		got.Delivered += o.Delivered
		got.Skipped += o.Skipped
		got.Duplicate += o.Duplicate
		got.Discarded += o.Discarded
	}
	if sum := got.Delivered + got.Held + got.Dead + got.Skipped + got.Duplicate + got.Discarded + waiting; sum != sent {
		r.t.Fatalf("counts do not add up: %+v and %d waiting make %d of %d received", got, waiting, sum, sent)
	}
	return got, sent, status.Epoch > 0 && waiting == 0 && len(status.Sweeps) == 0
}

// refuseID makes a collector refuse one event.
func refuseID(id uuid.UUID) func([]byte) string {
	return func(event []byte) string {
		if bytes.Contains(event, []byte(id.String())) {
			return "not this one"
		}
		return ""
	}
}
