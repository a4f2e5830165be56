package collector_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

const (
	version  = `"dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p2"`
	sendTime = `"sendTime":"2026-03-01T12:00:01.000Z"`
	sensor   = `"sensor":"urn:uuid:11111111-2222-4333-8444-555555555555"`
)

func event(n int) string { return string(sample.Event(n)) }

func envelope(documents ...string) string {
	raw := make([][]byte, len(documents))
	for i, d := range documents {
		raw[i] = []byte(d)
	}
	return string(sample.Envelope(raw...))
}

func serve(t testing.TB, o collector.Options) (*collector.Collector, string) {
	t.Helper()
	c, err := collector.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL
}

func script(t testing.TB, text string) collector.Script {
	t.Helper()
	s, err := collector.ParseScript(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is a reply as a test looks at it; status 0 is a dropped connection.
type answer struct {
	status int
	header http.Header
	body   string
}

func do(t testing.TB, method, url, body string, header http.Header) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func asJSON(pairs ...string) http.Header {
	header := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		header.Set(pairs[i], pairs[i+1])
	}
	return header
}

func post(t testing.TB, url, body string) answer {
	t.Helper()
	return do(t, http.MethodPost, url, body, asJSON())
}

func TestMethodsAndPaths(t *testing.T) {
	oauth := collector.Options{OAuth2: &collector.OAuth2{ClientID: "id", ClientSecret: "secret"}}
	for _, test := range []struct {
		o            collector.Options
		method, path string
		status       int
		allow        string
	}{
		{collector.Options{}, "POST", "/", 200, ""},
		{collector.Options{}, "POST", "/events/1.0/", 200, ""},
		{collector.Options{}, "POST", "//events//1.0", 200, ""},
		{collector.Options{}, "POST", "/a/../b", 200, ""},
		{collector.Options{}, "POST", "/token", 200, ""}, // no token endpoint here
		{collector.Options{}, "GET", "/", 200, ""},
		{collector.Options{}, "HEAD", "/caliper/event", 200, ""},
		{collector.Options{}, "PUT", "/", 405, "GET, HEAD, POST"},
		{collector.Options{}, "DELETE", "/events", 405, "GET, HEAD, POST"},
		{collector.Options{}, "OPTIONS", "/token", 405, "GET, HEAD, POST"},
		{oauth, "GET", "/token", 405, "POST"},
		{oauth, "PUT", "/token", 405, "POST"},
		{oauth, "PUT", "/token/", 405, "GET, HEAD, POST"},
		{oauth, "POST", "/events", 401, ""},
		{oauth, "GET", "/events", 401, ""},
	} {
		_, url := serve(t, test.o)
		got := do(t, test.method, url+test.path, envelope(event(1)), asJSON())
		if got.status != test.status || got.header.Get("Allow") != test.allow {
			t.Errorf("%s %s: %d, Allow %q; want %d, %q", test.method, test.path,
				got.status, got.header.Get("Allow"), test.status, test.allow)
		}
	}
}

func TestContentTypes(t *testing.T) {
	_, url := serve(t, collector.Options{})
	for contentType, want := range map[string]int{
		"application/json":                  200,
		"Application/JSON":                  200,
		"application/json; charset=utf-8":   415,
		"text/plain":                        415,
		"application/ld+json":               415,
		"application/json, text/html":       415,
		"application/x-www-form-urlencoded": 415,
		"":                                  415,
	} {
		got := do(t, "POST", url, envelope(event(1)), http.Header{"Content-Type": {contentType}})
		if got.status != want {
			t.Errorf("%q: %d, want %d", contentType, got.status, want)
		}
	}
}

func TestEnvelopeRules(t *testing.T) {
	sink, url := serve(t, collector.Options{MaxBytes: 4096})
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"one event":           {envelope(event(1)), 200},
		"entity describe":     {envelope(`{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2","id":"urn:uuid:0a1b2c3d-0000-4000-8000-000000000001","type":"Person"}`), 200},
		"empty body":          {"", 400},
		"blank body":          {"  \n", 400},
		"truncated":           {envelope(event(1))[:300], 400},
		"two envelopes":       {envelope(event(1)) + envelope(event(2)), 400},
		"not an object":       {`"envelope"`, 400},
		"null":                {"null", 400},
		"a bare event":        {event(1), 400},
		"an array of events":  {"[" + event(1) + "]", 400},
		"no sensor":           {"{" + sendTime + "," + version + `,"data":[` + event(1) + "]}", 400},
		"no sendTime":         {"{" + sensor + "," + version + `,"data":[` + event(1) + "]}", 400},
		"no dataVersion":      {"{" + sensor + "," + sendTime + `,"data":[` + event(1) + "]}", 400},
		"no data":             {"{" + sensor + "," + sendTime + "," + version + "}", 400},
		"empty data":          {envelope(), 400},
		"data is an object":   {"{" + sensor + "," + sendTime + "," + version + `,"data":{}}`, 400},
		"sendTime of seconds": {"{" + sensor + `,"sendTime":"2026-03-01T12:00:01Z",` + version + `,"data":[` + event(1) + "]}", 400},
		"custom property":     {strings.Replace(envelope(event(1)), "{", `{"id":"urn:uuid:1",`, 1), 400},
		"repeated property":   {strings.Replace(envelope(event(1)), "{", "{"+sensor+",", 1), 400},
		"repeated in event":   {strings.Replace(envelope(event(1)), `"action"`, `"action":"LoggedIn","action"`, 1), 400},
		"invalid utf-8":       {strings.Replace(envelope(event(1)), "LoggedIn", "\xff", 1), 400},
		"v1p1":                {strings.Replace(envelope(event(1)), version, `"dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p1"`, 1), 422},
		"too large":           {envelope(event(1)) + strings.Repeat(" ", 4096), 413},
		"too deep":            {envelope(strings.Repeat("[", 2000)), 400},
	} {
		t.Run(name, func(t *testing.T) {
			sink.Reset()
			got := post(t, url, test.body)
			if got.status != test.status {
				t.Errorf("%d %s, want %d", got.status, got.body, test.status)
			}
			if test.status == 200 && got.body != "" {
				t.Errorf("body %q, want none", got.body)
			}
			if kept := len(sink.Events()); (kept > 0) != (test.status == 200) {
				t.Errorf("%d events kept", kept)
			}
		})
	}
}

func TestEventsAreCheckedAndKept(t *testing.T) {
	var printed []string
	sink, url := serve(t, collector.Options{OnEvent: func(e collector.Event) { printed = append(printed, e.ID) }})
	odd := strings.Replace(event(2), `"action":"LoggedIn"`, `"action":"Launched"`, 1)
	if got := post(t, url, envelope(event(1), odd, `7`, event(3))); got.status != 200 {
		t.Fatalf("%d %s: an event's fault is none of the envelope's", got.status, got.body)
	}
	events := sink.Events()
	if len(events) != 4 || events[0].Type != "SessionEvent" || events[1].Action != "Launched" ||
		events[3].ID != "urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000003" {
		t.Fatalf("kept %+v", events)
	}
	for i, wantFailure := range []bool{false, true, true, false} {
		if (events[i].Failure != "") != wantFailure {
			t.Errorf("event %d: failure %q", i, events[i].Failure)
		}
	}
	if !strings.Contains(events[1].Failure, "$.action") {
		t.Errorf("failure %q does not name the path", events[1].Failure)
	}
	if string(events[1].Raw) != odd {
		t.Errorf("raw %s", events[1].Raw)
	}
	if len(printed) != 4 || printed[3] != events[3].ID {
		t.Errorf("OnEvent saw %q", printed)
	}
}

func TestExtraPropertiesAreAPresets(t *testing.T) {
	for _, extra := range []map[caliper.EntityType][]string{nil, {caliper.TypeScore: {"scoreType"}}} {
		sink, url := serve(t, collector.Options{ExtraProperties: extra})
		post(t, url, envelope(string(sample.Grade())))
		if failure := sink.Events()[0].Failure; (failure == "") != (extra != nil) {
			t.Errorf("with %v: failure %q", extra, failure)
		}
	}
}

func TestRefuse(t *testing.T) {
	refuse := func(event []byte) string {
		if strings.Contains(string(event), "000000000002") {
			return "never the second"
		}
		return ""
	}
	for form, named := range map[collector.Form]bool{"": false, collector.FormPaths: true} {
		sink, url := serve(t, collector.Options{Refuse: refuse, RefuseForm: form})
		got := post(t, url, envelope(event(0), event(1), event(2), event(3)))
		if got.status != 400 || !strings.Contains(got.body, "never the second") ||
			strings.Contains(got.body, `"path":["data",2]`) != named {
			t.Errorf("named %t: %d %s", named, got.status, got.body)
		}
		if len(sink.Events()) != 0 {
			t.Error("a part of a refused envelope was kept")
		}
		if got := post(t, url, envelope(event(0), event(1))); got.status != 200 || sink.Accepted() != 2 {
			t.Errorf("%d, %d accepted; want 200, 2", got.status, sink.Accepted())
		}
	}
}

func TestKeysAreFoundWhereSendersPutThem(t *testing.T) {
	const key = "0f6b0d3c"
	_, url := serve(t, collector.Options{Key: key})
	for name, test := range map[string]struct {
		header http.Header
		query  string
		status int
	}{
		"none":            {asJSON(), "", 401},
		"verbatim":        {asJSON("Authorization", key), "", 200},
		"bearer":          {asJSON("Authorization", "Bearer "+key), "", 200},
		"basic":           {asJSON("Authorization", "Basic eDowZjZiMGQzYw=="), "", 200},
		"another header":  {asJSON("X-Api-Key", key), "", 200},
		"query":           {asJSON(), "?key=" + key, 200},
		"wrong":           {asJSON("Authorization", "Bearer "+key+"0"), "", 401},
		"part":            {asJSON("Authorization", "Bearer "+key[1:]), "", 401},
		"basic user only": {asJSON("Authorization", "Basic MGY2YjBkM2M6eA=="), "", 401},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"POST", "GET"} {
				got := do(t, method, url+"/"+test.query, envelope(event(1)), test.header)
				if got.status != test.status {
					t.Errorf("%s: %d, want %d", method, got.status, test.status)
				}
				if challenged := got.header.Get("WWW-Authenticate") != ""; challenged != (test.status == 401) {
					t.Errorf("%s: WWW-Authenticate: %t", method, challenged)
				}
			}
		})
	}
}

func TestConfiguration(t *testing.T) {
	_, url := serve(t, collector.Options{MaxBytes: 2_000_000})
	got := do(t, "GET", url, "", nil)
	want := `{"caliperMaximumPayloadSize":2000,"caliperSupportedVersions":["http://purl.imsglobal.org/ctx/caliper/v1p2"]}`
	if got.body != want || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s", got.header.Get("Content-Type"), got.body)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for want, o := range map[string]collector.Options{
		"max bytes":            {MaxBytes: -1},
		"oauth2: client id":    {OAuth2: &collector.OAuth2{ClientSecret: "s"}},
		"oauth2: client id an": {OAuth2: &collector.OAuth2{ClientID: "i"}},
		"oauth2: style":        {OAuth2: &collector.OAuth2{ClientID: "i", ClientSecret: "s", Style: "post"}},
		"oauth2: path":         {OAuth2: &collector.OAuth2{ClientID: "i", ClientSecret: "s", Path: "token"}},
		"keep bytes":           {KeepBytes: -1},
		"max events":           {MaxEvents: -1},
		"refuse form":          {RefuseForm: collector.FormJob},
		"oauth2: life":         {OAuth2: &collector.OAuth2{ClientID: "i", ClientSecret: "s", Life: -1}},
	} {
		if _, err := collector.New(o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s…", err, want)
		}
	}
}

func TestOnlyTheLatestAreKept(t *testing.T) {
	sink, url := serve(t, collector.Options{Keep: 3})
	for i := range 20 {
		post(t, url, envelope(event(2*i), event(2*i+1)))
	}
	events, requests := sink.Events(), sink.Requests()
	if len(events) != 3 || !strings.HasSuffix(events[2].ID, "0039") || !strings.HasSuffix(events[0].ID, "0037") {
		t.Errorf("kept %d events, last %v", len(events), events)
	}
	if len(requests) != 3 || sink.Accepted() != 40 {
		t.Errorf("kept %d requests, %d accepted; want 3, 40", len(requests), sink.Accepted())
	}
	sink.Reset()
	if len(sink.Events())+len(sink.Requests())+sink.Accepted() != 0 {
		t.Error("something is left after Reset")
	}
}

func TestRequestsAreRecorded(t *testing.T) {
	for _, keep := range []bool{false, true} {
		sink, url := serve(t, collector.Options{KeepBodies: keep, Script: script(t, "503,close")})
		body := envelope(event(1), event(2))
		for range 3 {
			do(t, "POST", url+"/x?k=v", body, asJSON("X-Request-ID", "r1"))
		}
		requests := sink.Requests()
		statuses := []int{requests[0].Status, requests[1].Status, requests[2].Status}
		if !slices.Equal(statuses, []int{503, 0, 200}) {
			t.Errorf("statuses %v", statuses)
		}
		last := requests[2]
		if last.Path != "/x" || last.Query != "k=v" || last.Method != "POST" || last.Events != 2 ||
			last.Header.Get("X-Request-ID") != "r1" || (string(last.Body) == body) != keep {
			t.Errorf("recorded %+v", last)
		}
	}
}

func TestWaitFor(t *testing.T) {
	sink, url := serve(t, collector.Options{})
	waited := make(chan error, 1)
	go func() { waited <- sink.WaitFor(context.Background(), 3) }()
	for i := range 3 {
		post(t, url, envelope(event(i)))
	}
	if err := <-waited; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sink.WaitFor(ctx, 4); err != context.Canceled {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if err := sink.WaitFor(ctx, 3); err != nil {
		t.Errorf("three are there, yet %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	sink, err := collector.New(collector.Options{Script: script(t, "200x1000"), OnEvent: func(collector.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 20 {
				r := httptest.NewRequest("POST", "/", strings.NewReader(envelope(event(i*100+n))))
				r.Header.Set("Content-Type", "application/json")
				sink.ServeHTTP(httptest.NewRecorder(), r)
				sink.Events()
				sink.Requests()
			}
		})
	}
	group.Go(func() {
		if err := sink.WaitFor(ctx, 160); err != nil {
			t.Error(err)
		}
	})
	group.Wait()
}
