package adapter_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// status is what the admin API says.
func (r *rig) status() (s admin.Status) {
	r.t.Helper()
	if code := r.api(http.MethodGet, admin.PathStatus, "", &s); code != http.StatusOK {
		r.t.Fatalf("status answered %d", code)
	}
	return s
}

// A resolver that is down is told of with the reason and the time of the next attempt, and keeps nothing from being
// ready.
func TestStatusOfResolvers(t *testing.T) {
	service := newRoster(t)
	service.down = true
	const rule = "    - { name: made, type: static, rule: uuid }\n"
	r := newRig(t, collector.Options{}, service.config("      breaker: { failures: 1, pause: 1h, max_pause: 1h }\n"+rule))
	l, u := newLedger(), newUser()
	r.mustPost(envelope(l.events(u, 1)...))
	r.settled(want{Held: 1})
	var roster, made admin.ResolverStatus
	eventually(t, "the roster is failing", func() bool {
		all := r.status().Resolvers
		roster, made = all[0], all[1]
		return roster.State == admin.ResolverFailing && made.Questions["held_back"] > 0 // the rule comes after the roster
	})
	const why = "/rostering/1.0/users answered 503 Service Unavailable"
	if roster.Name != "roster" || roster.Type != "oneroster" || roster.URL != service.url+"/rostering/1.0/users" ||
		!strings.HasSuffix(roster.Reason, why) || roster.LastError != roster.Reason || roster.LastErrorAt.IsZero() ||
		roster.Since.IsZero() || roster.RetryAt.Sub(roster.Since).Hours() != 1 || roster.Questions["error"] != 1 || roster.Findings["stored"] != 0 {
		t.Errorf("roster %+v", roster)
	}
	if made.Type != "static" || made.State != admin.ResolverWorking || made.URL != "" || made.Questions["held_back"] != 1 {
		t.Errorf("rule %+v", made)
	}
	var ready admin.Readiness
	if code := r.api(http.MethodGet, "/readyz", "", &ready); code != http.StatusOK || !ready.Ready {
		t.Errorf("/readyz answers %d, %+v", code, ready)
	}
	service.enroll(u)
	service.set(func() { service.down = false })
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	r.settled(want{Delivered: 1})
	r.awaitMetric(`bbcaliper_resolver_findings_total{outcome="stored",resolver="roster"}`, "1")
	if got := r.status().Resolvers[0]; got.State != admin.ResolverWorking || got.Reason != "" || !got.Since.IsZero() || !got.RetryAt.IsZero() ||
		got.Questions["found"] != 1 || got.Findings["stored"] != 1 || !strings.HasSuffix(got.LastError, why) {
		t.Errorf("roster %+v", got)
	}
	r.extra = ""
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	if got := r.status().Resolvers; len(got) != 0 {
		t.Errorf("without resolvers: %+v", got)
	}
}
