package resolver_test

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// wire answers every request with one reply and keeps the last request.
type wire struct {
	status int // 0: 200
	kind   string
	after  string // Retry-After
	body   []byte
	last   *http.Request
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	w.last = req
	return &http.Response{
		StatusCode: max(w.status, http.StatusOK), Header: http.Header{"Content-Type": {w.kind}, "Retry-After": {w.after}}, Body: io.NopCloser(bytes.NewReader(w.body)), Request: req,
	}, nil
}

func fuzzed(source, userID, externalID, email, userName string) Person {
	p := Person{Source: source, UserName: userName}
	p.Identity.UserUUID, p.Identity.UserID, p.Identity.ExternalID, p.Identity.Email = account(1), userID, externalID, email
	return p
}

// Whatever filter is accepted and whatever the values are, a service reads the
// predicates that were configured, and no other.
func FuzzFilter(f *testing.F) {
	for _, filter := range []string{
		"", DefaultFilter, "identifier='{external_id}' AND status='active'", "a='{email}' OR b.c='x{user_id}y{source}'", "a!='' AND b='{user_uuid}{user_name}'",
	} {
		f.Add(filter, "school", "_1_1", "net' OR a!='", "a@b", "u AND b='")
	}
	f.Fuzz(func(t *testing.T, filter, source, userID, externalID, email, userName string) {
		w := &wire{body: []byte(`{"users":[]}`)}
		r, err := NewOneRoster(OneRosterOptions{URL: "https://host/base", Filter: filter, Connection: Connection{Transport: w}})
		if err != nil {
			return
		}
		p := fuzzed(source, userID, externalID, email, userName)
		answer, err := ask(t, r, p)
		if err != nil || answer.PlatformID != uuid.Nil {
			t.Fatalf("%q: %+v, %v", filter, answer, err)
		}
		if w.last == nil {
			return
		}
		sent := w.last.URL.Query().Get("filter")
		quotes := strings.Count(cmp.Or(filter, DefaultFilter), "'")
		if _, err := parseRosterFilter(sent); err != nil || strings.Count(sent, "'") != quotes || len(w.last.URL.Query()) != 3 {
			t.Fatalf("%q was sent as %q: %v", filter, w.last.URL.RawQuery, err)
		}
	})
}

// Whatever URL is accepted and whatever the values are, the request goes to the
// host that was configured, below the folder that was.
func FuzzLocation(f *testing.F) {
	for _, template := range []string{
		"https://host/p/{external_id}/id?mail={email}", "https://host?u={user_name}", "http://host:8080/a/b/{user_id}-{source}.json", "https://host/%41/{email}",
		"http://host://0?{user_name}",
	} {
		f.Add(template, "school", "_1_1", "../x", "a&b=c@d", "?#")
	}
	f.Fuzz(func(t *testing.T, template, source, userID, externalID, email, userName string) {
		w := &wire{body: []byte(platform(1).String())}
		r, err := NewHTTP(HTTPOptions{URL: template, Connection: Connection{Transport: w}})
		if err != nil {
			return
		}
		if _, err := ask(t, r, fuzzed(source, userID, externalID, email, userName)); err != nil || w.last == nil {
			return
		}
		fixed, _, _ := strings.Cut(template, "{")
		want, err := url.Parse(fixed)
		if err != nil {
			want = &url.URL{Scheme: w.last.URL.Scheme, Host: w.last.URL.Host, Path: "/"}
		}
		folder := path.Dir(path.Clean("/" + strings.TrimSuffix(want.Path, "/") + "/x"))
		if strings.Contains(fixed, "?") || !strings.HasSuffix(want.Path, "/") {
			folder = path.Dir(path.Clean("/" + want.Path))
		}
		got := w.last.URL
		sameHost := got.Hostname() == want.Hostname() && got.Port() == want.Port() // `host:` is `host`
		if got.Scheme != want.Scheme || !sameHost || got.User != nil || got.Fragment != "" ||
			!strings.Contains(template, "..") && !strings.HasPrefix(path.Clean("/"+got.Path), folder) {
			t.Fatalf("%q became %q", template, got)
		}
	})
}

// Whatever a directory answers, only a UUID that it wrote is a platform id.
func FuzzDirectoryReply(f *testing.F) {
	f.Add("", "text/plain", []byte(platform(1).String()))
	f.Add("/id", "application/json", []byte(`{"id":"`+platform(1).String()+`"}`))
	f.Add("/0/a~1b", "text/html", []byte(`[{"a/b":null}]`))
	f.Add("/x", "", []byte(`<html>`))
	f.Fuzz(func(t *testing.T, pointer, kind string, body []byte) {
		r, err := NewHTTP(HTTPOptions{URL: "https://host/{external_id}", Pointer: pointer, Connection: Connection{Transport: &wire{kind: kind, body: body}}})
		if err != nil {
			return
		}
		answer, err := ask(t, r, person(1))
		expectAnswer(t, answer, err, body)
	})
}

// expectAnswer checks that there is one answer, with a reason or an id, and that
// an id was in the reply.
func expectAnswer(t *testing.T, answer Answer, err error, body []byte) {
	t.Helper()
	if err != nil {
		if answer.PlatformID != uuid.Nil || answer.Reason != "" {
			t.Fatalf("an answer beside %v: %+v", err, answer)
		}
		expectShort(t, err.Error())
		return
	}
	if (answer.PlatformID == uuid.Nil) == (answer.Reason == "") {
		t.Fatalf("neither or both of id and reason: %v, %q", answer.PlatformID, answer.Reason)
	}
	digits := strings.NewReplacer("-", "", `\u002d`, "").Replace(strings.ToLower(string(body)))
	id := strings.ReplaceAll(answer.PlatformID.String(), "-", "")
	if answer.PlatformID != uuid.Nil && !strings.Contains(digits, id) && !strings.Contains(digits, `\`) {
		t.Fatalf("%v is not in %q", answer.PlatformID, body)
	}
}

// expectShort checks that an error quotes no reply.
func expectShort(t *testing.T, text string) {
	t.Helper()
	if len(text) > 200 {
		t.Fatalf("a long error: %q", text)
	}
}

// Whatever a OneRoster service answers, only a user who carries what was asked
// for is the one.
func FuzzUsers(f *testing.F) {
	f.Add([]byte(`{"users":[{"sourcedId":"` + platform(1).String() + `","email":"student0001@school.edu","status":"active"}]}`))
	f.Add([]byte(`{"users":[{"status":"tobedeleted"},{"email":["student0001@school.edu"]}]}`))
	f.Add([]byte(`{"users":[null,{}]}`))
	f.Add([]byte(`{"users":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := NewOneRoster(OneRosterOptions{URL: "https://host", Connection: Connection{Transport: &wire{body: body}}})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := ask(t, r, person(1))
		expectAnswer(t, answer, err, body)
		if answer.PlatformID != uuid.Nil && !strings.Contains(strings.ToLower(string(body)), "student0001@school.edu") && !bytes.Contains(body, []byte(`\`)) {
			t.Fatalf("%q was believed", body)
		}
	})
}

// Whatever Learn answers, another account tells nothing.
func FuzzLearnUser(f *testing.F) {
	f.Add([]byte(`{"id":"_1_1","uuid":"ffc08009f0884c058192000000000001","externalId":"net0001","userName":"u","contact":{"email":"a@b"}}`))
	f.Add([]byte(`{"status":404,"code":"x","message":"y"}`))
	f.Add([]byte(`{"contact":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := &wire{body: []byte(`{"access_token":"t","expires_in":60}`)}
		r, err := NewBlackboard(BlackboardOptions{URL: "https://host", Key: "k", Secret: "s", Connection: Connection{Transport: w}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ask(t, r, person(1)); err == nil {
			t.Fatal("a token is no user")
		}
		w.body = body
		answer, err := ask(t, r, person(1))
		expectAnswer(t, answer, err, nil)
		if got := answer.Learned.Identity.UserUUID; got != uuid.Nil && got != account(1) {
			t.Fatalf("learned of %v", got)
		}
	})
}

// Whatever time a service asks for, it is left alone for an hour at most.
func FuzzRetryAfter(f *testing.F) {
	for _, after := range []string{"", "1", " 7 ", "-1", "1e3", "99999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 21 Oct 2009 07:28:00 GMT"} {
		f.Add(after)
	}
	f.Fuzz(func(t *testing.T, after string) {
		w := &wire{status: http.StatusTooManyRequests, after: after}
		r, err := NewHTTP(HTTPOptions{URL: "https://host/{external_id}", Connection: Connection{Transport: w}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = ask(t, r, person(1))
		var fault *Fault
		if !errors.As(err, &fault) || fault.Class != Limited || fault.After < 0 || fault.After > time.Hour {
			t.Fatalf("%q: %v", after, err)
		}
	})
}
