package resolver_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/mapping"
	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// serve runs a server until the test ends, with its connections.
func serve(t testing.TB, h http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// must makes a resolver whose options are right.
func must(t testing.TB) func(Resolver, error) Resolver {
	return func(r Resolver, err error) Resolver {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func account(n int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("ffc08009-f088-4c05-8192-%012x", n)) }
func platform(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("7a3c5b1e-0000-4000-8000-%012x", n))
}

// person is somebody with every alias; the values must never be shown.
func person(n int) Person {
	return Person{Source: "school", Identity: mapping.Identity{
		UserUUID: account(n), UserID: fmt.Sprintf("_%d_1", n), ExternalID: fmt.Sprintf("net%04d", n),
		Email: fmt.Sprintf("student%04d@school.edu", n),
	}}
}

// enrolled is the same person in the roster.
func enrolled(n int) map[string]any {
	return map[string]any{
		"sourcedId": platform(n).String(), "status": "active", "identifier": fmt.Sprintf("net%04d", n),
		"email": fmt.Sprintf("student%04d@school.edu", n), "username": fmt.Sprintf("user%04d", n), "familyName": canary,
		"userIds": []map[string]string{{"type": "LDAP", "identifier": fmt.Sprintf("ldap%04d", n)}},
	}
}

// atLearn is the same person at the Learn site.
func atLearn(n int) map[string]any {
	id := person(n).Identity
	return map[string]any{
		"id": id.UserID, "uuid": fmt.Sprintf("%x", id.UserUUID[:]), "externalId": id.ExternalID,
		"userName": fmt.Sprintf("user%04d", n), "name": map[string]any{"family": canary},
		"contact": map[string]any{"email": id.Email},
	}
}

// found gathers what a chain finds.
type found struct {
	mu       sync.Mutex
	findings []Finding
	gate     chan struct{} // nil: open; else Found waits for a value
	entered  chan struct{} // gets a value when Found is called with a gate
}

func (f *found) take(ctx context.Context, findings []Finding) {
	if f.gate != nil {
		select {
		case f.entered <- struct{}{}:
		case <-ctx.Done():
		}
		select {
		case <-f.gate:
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.findings = append(f.findings, findings...)
}

func (f *found) all() []Finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Finding(nil), f.findings...)
}

// ids are the platform ids that were found, with how often.
func (f *found) ids() map[uuid.UUID]int {
	ids := map[uuid.UUID]int{}
	for _, finding := range f.all() {
		ids[finding.PlatformID]++
	}
	return ids
}

// rig is a chain with a clock that stands still.
type rig struct {
	*Chain
	t     testing.TB
	clock *clockwork.FakeClock
	found *found
}

func newRig(t testing.TB, entries ...Entry) *rig {
	t.Helper()
	return newRigWith(t, Options{}, entries...)
}

func newRigWith(t testing.TB, o Options, entries ...Entry) *rig {
	t.Helper()
	r := &rig{t: t, clock: clockwork.NewFakeClock(), found: &found{}}
	o.Found, o.Clock = r.found.take, r.clock
	var err error
	r.Chain, err = New(o, entries...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// resolve asks, and waits until the question has ended.
func (r *rig) resolve(people ...Person) {
	r.t.Helper()
	for _, p := range people {
		r.Ask(p)
	}
	r.idle()
}

// idle waits until no question is open.
func (r *rig) idle() {
	r.t.Helper()
	eventually(r.t, "no question is open", func() bool { return r.Load().Open == 0 })
}

// stat returns how the i-th resolver does.
func (r *rig) stat(i int) Stats { return r.Stats()[i] }

// eventually waits for a condition.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// entry is a resolver without a rate limit, in the rigs' name.
func entry(name string, r Resolver, change ...func(*Entry)) Entry {
	e := Entry{Name: name, Resolver: r, Rate: -1}
	for _, f := range change {
		f(&e)
	}
	return e
}
