package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// minimal is the least that is valid.
const minimal = `
sources: [{ name: school, keys: [k1] }]
destinations: [{ name: lake, url: "https://lake.example.org/caliper", app_id: 5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11 }]
`

// environment returns a look-up in pairs of name and value.
func environment(pairs ...string) func(string) (string, bool) {
	vars := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		vars[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func mustParse(t *testing.T, text string, env ...string) *Config {
	t.Helper()
	cfg, err := Parse([]byte(text), "", environment(env...))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return cfg
}

func TestMinimalConfigurationGetsDefaults(t *testing.T) {
	cfg := mustParse(t, minimal)
	want := &Config{
		Listen:  ":8443",
		Admin:   Admin{Listen: "127.0.0.1:8081"},
		DataDir: "data",
		Journal: Journal{Keep: 168 * time.Hour, MaxBytes: 20 << 30, DedupWindow: 24 * time.Hour},
		Limits:  Limits{MaxBody: 32 << 20, MaxEvents: 5000},
		Sources: []Source{{Name: "school", Keys: []Key{NewKey("k1")}}},
		Destinations: []Destination{{
			Name: "lake", Preset: "caliper", URL: "https://lake.example.org/caliper",
			AppID:   uuid.MustParse("5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11"),
			Sources: []string{"school"}, Auth: Auth{Type: "none"},
			InFlight: 8, OnFull: "refuse",
		}},
		Dead:    Dead{Keep: 2160 * time.Hour},
		Mapping: Mapping{Unmapped: "hold", HoldFor: 720 * time.Hour, Trust: []string{"external_id", "user_id"}, Suggest: []string{"external_id"}},
		Privacy: Privacy{LaunchParameters: []string{
			"context_id", "context_label", "context_title", "resource_link_id", "resource_link_title",
			"lti_version", "lti_message_type",
		}},
		Log: Log{Level: "info", Format: "text"},
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
}

func TestExampleIsValid(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "registrar.token"), "r-token\n")
	path := writeFile(t, filepath.Join(dir, "bbcaliper.yaml"), Example)
	cfg, err := Load(path, environment("MYSCHOOL_KEY", "mk", "BBCALIPER_ADMIN_TOKEN", "at", "TB_ID", "id", "TB_SECRET", "se"))
	if err != nil {
		t.Fatal(err)
	}
	checks := []struct {
		what string
		ok   bool
	}{
		{"key", cfg.Sources[0].Keys[0].Match([]byte("mk"))},
		{"plain token is an admin", cfg.Admin.Tokens[0] == Token{Token: NewKey("at"), Role: RoleAdmin}},
		{"token from a file", cfg.Admin.Tokens[1] == Token{Token: NewKey("r-token"), Role: RoleMapper, Name: "registrar"}},
		{"certificate beside the file", cfg.TLS.CertFile == filepath.Join(dir, "server.crt") && cfg.TLS.Enabled()},
		{"data beside the file", cfg.DataDir == filepath.Join(dir, "data")},
		{"client id", cfg.Destinations[0].Auth.ClientID.Reveal() == "id"},
		{"client secret", cfg.Destinations[0].Auth.ClientSecret.Reveal() == "se"},
		{"rate is the preset's", cfg.Destinations[0].Rate == nil},
		{"skip is the preset's", cfg.Destinations[0].Skip == nil},
		{"events are the preset's", reflect.DeepEqual(cfg.Destinations[0].Events, Events{})},
	}
	for _, c := range checks {
		if !c.ok {
			t.Errorf("%s: not as the example says", c.what)
		}
	}
}

// The defaults that the example's comments promise are the ones that a file without them gets.
func TestExampleShowsDefaults(t *testing.T) {
	plain := mustParse(t, minimal)
	example := mustParse(t, strings.ReplaceAll(Example, "file:registrar.token", "x"),
		"MYSCHOOL_KEY", "mk", "BBCALIPER_ADMIN_TOKEN", "at", "TB_ID", "id", "TB_SECRET", "se")
	pairs := [][2]any{
		{plain.Listen, example.Listen}, {plain.Admin.Listen, example.Admin.Listen}, {plain.DataDir, example.DataDir},
		{plain.Journal, example.Journal}, {plain.Limits, example.Limits}, {plain.Mapping, example.Mapping},
		{plain.Privacy, example.Privacy}, {plain.Log, example.Log},
		{plain.Destinations[0].Batch, example.Destinations[0].Batch},
		{plain.Destinations[0].InFlight, example.Destinations[0].InFlight},
		{plain.Destinations[0].OnFull, example.Destinations[0].OnFull},
		{plain.Dead, example.Dead},
	}
	for _, p := range pairs {
		if !reflect.DeepEqual(p[0], p[1]) {
			t.Errorf("default %v, example %v", p[0], p[1])
		}
	}
}

// Every key stands in the example, commented out or not.
func TestExampleHasEveryKey(t *testing.T) {
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		if typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		fields, names := fieldsOf(typ)
		for _, name := range names {
			if !regexp.MustCompile(`\b`+name+`:`).MatchString(Example) && !authOnly[name] {
				t.Errorf("the example does not have %s", name)
			}
			look(fields[name])
		}
	}
	look(reflect.TypeFor[Config]())
}

// authOnly are keys that the example names in a comment about the types of authentication.
var authOnly = map[string]bool{"value": true, "username": true, "password": true}

// What the example shows commented out is valid as well, and what it says of it holds.
func TestExampleWithEverythingOfADestination(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "ca.key")
	writePair(t, dir, "client.crt", "client.key")
	text := regexp.MustCompile(`(?m)^    # ((?:  )?(?:- )?[a-z{])`).ReplaceAllString(Example, "    $1")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "file:registrar.token", "x"), "//…", "//x.example")
	text = strings.ReplaceAll(text, "a118bba8-…", "a118bba8-5378-4533-899b-8862ac59db03")
	cfg, err := Parse([]byte(text), dir, environment("MYSCHOOL_KEY", "mk", "BBCALIPER_ADMIN_TOKEN", "at", "TB_ID", "id", "TB_SECRET", "se"))
	if err != nil {
		t.Fatal(err)
	}
	d := cfg.Destinations[0]
	if d.Start.Ago != 24*time.Hour || len(d.Skip) != 2 || d.ValidateURL == "" || *d.Batch.MaxEvents != 50 ||
		d.TLS.CertFile != filepath.Join(dir, "client.crt") || d.TLS.CA.File != filepath.Join(dir, "ca.pem") {
		t.Errorf("got %+v", d)
	}
	if e := reflect.ValueOf(d.Events); e.NumField() != 13 {
		t.Errorf("%d keys of events, this test knows 13", e.NumField())
	} else {
		for i := range e.NumField() {
			if e.Field(i).IsNil() {
				t.Errorf("events.%s is not in the example", e.Type().Field(i).Tag.Get(tag))
			}
		}
	}
}

func TestEveryAuthenticationIsAccepted(t *testing.T) {
	cases := map[string]Auth{
		`{ type: none }`:                                   {Type: "none"},
		`{ type: bearer, token: t }`:                       {Type: "bearer", Token: NewSecret("t")},
		`{ type: header, name: X-Api-Key, value: v }`:      {Type: "header", Name: "X-Api-Key", Value: NewSecret("v")},
		`{ type: basic, username: u, password: "env:PW" }`: {Type: "basic", Username: NewSecret("u"), Password: NewSecret("pw")},
		`{ type: query, name: key, value: v }`:             {Type: "query", Name: "key", Value: NewSecret("v")},
		`{ type: oauth2, token_url: "https://a.example/t", client_id: c, client_secret: s }`: {
			Type: "oauth2", TokenURL: "https://a.example/t", ClientID: NewSecret("c"), ClientSecret: NewSecret("s")},
		`{ type: oauth2, token_url: "https://a.example/t", client_id: c, client_secret: s, scopes: [a, b], style: post }`: {
			Type: "oauth2", TokenURL: "https://a.example/t", ClientID: NewSecret("c"), ClientSecret: NewSecret("s"),
			Scopes: []string{"a", "b"}, Style: "post"},
		`{ type: oauth2, token_url: "https://a.example/t", client_id: c, client_secret: s, scopes: [], style: form }`: {
			Type: "oauth2", TokenURL: "https://a.example/t", ClientID: NewSecret("c"), ClientSecret: NewSecret("s"),
			Scopes: []string{}, Style: "post"},
	}
	for text, want := range cases {
		cfg := mustParse(t, withDestination("auth: "+text), "PW", "pw")
		if got := cfg.Destinations[0].Auth; !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %#v\nwant %#v", text, got, want)
		}
	}
}

func TestClusterAndSeveralSources(t *testing.T) {
	cfg := mustParse(t, `
engine: { url: "nats://n1:4222,tls://n2:4222", credentials_file: c.creds }
admin: { listen: "0.0.0.0:9000", tokens: [{ token: "sha256:`+strings.Repeat("0f", 32)+`", role: viewer }] }
sources:
  - { name: a, keys: [k1, k2], site: A118BBA8-5378-4533-899B-8862AC59DB03 }
  - { name: b, keys: [k3] }
destinations:
  - { name: x, url: "http://x/", app_id: 5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11, sources: [b], rate: 0, skip: [], sensor: "urn:x:y", preset: beyondai }
  - { name: y, url: "http://y/", app_id: 5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11, sources: [a, b], rate: 2.5, on_full: skip, lti: view }
journal: { keep: 30d, max_bytes: 1048576, dedup_window: 1h30m }
mapping: { unmapped: derive, trust: [], suggest: [] }
`)
	checks := []struct {
		what      string
		got, want any
	}{
		{"replicas", cfg.Engine.Replicas, 3},
		{"no data_dir beside a cluster", cfg.DataDir, ""},
		{"site in lower case", cfg.Sources[0].Site, "a118bba8-5378-4533-899b-8862ac59db03"},
		{"days", cfg.Journal.Keep, 30 * 24 * time.Hour},
		{"bytes without a unit", cfg.Journal.MaxBytes, Size(1 << 20)},
		{"whole rate", *cfg.Destinations[0].Rate, 0.0},
		{"fraction of a rate", *cfg.Destinations[1].Rate, 2.5},
		{"skip nothing is not the preset's list", cfg.Destinations[0].Skip, []Skip{}},
		{"the preset's list", cfg.Destinations[1].Skip, []Skip(nil)},
		{"trust nothing", len(cfg.Mapping.Trust), 0},
		{"suggest nothing", len(cfg.Mapping.Suggest), 0},
		{"sources", cfg.Destinations[0].Sources, []string{"b"}},
	}
	for _, c := range checks {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestAliasesAreFollowed(t *testing.T) {
	cfg := mustParse(t, `
sources: [{ name: a, keys: [k1] }]
destinations:
  - &first { name: x, url: "http://x/", app_id: 5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11, auth: &auth { type: bearer, token: t } }
  - { name: y, url: "http://y/", app_id: 5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11, auth: *auth }
`)
	if got := cfg.Destinations[1].Auth.Token.Reveal(); got != "t" {
		t.Errorf("token %q", got)
	}
}

func TestLoadSaysWhichFileIsMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.yaml")
	_, err := Load(path, environment())
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestNeedsRestart(t *testing.T) {
	before := mustParse(t, minimal)
	reloadable := mustParse(t, strings.Replace(minimal, "[k1]", "[k1, k2]", 1)+
		"mapping: { unmapped: drop }\nadmin: { tokens: [t] }\n")
	if got := before.NeedsRestart(reloadable); got != nil {
		t.Errorf("keys, mapping and tokens need a restart: %v", got)
	}
	other := mustParse(t, minimal+"listen: ':1'\njournal: { keep: 200h }\n")
	if got, want := before.NeedsRestart(other), []string{"listen", "journal"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if again := mustParse(t, minimal); !reflect.DeepEqual(before, again) {
		t.Error("the same text twice differs")
	}
}

func TestPresetsAreThoseOfTheClient(t *testing.T) {
	if got, want := Presets(), timeback.PresetNames(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRoles(t *testing.T) {
	all := []Role{RoleViewer, RoleMapper, RoleAdmin}
	for i, own := range all {
		for j, needed := range all {
			if got := own.Covers(needed); got != (i >= j) {
				t.Errorf("%s covers %s: %v", own, needed, got)
			}
		}
	}
	if Role("").Covers(RoleViewer) || RoleAdmin.Covers("root") {
		t.Error("unknown roles cover something")
	}
}

// withDestination returns the minimal configuration with more keys in its destination.
func withDestination(keys string) string {
	return strings.Replace(minimal, "{ name: lake,", "{ "+keys+", name: lake,", 1)
}

func TestStart(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-01T06:00:00Z":             time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC),
		"2026-03-01T06:00:00+02:00":        time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC),
		"'2026-03-01T06:00:00.5-01:00'":    time.Date(2026, 3, 1, 7, 0, 0, 5e8, time.UTC),
		"24h":                              now.Add(-24 * time.Hour),
		"7d":                               now.Add(-7 * 24 * time.Hour),
		"!!timestamp 2026-03-01T06:00:00Z": time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC),
	} {
		start := mustParse(t, withDestination("start: "+text)).Destinations[0].Start
		if got, ok := start.From(now); !ok || !got.Equal(want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if _, ok := mustParse(t, minimal).Destinations[0].Start.From(now); ok {
		t.Error("a destination without start begins somewhere else than at the end")
	}
}

func TestDeadLettersAreKept(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "0s": 0, "30d": 720 * time.Hour} {
		if got := mustParse(t, minimal+"dead: { keep: "+text+" }").Dead.Keep; got != want {
			t.Errorf("keep %s: %s, want %s", text, got, want)
		}
	}
}

func TestEventsAreOverridden(t *testing.T) {
	cfg := mustParse(t, withDestination(`events: { person: object, ed_app: iri, login_target: true, auto_session: "",
		assignable_media_type: text/html, assignable_start: true, question_score_type: QUESTION_RESULT, view_attempt: false,
		session_extensions: { processInsights: true, level: 3, share: 0.5, name: x } }`))
	e := cfg.Destinations[0].Events
	if *e.Person != "object" || *e.EdApp != "iri" || !*e.LoginTarget || *e.AutoSession != "" || *e.ViewAttempt ||
		*e.AssignableMediaType != "text/html" || !*e.AssignableStart || *e.QuestionScoreType != "QUESTION_RESULT" || e.StudentGraded != nil {
		t.Errorf("got %+v", e)
	}
	want := map[string]any{"processInsights": true, "level": 3, "share": 0.5, "name": "x"}
	if !reflect.DeepEqual(e.SessionExtensions, want) {
		t.Errorf("session extensions %v, want %v", e.SessionExtensions, want)
	}
}

// A changed file of authorities is a changed configuration.
func TestAuthoritiesAreReadWithTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	parse := func() ClientTLS {
		t.Helper()
		cfg, err := Parse([]byte(withDestination("tls: { ca_file: ca.pem }")), dir, environment())
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Destinations[0].TLS
	}
	writePair(t, dir, "ca.pem", "ca.key")
	first, again := parse(), parse()
	found, err := first.CA.Certificates()
	if err != nil || len(found) != 1 || first != again || !first.Enabled() {
		t.Errorf("%d certificates, %v", len(found), err)
	}
	writePair(t, dir, "ca.pem", "ca.key")
	if parse() == first {
		t.Error("another content, the same configuration")
	}
}

// writePair writes a self-signed certificate and its key.
func writePair(t *testing.T, dir, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, certFile), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	writeFile(t, filepath.Join(dir, keyFile), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
}

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
