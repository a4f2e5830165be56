package config

import (
	"errors"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	defaults "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// withResolver is a valid file with one resolver more.
func withResolver(keys string) string {
	return minimal + "mapping: { resolvers: [{ " + keys + " }] }\n"
}

func TestResolverGetsDefaults(t *testing.T) {
	got := mustParse(t, withResolver("name: roster, type: oneroster, url: 'https://x/rostering/1.0'")).Mapping.Resolvers[0]
	want := Resolver{
		Name: "roster", Type: ResolverOneRoster, URL: "https://x/rostering/1.0", Filter: defaults.DefaultFilter,
		Auth: Auth{Type: AuthNone}, Timeout: defaults.DefaultTimeout, Rate: defaults.DefaultRate,
		Concurrency: defaults.DefaultConcurrency, Queue: defaults.DefaultQueue,
		Cache:   Remembered{Entries: defaults.DefaultCacheEntries, Life: defaults.DefaultCacheLife},
		Misses:  Remembered{Entries: defaults.DefaultCacheEntries, Life: defaults.DefaultMissLife},
		Breaker: Breaker{Failures: defaults.DefaultFailures, Pause: defaults.DefaultPause, MaxPause: defaults.DefaultMaxPause},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	rule := mustParse(t, withResolver("name: same, type: static, rule: uuid")).Mapping.Resolvers[0]
	if want := (Resolver{Name: "same", Type: ResolverStatic, Rule: RuleUUID, LastResort: true}); !reflect.DeepEqual(rule, want) {
		t.Errorf("got  %+v\nwant %+v", rule, want)
	}
	if first := mustParse(t, withResolver("name: same, type: static, rule: uuid, last_resort: false")); first.Mapping.Resolvers[0].LastResort {
		t.Error("last_resort: false is not kept")
	}
}

// The resolvers that the example shows commented out are valid, and say what a file without their limits gets.
func TestExampleOfResolvers(t *testing.T) {
	text := strings.ReplaceAll(regexp.MustCompile(`(?m)^  # ( *)`).ReplaceAllString(Example, "  $1"), "file:registrar.token", "x")
	cfg := mustParse(t, text, "MYSCHOOL_KEY", "mk", "BBCALIPER_ADMIN_TOKEN", "at", "TB_ID", "id", "TB_SECRET", "se",
		"LEARN_KEY", "lk", "LEARN_SECRET", "ls", "DIRECTORY_TOKEN", "dt")
	all := cfg.Mapping.Resolvers
	if len(all) != 4 || all[0].Key.Reveal() != "lk" || all[0].Secret.Reveal() != "ls" || all[2].Auth.Token.Reveal() != "dt" || !all[3].LastResort {
		t.Fatalf("got %+v", all)
	}
	spelled, silent := all[1], all[2]
	if spelled.Timeout != silent.Timeout || spelled.Rate != silent.Rate || spelled.Concurrency != silent.Concurrency ||
		spelled.Queue != silent.Queue || spelled.Cache != silent.Cache || spelled.Misses != silent.Misses ||
		spelled.Breaker != silent.Breaker || spelled.Filter != DefaultFilter {
		t.Errorf("example %+v, default %+v", spelled, silent)
	}
}

func TestProblemsOfResolvers(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "ca.key")
	authorities := filepath.Join(dir, "ca.pem")
	const made = "name: made, type: static, rule: uuid_v5, namespace: 2f1c3a54-7d0e-4b8c-9d55-4e0a6b7c8d91"
	const roster = "name: r, type: oneroster, url: 'https://x/', "
	for _, c := range []struct{ text, path, reason string }{
		{withResolver("name: x"), "mapping.resolvers[0].type", "oneroster, blackboard, http, static"},
		{withResolver("name: x, type: ldap"), "mapping.resolvers[0].type", "one of"},
		{withResolver("type: static, rule: uuid"), "mapping.resolvers[0].name", "missing"},
		{withResolver("type: static, rule: uuid, name: " + strings.Repeat("a", 33)), "mapping.resolvers[0].name", "32"},
		{withResolver(made + " }, { " + made), "mapping.resolvers[1].name", "unique"},
		{withResolver(made + ", sources: [other]"), "mapping.resolvers[0].sources[0]", "not a source"},
		{withResolver(made + ", timeout: 1s"), "mapping.resolvers[0].timeout", "does not belong"},
		{withResolver(made + ", colour: red"), "mapping.resolvers[0].colour", "unknown"},
		{withResolver("name: x, type: static"), "mapping.resolvers[0].rule", "missing"},
		{withResolver("name: x, type: static, rule: md5"), "mapping.resolvers[0].rule", "uuid, uuid_v5"},
		{withResolver("name: x, type: static, rule: uuid_v5"), "mapping.resolvers[0].namespace", "missing"},
		{withResolver(strings.Replace(made, "uuid_v5", "uuid", 1)), "mapping.resolvers[0].namespace", "remove"},
		{withResolver("name: x, type: blackboard, url: 'https://x', secret: s"), "mapping.resolvers[0].key", "missing"},
		{withResolver("name: x, type: blackboard, url: 'https://x', key: k, secret: s, auth: { type: none }"), "mapping.resolvers[0].auth", "does not belong"},
		{withResolver("name: x, type: http, url: '/p/{email}'"), "mapping.resolvers[0].url", "absolute"},
		{withResolver("name: x, type: oneroster, url: 'https://u:p@x/'"), "mapping.resolvers[0].url", "basic"},
		{withResolver(roster + "auth: { type: query, name: k, value: v }"), "mapping.resolvers[0].auth.type", "query"},
		{withResolver(roster + "auth: { type: bearer }"), "mapping.resolvers[0].auth.token", "missing"},
		{withResolver(roster + "tls: {}"), "mapping.resolvers[0].tls", "is empty"},
		{withResolver(roster + "tls: { ca_file: nowhere.pem }"), "mapping.resolvers[0].tls.ca_file", "cannot be read"},
		{withResolver(roster + "tls: { cert_file: c.pem }"), "mapping.resolvers[0].tls.key_file", "missing"},
		{withResolver(roster + "tls: { cert_file: c.pem, key_file: k.pem }"), "mapping.resolvers[0].tls.cert_file", "cannot be used"},
		{withResolver("name: x, type: blackboard, url: 'http://x', key: k, secret: s, tls: { ca_file: '" + authorities + "' }"), "mapping.resolvers[0].tls", "url is not https"},
		{withResolver(made + ", tls: { ca_file: '" + authorities + "' }"), "mapping.resolvers[0].tls", "does not belong"},
		{withResolver(roster + "rate: -1"), "mapping.resolvers[0].rate", "0 for no limit"},
		{withResolver(roster + "timeout: 1ms"), "mapping.resolvers[0].timeout", "at least"},
		{withResolver(roster + "queue: 0"), "mapping.resolvers[0].queue", "between"},
		{withResolver(roster + "misses: { entries: -1 }"), "mapping.resolvers[0].misses.entries", "between"},
		{withResolver(roster + "breaker: { pause: 1h, max_pause: 1m }"), "mapping.resolvers[0].breaker.max_pause", "shorter"},
		{minimal + "mapping: { unmapped: drop, resolvers: [{ " + made + " }] }", "mapping.resolvers", "of no use"},
	} {
		_, err := Parse([]byte(c.text), "", environment())
		var problems *Problems
		if !errors.As(err, &problems) || len(problems.List) != 1 || problems.List[0].Path != c.path || !strings.Contains(problems.List[0].Reason, c.reason) {
			t.Errorf("%s\ngot  %v\nwant %s: …%s…", c.text, err, c.path, c.reason)
		}
	}
}

// The files of tls are those of destinations: read with the configuration, below its folder.
func TestTLSOfAResolver(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "client.key")
	text := withResolver("name: r, type: oneroster, url: 'https://x/', tls: { ca_file: ca.pem, cert_file: ca.pem, key_file: client.key }")
	parse := func() ClientTLS {
		t.Helper()
		c, err := Parse([]byte(text), dir, environment())
		if err != nil {
			t.Fatal(err)
		}
		return c.Mapping.Resolvers[0].TLS
	}
	first := parse()
	if first.CA.PEM == "" || first.CertFile != filepath.Join(dir, "ca.pem") || first.KeyFile != filepath.Join(dir, "client.key") {
		t.Errorf("got %+v", first)
	}
	writePair(t, dir, "ca.pem", "client.key")
	if parse() == first {
		t.Error("other authorities, the same configuration")
	}
}

func TestStyleOfAResolverIsComparable(t *testing.T) {
	auth := func(style string) Resolver {
		return mustParse(t, withResolver("name: r, type: oneroster, url: 'https://x/', timeout: 5s, auth: { type: oauth2, token_url: 'https://x/t', client_id: i, client_secret: s, style: "+style+" }")).Mapping.Resolvers[0]
	}
	if one := auth("form"); !reflect.DeepEqual(one, auth("post")) || one.Timeout != 5*time.Second {
		t.Errorf("got %+v", one)
	}
}
