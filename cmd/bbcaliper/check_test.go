package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// checkFile writes a configuration with one destination that fetches tokens.
func checkFile(t *testing.T, url, secret string) string {
	t.Helper()
	return write(t, "bbcaliper.yaml", fmt.Sprintf(`
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0" }
sources: [{ name: myschool, keys: [%q] }]
destinations:
  - name: lrs
    preset: timeback
    url: %s
    validate_url: %[2]s/validate
    app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11
    auth: { type: oauth2, token_url: %[2]s/token, client_id: me, client_secret: %q }
    rate: 2
`, testKey, url, secret))
}

func TestCheck(t *testing.T) {
	sink, err := collector.New(collector.Options{OAuth2: &collector.OAuth2{ClientID: "me", ClientSecret: "hush-hush"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sink)
	defer server.Close()
	s := newShell(t)
	good := s.run("check", "--config", checkFile(t, server.URL, "hush-hush")).is(exitDone).prints(
		"✓ configuration: 1 source, 1 destination\n✓ engine: ", "✓ certificate: none",
		"✓ destination lrs: the preset timeback sets batch: { max_events: 50, ",
		"✓ destination lrs: the configuration sets rate: 2/s (the preset: 10/s)\n",
		"✓ destination lrs: "+server.URL+"/token hands out a token",
		"✓ destination lrs: "+server.URL+" answers\n",
		"✓ destination lrs: "+server.URL+"/validate accepts a sample event\n")
	if n := strings.Count(good.out, "\n"); n != 8 || strings.Contains(good.out, "✗") {
		t.Errorf("%d lines:\n%s", n, good.out)
	}
	bad := s.run("check", "--config", checkFile(t, server.URL, "mistyped")).is(exitFailed).says("1 of these want")
	bad.prints("✗ destination lrs: token endpoint "+server.URL+"/token answered 401 Unauthorized", "destinations[0].auth.client_secret")
	if strings.Contains(bad.out+bad.err, "mistyped") {
		t.Errorf("the secret is shown:\n%s%s", bad.out, bad.err)
	}
	if sink.Accepted() != 0 {
		t.Errorf("check has left %d events with the collector", sink.Accepted())
	}
}

func TestCheckOfAConfigurationWithProblems(t *testing.T) {
	file := write(t, "bbcaliper.yaml", "sources: []\n")
	s := newShell(t)
	s.run("check", "--config", file).is(exitFailed).says("sources: is missing", "destinations: is missing")
	s.run("check", "--config", file+".not").is(exitFailed).says("no such file")
}

// What a collector says is anybody's text: the terminal obeys none of it.
func TestCheckPrintsNothingThatATerminalObeys(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"t0ken","token_type":"Bearer"}`)
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "no\x1b[2J\nthanks")
		}
	}))
	defer server.Close()
	got := newShell(t).run("check", "--config", checkFile(t, server.URL, "hush")).is(exitFailed)
	got.prints("refuses a sample event (400): no\uFFFD[2J\uFFFDthanks\n")
}
