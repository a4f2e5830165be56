package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
)

func TestOnlyBrowsersGetThePage(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	for accept, html := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/html": true,
		"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8": true, "application/json, text/HTML;q=0.1": true, "text/htmlx": false,
	} {
		got := r.do("GET", "/", "", "Accept", accept)
		if isPage := strings.HasPrefix(got.body, "<!DOCTYPE html>"); got.status != 200 || isPage != html {
			t.Errorf("Accept %q: %d %s", accept, got.status, got.header.Get("Content-Type"))
		}
		if !html && !strings.Contains(got.body, "caliperSupportedVersions") {
			t.Errorf("Accept %q: %s", accept, got.body)
		}
	}
	if got := r.html("/events/1.0/"); !strings.Contains(got.body, "caliperSupportedVersions") {
		t.Errorf("the page stands at / only, yet %s", got.body)
	}
	if got := r.send(nil, event(1)); got.status != 200 || r.sink.Accepted() != 1 {
		t.Errorf("an envelope: %d", got.status)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	for path, status := range map[string]int{
		"/inspect": 200, "/inspect/": 404, "/inspect/nothing": 404, "/inspect/events/1": 404, "/inspect/requests/1": 404,
		"/inspect/events/99999999999999999999": 404, "/inspect/events?before=0": 400, "/inspect/requests?before=x": 400,
		"/inspect/events?only=odd": 400, "/inspect/style.css": 200, "/inspect/icon.svg": 200,
	} {
		if got := r.json(path); got.status != status || (status >= 400 && !strings.Contains(got.body, `"error": "`)) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if got := r.html(path); got.status != status || (status >= 400 && !strings.Contains(got.body, "To the overview")) {
			t.Errorf("%s in a browser: %d %s", path, got.status, got.body)
		}
	}
	if got := r.do("DELETE", "/inspect/events", ""); got.status != 404 {
		t.Errorf("DELETE: %d", got.status)
	}
}

// state is the overview as programs read it.
type state struct {
	Counts   page.Counts
	Script   string
	Requests []page.Request
	Events   []page.Event
}

func (r *rig) state() (s state) {
	r.t.Helper()
	r.read("/inspect", &s)
	return s
}

func (r *rig) read(path string, v any) {
	r.t.Helper()
	got := r.json(path)
	if err := json.Unmarshal([]byte(got.body), v, json.MatchCaseInsensitiveNames(true)); err != nil || got.status != 200 {
		r.t.Fatalf("%s: %d %s: %v", path, got.status, got.body, err)
	}
}

func TestOverview(t *testing.T) {
	s := busy(t).state()
	want := page.Counts{Requests: 12, Refused: 8, Events: 10, Nonconformant: 2, Repeated: 3}
	if s.Counts != want || s.Script != "503x2,(202/job,429:Retry-After=2)*" || len(s.Requests) != 8 || len(s.Events) != 8 {
		t.Errorf("%+v", s)
	}
	if r := s.Requests[0]; r.Number != 12 || r.Status != 200 || r.Events != 2 || r.RequestID != "0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a05" {
		t.Errorf("the newest request is %+v", r)
	}
}

func TestRequests(t *testing.T) {
	r := busy(t)
	var list page.Requests
	r.read("/inspect/requests", &list)
	var got []string
	for _, one := range list.Requests {
		got = append(got, fmt.Sprint(one.Number, " ", one.Status, " ", one.SentBefore, " ", one.Scripted, one.Why()))
	}
	want := []string{
		"12 200 0 ", "11 400 0 malformed envelope: no JSON object of an envelope's form", "10 401 0 the key is missing",
		"9 401 0 the key is wrong", "8 200 0 ", "7 400 0 data[1]: refused by the rule has=000000000009", "6 200 5 ",
		"5 429 4 429:Retry-After=30", "4 0 3 closethe connection was dropped",
		"3 0 2 lostthe envelope was kept, then the connection was dropped", "2 503 0 503:Retry-After=2", "1 200 0 ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var one page.OneRequest
	r.read("/inspect/requests/7", &one)
	if !strings.Contains(one.Reply, `"path":["data",1]`) || !strings.Contains(string(one.Body), "000000000009") || one.Accepted != nil {
		t.Errorf("request 7: %+v", one)
	}
	r.read("/inspect/requests/6", &one)
	if len(one.Accepted) != 2 || one.Accepted[1].Conformant {
		t.Errorf("request 6: %+v", one)
	}
}

func TestEvents(t *testing.T) {
	r := busy(t)
	for path, want := range map[string]string{
		"/inspect/events":                                                              "10 9 8 7 6 5 4 3 2 1",
		"/inspect/events?before=3":                                                     "2 1",
		"/inspect/events?only=nonconformant":                                           "7 5",
		"/inspect/events?only=repeated":                                                "10 7 6",
		"/inspect/events?only=out_of_order":                                            "8",
		"/inspect/events?type=ViewEvent":                                               "",
		"/inspect/events?type=SessionEvent&before=2":                                   "1",
		"/inspect/events?actor=urn%3Auuid%3Anobody":                                    "",
		"/inspect/events?only=repeated&before=10":                                      "7 6",
		"/inspect/events?actor=urn:uuid:0a1b2c3d-0000-4000-8000-000000000001&before=2": "1",
	} {
		var list page.Events
		r.read(path, &list)
		var got []string
		for _, e := range list.Events {
			got = append(got, fmt.Sprint(e.Number))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
	var one page.OneEvent
	r.read("/inspect/events/10", &one)
	if one.RepeatOf != 1 || one.SameBytes || one.Request != 12 || !strings.Contains(string(one.Document), "LoggedOut") {
		t.Errorf("event 10: %+v", one)
	}
	r.read("/inspect/events/8", &one)
	if one.Earlier != 5 {
		t.Errorf("event 8 happened before %d, want 5", one.Earlier)
	}
	var actors page.Actors
	r.read("/inspect/actors", &actors)
	if len(actors.Actors) != 1 || actors.Actors[0].Events != 10 || actors.Actors[0].OutOfOrder != 1 || actors.Actors[0].Repeated != 3 {
		t.Errorf("actors %+v", actors)
	}
}

// A list is turned over page by page, without a gap and to its end.
func TestPaging(t *testing.T) {
	r := serve(t, collector.Options{Keep: 250}, page.Options{})
	for i := range 130 {
		r.send(nil, event(2*i), event(2*i+1))
	}
	seen, path := 0, "/inspect/events"
	for next := 260; path != ""; {
		var list page.Events
		r.read(path, &list)
		for _, e := range list.Events {
			if e.Number != next {
				t.Fatalf("%s: event %d, want %d", path, e.Number, next)
			}
			next--
			seen++
		}
		if list.Forgotten != 10 || (list.Next != "") != (list.Older > 0) {
			t.Errorf("%s: %d forgotten, %d older, next %q", path, list.Forgotten, list.Older, list.Next)
		}
		path = list.Next
	}
	if seen != 250 {
		t.Errorf("saw %d events, want 250", seen)
	}
	if got := r.html("/inspect/events"); !strings.Contains(got.body, "10 of the oldest are no longer kept") || !strings.Contains(got.body, "150 older") {
		t.Error("the page does not say what it leaves out")
	}
	if got := r.html("/inspect/events/3"); got.status != 404 || !strings.Contains(got.body, "event 3 is no longer kept") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestForms(t *testing.T) {
	r := serve(t, collector.Options{OAuth2: &collector.OAuth2{ClientID: "i", ClientSecret: "secret"}}, page.Options{})
	if got := r.form("/inspect/script", "script", "503, 202", "token_script", "400"); got.status != 200 || r.state().Script != "503,202" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := r.form("/inspect/script", "script", ""); got.status != 200 || r.state().Script != "" {
		t.Errorf("empty: %d %s", got.status, got.body)
	}
	if _, tokens := r.sink.Scripts(); tokens.String() != "400" {
		t.Errorf("the token script that was not sent became %q", tokens)
	}
	for _, bad := range [][]string{{"script", "5O3"}, {"script", "202", "token_script", "5O3"}, {"other", "202"}, nil} {
		if got := r.form("/inspect/script", bad...); got.status != 422 || !strings.Contains(got.body, `"error": "`) || r.state().Script != "" {
			t.Errorf("%v: %d %s", bad, got.status, got.body)
		}
	}
	if got := r.do("POST", "/inspect/script", `{"script":"503"}`, "Content-Type", "application/json"); got.status != 415 {
		t.Errorf("JSON: %d", got.status)
	}
	if got := r.do("POST", "/inspect/script", strings.Repeat("a", 1<<19), "Content-Type", "application/x-www-form-urlencoded"); got.status != 413 {
		t.Errorf("a large form: %d", got.status)
	}
	r.send(nil, event(1))
	if r.state().Counts.Requests != 1 {
		t.Errorf("counts %+v", r.state().Counts)
	}
	got := r.do("POST", "/inspect/clear", "", "Accept", "text/html")
	if got.status != 303 || got.header.Get("Location") != "/" || r.state().Counts.Requests != 0 {
		t.Errorf("clear: %d to %q, counts %+v", got.status, got.header.Get("Location"), r.state().Counts)
	}
}

func TestRevoke(t *testing.T) {
	r := serve(t, collector.Options{OAuth2: &collector.OAuth2{ClientID: "i", ClientSecret: "s"}}, page.Options{})
	grant := r.form("/token", "grant_type", "client_credentials", "client_id", "i", "client_secret", "s").body
	token := regexp.MustCompile(`"access_token":"([^"]+)"`).FindStringSubmatch(grant)[1]
	for _, want := range []int{200, 401} {
		if got := r.send([]string{"Authorization", "Bearer " + token}, event(1)); got.status != want {
			t.Errorf("%d, want %d", got.status, want)
		}
		r.form("/inspect/revoke")
	}
}

// The page's forms are for its own pages, and for programs, which send none of
// a browser's headers.
func TestOtherSitesCannotUseTheForms(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	for name, test := range map[string]struct {
		header []string
		status int
	}{
		"a program":             {nil, 200},
		"its own page":          {[]string{"Origin", r.url, "Sec-Fetch-Site", "same-origin"}, 200},
		"its own, an older one": {[]string{"Origin", r.url}, 200},
		"another site":          {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		"another, an older one": {[]string{"Origin", "https://evil.example"}, 403},
		"another port":          {[]string{"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site"}, 403},
		"no origin to speak of": {[]string{"Origin", "null"}, 403},
	} {
		for _, path := range []string{"/inspect/script", "/inspect/clear", "/inspect/revoke"} {
			header := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, test.header...)
			if got := r.do("POST", path, "script=503", header...); got.status != test.status {
				t.Errorf("%s, %s: %d, want %d", name, path, got.status, test.status)
			}
		}
	}
}

func TestWhoSeesThePage(t *testing.T) {
	for name, test := range map[string]struct {
		password, from, host string
		header               []string
		status               int
	}{
		"loopback":              {"", "127.0.0.1:9", "127.0.0.1:8088", nil, 200},
		"loopback by name":      {"", "127.0.0.1:9", "localhost:8088", nil, 200},
		"loopback, IPv6":        {"", "[::1]:9", "[::1]:8088", nil, 200},
		"loopback, no port":     {"", "127.0.0.1:9", "[::1]", nil, 200},
		"from elsewhere":        {"", "192.0.2.7:9", "127.0.0.1:8088", nil, 403},
		"DNS rebinding":         {"", "127.0.0.1:9", "evil.example:8088", nil, 403},
		"a name like localhost": {"", "127.0.0.1:9", "localhost.evil.example", nil, 403},
		"through a proxy":       {"", "127.0.0.1:9", "localhost", []string{"X-Forwarded-For", "192.0.2.7"}, 403},
		"no password":           {"open sesame", "127.0.0.1:9", "localhost", nil, 401},
		"wrong password":        {"open sesame", "127.0.0.1:9", "localhost", []string{"Authorization", "Basic eDp5"}, 401},
		"password":              {"open sesame", "192.0.2.7:9", "collector.example", []string{"Authorization", "Basic eDpvcGVuIHNlc2FtZQ=="}, 200},
	} {
		sink, err := collector.New(collector.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := page.New(sink, page.Options{Password: test.password})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/", "/inspect", "/inspect/events", "/inspect/nothing", "/inspect/clear"} {
			req := httptest.NewRequest("GET", path, nil)
			if path == "/inspect/clear" {
				req.Method = "POST"
			}
			req.RemoteAddr, req.Host = test.from, test.host
			req.Header.Set("Accept", "text/html")
			for i := 0; i+1 < len(test.header); i += 2 {
				req.Header.Set(test.header[i], test.header[i+1])
			}
			w := httptest.NewRecorder()
			p.ServeHTTP(w, req)
			want := map[string]int{"/inspect/nothing": 404, "/inspect/clear": 303}[path]
			if want == 0 || test.status != 200 {
				want = test.status
			}
			if w.Code != want || (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") {
				t.Errorf("%s, %s: %d, want %d", name, path, w.Code, want)
			}
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	for _, path := range []string{"/", "/inspect", "/inspect/events/9", "/inspect/style.css"} {
		h := r.html(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
	}
	if h := r.json("/").header; h.Get("Content-Security-Policy") != "" {
		t.Error("the collector's own answers are the collector's")
	}
}

// Whatever a sender writes is text on the page.
func TestTextsAreText(t *testing.T) {
	r := serve(t, collector.Options{KeepRefused: true}, page.Options{})
	const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>`
	quoted := strings.ReplaceAll(evil, `"`, `\"`)
	hostile := strings.NewReplacer("LoggedIn", quoted, "SessionEvent", quoted, "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001", "javascript:alert(1)").Replace(event(1))
	r.send([]string{"X-Request-ID", evil, "User-Agent", evil}, hostile, `"`+quoted+`"`)
	r.do("POST", "/<script>alert(1)</script>", `{"`+quoted+`":1}`, "Content-Type", "application/json", "X-Request-ID", evil)
	for _, path := range []string{"/", "/inspect/requests", "/inspect/requests/1", "/inspect/requests/2", "/inspect/events", "/inspect/events/1", "/inspect/actors"} {
		body := r.html(path).body
		if strings.Contains(body, "<script") || strings.Contains(body, "<img src=x") || strings.Contains(body, `href="javascript`) {
			t.Errorf("%s: %s", path, body)
		}
		if !strings.Contains(body, "alert(1)") {
			t.Errorf("%s does not show what was sent", path)
		}
	}
}

var _ http.Handler = (*page.Page)(nil)
