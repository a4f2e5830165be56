package receive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/mux"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

func TestStatusMatrix(t *testing.T) {
	s := startSite(t, func(o *Options) { o.MaxBody, o.MaxEvents = 64<<10, 5 }, nil)
	auth := []string{"Authorization", testKey}
	with := func(more ...string) []string { return append(auth[:2:2], more...) }
	good := string(logins(t, 1))
	cases := []struct {
		name         string
		method, path string
		headers      []string
		body         string
		status       int
		reason       Reason
	}{
		{"envelope", "POST", "/caliper", auth, good, 200, ""},
		{"with a slash", "POST", "/caliper/", auth, good, 200, ""},
		{"with a query", "POST", "/caliper?a=b", auth, good, 200, ""},
		{"bearer", "POST", "/caliper", []string{"Authorization", "Bearer " + testKey}, good, 200, ""},
		{"other scheme", "POST", "/caliper", []string{"Authorization", "no-scheme   " + testKey}, good, 200, ""},
		{"key with blanks", "POST", "/caliper", []string{"Authorization", otherKey}, good, 200, ""},
		{"bearer and a key with blanks", "POST", "/caliper", []string{"Authorization", "Bearer " + otherKey}, good, 200, ""},
		{"second key", "POST", "/caliper", []string{"Authorization", "second"}, good, 200, ""},
		{"any content type", "POST", "/caliper", with("Content-Type", "text/plain; charset=latin-1"), good, 200, ""},
		{"several events", "POST", "/caliper", auth, string(logins(t, 5)), 200, ""},
		{"gzip", "POST", "/caliper", with("Content-Encoding", "gzip"), string(zip(t, []byte(good))), 200, ""},
		{"x-gzip", "POST", "/caliper", with("Content-Encoding", "X-GZIP"), string(zip(t, []byte(good))), 200, ""},
		{"identity", "POST", "/caliper", with("Content-Encoding", "identity"), good, 200, ""},
		{"empty body", "POST", "/caliper", auth, "", 200, ""},
		{"blank body", "POST", "/caliper", auth, " \n", 200, ""},
		{"empty gzip", "POST", "/caliper", with("Content-Encoding", "gzip"), "", 200, ""},
		{"empty data", "POST", "/caliper", auth, `{"sensor":"x","data":[]}`, 200, ""},
		{"bare event", "POST", "/caliper", auth, `{"type":"SessionEvent","action":"LoggedIn"}`, 200, ""},
		{"array", "POST", "/caliper", auth, `[{"type":"SessionEvent"},{"type":"Odd"}]`, 200, ""},
		{"odd JSON", "POST", "/caliper", auth, `42`, 200, ""},
		{"duplicate keys in an event", "POST", "/caliper", auth, `{"data":[{"type":"A","type":"B"}]}`, 200, ""},

		{"no key", "POST", "/caliper", nil, good, 401, ReasonUnauthorized},
		{"wrong key", "POST", "/caliper", []string{"Authorization", "Bearer x"}, good, 401, ReasonUnauthorized},
		{"scheme alone", "POST", "/caliper", []string{"Authorization", "Bearer "}, good, 401, ReasonUnauthorized},
		{"prefix of a key", "POST", "/caliper", []string{"Authorization", testKey[:10]}, good, 401, ReasonUnauthorized},
		{"GET without a key", "GET", "/caliper", nil, "", 401, ReasonUnauthorized},
		{"GET", "GET", "/caliper", auth, "", 200, ""},
		{"GET with a slash", "GET", "/caliper/", auth, "", 200, ""},
		{"HEAD", "HEAD", "/caliper", auth, "", 200, ""},
		{"PUT", "PUT", "/caliper", auth, good, 405, ReasonMethod},
		{"DELETE with a slash", "DELETE", "/caliper/", nil, "", 405, ReasonMethod},
		{"OPTIONS", "OPTIONS", "/caliper", nil, "", 405, ReasonMethod},
		{"other path", "POST", "/events", auth, good, 404, ReasonNotFound},
		{"deeper path", "POST", "/caliper/x", auth, good, 404, ReasonNotFound},
		{"doubled slash is not redirected", "POST", "//caliper", auth, good, 404, ReasonNotFound},
		{"large", "POST", "/caliper", auth, strings.Repeat(" ", 64<<10+1), 413, ReasonTooLarge},
		{"as large as may be", "POST", "/caliper", auth, strings.Repeat(" ", 64<<10), 200, ""},
		{"large after gunzip", "POST", "/caliper", with("Content-Encoding", "gzip"), string(zip(t, make([]byte, 1<<20))), 413, ReasonTooLarge},
		{"many events", "POST", "/caliper", auth, string(logins(t, 6)), 413, ReasonTooManyEvents},
		{"deflate", "POST", "/caliper", with("Content-Encoding", "deflate"), good, 415, ReasonEncoding},
		{"gzip twice", "POST", "/caliper", with("Content-Encoding", "gzip, gzip"), good, 415, ReasonEncoding},
		{"truncated JSON", "POST", "/caliper", auth, good[:len(good)-20], 400, ReasonSyntax},
		{"repeated envelope key", "POST", "/caliper", auth, `{"sensor":"a","sensor":"b","data":[]}`, 400, ReasonSyntax},
		{"text after the envelope", "POST", "/caliper", auth, `{"data":[]} x`, 400, ReasonSyntax},
		{"no gzip at all", "POST", "/caliper", with("Content-Encoding", "gzip"), good, 400, ReasonGzip},
		{"truncated gzip", "POST", "/caliper", with("Content-Encoding", "gzip"), string(zip(t, []byte(good))[:100]), 400, ReasonGzip},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := s.do(c.method, "http://"+s.addr+c.path, strings.NewReader(c.body), c.headers...)
			if a.status != c.status || a.reason() != c.reason {
				t.Fatalf("got %d %q, want %d %q", a.status, a.body, c.status, c.reason)
			}
			checkAnswer(t, s, c.method, a, c.body)
		})
	}
}

// checkAnswer checks what goes with each status.
func checkAnswer(t *testing.T, s *site, method string, a answer, body string) {
	t.Helper()
	kept, isKept := s.kept()[body]
	if isKept != (a.status == 400) {
		t.Errorf("kept: %v", isKept)
	}
	switch a.status {
	case 200:
		if method == "POST" && (a.body != "" || a.header.Get("Content-Length") != "0") {
			t.Errorf("200 with a body: %q %v", a.body, a.header)
		}
	case 400:
		if kept.Source != "school" || kept.Reason != string(a.reason()) || kept.Received.IsZero() {
			t.Errorf("kept as %+v", kept)
		}
	case 401:
		if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("no WWW-Authenticate: %v", a.header)
		}
	case 405:
		if got := a.header.Get("Allow"); got != "GET, HEAD, POST" {
			t.Errorf("Allow: %q", got)
		}
	case 415:
		if !strings.Contains(a.body, "gzip") || a.header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("does not say what to send: %q", a.body)
		}
	}
}

func TestEnvelopesAreStoredUnderTheirSource(t *testing.T) {
	s := startSite(t, nil, nil)
	body := logins(t, 3)
	for range 2 {
		if a := s.post(body); a.status != 200 {
			t.Fatalf("got %d %s", a.status, a.body)
		}
	}
	if a := s.post(nil); a.status != 200 {
		t.Fatalf("empty body: %d", a.status)
	}
	if got := s.received("school"); got.Envelopes != 3 || got.Events["SessionEvent"] != 6 || got.Last.IsZero() {
		t.Errorf("school: %+v", got)
	}
	if got := s.received("college"); got.Envelopes != 0 {
		t.Errorf("college: %+v", got)
	}
	if got := s.count("bbcaliper_receive_seconds", "source", "school"); got != 3 {
		t.Errorf("%v observations", got)
	}
}

func TestRefusalSaysWhereAndNothingOfThePayload(t *testing.T) {
	s := startSite(t, nil, nil)
	a := s.post([]byte(`{"sensor":"c4n4ry","data":[{"c4n4ry":c4n4ry}]}`))
	if a.status != 400 || strings.Contains(a.body, "c4n4ry") || !strings.Contains(a.body, "at byte 37") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	var p problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Status != 400 || p.Title == "" {
		t.Errorf("body %q: %v", a.body, err)
	}
}

func TestEndpointConfiguration(t *testing.T) {
	s := startSite(t, nil, nil)
	a := s.do("GET", s.url, nil, "Authorization", "Bearer "+testKey)
	const want = `{"caliperMaximumPayloadSize":32768,"caliperSupportedVersions":[` +
		`"http://purl.imsglobal.org/ctx/caliper/v1p1","http://purl.imsglobal.org/ctx/caliper/v1/Context"]}`
	if a.status != 200 || a.body != want || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d %v %s", a.status, a.header, a.body)
	}
	if head := s.do("HEAD", s.url, nil, "Authorization", testKey); head.status != 200 || head.body != "" {
		t.Errorf("HEAD: %d %q", head.status, head.body)
	}
}

func TestUnreadyStoreRefusesWithoutReadingTheBody(t *testing.T) {
	ready := errors.New("disk")
	s := startSite(t, func(o *Options) { o.Ready = func() error { return ready } }, nil)
	never, writer := io.Pipe() // a body that would block whoever reads it
	defer func() { _ = writer.Close() }()
	a := s.do("POST", s.url, never, "Authorization", testKey)
	if a.status != 503 || a.reason() != ReasonNotReady || a.header.Get("Retry-After") == "" {
		t.Errorf("got %d %v %s", a.status, a.header, a.body)
	}
	ready = nil
	if a := s.post(logins(t, 1)); a.status != 200 {
		t.Errorf("once ready: %d", a.status)
	}
}

func TestStoreFailureIs503(t *testing.T) {
	s := startSite(t, nil, nil)
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{"good": logins(t, 1), "bad": []byte("{")} {
		a := s.post(body)
		if a.status != 503 || a.reason() != ReasonStore || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d %v %s", name, a.status, a.header, a.body)
		}
	}
}

func TestFullJournalIs503(t *testing.T) {
	small := openJournal(t, journal.Options{MaxBytes: 64 << 10})
	s := startSite(t, func(o *Options) { o.Journal = small }, nil)
	noise := make([]byte, 8<<10)
	for i := 0; ; i++ {
		fill(noise, i)
		a := s.post([]byte(`["` + fmt.Sprintf("%x", noise) + `"]`))
		if a.status == 200 && i < 100 {
			continue
		}
		if a.status != 503 || a.reason() != ReasonFull || a.header.Get("Retry-After") != "60" {
			t.Fatalf("after %d: got %d %v %s", i, a.status, a.header, a.body)
		}
		return
	}
}

// fill writes bytes that do not compress.
func fill(b []byte, seed int) {
	for i := 0; i < len(b); i += sha256.Size {
		sum := sha256.Sum256([]byte(strconv.Itoa(seed) + "/" + strconv.Itoa(i)))
		copy(b[i:], sum[:])
	}
}

func TestRefusalsAreCountedBySourceAndReason(t *testing.T) {
	s := startSite(t, nil, nil)
	s.post([]byte("{"))
	s.post([]byte("}"))
	s.post(logins(t, 1))
	s.do("POST", s.url, nil, "Authorization", "nobody")
	counts := []struct {
		source string
		reason Reason
		want   float64
	}{{"school", ReasonSyntax, 2}, {"", ReasonUnauthorized, 1}, {"school", ReasonStore, 0}}
	refused := s.handler.Refused()
	for _, c := range counts {
		if got := s.count("bbcaliper_requests_refused_total", "source", c.source, "reason", string(c.reason)); got != c.want {
			t.Errorf("%q %s: metric %v, want %v", c.source, c.reason, got, c.want)
		}
		if got := refused[c.source][c.reason]; float64(got) != c.want {
			t.Errorf("%q %s: count %v, want %v", c.source, c.reason, got, c.want)
		}
	}
	refused["school"][ReasonSyntax] = 99
	if s.handler.Refused()["school"][ReasonSyntax] != 2 {
		t.Error("counts are shared with their readers")
	}
}

func TestSourcesCanBeReplacedWhileReceiving(t *testing.T) {
	s := startSite(t, nil, nil)
	body := logins(t, 1)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if a := s.post(body); a.status != 200 {
					t.Errorf("got %d", a.status)
				}
				s.handler.Refused()
			}
		})
	}
	both := []Source{{Name: "school", Keys: [][sha256.Size]byte{sha256.Sum256([]byte(testKey)), sha256.Sum256([]byte("new"))}}}
	for range 20 {
		if err := s.handler.SetSources(both); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if err := s.handler.SetSources([]Source{{Name: "school", Keys: both[0].Keys[1:]}}); err != nil {
		t.Fatal(err)
	}
	if a := s.post(body); a.status != 401 {
		t.Errorf("old key: %d", a.status)
	}
	if a := s.do("POST", s.url, bytes.NewReader(body), "Authorization", "new"); a.status != 200 {
		t.Errorf("new key: %d", a.status)
	}
}

func TestSetSourcesRefusesASharedKey(t *testing.T) {
	s := startSite(t, nil, nil)
	key := [][sha256.Size]byte{sha256.Sum256([]byte("k"))}
	if err := s.handler.SetSources([]Source{{Name: "a", Keys: key}, {Name: "b", Keys: key}}); err == nil {
		t.Error("accepted")
	}
	if a := s.post(nil); a.status != 200 {
		t.Errorf("the old sources are gone: %d", a.status)
	}
}

func TestEmptyKeyNeverMatches(t *testing.T) {
	k, err := newKeyring([]Source{{Name: "a", Keys: [][sha256.Size]byte{sha256.Sum256(nil)}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{"", " ", "Bearer", "Bearer "} {
		if source, ok := k.find(header); ok {
			t.Errorf("%q is %s", header, source)
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	j := openJournal(t, journal.Options{})
	for name, o := range map[string]Options{
		"no journal":    {},
		"little memory": {Journal: j, MaxBody: 1 << 20, MaxMemory: 2 << 20},
		"negative":      {Journal: j, MaxEvents: -1},
		"no name":       {Journal: j, Sources: []Source{{Keys: [][sha256.Size]byte{{}}}}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	registered := Options{Journal: j, Registry: startSite(t, nil, nil).registry}
	if _, err := New(registered); err == nil {
		t.Error("metrics registered twice")
	}
}

// A bad route would silently never match.
func TestRoutesAreNamedAndValid(t *testing.T) {
	h, err := New(Options{Journal: openJournal(t, journal.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	err = h.routes().Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		methods, err := r.GetMethods()
		if r.GetError() != nil || err != nil || len(methods) == 0 || r.GetName() == "" || names[r.GetName()] {
			t.Errorf("route %q %v: %v %v", r.GetName(), methods, r.GetError(), err)
		}
		names[r.GetName()] = true
		return nil
	})
	if err != nil || len(names) != 4 {
		t.Errorf("%d routes: %v", len(names), err)
	}
}

// What came whole is stored even if its sender hangs up before it is.
func TestStoringOutlivesTheRequest(t *testing.T) {
	s := startSite(t, nil, nil)
	ctx, cancel := context.WithCancel(context.Background())
	body := io.MultiReader(bytes.NewReader(logins(t, 1)), atEnd(cancel))
	req, err := http.NewRequestWithContext(ctx, "POST", s.url, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.handler.receive(req, "school", s.handler.opts.Now()); err != nil {
		t.Fatal(err)
	}
	if got := s.received("school"); ctx.Err() == nil || got.Envelopes != 1 {
		t.Errorf("got %+v", got)
	}
}

// atEnd is an empty reader that tells when it is read.
type atEnd func()

func (f atEnd) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}
