package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"html"
	"io"
	"math/big"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// running is a collector command that runs until stopped.
type running struct {
	t    *testing.T
	url  string
	out  *bytes.Buffer
	said *strings.Builder // what followed the address on standard error
	stop context.CancelFunc
	code chan int // gets the exit code
}

// startCollector runs the command and waits until it says where it listens.
func startCollector(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, out: &bytes.Buffer{}, said: &strings.Builder{}, stop: cancel, code: make(chan int, 1)}
	said := &firstLine{line: make(chan string, 1), rest: r.said}
	go func() {
		r.code <- run(ctx, append([]string{"collector", "--listen", "127.0.0.1:0"}, args...), &console{out: r.out, err: said, env: os.LookupEnv})
	}()
	line := <-said.line
	found := regexp.MustCompile(`^listening on (https?://\S+/)\n$`).FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("said %q", line)
	}
	r.url = found[1]
	return r
}

// firstLine sends what is written first, and keeps what follows.
type firstLine struct {
	line chan string // gets one value
	sent bool
	rest io.Writer
}

func (f *firstLine) Write(p []byte) (int, error) {
	if f.sent {
		return f.rest.Write(p)
	}
	f.sent = true
	f.line <- string(p)
	return len(p), nil
}

func (r *running) post(key, body string) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func (r *running) end() {
	r.t.Helper()
	r.stop()
	if code := <-r.code; code != exitDone {
		r.t.Errorf("exit %d", code)
	}
}

func TestCollectorPrintsEvents(t *testing.T) {
	r := startCollector(t, "--key", "k", "--script", "503,200x2")
	pretty := strings.ReplaceAll(goodEvent, ",", ",\n  ")
	body := envelope1 + "[" + pretty + "," + badEvent + "]}"
	for i, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		if got := r.post("k", body); got != want {
			t.Errorf("POST %d answered %d, want %d", i, got, want)
		}
	}
	if got := r.post("wrong", body); got != http.StatusUnauthorized {
		t.Errorf("a wrong key is answered %d", got)
	}
	r.end()
	if got := r.out.String(); got != goodEvent+"\n"+badEvent+"\n" {
		t.Errorf("printed %s", got)
	}
	if got := r.said.String(); !strings.Contains(got, "urn:uuid:3a9d52c1-1c0b-4e65-8f43-6a1f0d2b7c91 does not conform: $.actor") {
		t.Errorf("said %q", got)
	}
}

func TestCollectorCannotListen(t *testing.T) {
	r := startCollector(t)
	defer r.end()
	address := strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/")
	newShell(t).run("collector", "--listen", address).is(exitFailed).says("listen: ")
}

// page gets what a browser gets.
func (r *running) page(path string) string {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(r.url, "/")+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(body)
}

// The destination that the page shows is one that `check` finds nothing wrong with, whatever the collector demands.
func TestCollectorShowsADestinationThatWorks(t *testing.T) {
	t.Setenv("CLIENT_ID", "the-client")
	t.Setenv("CLIENT_SECRET", "s+ecret&/")
	t.Setenv("KEY", "the-key")
	for name, args := range map[string][]string{
		"nothing": nil,
		"key":     {"--key", "env:KEY"},
		"oauth2":  {"--client-id", "env:CLIENT_ID", "--client-secret", "env:CLIENT_SECRET"},
		"oauth2, a form and a scope": {"--client-id", "env:CLIENT_ID", "--client-secret", "file:" + write(t, "secret", "s+ecret&/\n"),
			"--client-style", "form", "--scope", "events.write", "--token-path", "/auth/1.0/token"},
	} {
		t.Run(name, func(t *testing.T) {
			r := startCollector(t, args...)
			defer r.end()
			found := regexp.MustCompile(`(?s)<code>(destinations:.*?)</code>`).FindStringSubmatch(r.page("/"))
			if found == nil {
				t.Fatal("the page shows no destination")
			}
			text := "listen: 127.0.0.1:0\ndata_dir: " + t.TempDir() + "\nsources: [{ name: s, keys: [a-key-of-the-source] }]\n" +
				"admin: { tokens: [a-token-of-the-admin] }\n" + html.UnescapeString(found[1]) + "\n"
			sh := newShell(t)
			for _, variable := range []string{"CLIENT_ID", "CLIENT_SECRET", "KEY"} {
				sh.env[variable] = os.Getenv(variable)
			}
			sh.run("check", "--config", write(t, "config.yaml", text)).is(exitDone)
		})
	}
}

func TestCollectorRefusesAsTold(t *testing.T) {
	body := envelope1 + "[" + goodEvent + "," + badEvent + "]}"
	for _, test := range []struct {
		args []string
		want int
	}{
		{nil, http.StatusOK},
		{[]string{"--strict"}, http.StatusBadRequest},
		{[]string{"--refuse", "has=no such text", "--refuse", "action=LoggedIn"}, http.StatusBadRequest},
		{[]string{"--max-events", "1"}, http.StatusRequestEntityTooLarge},
		{[]string{"--max-body", "100B"}, http.StatusRequestEntityTooLarge},
		{[]string{"--script", "(202/job,503)*"}, http.StatusAccepted},
		{[]string{"--client-id", "i", "--client-secret", "s"}, http.StatusUnauthorized},
	} {
		r := startCollector(t, test.args...)
		if got := r.post("k", body); got != test.want {
			t.Errorf("%q: %d, want %d", test.args, got, test.want)
		}
		r.end()
	}
}

func TestCollectorKnowsThePresets(t *testing.T) {
	for preset, want := range map[string]int{"caliper": http.StatusBadRequest, "timeback": http.StatusOK} {
		r := startCollector(t, "--preset", preset, "--strict")
		if got := r.post("", envelope1+"["+scored+"]}"); got != want {
			t.Errorf("%s: %d, want %d", preset, got, want)
		}
		r.end()
	}
}

func TestCollectorFlagsThatMakeNoSense(t *testing.T) {
	for _, test := range []struct{ args, says string }{
		{"--script 5O3", `--script: "5O3" at character 1: want a status`},
		{"--token-script 202,x --client-id i --client-secret s", `--token-script: "x" at character 5`},
		{"--refuse colour=red", `--refuse: "colour=red": want FIELD=VALUE`},
		{"--refuse-form job", `refuse form: there is no "job"; there are paths`},
		{"--preset nobody", `--preset: there is no "nobody"; there are timeback`},
		{"--max-body huge", `--max-body: "huge": want a size`},
		{"--client-id i", "needs both --client-id and --client-secret"},
		{"--scope s", "needs both --client-id and --client-secret"},
		{"--client-id i --client-secret s --key k", "--key and --client-id: want one of them"},
		{"--client-id i --client-secret s --client-style post", "style: want basic, form or nothing"},
		{"--client-id i --client-secret s --token-path token", "path: want one such as /token"},
		{"--key env:NOBODY_SET_THIS", "--key: the environment variable NOBODY_SET_THIS is not set"},
		{"--max-events -1", "max events: must not be negative"},
		{"--keep 0", "--keep: want at least 1"},
		{"--tls-cert c.pem", "--tls-cert and --tls-key belong together"},
	} {
		newShell(t).run(append([]string{"collector"}, strings.Fields(test.args)...)...).is(exitUsage).says(test.says)
	}
	newShell(t).run("collector", "--key", "file:no-such-file").is(exitFailed).says("--key: open no-such-file")
}

func TestCollectorPagePassword(t *testing.T) {
	r := startCollector(t, "--page-password", "open sesame")
	defer r.end()
	if got := r.page("/"); !strings.Contains(got, "the page wants its password") {
		t.Errorf("without the password: %s", got)
	}
}

func TestCollectorServesTLS(t *testing.T) {
	cert, key := certificate(t)
	r := startCollector(t, "--tls-cert", cert, "--tls-key", key, "--client-ca", cert)
	defer r.end()
	if !strings.HasPrefix(r.url, "https://") {
		t.Fatalf("listens on %s", r.url)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range [][]tls.Certificate{nil, {pair}} {
		transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: own}}
		resp, err := (&http.Client{Transport: transport}).Get(r.url)
		if (err == nil) != (own != nil) {
			t.Errorf("with %d certificates: %v", len(own), err)
		}
		if err == nil {
			resp.Body.Close()
		}
	}
}

// certificate writes a certificate for servers and clients, signed by itself, and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert = write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})))
	return cert, write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})))
}

// TestCollectorDocument holds docs/collector.md against the program: its words, forms and flags, and its scripts.
func TestCollectorDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/collector.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	for _, w := range collector.Words() {
		word := strings.TrimSuffix(strings.TrimSuffix(w.Word, "x5"), "*")
		if !strings.Contains(document, strings.Replace(word, "FORM", "job", 1)) {
			t.Errorf("the word %s is not there", word)
		}
	}
	for _, form := range collector.Forms() {
		if !strings.Contains(document, "`"+string(form)+"`") {
			t.Errorf("the form %s is not there", form)
		}
	}
	help := newShell(t).run("collector", "--help").is(exitDone).out
	own, _, _ := strings.Cut(help, "Flags of every command:")
	for _, flag := range regexp.MustCompile(`(?m)^ +(--[a-z-]+) `).FindAllStringSubmatch(own, -1) {
		if flag[1] != "--listen" && !strings.Contains(document, flag[1]) {
			t.Errorf("the flag %s is not there", flag[1])
		}
	}
	for _, flag := range regexp.MustCompile("--[a-z][a-z-]+").FindAllString(document, -1) {
		if flag != "--config" && !strings.Contains(own, flag+" ") {
			t.Errorf("there is no flag %s", flag)
		}
	}
	scripts := regexp.MustCompile(`-script '([^']+)'|'script=([^']+)'`).FindAllStringSubmatch(document, -1)
	for _, m := range scripts {
		if _, err := collector.ParseScript(m[1] + m[2]); err != nil {
			t.Error(err)
		}
	}
	if len(scripts) < 5 {
		t.Errorf("only %d scripts found: mend this test", len(scripts))
	}
}
