package adapter

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// Each resolver has one finding: that it answers, or what to mend and where.
func TestCheckOfResolvers(t *testing.T) {
	answers := func(status int, body string) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
	}
	for name, test := range map[string]struct {
		keys string
		ok   bool
		text string
	}{
		"empty roster":    {"type: oneroster, url: " + answers(200, `{"users":[]}`), true, "/users answers that it does not know"},
		"closed roster":   {"type: oneroster, url: " + answers(401, ""), false, "answered 401 Unauthorized; look at mapping.resolvers[0].auth"},
		"nobody's roster": {`type: oneroster, url: "http://127.0.0.1:1/"`, false, "connection refused; look at mapping.resolvers[0].url"},
		"directory":       {"type: http, url: '" + answers(404, "") + "/{external_id}'", true, "/{external_id} answers"},
		"same for all":    {"type: http, url: '" + answers(200, "7a3c5b1e-0000-4000-8000-000000000001") + "/{external_id}'", false, "somebody who does not exist"},
		"rule":            {"type: static, rule: uuid", true, "the rule uuid asks nobody"},
		"no filter":       {"type: oneroster, url: 'https://x/', filter: everybody", false, "mapping.resolvers[0].filter: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := configuredWith(t, "name: one, "+test.keys)
			findings := Check(t.Context(), c)
			f := findings[len(findings)-1]
			if f.What != "resolver one" || f.OK != test.ok || !strings.Contains(f.Text, test.text) {
				t.Errorf("%+v, want OK %t: …%s…", f, test.ok, test.text)
			}
			if text := findings[0].Text; !strings.HasSuffix(text, ", 1 resolver") {
				t.Errorf("summary %s", text)
			}
		})
	}
}

// What is wrong is named by its place in the configuration: a secret, an authority, a certificate, an address. No line
// shows a secret.
func TestCheckOfResolversNamesTheSetting(t *testing.T) {
	own, other := newAuthority(t), newAuthority(t)
	empty := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"users":[]}`) })
	plain, wanted := own.serve(empty, tls.NoClientCert), own.serve(empty, tls.RequireAndVerifyClientCert)
	own.client("somebody", time.Hour)
	refuses := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s"}`, r.Header.Get("Authorization"))
	}))
	hangs := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	trust := func(a *authority) string { return "tls: { ca_file: '" + filepath.Join(a.dir, "ca.pem") + "' }" }
	client := fmt.Sprintf("tls: { ca_file: '%[1]s/ca.pem', cert_file: '%[1]s/client.pem', key_file: '%[1]s/key.pem' }", own.dir)
	const at = "mapping.resolvers[0]."
	noHost := strings.Repeat("x", 64) + ".invalid" // the label is too long: no name server is asked
	for name, test := range map[string]struct {
		keys string
		ok   bool
		text string
	}{
		"own authority":         {"type: oneroster, url: " + plain + ", " + trust(own), true, "/users answers that it does not know"},
		"the system's":          {"type: oneroster, url: " + plain, false, "the authority of its certificate is not known; look at " + at + "tls.ca_file"},
		"another authority":     {"type: oneroster, url: " + plain + ", " + trust(other), false, "look at " + at + "tls.ca_file"},
		"client certificate":    {"type: oneroster, url: " + wanted + ", " + client, true, "/users answers"},
		"no client certificate": {"type: oneroster, url: " + wanted + ", " + trust(own), false, "look at " + at + "tls.cert_file, " + at + "tls.key_file"},
		"another host": {
			"type: oneroster, url: '" + strings.Replace(plain, "127.0.0.1", "localhost", 1) + "', " + trust(own), false,
			"its certificate is for another host; look at " + at + "url",
		},
		"Learn's secret": {
			"type: blackboard, url: " + refuses + ", key: me, secret: " + checkSecret, false,
			"/learn/api/public/v1/oauth2/token answered 401 Unauthorized (invalid_client); look at " + at + "key, " + at + "secret",
		},
		"client secret": {
			"type: http, url: '" + refuses + "/{email}?k=" + checkSecret + "', " + tokenAuth(refuses, checkSecret), false,
			"/token answered 401 Unauthorized (invalid_client); look at " + at + "auth.client_id, " + at + "auth.client_secret",
		},
		"fixed token":    {"type: oneroster, url: " + refuses + ", auth: { type: bearer, token: " + checkSecret + " }", false, "/users answered 401 Unauthorized; look at " + at + "auth"},
		"nobody listens": {"type: oneroster, url: 'http://127.0.0.1:1/'", false, "GET http://127.0.0.1:1/users: connection refused; look at " + at + "url"},
		"no such host":   {"type: blackboard, url: 'https://" + noHost + "', key: me, secret: x", false, "its host name cannot be resolved; look at " + at + "url"},
		"no answer":      {"type: http, timeout: 100ms, url: '" + hangs + "/{email}'", false, "no answer in time (mapping.resolvers[0])"},
	} {
		t.Run(name, func(t *testing.T) {
			c := configuredWith(t, "name: one, "+test.keys)
			f := checkResolver(t.Context(), &c.Mapping.Resolvers[0], "mapping.resolvers[0]")
			if f.OK != test.ok || !strings.Contains(f.Text, test.text) || strings.Contains(f.Text, "c4nary") {
				t.Errorf("%+v, want OK %t: …%s…", f, test.ok, test.text)
			}
		})
	}
}

// configuredWith is a configuration with one resolver.
func configuredWith(t *testing.T, keys string) *config.Config {
	t.Helper()
	text := `
sources: [{ name: myschool, keys: [k] }]
destinations: [{ name: lrs, url: "http://127.0.0.1:1/", app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11 }]
mapping: { resolvers: [{ ` + keys + ` }] }
`
	c, err := config.Parse([]byte(text), t.TempDir(), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return c
}
