package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// ran is how a command line ended.
type ran struct {
	t        *testing.T
	line     string
	code     int
	out, err string
}

// shell runs command lines in this process.
type shell struct {
	t        *testing.T
	env      map[string]string
	in       string
	terminal bool
	now      time.Time
}

func newShell(t *testing.T) *shell { return &shell{t: t, env: map[string]string{}, now: time.Now()} }

func (s *shell) run(args ...string) ran {
	s.t.Helper()
	return s.runIn(s.t.Context(), &bytes.Buffer{}, args...)
}

func (s *shell) runIn(ctx context.Context, out io.Writer, args ...string) ran {
	var err bytes.Buffer
	code := run(ctx, args, &console{
		in: strings.NewReader(s.in), out: out, err: &err, terminal: s.terminal, now: func() time.Time { return s.now },
		env: func(name string) (string, bool) { value, ok := s.env[name]; return value, ok },
	})
	r := ran{t: s.t, line: strings.Join(args, " "), code: code, err: err.String()}
	if b, ok := out.(*bytes.Buffer); ok {
		r.out = b.String()
	}
	return r
}

// is checks the exit code, and that of what fails standard error has the reason and standard output nothing.
func (r ran) is(code int) ran {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("%s: exit %d, want %d\n%s%s", r.line, r.code, code, r.out, r.err)
	}
	if code != exitDone && !strings.HasPrefix(r.lastProblem(), "bbcaliper: ") {
		r.t.Errorf("%s: standard error does not give the reason: %q", r.line, r.err)
	}
	if code == exitUsage && (!strings.Contains(r.err, "\nusage: bbcaliper") || r.out != "") {
		r.t.Errorf("%s: no usage line, or output %q: %q", r.line, r.out, r.err)
	}
	return r
}

// lastProblem is the line of standard error with the reason.
func (r ran) lastProblem() string {
	i := strings.LastIndex(r.err, "bbcaliper: ")
	return r.err[max(i, 0):]
}

// prints checks that standard output has each text.
func (r ran) prints(texts ...string) ran {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.out, text) {
			r.t.Errorf("%s: standard output lacks %q:\n%s", r.line, text, r.out)
		}
	}
	return r
}

// says checks that standard error has each text.
func (r ran) says(texts ...string) ran {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.err, text) {
			r.t.Errorf("%s: standard error lacks %q:\n%s", r.line, text, r.err)
		}
	}
	return r
}

// into decodes standard output.
func (r ran) into(document any) ran {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.out), document); err != nil {
		r.t.Fatalf("%s: %v:\n%s", r.line, err, r.out)
	}
	return r
}

const (
	testKey   = "the-key-of-myschool"
	testToken = "the-token-of-the-admin"
	testSite  = "a118bba8-5378-4533-899b-8862ac59db03" // of the payloads in testdata

	// The person of the payloads, and a platform id for them.
	testUser     = "ffc08009f0884c059192bac549e117b2"
	testPlatform = "9b6f4d0e-1c57-4a0e-b0a7-3f1d8c2e5a64"
)

// rig is a shell beside a running adapter with a collector.
type rig struct {
	*shell
	adapter   *adapter.Adapter
	collector *collector.Collector
}

func newRig(t *testing.T) *rig { return newRigOf(t, adapterConfig) }

// newRigOf is newRig with another configuration: the adapter's, for the URL of the collector.
func newRigOf(t *testing.T, configured func(url string) string) *rig {
	t.Helper()
	r := &rig{shell: newShell(t)}
	var err error
	if r.collector, err = collector.New(collector.Options{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r.collector)
	t.Cleanup(server.Close)
	r.adapter = startAdapter(t, configured(server.URL))
	r.env["BBCALIPER_SERVER"] = "http://" + r.adapter.AdminAddr()
	r.env["BBCALIPER_ADMIN_TOKEN"] = testToken
	return r
}

// adapterConfig is an adapter with one source that sends to a URL.
func adapterConfig(url string) string {
	return fmt.Sprintf(`
listen: "127.0.0.1:0"
admin:
  listen: "127.0.0.1:0"
  tokens: [%q, { token: a-viewer, role: viewer }]
data_dir: data
sources: [{ name: myschool, keys: [%q] }]
destinations:
  - { name: lrs, url: %q, app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11, batch: { max_wait: 20ms } }
`, testToken, testKey, url)
}

func startAdapter(t *testing.T, text string) *adapter.Adapter {
	t.Helper()
	c, err := config.Parse([]byte(text), t.TempDir(), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	a, err := adapter.New(adapter.Options{Config: c, Log: log, Version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return a
}

// post sends a payload of testdata as Learn does.
func (r *rig) post(key string, body []byte) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+r.adapter.Addr()+"/caliper", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", key)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// until runs a command until its output satisfies a condition.
func (r *rig) until(what string, holds func(ran) bool, args ...string) ran {
	r.t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if got := r.run(args...).is(exitDone); holds(got) {
			return got
		}
		select {
		case <-tick.C:
		case <-deadline:
			r.t.Fatalf("still not: %s", what)
		}
	}
}

func payload(t *testing.T, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// write writes a file into a new folder and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
