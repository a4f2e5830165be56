package collector_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

func TestForms(t *testing.T) {
	for text, want := range map[string]answer{
		"201":          {201, nil, ""},
		"204/status":   {204, nil, ""},
		"200/empty":    {200, nil, ""},
		"202/status":   {202, nil, `{"status":"success"}`},
		"202/job":      {202, nil, `{"jobId":"job-1","eventsAccepted":2}`},
		"202/text":     {202, nil, "202 Accepted"},
		"503":          {503, nil, "503 Service Unavailable (scripted)"},
		"400/text":     {400, nil, "400 Bad Request (scripted)"},
		"400/status":   {400, nil, `{"status":"error","message":"400 Bad Request (scripted)"}`},
		"401/empty":    {401, nil, ""},
		"502/html":     {502, nil, "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center></body>\n</html>\n"},
		"503/garbage":  {503, nil, `<html>{"status":`},
		"400@1/text":   {400, nil, "scripted"},
		"400@1/empty":  {400, nil, ""},
		"422@0/status": {422, nil, `{"status":"error","message":"scripted"}`},
		"400@1/keys": {400, nil, `{"status":"error","message":"scripted","errors":[{"code":"unrecognized_keys","keys":["extensions"],` +
			`"path":["data",1],"message":"Unrecognized key(s) in object: 'extensions'"}]}`},
	} {
		_, url := serve(t, collector.Options{Script: script(t, text)})
		if got := post(t, url, envelope(event(1), event(2))); got.status != want.status || got.body != want.body {
			t.Errorf("%s: %d %s\nwant %d %s", text, got.status, got.body, want.status, want.body)
		}
	}
}

func TestHeadersCanBeDates(t *testing.T) {
	_, url := serve(t, collector.Options{Script: script(t, "429:Retry-After=date+1h,503:Retry-After=date-1h")})
	for _, want := range []time.Duration{time.Hour, -time.Hour} {
		got := post(t, url, envelope(event(1)))
		date, err := http.ParseTime(got.header.Get("Retry-After"))
		if err != nil {
			t.Fatal(err)
		}
		if off := time.Until(date) - want; off.Abs() > 30*time.Second {
			t.Errorf("Retry-After is %s from now, want %s", time.Until(date), want)
		}
	}
}

// reading posts an envelope and returns the reply with its body unread.
func reading(t *testing.T, url string, body io.Reader) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	return resp, err
}

func TestCutBreaksOff(t *testing.T) {
	for text, kept := range map[string]int{"cut": 1, "503/cut": 0} {
		sink, url := serve(t, collector.Options{Script: script(t, text)})
		resp, err := reading(t, url, strings.NewReader(envelope(event(1))))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 || !strings.HasPrefix(string(body), `{"st`) {
			t.Errorf("%s: read %q, %v", text, body, err)
		}
		if sink.Accepted() != kept {
			t.Errorf("%s: %d events kept, want %d", text, sink.Accepted(), kept)
		}
	}
}

// The body goes on for as long as it is read; the handler ends when the client
// leaves, which the check for leaks in TestMain holds.
func TestEndlessDoesNotEnd(t *testing.T) {
	sink, url := serve(t, collector.Options{Script: script(t, "endless")})
	resp, err := reading(t, url, strings.NewReader(envelope(event(1))))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.CopyN(io.Discard, resp.Body, 1<<18); err != nil || resp.StatusCode != 200 {
		t.Errorf("%d, ended after %d bytes: %v", resp.StatusCode, n, err)
	}
	if sink.Accepted() != 1 {
		t.Errorf("%d events kept, want 1", sink.Accepted())
	}
}

func TestDripTakesItsTime(t *testing.T) {
	for text, want := range map[string]string{
		"drip:60ms":         `{"status":"success"}`,
		"drip:60ms+503":     "503 Service Unavailable (scripted)",
		"drip:60ms+202/job": `{"jobId":"job-1","eventsAccepted":1}`,
	} {
		_, url := serve(t, collector.Options{Script: script(t, text)})
		began := time.Now()
		resp, err := reading(t, url, strings.NewReader(envelope(event(1))))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != want || time.Since(began) < 60*time.Millisecond {
			t.Errorf("%s: %q, %v after %s", text, body, err, time.Since(began))
		}
	}
}

// endlessBody is a request's body that nobody can have read to its end.
type endlessBody struct{}

func (endlessBody) Read(p []byte) (int, error) { return len(p), nil }

func TestHangupReadsNothing(t *testing.T) {
	sink, url := serve(t, collector.Options{Script: script(t, "hangup"), KeepBodies: true})
	if resp, err := reading(t, url, endlessBody{}); err == nil {
		t.Errorf("answered %d", resp.StatusCode)
	}
	r := sink.Requests()
	if len(r) != 1 || r[0].Status != 0 || r[0].Bytes != 0 || r[0].Scripted != "hangup" {
		t.Errorf("recorded %+v", r)
	}
}

// refusing has two events refused, by a rule or as nonconformant.
func TestRefusalForms(t *testing.T) {
	odd := strings.Replace(event(2), `"action":"LoggedIn"`, `"action":"Launched"`, 1)
	rule := "$.action: action is one of LoggedIn, LoggedOut, TimedOut (Caliper 1.2 SessionEvent)"
	for form, want := range map[collector.Form]string{
		"": `{"status":"error","message":"` + rule + `"}`,
		collector.FormPaths: `{"status":"error","message":"` + rule + `","errors":[{"path":["data",1],"message":"` + rule + `"},` +
			`{"path":["data",3],"message":"refused by the rule id=urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000004"}]}`,
		collector.FormText:  rule,
		collector.FormEmpty: "",
	} {
		byID, err := collector.ParseRule("id=urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000004")
		if err != nil {
			t.Fatal(err)
		}
		sink, url := serve(t, collector.Options{Strict: true, RefuseForm: form, Refuse: collector.RefuseBy(byID)})
		got := post(t, url, envelope(event(1), odd, event(3), event(4)))
		if got.status != 400 || got.body != want {
			t.Errorf("%s: %d %s\nwant %s", form, got.status, got.body, want)
		}
		if reason := sink.Requests()[0].Reason; reason != "data[1]: "+rule+" (and 1 more)" {
			t.Errorf("%s: reason %q", form, reason)
		}
		if got := post(t, url, envelope(event(1), event(3))); got.status != 200 || sink.Accepted() != 2 {
			t.Errorf("%s: the others: %d, %d accepted", form, got.status, sink.Accepted())
		}
	}
}

func TestRules(t *testing.T) {
	for text, want := range map[string]bool{
		"type=SessionEvent": true, "type=Session": false, "action=LoggedIn": true, "action=LoggedOut": false,
		"actor=urn:uuid:0a1b2c3d-0000-4000-8000-000000000001":                   true,
		"actor=urn:uuid:0a1b2c3d":                                               false,
		"has=startedAtTime":                                                     true,
		"has=nowhere":                                                           false,
		"id=urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000001":                      true,
		"id=urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000002":                      false,
		`has="eventTime":"2026-03-01T12:00:00.000Z","edApp":"urn:uuid:1e0d6a0c`: true,
	} {
		rule, err := collector.ParseRule(text)
		if err != nil || rule.String() != text || rule.Matches([]byte(event(1))) != want {
			t.Errorf("%s: %v, matches: %t", text, err, rule.Matches([]byte(event(1))))
		}
	}
	for _, text := range []string{"", "type", "type=", "=x", "colour=red", "Type=x"} {
		if rule, err := collector.ParseRule(text); err == nil {
			t.Errorf("ParseRule(%q) = %s, want an error", text, rule)
		}
	}
}

func FuzzParseRule(f *testing.F) {
	f.Add("type=SessionEvent", `{"type":"SessionEvent"}`)
	f.Add("actor=urn:x", `{"actor":{"id":"urn:x"}}`)
	f.Fuzz(func(t *testing.T, text, event string) {
		rule, err := collector.ParseRule(text)
		if err != nil {
			return
		}
		if rule.String() != text {
			t.Errorf("%q reads as %q", text, rule)
		}
		rule.Matches([]byte(event))
	})
}
