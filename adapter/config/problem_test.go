package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// Each entry is one thing wrong with an otherwise valid file: the path that is named, and words of the reason.
func TestProblemsNamePathAndRemedy(t *testing.T) {
	const app = "app_id: 5d0f2b1e-51b4-4c3f-8f2a-0d8c7f9b1a11"
	const two = "sources: [{ name: a, keys: [k1] }, { name: b, keys: [k2] }]\n"
	const dest = "destinations: [{ name: x, url: 'http://x/', " + app + " }]\n"
	cases := []struct {
		name, text, path, reason string
	}{
		{"unknown key", minimal + "listne: ':1'", "listne", "did you mean listen?"},
		{"unknown key without a likeness", minimal + "colour: red", "colour", "possible here: listen, admin"},
		{"names are case-sensitive", minimal + "Listen: ':1'", "Listen", "did you mean listen?"},
		{"unknown nested key", withDestination("batch: { maxevents: 3 }"), "destinations[0].batch.maxevents", "did you mean max_events?"},
		{"duplicate key", minimal + "listen: ':1'\nlisten: ':2'", "listen", "twice"},
		{"duplicate nested key", withDestination("batch: { max_events: 3, max_events: 4 }"), "destinations[0].batch.max_events", "twice"},
		{"key without a value", minimal + "listen:", "listen", "has no value"},
		{"fraction for a whole number", withDestination("batch: { max_events: 1.9 }"), "destinations[0].batch.max_events", "whole number"},
		{"number too large", minimal + "limits: { max_events: 99999999999999999999 }", "limits.max_events", "whole number"},
		{"text for a number", minimal + "limits: { max_events: '5' }", "limits.max_events", "whole number"},
		{"number for text", minimal + "listen: 8443", "listen", "quotes"},
		{"infinite rate", withDestination("rate: .inf"), "destinations[0].rate", "number"},
		{"negative rate", withDestination("rate: -1"), "destinations[0].rate", "0 for no limit"},
		{"map for a list", "sources: { name: a }\n" + dest, "sources", "list"},
		{"list for a map", minimal + "tls: [a]", "tls", "map"},
		{"duration without a unit", minimal + "journal: { keep: 168 }", "journal.keep", "unit"},
		{"negative duration", minimal + "journal: { keep: -1h }", "journal.keep", "duration"},
		{"size with an odd unit", minimal + "journal: { max_bytes: 20GX }", "journal.max_bytes", "size"},
		{"size too small", minimal + "journal: { max_bytes: 1KiB }", "journal.max_bytes", "between"},
		{"no sources", dest, "sources", "missing"},
		{"no destinations", "sources: [{ name: a, keys: [k1] }]", "destinations", "missing"},
		{"source without keys", "sources: [{ name: a }]\n" + dest, "sources[0].keys", "missing"},
		{"source without a name", "sources: [{ keys: [k] }]\n" + dest, "sources[0].name", "missing"},
		{"bad name", "sources: [{ name: My.School, keys: [k] }]\n" + dest, "sources[0].name", "a-z"},
		{"name begins with a dash", "sources: [{ name: -a, keys: [k] }]\n" + dest, "sources[0].name", "beginning"},
		{"name too long", "sources: [{ name: " + strings.Repeat("a", 65) + ", keys: [k] }]\n" + dest, "sources[0].name", "64"},
		{"bad site", "sources: [{ name: a, keys: [k], site: here }]\n" + dest, "sources[0].site", "UUID"},
		{"the same key twice", "sources: [{ name: a, keys: [k] }, { name: b, keys: [k] }]\n" + strings.Replace(dest, "{", "{ sources: [a],", 1), "sources[1].keys[0]", "sources[0].keys[0]"},
		{"the same source name twice", "sources: [{ name: a, keys: [k1] }, { name: a, keys: [k2] }]\n" + strings.Replace(dest, "{", "{ sources: [a],", 1), "sources[1].name", "sources[0]"},
		{"which sources", two + dest, "destinations[0].sources", "more than one source"},
		{"unknown source", two + strings.Replace(dest, "{", "{ sources: [c],", 1), "destinations[0].sources[0]", "a, b"},
		{"source listed twice", two + strings.Replace(dest, "{", "{ sources: [a, a],", 1), "destinations[0].sources[1]", "twice"},
		{"reserved name", strings.Replace(minimal, "name: lake", "name: receive", 1), "destinations[0].name", "reserved"},
		{"no url", "sources: [{ name: a, keys: [k1] }]\ndestinations: [{ name: x, " + app + " }]", "destinations[0].url", "missing"},
		{"relative url", strings.Replace(minimal, "https://lake.example.org", "lake.example.org", 1), "destinations[0].url", "absolute"},
		{"other scheme", strings.Replace(minimal, "https://", "ftp://", 1), "destinations[0].url", "http or https"},
		{"userinfo in url", strings.Replace(minimal, "https://", "https://u:p@", 1), "destinations[0].url", "basic"},
		{"no app_id", "sources: [{ name: a, keys: [k1] }]\ndestinations: [{ name: x, url: 'http://x/' }]", "destinations[0].app_id", "missing"},
		{"bad app_id", strings.Replace(minimal, "5d0f2b1e", "zzzz", 1), "destinations[0].app_id", "UUID"},
		{"nil app_id", "sources: [{ name: a, keys: [k1] }]\ndestinations: [{ name: x, url: 'http://x/', app_id: 00000000-0000-0000-0000-000000000000 }]", "destinations[0].app_id", "UUID"},
		{"unknown preset", withDestination("preset: alpha"), "destinations[0].preset", "timeback, beyondai, caliper"},
		{"unknown lti", withDestination("lti: keep"), "destinations[0].lti", "tool_launch, view, drop"},
		{"unknown on_full", withDestination("on_full: wait"), "destinations[0].on_full", "refuse, skip"},
		{"skip without a type", withDestination("skip: [{ action: Modified }]"), "destinations[0].skip[0].type", "ContentEvent"},
		{"skip with an IRI", withDestination("skip: [{ type: A, action: 'http://x#y' }]"), "destinations[0].skip[0].action", "term"},
		{"batch of none", withDestination("batch: { max_events: 0 }"), "destinations[0].batch.max_events", "between 1 and 5000"},
		{"batch that waits long", withDestination("batch: { max_wait: 1h }"), "destinations[0].batch.max_wait", "at most 1m0s"},
		{"too many in flight", withDestination("in_flight: 65"), "destinations[0].in_flight", "between 1 and 64"},
		{"none in flight", withDestination("in_flight: 0"), "destinations[0].in_flight", "between 1 and 64"},
		{"start that is no time", withDestination("start: yesterday"), "destinations[0].start", "24h"},
		{"start now", withDestination("start: 0s"), "destinations[0].start", "24h"},
		{"start with a number", withDestination("start: 24"), "destinations[0].start", "24h"},
		{"validate_url that is none", withDestination("validate_url: /validate"), "destinations[0].validate_url", "absolute"},
		{"dead letters kept too short", minimal + "dead: { keep: 1ms }", "dead.keep", "at least"},
		{"tls with nothing", withDestination("tls: {}"), "destinations[0].tls", "is empty"},
		{"tls without https", strings.Replace(withDestination("tls: { cert_file: a, key_file: b }"), "https:", "http:", 1), "destinations[0].tls", "neither url nor auth.token_url is https"},
		{"authorities that are not there", withDestination("tls: { ca_file: /nowhere/ca.pem }"), "destinations[0].tls.ca_file", "/nowhere/ca.pem"},
		{"authorities that are none", withDestination("tls: { ca_file: problem_test.go }"), "destinations[0].tls.ca_file", "holds no certificate"},
		{"client certificate without a key", withDestination("tls: { cert_file: a }"), "destinations[0].tls.key_file", "both"},
		{"client key without a certificate", withDestination("tls: { key_file: a }"), "destinations[0].tls.cert_file", "both"},
		{"client certificate that is not there", withDestination("tls: { cert_file: /nowhere/c.pem, key_file: k }"), "destinations[0].tls.cert_file", "/nowhere/c.pem"},
		{"unknown key of events", withDestination("events: { edapp: iri }"), "destinations[0].events.edapp", "did you mean ed_app?"},
		{"form of a person", withDestination("events: { person: uuid }"), "destinations[0].events.person", "iri, object"},
		{"text for a yes", withDestination("events: { view_attempt: 'yes' }"), "destinations[0].events.view_attempt", "true or false"},
		{"number for text, optional", withDestination("events: { auto_session: 1 }"), "destinations[0].events.auto_session", "quotes"},
		{"session that is no IRI", withDestination("events: { auto_session: here }"), "destinations[0].events.auto_session", "urn:tag:auto-attach"},
		{"media type", withDestination("events: { assignable_media_type: lesson }"), "destinations[0].events.assignable_media_type", "text/html"},
		{"question's score", withDestination("events: { question_max_score: -1 }"), "destinations[0].events.question_max_score", "points"},
		{"score type", withDestination("events: { question_score_type: 'a b' }"), "destinations[0].events.question_score_type", "QUESTION_RESULT"},
		{"session extensions that are no map", withDestination("events: { session_extensions: [a] }"), "destinations[0].events.session_extensions", "map of keys"},
		{"nested session extension", withDestination("events: { session_extensions: { a: { b: 1 } } }"), "destinations[0].events.session_extensions.a", "true, false, a number or text"},
		{"session extension without a value", withDestination("events: { session_extensions: { a: } }"), "destinations[0].events.session_extensions.a", "true, false, a number or text"},
		{"Learn's extension", withDestination("events: { session_extensions: { 'bb:user.id': x } }"), `destinations[0].events.session_extensions."bb:user.id"`, "not one of Learn's"},
		{"scopes in one text", withDestination("auth: { type: oauth2, token_url: 'http://x/', client_id: a, client_secret: b, scopes: ['a b'] }"), "destinations[0].auth.scopes[0]", "each on its own"},
		{"sensor that is no IRI", withDestination("sensor: learn"), "destinations[0].sensor", "IRI"},
		{"auth without a type", withDestination("auth: { token: t }"), "destinations[0].auth.type", "missing"},
		{"unknown auth", withDestination("auth: { type: digest }"), "destinations[0].auth.type", "oauth2"},
		{"bearer without a token", withDestination("auth: { type: bearer }"), "destinations[0].auth.token", "missing"},
		{"oauth2 key under bearer", withDestination("auth: { type: bearer, token: t, token_url: 'http://x/' }"), "destinations[0].auth.token_url", "does not belong to auth of type bearer"},
		{"key under none", withDestination("auth: { type: none, token: t }"), "destinations[0].auth.token", "does not belong"},
		{"oauth2 without token_url", withDestination("auth: { type: oauth2, client_id: a, client_secret: b }"), "destinations[0].auth.token_url", "missing"},
		{"oauth2 style", withDestination("auth: { type: oauth2, token_url: 'http://x/', client_id: a, client_secret: b, style: body }"), "destinations[0].auth.style", "basic, post"},
		{"colon in a user name", withDestination("auth: { type: basic, username: 'a:b', password: p }"), "destinations[0].auth.username", "colon"},
		{"header name", withDestination("auth: { type: header, name: 'X Key', value: v }"), "destinations[0].auth.name", "header"},
		{"line break in a token", withDestination("auth: { type: bearer, token: \"a\\nb\" }"), "destinations[0].auth.token", "line break"},
		{"variable not set", withDestination("auth: { type: bearer, token: 'env:NOT_SET' }"), "destinations[0].auth.token", "NOT_SET is not set"},
		{"variable empty", withDestination("auth: { type: bearer, token: 'env:EMPTY' }"), "destinations[0].auth.token", "EMPTY is empty"},
		{"file not there", withDestination("auth: { type: bearer, token: 'file:/nowhere/t' }"), "destinations[0].auth.token", "/nowhere/t"},
		{"key is a number", strings.Replace(minimal, "[k1]", "[12]", 1), "sources[0].keys[0]", "quotes"},
		{"key with a blank at its end", strings.Replace(minimal, "[k1]", "['k ']", 1), "sources[0].keys[0]", "blank"},
		{"short hash", strings.Replace(minimal, "[k1]", "['sha256:0f']", 1), "sources[0].keys[0]", "64"},
		{"token without a role", minimal + "admin: { tokens: [{ token: t }] }", "admin.tokens[0].role", "missing"},
		{"unknown role", minimal + "admin: { tokens: [{ token: t, role: root }] }", "admin.tokens[0].role", "viewer, mapper, admin"},
		{"the same token twice", minimal + "admin: { tokens: [t, { token: t, role: viewer }] }", "admin.tokens[1].token", "admin.tokens[0]"},
		{"open admin API", minimal + "admin: { listen: ':8081' }", "admin.tokens", "loopback"},
		{"open admin API on an address", minimal + "admin: { listen: '10.0.0.1:8081' }", "admin.tokens", "loopback"},
		{"both listeners at one place", minimal + "admin: { listen: '127.0.0.1:8443' }", "admin.listen", "another port"},
		{"no address", minimal + "listen: localhost", "listen", "address"},
		{"port too large", minimal + "listen: ':70000'", "listen", "address"},
		{"certificate without a key", minimal + "tls: { cert_file: a }", "tls.key_file", "both"},
		{"key without a certificate", minimal + "tls: { key_file: a }", "tls.cert_file", "both"},
		{"two engines", minimal + "data_dir: d\nengine: { url: 'nats://n:4222' }", "engine", "contradicts data_dir"},
		{"engine without url", minimal + "engine: { replicas: 3 }", "engine.url", "missing"},
		{"engine with an http url", minimal + "engine: { url: 'http://n' }", "engine.url", "nats://"},
		{"engine with credentials in its url", minimal + "engine: { url: 'nats://u:p@n:4222' }", "engine.url", "credentials_file"},
		{"even number of replicas", minimal + "engine: { url: 'nats://n:4222', replicas: 2 }", "engine.replicas", "1, 3 or 5"},
		{"keep shorter than the window", minimal + "journal: { keep: 1h }", "journal.keep", "dedup_window"},
		{"unknown alias", minimal + "mapping: { trust: [name] }", "mapping.trust[0]", "external_id, user_id, email"},
		{"unknown evidence", minimal + "mapping: { suggest: [user_id] }", "mapping.suggest[0]", "external_id, email"},
		{"evidence twice", minimal + "mapping: { suggest: [email, email] }", "mapping.suggest[1]", "twice"},
		{"evidence that is no list", minimal + "mapping: { suggest: email }", "mapping.suggest", "list"},
		{"alias twice", minimal + "mapping: { trust: [email, email] }", "mapping.trust[1]", "twice"},
		{"unknown policy", minimal + "mapping: { unmapped: keep }", "mapping.unmapped", "hold, derive, drop"},
		{"signature parameter", minimal + "privacy: { launch_parameters: [oauth_signature] }", "privacy.launch_parameters[0]", "never leaves"},
		{"log level", minimal + "log: { level: trace }", "log.level", "debug"},
		{"not YAML", "a: [", "", "not YAML"},
		{"not a map", "- a", "", "map of keys"},
		{"two documents", minimal + "---\na: 1", "", "more than one document"},
		{"merge key", minimal + "log: { <<: { level: info } }", "log", "plain name"},
		{"foreign tag", minimal + "listen: !!binary aGk=", "listen", "tag"},
		{"anchor that is none", minimal + "listen: *x", "", "needs quotes"},
		{"alias of itself", "a: &a [*a]", "", "deeply"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text), "", environment("EMPTY", ""))
			var problems *Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v", err)
			}
			if len(problems.List) != 1 {
				t.Fatalf("want one problem, got\n%v", err)
			}
			if p := problems.List[0]; p.Path != c.path || !strings.Contains(p.Reason, c.reason) {
				t.Errorf("got  %v\nwant %s: …%s…", p, c.path, c.reason)
			}
		})
	}
}

func TestAllProblemsAreReportedInOrder(t *testing.T) {
	_, err := Parse([]byte(`listne: ":1"
sources:
  - { name: Bad Name, keys: [] }
destinations:
  - name: x
    app_id: no
    auth: { type: bearer, client_id: "env:GONE" }
    batch: { max_events: many }
`), "", environment())
	want := []string{
		"line 1: listne: is unknown: did you mean listen?",
		"line 3: sources[0].name: must be 1 to 64",
		"line 3: sources[0].keys: is missing",
		"line 5: destinations[0].url: is missing",
		"line 6: destinations[0].app_id: must be a UUID",
		"line 7: destinations[0].auth.client_id: the environment variable GONE is not set",
		"line 7: destinations[0].auth.token: is missing",
		"line 8: destinations[0].batch.max_events: must be a whole number",
	}
	lines := strings.Split(err.Error(), "\n")
	for _, w := range want {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, w) }) {
			t.Errorf("no line begins with %q", w)
		}
	}
	if len(lines) != len(want) {
		t.Errorf("want %d lines, got\n%v", len(want), err)
	}
}

func TestLoadNamesTheFileInEveryLine(t *testing.T) {
	path := writeFile(t, t.TempDir()+"/c.yaml", "a: 1\nb: 2\n")
	_, err := Load(path, environment())
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !strings.HasPrefix(line, path+":") {
			t.Errorf("line without the file: %s", line)
		}
	}
}

// A value must never show in an error, wherever it stands and however wrong its place is.
func TestErrorsNeverShowValues(t *testing.T) {
	const canary = "c4n4ry"
	texts := []string{
		"listen: c4n4ry", "listen: [c4n4ry]", "tls: c4n4ry", "sources: c4n4ry", "sources: [c4n4ry]",
		"sources: [{ name: 'c4n4ry!', keys: ['c4n4ry '], site: c4n4ry }]", "sources: [{ name: a, keys: { c4n4ry: } }]",
		"sources: [{ name: a, keys: [*c4n4ry] }]", "sources: [{ name: a, keys: [[c4n4ry]] }]",
		"sources: [{ name: a, keys: ['sha256:c4n4ry'] }]", "admin: { listen: c4n4ry, tokens: [{ token: t, role: c4n4ry }] }",
		"engine: { url: 'nats://c4n4ry:c4n4ry@x', replicas: c4n4ry }", "journal: { keep: c4n4ry, max_bytes: c4n4ry }",
		"destinations: [{ name: C4N4RY, url: 'x://c4n4ry@c4n4ry', app_id: c4n4ry, sensor: c4n4ry, rate: c4n4ry, preset: c4n4ry }]",
		"destinations: [{ auth: { type: c4n4ry, token: c4n4ry } }]", "destinations: [{ auth: c4n4ry }]",
		"destinations: [{ auth: { type: bearer, token: { c4n4ry: 1 } } }]", "destinations: [{ sources: [c4n4ry] }]",
		"destinations: [{ auth: { type: bearer, token: \"c4n4ry\\n\" } }]", "destinations: [{ skip: [c4n4ry] }]",
		"destinations: [{ start: c4n4ry, in_flight: c4n4ry, validate_url: 'http://c4n4ry@x', events: c4n4ry }]",
		"destinations: [{ events: { person: c4n4ry, auto_session: c4n4ry, assignable_media_type: c4n4ry, question_score_type: 'c4n4ry?', view_attempt: c4n4ry } }]",
		"destinations: [{ events: { session_extensions: { a: [c4n4ry] } }, tls: { ca_file: [c4n4ry] } }]", "dead: { keep: c4n4ry }",
		"mapping: { trust: [c4n4ry], hold_for: c4n4ry }", "mapping: { resolvers: c4n4ry }",
		"mapping: { resolvers: [{ name: C4N4RY, type: c4n4ry, url: c4n4ry, rule: c4n4ry, namespace: c4n4ry, rate: c4n4ry }] }",
		"mapping: { resolvers: [{ name: a, type: http, url: 'http://c4n4ry@x/{c4n4ry}', auth: { type: c4n4ry }, sources: [c4n4ry] }] }",
		"a: 'c4n4ry", "a: %c4n4ry", "a: !c4n4ry x", "a: &c4n4ry *c4n4ry",
	}
	for _, text := range texts {
		_, err := Parse([]byte(text), "", environment())
		if err == nil || strings.Contains(strings.ToLower(err.Error()), canary) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Aliases can make a small file enormous; reading it must end soon and say so.
func TestAliasBombIsRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 20; i++ {
		prev := "*a" + string(rune('a'+i-1))
		if i == 1 {
			prev = "*a0"
		}
		b.WriteString("a" + string(rune('a'+i)) + ": &a" + string(rune('a'+i)) + " [" + strings.Repeat(prev+", ", 9) + prev + "]\n")
	}
	_, err := Parse([]byte(b.String()), "", environment())
	if err == nil || !strings.Contains(err.Error(), "too many values") {
		t.Errorf("got %v", err)
	}
}
