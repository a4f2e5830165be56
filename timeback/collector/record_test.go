package collector_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

func TestRepetitionsAreFound(t *testing.T) {
	sink, url := serve(t, collector.Options{Keep: 4})
	other := strings.Replace(event(1), "LoggedIn", "LoggedOut", 1)
	anonymous := strings.Replace(event(9), `"id":"urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000009",`, "", 1)
	post(t, url, envelope(event(1), event(2), event(1)))
	post(t, url, envelope(other, anonymous, anonymous))
	var got []string
	for _, e := range sink.Events() {
		got = append(got, fmt.Sprint(e.Number, e.Request, e.RepeatOf, e.SameBytes))
	}
	want := "[3 1 1 true 4 2 3 false 5 2 0 false 6 2 0 false]"
	if fmt.Sprint(got) != want {
		t.Errorf("number, request, repeat of, same bytes:\n%v\nwant %v", got, want)
	}
	post(t, url, envelope(event(2))) // the one before is no longer kept
	if e := sink.Events()[3]; e.Number != 7 || e.RepeatOf != 0 {
		t.Errorf("event %d is a repeat of %d", e.Number, e.RepeatOf)
	}
	counts := sink.Counts()
	if counts.Repeated != 2 || counts.Events != 7 || counts.ForgottenEvents != 3 || counts.Nonconformant != 2 {
		t.Errorf("counts %+v", counts)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const bound = 64 << 10
	sink, url := serve(t, collector.Options{KeepBytes: bound, KeepRefused: true, Script: script(t, "(200,503)*")})
	header := asJSON("X-Padding", strings.Repeat("x", 2000))
	for i := range 200 {
		do(t, "POST", url, envelope(event(i)), header)
	}
	weight := 0
	for _, e := range sink.Events() {
		weight += len(e.Raw)
	}
	if n := len(sink.Events()); n < 10 || weight > bound {
		t.Errorf("%d events of %d bytes are kept within %d", n, weight, bound)
	}
	weight = 0
	for _, r := range sink.Requests() {
		weight += len(r.Body) + len(r.Header.Get("X-Padding"))
	}
	if n := len(sink.Requests()); n < 10 || weight > bound {
		t.Errorf("%d requests of %d bytes are kept within %d", n, weight, bound)
	}
	counts := sink.Counts()
	if counts.Requests != 200 || counts.Refused != 100 || counts.ForgottenRequests != 200-len(sink.Requests()) ||
		counts.ForgottenEvents != 100-len(sink.Events()) {
		t.Errorf("counts %+v", counts)
	}
	sink.Reset()
	if sink.Counts() != (collector.Counts{}) {
		t.Errorf("after Reset: %+v", sink.Counts())
	}
}

func TestRequestsSayWhatHappened(t *testing.T) {
	sink, url := serve(t, collector.Options{Key: "the-key", KeepRefused: true, Script: script(t, "slow:1ms+503,202/job")})
	body := envelope(event(1))
	do(t, "POST", url, body, asJSON("Authorization", "Bearer the-key"))
	do(t, "POST", url, body, asJSON("Authorization", "the-key"))
	do(t, "POST", url+"/x?secret=1", body, asJSON("Authorization", "Bearer wrong"))
	do(t, "POST", url, "client_secret=s", map[string][]string{"Authorization": {"the-key"}})
	requests := sink.Requests()
	for i, want := range []struct {
		status                           int
		authorized                       bool
		access, scripted, reason, reply  string
		events, bytes, number, keptBytes int
	}{
		{503, true, "key (bearer)", "slow:1ms+503", "scripted", "503 Service Unavailable (scripted)", 0, len(body), 1, len(body)},
		{202, true, "key (header Authorization)", "202/job", "", `{"jobId":"job-2","eventsAccepted":1}`, 1, len(body), 2, 0},
		{401, false, "the key is wrong", "", "the key is wrong", `{"status":"error","message":"the key is wrong"}`, 0, len(body), 3, len(body)},
		{415, true, "key (header Authorization)", "", "want Content-Type: application/json",
			`{"status":"error","message":"want Content-Type: application/json"}`, 0, 15, 4, 0},
	} {
		r := requests[i]
		if r.Status != want.status || r.Authorized != want.authorized || r.Access != want.access || r.Scripted != want.scripted ||
			r.Reason != want.reason || string(r.Reply) != want.reply || r.Events != want.events || r.Bytes != want.bytes ||
			r.Number != want.number || len(r.Body) != want.keptBytes || r.Took <= 0 {
			t.Errorf("request %d: %+v\nreply %s\nwant %+v", i, r, r.Reply, want)
		}
	}
}

func TestSizesAreHeldTo(t *testing.T) {
	_, url := serve(t, collector.Options{MaxEvents: 2})
	for n, want := range map[int]int{1: 200, 2: 200, 3: 413} {
		events := make([]string, n)
		for i := range events {
			events[i] = event(i)
		}
		if got := post(t, url, envelope(events...)); got.status != want {
			t.Errorf("%d events: %d, want %d", n, got.status, want)
		}
	}
}

func TestValidateStoresNothing(t *testing.T) {
	sink, url := serve(t, collector.Options{Key: "k", Script: script(t, "503")})
	header := asJSON("Authorization", "Bearer k")
	odd := strings.Replace(event(2), `"action":"LoggedIn"`, `"action":"Launched"`, 1)
	for body, want := range map[string]answer{
		envelope(event(1)): {200, nil, `{"status":"success"}`},
		envelope(event(1), odd): {400, nil, `{"status":"error","message":"the envelope holds events that do not conform","errors":[{"path":["data",1],` +
			`"message":"$.action: action is one of LoggedIn, LoggedOut, TimedOut (Caliper 1.2 SessionEvent)"}]}`},
		"{}": {400, nil, `{"status":"error","message":"no envelope: events must come in one"}`},
	} {
		if got := do(t, "POST", url+"/caliper/event/validate", body, header); got.status != want.status || got.body != want.body {
			t.Errorf("%d %s\nwant %d %s", got.status, got.body, want.status, want.body)
		}
	}
	if got := do(t, "POST", url+"/caliper/event/validate", envelope(event(1)), asJSON()); got.status != 401 {
		t.Errorf("without the key: %d", got.status)
	}
	if got := do(t, "POST", url+"/caliper/event", envelope(event(1)), header); got.status != 503 || sink.Accepted() != 0 {
		t.Errorf("the script was played, or something was kept: %d, %d", got.status, sink.Accepted())
	}
}

func TestJobs(t *testing.T) {
	_, url := serve(t, collector.Options{Key: "k", Script: script(t, "503,202/job")})
	header := asJSON("Authorization", "Bearer k")
	for range 2 {
		do(t, "POST", url, envelope(event(1), event(2)), header)
	}
	want := `{"id":"job-2","state":"completed","returnValue":{"status":"success","results":[` +
		`{"allocatedId":"1","externalId":"urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000001"},` +
		`{"allocatedId":"2","externalId":"urn:uuid:6b0d3c3a-54a4-4b43-8a3d-000000000002"}]}}`
	if got := do(t, "GET", url+"/jobs/job-2/status", "", header); got.status != 200 || got.body != want {
		t.Errorf("%d %s", got.status, got.body)
	}
	for path, status := range map[string]int{"job-1": 404, "job-99": 404, "2": 404, "job-02": 404, "job-x": 404} {
		if got := do(t, "GET", url+"/jobs/"+path+"/status", "", header); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := do(t, "GET", url+"/jobs/job-2/status", "", nil); got.status != 401 {
		t.Errorf("without the key: %d", got.status)
	}
}

func TestRedact(t *testing.T) {
	o := oauth2("")
	o.OAuth2.ClientSecret = "the-secret"
	sink, url := serve(t, o)
	_, reply := askToken(t, url, form("grant_type", "client_credentials", "scope", "events.write"), basic("the client", "the-secret"))
	if got := sink.Redact("a the-secret b " + reply.Token + " c"); got != "a <redacted> b <redacted> c" {
		t.Errorf("got %q", got)
	}
	keyed, _ := serve(t, collector.Options{Key: "kkkk"})
	if got := keyed.Redact("xkkkkx"); got != "x<redacted>x" {
		t.Errorf("got %q", got)
	}
}
