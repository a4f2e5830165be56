package adapter_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

const (
	testClient = "the-client"
	testSecret = "the-secret-of-the-client"
)

// tokenRig is a rig whose collector wants tokens of its own token endpoint, with a second destination that wants none.
type tokenRig struct {
	*rig
	tokens *tokenGauge
	other  *collector.Collector
	secret string // that the adapter is configured with
	ledger *ledger
	people []user
}

// tokenGauge looks at the requests to a token endpoint.
type tokenGauge struct {
	next             http.Handler
	all, flying, jam atomic.Int64 // requests; under way now; times that one came while another was under way
}

// ServeHTTP hands the request on.
func (g *tokenGauge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == collector.TokenPath {
		g.all.Add(1)
		if g.flying.Add(1) > 1 {
			g.jam.Add(1)
		}
		defer g.flying.Add(-1)
	}
	g.next.ServeHTTP(w, r)
}

func newTokenRig(t *testing.T, o collector.OAuth2, secret string, backoff timeback.Backoff) *tokenRig {
	t.Helper()
	o.ClientID, o.ClientSecret = testClient, testSecret
	c, err := collector.New(collector.Options{Keep: -1, KeepBodies: true, OAuth2: &o})
	if err != nil {
		t.Fatal(err)
	}
	r := &tokenRig{tokens: &tokenGauge{next: c}, secret: secret, ledger: newLedger(), people: newUsers(20)}
	server := httptest.NewServer(r.tokens)
	t.Cleanup(server.Close)
	r.rig = &rig{t: t, collector: c, url: server.URL + "/caliper", dir: t.TempDir(), store: embedded, sources: oneSource, log: quiet(), backoff: backoff}
	var otherURL string
	r.other, otherURL = newCollector(t, collector.Options{Keep: -1})
	r.configure(server.URL+collector.TokenPath, otherURL)
	r.start()
	r.importCSV(mappingCSV(r.people))
	return r
}

func (r *tokenRig) configure(tokenURL, otherURL string) {
	r.extra = fmt.Sprintf("    batch: { max_events: 5, max_wait: 20ms }\n"+
		"    auth: { type: oauth2, token_url: %q, client_id: %s, client_secret: %s }\n"+
		"  - { name: other, url: %q, app_id: %s, batch: { max_wait: 20ms } }", tokenURL, testClient, r.secret, otherURL, testApp)
}

// post posts some envelopes of many people: enough for several to be in flight.
func (r *tokenRig) post(envelopes int) {
	r.t.Helper()
	for range envelopes {
		r.mustPost(envelope(r.ledger.shuffled(r.people, 2)...))
	}
}

// arrived demands that everything arrives, in order, and was not sent again.
func (r *tokenRig) arrived() {
	r.t.Helper()
	r.settled(want{Delivered: uint64(r.ledger.len())})
	r.ledger.check(r.t, r.collector.Events(), nil)
}

// checkTokens demands that there were never two requests for a token at a time, and no more than so many.
func (r *tokenRig) checkTokens(most int) {
	r.t.Helper()
	if n := int(r.tokens.all.Load()); n > most || r.tokens.jam.Load() > 0 {
		r.t.Errorf("%d requests for a token, want %d at most; %d came while another was under way", n, most, r.tokens.jam.Load())
	}
}

// TestWrongSecretIsNamed configures a wrong secret: the destination is paused, everything that shows its state names the
// setting and never the secret, and the other one is not concerned. It goes on when the secret is put right and the
// configuration is loaded again, whatever it would have waited.
func TestWrongSecretIsNamed(t *testing.T) {
	const wrong, right = "a-secret-of-another", testSecret
	r := newTokenRig(t, collector.OAuth2{}, wrong, timeback.Backoff{Min: time.Hour, Max: time.Hour})
	r.post(3)
	eventually(t, "it is paused", func() bool { return r.destination("lrs").State == pipeline.Paused })
	if err := r.other.WaitFor(t.Context(), r.ledger.len()); err != nil {
		t.Fatal(err)
	}
	r.checkTokens(1)
	r.checkNamed("auth.client_secret", wrong) // asks for one more

	r.extra = strings.Replace(r.extra, wrong, right, 1)
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	r.post(1)
	r.arrived()
	r.ledger.check(t, r.other.Events(), nil)
	if s := r.destination("lrs"); s.State != pipeline.Running || s.Setting != "" {
		t.Errorf("afterwards it is %s, and %s is to be changed", s.State, s.Setting)
	}
	r.checkTokens(3)
}

// checkNamed looks at every place that shows the state of a destination.
func (r *tokenRig) checkNamed(setting, secret string) {
	r.t.Helper()
	places := map[string]string{"status": r.destination("lrs").Setting, "metrics": string(r.read(admin.PathMetrics))}
	var ready admin.Readiness
	if r.api(http.MethodGet, admin.PathReady, "", &ready); !ready.Ready || ready.Destinations["lrs"] != pipeline.Paused {
		r.t.Errorf("ready says %+v", ready)
	}
	places["readyz"] = ready.Reasons["lrs"]
	for _, f := range adapter.Check(r.t.Context(), r.config()) {
		if f.What == "destination lrs" && !f.OK {
			places["check"] += f.Text
		}
	}
	for _, place := range []string{"status", "readyz", "check"} {
		if !strings.Contains(places[place], setting) {
			r.t.Errorf("%s does not name %s: %q", place, setting, places[place])
		}
	}
	if !strings.Contains(places["metrics"], `bbcaliper_destination_state{destination="lrs",state="paused"} 1`) {
		r.t.Error("the metrics do not say that it is paused")
	}
	for place, text := range places {
		if strings.Contains(text, secret) {
			r.t.Errorf("%s shows the secret", place)
		}
	}
}

// TestReloadAsksForATokenAtOnce mends the token endpoint, not the configuration: a reload makes the destination try,
// however long it and the endpoint were to be left alone.
func TestReloadAsksForATokenAtOnce(t *testing.T) {
	for _, script := range []string{"401*", "400/garbage*", "404*", "503:Retry-After=3600*"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			r := newTokenRig(t, collector.OAuth2{}, testSecret, timeback.Backoff{Min: time.Hour, Max: time.Hour})
			r.collector.SetTokenScript(parseScript(t, script))
			r.post(2)
			eventually(t, "it does not run", func() bool { return r.destination("lrs").State != pipeline.Running })
			r.collector.SetTokenScript(collector.Script{})
			if err := r.Reload(t.Context(), r.config()); err != nil {
				t.Fatal(err)
			}
			r.arrived()
			r.checkTokens(2)
		})
	}
}

// TestTokenEndpointInTrouble lets many envelopes wait for a token that is slow to come, or does not come at first: nobody
// else asks meanwhile, and nothing is lost.
func TestTokenEndpointInTrouble(t *testing.T) {
	for script, requests := range map[string]int{
		"slow:0.5s": 1, "drip:0.3s": 1, "201": 1, "slow:0.2s+503x2": 3, "500": 2, "garbage": 2, "200/html": 2, "200/job": 2, "200/empty": 2,
		"cut": 2, "endless": 2, "hangup": 2, "close": 2, "lost": 2, "429:Retry-After=1": 2, "400": 2, "401": 2, "403": 2, "404": 2, "301": 2,
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			r := newTokenRig(t, collector.OAuth2{}, testSecret, hasty())
			r.collector.SetTokenScript(parseScript(t, script))
			r.post(5)
			r.arrived()
			r.checkTokens(requests)
			if n := len(r.dead()); n > 0 {
				t.Errorf("%d events are dead", n)
			}
		})
	}
}

// TestTokensThatDieEarly lets tokens be refused long before they said that they expire: each is renewed once.
func TestTokensThatDieEarly(t *testing.T) {
	r := newTokenRig(t, collector.OAuth2{Dies: 100 * time.Millisecond}, testSecret, hasty())
	for range 10 {
		r.post(2)
		r.arrived()
	}
	refused := 0
	for _, request := range r.collector.Requests() {
		if request.Status == http.StatusUnauthorized {
			refused++
		}
	}
	r.checkTokens(1 + refused)
	if refused == 0 {
		t.Error("no token died")
	}
}

// TestRevokedTokensAreRenewed takes all tokens back while envelopes are in flight: one more is asked for, and the
// destination goes on.
func TestRevokedTokensAreRenewed(t *testing.T) {
	const rounds = 5
	r := newTokenRig(t, collector.OAuth2{}, testSecret, timeback.Backoff{Min: time.Hour, Max: time.Hour})
	for range rounds {
		r.post(4)
		r.collector.RevokeTokens()
		r.post(4)
		r.arrived()
	}
	r.checkTokens(1 + rounds)
}
