package page_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a collector with its page on loopback.
type rig struct {
	t    *testing.T
	sink *collector.Collector
	url  string
}

func serve(t *testing.T, o collector.Options, p page.Options) *rig {
	t.Helper()
	sink, err := collector.New(o)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := page.New(sink, p)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &rig{t, sink, server.URL}
}

func (r *rig) script(text string) collector.Script {
	r.t.Helper()
	s, err := collector.ParseScript(text)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// answer is a reply; status 0 is a dropped connection.
type answer struct {
	status int
	header http.Header
	body   string
}

func (r *rig) do(method, path, body string, header ...string) answer {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if req.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// html gets a page as a browser does, json the same as a program.
func (r *rig) html(path string, header ...string) answer {
	r.t.Helper()
	return r.do("GET", path, "", append(header, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")...)
}

func (r *rig) json(path string, header ...string) answer {
	r.t.Helper()
	return r.do("GET", path, "", header...)
}

func (r *rig) form(path string, pairs ...string) answer {
	r.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return r.do("POST", path, values.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// send posts an envelope of documents.
func (r *rig) send(header []string, documents ...string) answer {
	r.t.Helper()
	raw := make([][]byte, len(documents))
	for i, d := range documents {
		raw[i] = []byte(d)
	}
	return r.do("POST", "/events/1.0/", string(sample.Envelope(raw...)), append(header, "Content-Type", "application/json")...)
}

func event(n int) string { return string(sample.Event(n)) }

// brokenEvent has an action that its type does not have.
func brokenEvent(n int) string {
	return strings.Replace(event(n), `"action":"LoggedIn"`, `"action":"Launched"`, 1)
}

// busy fills a collector with a bit of everything.
func busy(t *testing.T) *rig {
	t.Helper()
	r := serve(t, collector.Options{KeepRefused: true, Key: "k", RefuseForm: collector.FormPaths,
		Refuse: collector.RefuseBy(must(collector.ParseRule("has=000000000009"))(t)),
	}, page.Options{})
	key := func(id string) []string { return []string{"Authorization", "Bearer k", "X-Request-ID", id} }
	r.send(key("0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a01"), event(1), event(2), event(3))
	r.sink.SetScript(r.script("503:Retry-After=2,lost,close,429:Retry-After=30"))
	for range 4 {
		r.send(key("0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a02"), event(4), brokenEvent(5))
	}
	r.send(key("0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a02"), event(4), brokenEvent(5))
	r.send(key("0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a03"), event(8), event(9))
	late := strings.ReplaceAll(strings.Replace(event(6), `"eventTime":"2026-03-01T12:00:00.000Z"`, `"eventTime":"2026-03-01T11:00:00.000Z"`, 1), "zz", "")
	r.send(key("0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a04"), late)
	r.send([]string{"Authorization", "Bearer wrong"}, event(7))
	r.send(nil, event(7))
	r.do("POST", "/events/1.0/", "{", "Content-Type", "application/json", "Authorization", "Bearer k")
	r.send(key("0c6f31ab-1f0e-4a2b-b3f7-3c2d1e0f9a05"), event(7), strings.Replace(event(1), "LoggedIn", "LoggedOut", 1))
	r.sink.SetScript(r.script("503x2,(202/job,429:Retry-After=2)*"))
	return r
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
