package resolver_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

type identity = mapping.Identity

// people is a directory of an institution: what it says of a request line.
type people struct {
	faults faults

	mu      sync.Mutex
	replies map[string]http.HandlerFunc // by request line, escaped
	lines   []string
}

func newPeople() *people { return &people{replies: map[string]http.HandlerFunc{}} }

func (d *people) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	d.mu.Lock()
	d.lines = append(d.lines, req.RequestURI)
	reply := d.replies[req.RequestURI]
	d.mu.Unlock()
	switch {
	case d.faults.serve(w, req):
	case reply == nil:
		http.NotFound(w, req)
	default:
		reply(w, req)
	}
}

func (d *people) asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.lines...)
}

func directoryOf(t testing.TB, d *people, path, pointer string) Resolver {
	t.Helper()
	url := serve(t, d)
	return must(t)(NewHTTP(HTTPOptions{URL: url + path, Pointer: pointer}))
}

// Each value is escaped for the place where it stands.
func TestHTTPEscapesByPosition(t *testing.T) {
	p := person(1)
	p.Source, p.UserName = "north & south", "u/1"
	p.Identity.ExternalID, p.Identity.Email = "a b?c#d%2e+/é", "a+b&c=d e@x.y"
	for template, line := range map[string]string{
		"/p/{external_id}":                    "/p/a%20b%3Fc%23d%252e+%2F%C3%A9",
		"/p/{external_id}.json?q={email}&x=1": "/p/a%20b%3Fc%23d%252e+%2F%C3%A9.json?q=a%2Bb%26c%3Dd%20e%40x.y&x=1",
		"/{user_uuid}/{user_id}":              "/ffc08009f0884c058192000000000001/_1_1",
		"/s/{source}?u={user_name}&e={email}": "/s/north%20&%20south?u=u%2F1&e=a%2Bb%26c%3Dd%20e%40x.y",
		"?id={user_id}":                       "/?id=_1_1",
	} {
		d := newPeople()
		d.replies[line] = answering(200, platform(1).String()+"\n")
		expect(t, directoryOf(t, d, template, ""), p, platform(1), "")
		if asked := d.asked(); len(asked) != 1 || asked[0] != line {
			t.Errorf("%s: asked %q, want %q", template, asked, line)
		}
	}
}

func TestHTTPReplies(t *testing.T) {
	id := platform(1).String()
	for _, test := range []struct {
		pointer string
		status  int
		body    string
		id      uuid.UUID
		reason  Reason
	}{
		{"", 200, id, platform(1), ""},
		{"", 200, " " + strings.ToUpper(id) + "\r\n", platform(1), ""},
		{"", 200, "urn:uuid:" + id, platform(1), ""},
		{"", 200, strings.ReplaceAll(id, "-", ""), platform(1), ""},
		{"", 200, "unknown", uuid.Nil, NotUUID},
		{"", 200, " \n", uuid.Nil, NoValue},
		{"", 204, "", uuid.Nil, NotFound},
		{"", 404, "no such person", uuid.Nil, NotFound},
		{"/id", 200, `{"id":"` + id + `"}`, platform(1), ""},
		{"/0/user/ids/1", 200, `[{"user":{"ids":["x","` + id + `"]}}]`, platform(1), ""},
		{"/a~1b/m~0n", 200, `{"a/b":{"m~n":"` + id + `"}}`, platform(1), ""},
		{"/id", 200, `{"id":null}`, uuid.Nil, NoValue},
		{"/id", 200, `{"id":""}`, uuid.Nil, NoValue},
		{"/id", 200, `{}`, uuid.Nil, NoValue},
		{"/id/deeper", 200, `{"id":"` + id + `"}`, uuid.Nil, NoValue},
		{"/7", 200, `["` + id + `"]`, uuid.Nil, NoValue},
		{"/00", 200, `["` + id + `"]`, uuid.Nil, NoValue},
		{"/id", 200, `{"id":17}`, uuid.Nil, NotUUID},
		{"/id", 200, `{"id":["` + id + `"]}`, uuid.Nil, NotUUID},
		{"/id", 200, `{"id":"net0001"}`, uuid.Nil, NotUUID},
		{"/id", 404, `{"id":"` + id + `"}`, uuid.Nil, NotFound},
	} {
		d := newPeople()
		d.faults.queue(answering(test.status, test.body))
		answer, err := ask(t, directoryOf(t, d, "/{external_id}", test.pointer), person(1))
		if err != nil || answer.PlatformID != test.id || answer.Reason != test.reason {
			t.Errorf("%q of %d %s: %v, %q, %v", test.pointer, test.status, test.body, answer.PlatformID, answer.Reason, err)
		}
	}
	d := newPeople()
	r := directoryOf(t, d, "/{external_id}", "")
	d.faults.queue(answering(200, strings.Repeat("x", 300)))
	_, err := ask(t, r, person(1))
	expectFault(t, err, Unavailable, 0)
}

func TestHTTPValuesThatClimb(t *testing.T) {
	for value, reason := range map[string]Reason{
		"..": Unsafe, ".": Unsafe, "a/../b": Unsafe, `..\admin`: Unsafe, "a/b": NotFound, "a..b": NotFound, "...": NotFound,
	} {
		d := newPeople()
		p := Person{}
		p.Identity.ExternalID = value
		expect(t, directoryOf(t, d, "/p/{external_id}/id", ""), p, uuid.Nil, reason)
		if asked := d.asked(); (len(asked) == 0) != (reason == Unsafe) {
			t.Errorf("%q: asked %q", value, asked)
		}
	}
}

func TestHTTPOptionsThatMakeNoSense(t *testing.T) {
	for _, test := range []struct{ setting, url, pointer string }{
		{"url", "", ""},
		{"url", "/p/{email}", ""},
		{"url", "https://host/p?key=s3cret", ""},
		{"url", "https://host/p/{source}", ""},
		{"url", "https://{source}.host/p/{email}", ""},
		{"url", "https://host{email}/p", ""},
		{"url", "{email}://host/p", ""},
		{"url", "https://u:s3cret@host/{email}", ""},
		{"url", "ftp://host/{email}", ""},
		{"url", "https://host/{email}#s3cret", ""},
		{"url", "https://host/{mail}?s3cret", ""},
		{"url", "https://host/{email", ""},
		{"url", "https://host/email}", ""},
		{"url", "https://host/%zz{email}", ""},
		{"url", "https://host/{email}" + strings.Repeat("x", 3000), ""},
		{"pointer", "https://host/{email}", "id"},
		{"pointer", "https://host/{email}", "/~2"},
	} {
		r, err := NewHTTP(HTTPOptions{URL: test.url, Pointer: test.pointer})
		if r != nil || err == nil || !strings.HasPrefix(err.Error(), test.setting+":") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s %s: %v, error %v", test.url, test.pointer, r, err)
		}
	}
}

func TestHTTPEndpointShowsNoKey(t *testing.T) {
	r := must(t)(NewHTTP(HTTPOptions{URL: "https://host/p/{external_id}/x?key=s3cret&mail={email}"}))
	if want := "https://host/p/{external_id}/x"; r.Endpoint() != want {
		t.Errorf("endpoint %s, want %s", r.Endpoint(), want)
	}
}

func TestStaticRules(t *testing.T) {
	namespace := "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
	isID := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	made := must(t)(NewStatic(StaticOptions{Rule: RuleUUIDv5, Namespace: namespace}))
	of := func(externalID string) Person { return Person{Identity: identity{ExternalID: externalID}} }
	expect(t, isID, of(" "+strings.ToUpper(platform(1).String())+" "), platform(1), "")
	expect(t, isID, of("net0001"), uuid.Nil, NotUUID)
	expect(t, isID, of(""), uuid.Nil, NoAlias)
	expect(t, made, of("net0001"), uuid.NewSHA1(uuid.NameSpaceURL, []byte("net0001")), "")
	expect(t, made, of(" net0001\n"), uuid.NewSHA1(uuid.NameSpaceURL, []byte("net0001")), "")
	expect(t, made, of("a\x00b"), uuid.Nil, Unsafe)
	expect(t, made, Person{}, uuid.Nil, NoAlias)
	for setting, o := range map[string]StaticOptions{
		"rule": {Rule: "guess"}, "namespace: want": {Rule: RuleUUIDv5}, "namespace: only": {Rule: RuleUUID, Namespace: namespace},
	} {
		if r, err := NewStatic(o); r != nil || err == nil || !strings.HasPrefix(err.Error(), setting) {
			t.Errorf("%s: %v, %v", setting, r, err)
		}
	}
}
