package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// daemon is `bbcaliper serve` in this process.
type daemon struct {
	t      *testing.T
	file   string // the configuration
	public string // address that Learn posts to
	api    *client.Client
}

// startDaemon runs it until the test ends.
func startDaemon(t *testing.T, configuration string) *daemon {
	t.Helper()
	d := &daemon{t: t, file: filepath.Join(t.TempDir(), "bbcaliper.yaml")}
	d.write(configuration)
	said, says := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--config", d.file}, &console{in: strings.NewReader(""), out: io.Discard, err: says, now: time.Now, env: os.LookupEnv})
		_ = says.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitDone {
			t.Errorf("serve ended with %d", code)
		}
	})
	lines := bufio.NewScanner(said)
	ready := regexp.MustCompile(`is ready.*admin="?([0-9.:]+).*listen="?([0-9.:]+)`)
	for lines.Scan() {
		if m := ready.FindStringSubmatch(lines.Text()); m != nil {
			d.public = m[2]
			d.connect(m[1])
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	if d.api == nil {
		t.Fatal("serve did not get ready")
	}
	return d
}

func (d *daemon) write(configuration string) {
	d.t.Helper()
	if err := os.WriteFile(d.file, []byte(configuration), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *daemon) connect(address string) {
	d.t.Helper()
	api, err := client.New(client.Options{Server: "http://" + address, Token: testToken})
	if err != nil {
		d.t.Fatal(err)
	}
	d.api = api
}

// until waits until the first destination's status satisfies a condition. each is done before each look.
func (d *daemon) until(what string, each func(), holds func(admin.DestinationStatus) bool) {
	d.t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		each()
		status, err := d.api.Status(d.t.Context())
		if err == nil && len(status.Destinations) > 0 && holds(status.Destinations[0]) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("still not %s: %+v, %v", what, status, err)
		}
	}
}

// TestSIGHUPMendsAWrongSecret has a destination paused by a wrong secret, which is named, and resumed by the right one.
func TestSIGHUPMendsAWrongSecret(t *testing.T) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // before and after the daemon listens to it, it must not end the tests
	sink, err := collector.New(collector.Options{Key: "the right key"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sink)
	t.Cleanup(server.Close)
	configuration := func(token string) string {
		return fmt.Sprintf(`
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0", tokens: [%q] }
data_dir: data
mapping: { unmapped: derive }
sources: [{ name: myschool, keys: [%q] }]
destinations:
  - { name: trial, url: %q, app_id: %s, batch: { max_wait: 20ms }, auth: { type: bearer, token: %q } }
`, testToken, testKey, server.URL+"/caliper", testPlatform, token)
	}
	d := startDaemon(t, configuration("a wrong key"))
	d.post("../../testdata/v1p1/login.json")
	d.until("paused for its token", func() {}, func(s admin.DestinationStatus) bool {
		return s.State == pipeline.Paused && s.Setting == "auth.token"
	})
	d.write(configuration("the right key"))
	d.until("delivered", func() { _ = syscall.Kill(os.Getpid(), syscall.SIGHUP) }, func(s admin.DestinationStatus) bool {
		return s.State == pipeline.Running && s.Outcomes.Delivered == 1
	})
}

// post sends a payload as Learn does.
func (d *daemon) post(file string) {
	d.t.Helper()
	body, err := os.Open(file)
	if err != nil {
		d.t.Fatal(err)
	}
	defer body.Close()
	req, err := http.NewRequest(http.MethodPost, "http://"+d.public+"/caliper", body)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", testKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		d.t.Fatalf("POST answered %s", resp.Status)
	}
}
