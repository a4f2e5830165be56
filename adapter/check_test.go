package adapter

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

const (
	checkSecret = "c4nary/secret+1"
	tbScope     = "https://purl.imsglobal.org/spec/caliper/v1p2/scope/events.write"
	beyondScope = "https://purl.imsglobal.org/spec/caliper/v1p1/scope/event.create"
)

func newSink(t *testing.T, options collector.Options) *collector.Collector {
	t.Helper()
	sink, err := collector.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return sink
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// demands is a collector that hands out tokens to a client that comes in one way only.
func demands(t *testing.T, style, scope string) *collector.Collector {
	t.Helper()
	return newSink(t, collector.Options{OAuth2: &collector.OAuth2{ClientID: "me", ClientSecret: checkSecret, Style: style, Scope: scope}})
}

func tokenAuth(url, secret string) string {
	return fmt.Sprintf("auth: { type: oauth2, token_url: %q, client_id: me, client_secret: %q }", url+collector.TokenPath, secret)
}

// checked looks at the destination with these keys, the second of its configuration, and returns a line a finding. No
// line may show a secret.
func checked(t *testing.T, dir, keys string) string {
	t.Helper()
	c := configured(t, dir, keys)
	check := destinationCheck{config: c.Destinations[1], path: "destinations[1].", privacy: c.Privacy, now: time.Now()}
	var lines strings.Builder
	for _, f := range check.run(t.Context()) {
		mark := map[bool]string{true: "✓", false: "✗"}[f.OK]
		fmt.Fprintf(&lines, "%s %s\n", mark, f.Text)
	}
	if strings.Contains(lines.String(), "c4nary") {
		t.Errorf("a secret is shown:\n%s", lines.String())
	}
	return lines.String()
}

// holds wants lines that hold texts, in this order.
func holds(t *testing.T, got string, texts ...string) {
	t.Helper()
	rest := got
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Errorf("lacks %q, or not in this order:\n%s", text, got)
			return
		}
		rest = after
	}
}

func TestCheckHasAFindingForEverything(t *testing.T) {
	url := serve(t, newSink(t, collector.Options{}))
	var what []string
	for _, f := range Check(t.Context(), configured(t, t.TempDir(), fmt.Sprintf("url: %q", url))) {
		if what = append(what, f.What); f.OK == (f.What == "destination first" && strings.HasPrefix(f.Text, "GET ")) {
			t.Errorf("%s: OK %t: %s", f.What, f.OK, f.Text)
		}
		if f.What == "destination first" && !f.OK && !strings.HasSuffix(f.Text, "check destinations[0].url (nothing listens there now)") {
			t.Errorf("%s: %s", f.What, f.Text)
		}
	}
	want := []string{"configuration", "engine", "certificate", "destination first", "destination first", "destination lrs", "destination lrs"}
	if !slices.Equal(what, want) {
		t.Errorf("findings about %v, want %v", what, want)
	}
}

// A preset's scopes and style are those of the token request: without them these collectors hand out nothing.
func TestCheckOfADestinationThatWorks(t *testing.T) {
	for preset, demand := range map[string][2]string{"timeback": {"basic", tbScope}, "beyondai": {"form", beyondScope}} {
		sink := demands(t, demand[0], demand[1])
		url := serve(t, sink)
		holds(t, checked(t, t.TempDir(), fmt.Sprintf("preset: %s, url: %q, rate: 2, %s", preset, url, tokenAuth(url, checkSecret))),
			"✓ the preset "+preset+" sets ", "batch: { max_events: 50, max_bytes: 512 KiB, max_wait: 1s }", "style: "+demand[0], "events: { person: iri",
			"✓ the configuration sets rate: 2/s (the preset: 10/s)\n",
			"✓ "+url+"/token hands out a token (style "+demand[0]+", scopes "+demand[1]+")\n", "✓ "+url+" answers\n")
		if sink.Accepted() != 0 {
			t.Errorf("%s: check has sent an event", preset)
		}
	}
}

// What is wrong is named by its place in the configuration.
func TestCheckNamesTheSetting(t *testing.T) {
	tokens := serve(t, demands(t, "basic", tbScope))
	plain := serve(t, newSink(t, collector.Options{Key: "another"}))
	status := func(status int) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	}
	for name, test := range map[string]struct{ keys, want string }{
		"secret": {"preset: timeback, url: " + tokens + ", " + tokenAuth(tokens, "c4nary-wrong"),
			"✗ token endpoint " + tokens + "/token answered 401 Unauthorized (invalid_client): check destinations[1].auth.client_id, destinations[1].auth.client_secret and destinations[1].auth.style\n"},
		"scope": {"preset: beyondai, url: " + tokens + ", auth: { style: basic, " + strings.TrimPrefix(tokenAuth(tokens, checkSecret), "auth: { "),
			"✗ token endpoint " + tokens + "/token answered 400 Bad Request (invalid_scope): check destinations[1].auth.scopes\n"},
		"token_url":   {"url: " + tokens + ", " + tokenAuth(status(404), checkSecret), "check destinations[1].auth.token_url\n"},
		"bearer":      {"url: " + plain + ", auth: { type: bearer, token: c4nary }", "check destinations[1].auth.token ("},
		"query":       {"url: " + plain + ", auth: { type: query, name: key, value: c4nary }", "check destinations[1].auth.name and destinations[1].auth.value ("},
		"no auth":     {"url: " + plain, "check destinations[1].auth ("},
		"redirect":    {"url: " + status(308), "check destinations[1].url (redirects are not followed"},
		"nobody":      {`url: "http://127.0.0.1:1/"`, "check destinations[1].url (nothing listens there now)"},
		"no GET":      {"url: " + status(405), "is reached (it has no configuration to give: 405"},
		"broken":      {"url: " + status(500), "✗ collector http"},
		"https, http": {"url: " + strings.Replace(plain, "http:", "https:", 1), "check destinations[1].url (the port does not speak TLS"},
	} {
		t.Run(name, func(t *testing.T) { holds(t, checked(t, t.TempDir(), test.keys), test.want) })
	}
}

func TestCheckOfTLS(t *testing.T) {
	a := newAuthority(t)
	sink := demands(t, "basic", tbScope)
	url := a.serve(sink, tls.RequireAndVerifyClientCert)
	keys := fmt.Sprintf("preset: timeback, url: %q, %s", url, tokenAuth(url, checkSecret))
	holds(t, checked(t, a.dir, keys), "✗ fetch a token from "+url+"/token: ", "check destinations[1].tls.ca_file (")

	keys += ", tls: { ca_file: ca.pem"
	holds(t, checked(t, a.dir, keys+" }"), "✓ tls.ca_file has 1 authority, the latest until ",
		"✗ fetch a token from "+url+"/token: ", "check destinations[1].tls.cert_file and destinations[1].tls.key_file (")

	keys += ", cert_file: client.pem, key_file: key.pem }"
	a.client("the adapter", 90*24*time.Hour)
	got := checked(t, a.dir, keys)
	holds(t, got, "✓ client certificate of CN=the adapter, until ", "hands out a token", "✓ "+url+" answers\n")
	if strings.Contains(got, "renew") {
		t.Errorf("renewal is due in 90 days:\n%s", got)
	}
	a.client("the adapter", 5*24*time.Hour)
	holds(t, checked(t, a.dir, keys), "✓ client certificate of CN=the adapter, until ", ": renew it soon\n")
	a.client("the adapter", -time.Hour)
	holds(t, checked(t, a.dir, keys), "✗ client certificate of CN=the adapter, expired on ", "✗ ", "tls.cert_file")
}

// The sample goes to validate_url only, and the try-out collector finds nothing wrong with it in any preset.
func TestCheckOfASample(t *testing.T) {
	sink := newSink(t, collector.Options{Strict: true})
	url := serve(t, sink)
	for _, preset := range timeback.PresetNames() {
		keys := fmt.Sprintf("preset: %s, url: %q", preset, url)
		got := checked(t, t.TempDir(), keys)
		if strings.Contains(got, "✓ a sample event is not tried: that needs validate_url (the vendor's: https://caliper.alpha-1edtech.ai/") != (preset == "beyondai") {
			t.Errorf("%s:\n%s", preset, got)
		}
		holds(t, checked(t, t.TempDir(), keys+fmt.Sprintf(", validate_url: %q", url+"/validate")),
			"✓ "+url+" answers\n", "✓ "+url+"/validate accepts a sample event\n")
	}
	posts := 0
	for _, r := range sink.Requests() {
		if r.Method == http.MethodPost {
			posts++
		}
		if r.Method == http.MethodPost && r.Path != "/validate" {
			t.Errorf("POST %s", r.Path)
		}
	}
	if posts != 3 || sink.Accepted() != 0 {
		t.Errorf("%d POSTs, %d events kept; want 3, 0", posts, sink.Accepted())
	}
}

// What a validating endpoint may say.
func TestCheckRepeatsWhatAValidatorSays(t *testing.T) {
	long := strings.Repeat("é", 1000)
	for body, test := range map[string]struct {
		status int
		want   string
	}{
		`{"errors":[{"path":["data",0,"id"],"message":"no id"}]}`: {200, "✗ %s refuses a sample event (200): no id\n"},
		`{"message":"wrong profile"}`:                             {422, "✗ %s refuses a sample event (422): wrong profile\n"},
		"plain words":                                             {400, "✗ %s refuses a sample event (400): plain words\n"},
		"":                                                        {400, "✗ %s refuses a sample event (400): without a word\n"},
		long:                                                      {400, "✗ %s refuses a sample event (400): " + strings.Repeat("é", 150) + "…\n"},
		"gone":                                                    {404, "✗ collector %s answered 404 Not Found: check destinations[1].validate_url ("},
		"later":                                                   {500, "✗ collector %s answered 500 Internal Server Error\n"},
		`{"status":"ok"}`:                                         {200, "✓ %s accepts a sample event\n"},
	} {
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(body))
			}
		}))
		holds(t, checked(t, t.TempDir(), fmt.Sprintf("url: %q, validate_url: %q", url, url+"/validate")), fmt.Sprintf(test.want, url+"/validate"))
	}
}
