package resolver_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// expectFault checks what a resolver says of a failure, and that it shows
// nothing of anybody.
func expectFault(t testing.TB, err error, class Class, status int, settings ...string) {
	t.Helper()
	var fault *Fault
	if !errors.As(err, &fault) {
		t.Errorf("error %v (%T) is no fault", err, err)
		return
	}
	if fault.Class != class || fault.Status != status || !slices.Equal(fault.Settings, settings) {
		t.Errorf("%v: class %v, status %d, settings %q; want %v, %d, %q", fault, fault.Class, fault.Status, fault.Settings, class, status, settings)
	}
	expectDiscreet(t, fault.Error())
}

// expectDiscreet checks that a text shows no value of person 1, no secret, and
// nothing that a server wrote.
func expectDiscreet(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range []string{
			canary, "student0001", "net0001", "user0001", "_1_1", "ffc08009", "s3cret", "t0ken", "?", "filter=", "@",
		} {
			if strings.Contains(strings.ToLower(text), secret) {
				t.Errorf("%q shows %q", text, secret)
			}
		}
	}
}

// kindOf is one kind of resolver against its server, with what can go wrong
// there.
type kindOf struct {
	resolver Resolver
	faults   *faults
	tokens   *issuer
	settings []string // for a credential that is refused
}

func kinds(t *testing.T) map[string]kindOf {
	t.Helper()
	roster, learn, people := newRoster(enrolled(1)), newSite(atLearn(1)), newPeople()
	return map[string]kindOf{
		"oneroster":  {oneRosterOf(t, roster), &roster.faults, &roster.issuer, []string{"auth"}},
		"blackboard": {blackboardOf(t, learn), &learn.faults, &learn.issuer, []string{"key", "secret"}},
		"http":       {directoryOf(t, people, "/people/{external_id}?mail={email}", "/id"), &people.faults, nil, []string{"auth"}},
	}
}

// Whatever a service answers instead of an answer, it is a fault, says what to
// do, and shows nothing.
func TestFaults(t *testing.T) {
	page := `<!DOCTYPE html><title>Log in</title><p>` + canary
	for name, test := range map[string]struct {
		serve    http.HandlerFunc
		class    Class
		status   int
		settings []string
		says     string
		after    time.Duration
	}{
		"500":                {answering(500, canary), Unavailable, 500, nil, "500 Internal Server Error", 0},
		"502 with a page":    {answering(502, page, "Content-Type", "text/html"), Unavailable, 502, nil, "502", 0},
		"503 with a time":    {answering(503, "", "Retry-After", "120"), Unavailable, 503, nil, "503", 2 * time.Minute},
		"408":                {answering(408, ""), Unavailable, 408, nil, "408", 0},
		"599":                {answering(599, ""), Unavailable, 599, nil, "answered 599", 0},
		"429":                {answering(429, canary, "Retry-After", "30"), Limited, 429, nil, "429", 30 * time.Second},
		"429 without a time": {answering(429, ""), Limited, 429, nil, "429", 0},
		"429 of Learn":       {answering(429, "", "X-Rate-Limit-Reset", "55"), Limited, 429, nil, "429", 55 * time.Second},
		"429 for a week":     {answering(429, "", "Retry-After", "604800"), Limited, 429, nil, "429", 0},
		"429 for a day":      {answering(429, "", "Retry-After", "86400"), Limited, 429, nil, "429", time.Hour},
		"429 with an epoch":  {answering(429, "", "X-Rate-Limit-Reset", "1639452294"), Limited, 429, nil, "429", 0},
		"405":                {answering(405, ""), Misconfigured, 405, []string{"url"}, "405", 0},
		"a redirect":         {answering(302, "", "Location", "/login?return="+canary), Misconfigured, 302, []string{"url"}, "302 Found", 0},
		"garbage":            {answering(200, `{"users": [`+canary, "Content-Type", "application/json"), Unavailable, 0, nil, "the reply is not", 0},
		"a page with 200":    {answering(200, page, "Content-Type", "text/html; charset=utf-8"), Unavailable, 0, nil, "a web page, perhaps a login", 0},
		"a page undeclared":  {answering(200, "\n "+page, "Content-Type", "application/json"), Unavailable, 0, nil, "a web page", 0},
		"twice the same key": {answering(200, `{"users": [], "users": [], "id": 1, "id": 2}`), Unavailable, 0, nil, "the reply is not", 0},
		"not UTF-8":          {answering(200, "{\"users\": [], \"id\": \"\xff\"}"), Unavailable, 0, nil, "the reply is not", 0},
		"cut off":            {breaking, Unavailable, 0, nil, "the reply broke off", 0},
		"endless":            {endless, Unavailable, 0, nil, "longer than 1 MiB", 0},
		"no HTTP":            {nonsense, Unavailable, 0, nil, "the connection broke", 0},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, k := range kinds(t) {
				k.faults.queue(test.serve)
				_, err := ask(t, k.resolver, person(1))
				expectFault(t, err, test.class, test.status, test.settings...)
				var fault *Fault
				if errors.As(err, &fault) && (!strings.Contains(fault.Error(), test.says) || fault.After != test.after) {
					t.Errorf("%s: %v, after %v; want %q, %v", kind, fault, fault.After, test.says, test.after)
				}
				if !strings.Contains(fmt.Sprint(err), k.resolver.Endpoint()) {
					t.Errorf("%s: %v does not say where", kind, err)
				}
			}
		})
	}
}

func TestRefusedCredentials(t *testing.T) {
	for kind, k := range kinds(t) {
		k.faults.always(answering(401, canary))
		_, err := ask(t, k.resolver, person(1))
		expectFault(t, err, Misconfigured, 401, k.settings...)
		k.faults.always(answering(403, `{"status":403,"code":"no-`+canary+`@x","message":"`+canary+`"}`))
		_, err = ask(t, k.resolver, person(1))
		if kind == "blackboard" {
			expectFault(t, err, Misconfigured, 403, "key (the user of the application at Learn may not read users)")
			continue
		}
		expectFault(t, err, Misconfigured, 403, "auth")
	}
}

// A token that dies before its time is renewed, once a question.
func TestTokensThatExpireEarly(t *testing.T) {
	for kind, k := range kinds(t) {
		if k.tokens == nil {
			continue
		}
		for i := range 3 {
			if answer, err := ask(t, k.resolver, person(1)); err != nil || !positive(answer) {
				t.Errorf("%s, question %d: %+v, %v", kind, i, answer.Reason, err)
			}
			k.tokens.withdraw()
		}
		if n := k.tokens.tokens(); n != 3 {
			t.Errorf("%s: %d tokens for three questions", kind, n)
		}
	}
}

func positive(a Answer) bool { return a.PlatformID != uuid.Nil || a.Reason == Enriched }

func TestTokenEndpointFaults(t *testing.T) {
	reply := func(status int, body string) http.HandlerFunc {
		return answering(status, body, "Content-Type", "application/json")
	}
	for name, test := range map[string]struct {
		serve    http.HandlerFunc
		class    Class
		status   int
		settings []string
	}{
		"refused client": {reply(401, `{"error":"invalid_client","error_description":"`+canary+`"}`), Misconfigured, 401, []string{"auth.client_id", "auth.client_secret"}},
		"refused scope":  {reply(400, `{"error":"invalid_scope"}`), Misconfigured, 400, []string{"auth.scopes"}},
		"refused":        {reply(400, canary), Misconfigured, 400, []string{"auth.client_id", "auth.client_secret", "auth.style", "auth.scopes"}},
		"forbidden":      {reply(403, canary), Misconfigured, 403, []string{"auth.client_id", "auth.client_secret", "auth.style"}},
		"not there":      {reply(404, canary), Misconfigured, 404, []string{"auth.token_url"}},
		"moved":          {answering(302, "", "Location", "/login"), Misconfigured, 302, []string{"auth.token_url"}},
		"down":           {reply(503, canary), Unavailable, 503, nil},
		"busy":           {reply(429, canary), Limited, 429, nil},
		"no token":       {reply(200, `{"token":"`+canary+`"}`), Unavailable, 0, []string{"auth.token_url"}},
		"a page":         {answering(200, "<html>"+canary, "Content-Type", "text/html"), Unavailable, 0, []string{"auth.token_url"}},
		"bad characters": {reply(200, `{"access_token":"a\nb`+canary+`","expires_in":60}`), Unavailable, 0, nil},
		"no HTTP":        {nonsense, Unavailable, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			roster := newRoster(enrolled(1))
			roster.tokenFaults.queue(test.serve)
			r := oneRosterOf(t, roster)
			_, err := ask(t, r, person(1))
			expectFault(t, err, test.class, test.status, test.settings...)
			if !strings.Contains(fmt.Sprint(err), "token endpoint http://127.0.0.1") {
				t.Errorf("%v does not say where", err)
			}
			expect(t, r, person(1), platform(1), "") // the next question has a token
		})
	}
}

// noProxy keeps the proxy of the environment out.
func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

// noHost is a name that cannot be one, for its label is too long: no name
// server is asked about it.
var noHost = strings.Repeat("x", 64) + ".invalid"

func TestUnreachableServices(t *testing.T) {
	plain := serve(t, http.NotFoundHandler())
	for name, test := range map[string]struct {
		url, says string
		settings  []string
		class     Class
	}{
		"nobody listens":      {"http://127.0.0.1:1", "connection refused", []string{"url"}, Unavailable},
		"no such host":        {"http://" + noHost, "host name cannot be resolved", []string{"url"}, Unavailable},
		"no TLS":              {strings.Replace(plain, "http:", "https:", 1), "it does not speak TLS", []string{"url"}, Misconfigured},
		"a port out of range": {"http://127.0.0.1:99999", "the connection broke", nil, Unavailable},
	} {
		r := must(t)(NewHTTP(HTTPOptions{URL: test.url + "/{external_id}/x", Connection: Connection{Proxy: noProxy}}))
		_, err := ask(t, r, person(1))
		expectFault(t, err, test.class, 0, test.settings...)
		if want := "GET " + test.url + "/{external_id}/x: "; !strings.HasPrefix(fmt.Sprint(err), want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Other sides of the same coin: a collection that is not there, and a filter
// that the service does not understand.
func TestOneRosterNamesItsSettings(t *testing.T) {
	roster := newRoster(enrolled(1))
	r := oneRosterOf(t, roster)
	for status, setting := range map[int]string{404: "url", 204: "url", 400: "filter", 422: "filter"} {
		roster.faults.queue(answering(status, ""))
		_, err := ask(t, r, person(1))
		expectFault(t, err, Misconfigured, status, setting)
	}
	roster.faults.queue(answering(200, `{"data": []}`))
	_, err := ask(t, r, person(1))
	expectFault(t, err, Unavailable, 0)
	roster.faults.queue(answering(200, `{"users": null}`))
	_, err = ask(t, r, person(1))
	expectFault(t, err, Unavailable, 0)
}

// A type that is declared wrongly does no harm where the reply is right.
func TestWrongContentTypesOfGoodReplies(t *testing.T) {
	for _, kind := range []string{"", "text/plain", "text/html", "application/octet-stream", "n;;nsense"} {
		roster, learn := newRoster(), newSite()
		roster.faults.queue(answering(200, `{"users":[{"sourcedId":"`+platform(1).String()+`","email":"student0001@school.edu"}]}`, "Content-Type", kind))
		expect(t, oneRosterOf(t, roster), person(1), platform(1), "")
		learn.faults.queue(answering(200, `{"id":"_1_1","userName":"u"}`, "Content-Type", kind))
		expect(t, blackboardOf(t, learn), person(1), uuid.Nil, Enriched)
	}
}
