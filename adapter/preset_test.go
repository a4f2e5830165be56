package adapter

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// configured is a configuration with one destination that has these keys besides the required ones.
func configured(t *testing.T, dir, keys string) *config.Config {
	t.Helper()
	text := fmt.Sprintf(`
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0" }
sources: [{ name: myschool, keys: [k] }]
destinations:
  - { name: first, url: "http://127.0.0.1:1/", app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11 }
  - { name: lrs, app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11, %s }
`, keys)
	c, err := config.Parse([]byte(text), dir, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	c.Destinations = slices.Clip(c.Destinations)
	return c
}

// destinationWith is a destination with these keys besides the required ones.
func destinationWith(t *testing.T, keys string) config.Destination {
	t.Helper()
	return configured(t, t.TempDir(), `url: "http://127.0.0.1:1/", `+keys).Destinations[1]
}

const oauth = `auth: { type: oauth2, token_url: "http://127.0.0.1:1/token", client_id: i, client_secret: s`

// Each key overrides one part of each preset, and nothing else of it.
func TestEveryPartOfAPresetCanBeOverridden(t *testing.T) {
	keys := map[string]struct{ yaml, value string }{
		"rate":                         {"rate: 3.5", "3.5/s"},
		"batch.max_events":             {"batch: { max_events: 7 }", "7"},
		"batch.max_bytes":              {"batch: { max_bytes: 64KiB }", "64 KiB"},
		"batch.max_wait":               {"batch: { max_wait: 0 }", "0s"},
		"auth.scopes":                  {oauth + ", scopes: [a, b] }", "a b"},
		"lti":                          {"lti: drop", "drop"},
		"skip":                         {"skip: [{ type: GradeEvent, action: Graded }]", "GradeEvent/Graded"},
		"events.session_extensions":    {"events: { session_extensions: { processInsights: true, level: 2 } }", "level=2 processInsights=true"},
		"events.auto_session":          {`events: { auto_session: "urn:x:y" }`, "urn:x:y"},
		"events.assignable_media_type": {`events: { assignable_media_type: text/html }`, "text/html"},
		"events.question_score_type":   {"events: { question_score_type: SCORE }", "SCORE"},
		"events.question_max_score":    {"events: { question_max_score: 2.5 }", "2.5"},
	}
	for _, name := range timeback.PresetNames() {
		own, _ := timeback.LookupPreset(name)
		for i, was := range settingsOf(own) {
			snippet, ok := keys[was.key]
			if !ok {
				snippet.yaml, snippet.value = otherValue(t, was)
			}
			got, err := presetOf(destinationWith(t, "preset: "+name+", "+snippet.yaml))
			if err != nil {
				t.Fatal(err)
			}
			want := settingsOf(own)
			want[i].value = snippet.value
			if !slices.Equal(settingsOf(got), want) || was.value == snippet.value {
				t.Errorf("%s with %s:\ngot  %v\nwant %v", name, snippet.yaml, settingsOf(got), want)
			}
		}
	}
}

// otherValue is YAML for the other value of a setting that has two.
func otherValue(t *testing.T, s setting) (yaml, value string) {
	t.Helper()
	others := map[string]string{"true": "false", "false": "true", "iri": "object", "object": "iri", "basic": "form", "form": "basic"}
	value = others[s.value]
	group, key, _ := strings.Cut(s.key, ".")
	switch {
	case value == "":
		t.Fatalf("no other value is known for %s: %s", s.key, s.value)
	case group == "auth":
		return oauth + ", " + key + ": " + value + " }", value
	}
	return fmt.Sprintf("%s: { %s: %s }", group, key, value), value
}

// The table of docs/destinations.md has every setting of every preset.
func TestThePresetsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/destinations.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\| .+ \\| (.+) \\| (.+) \\| (.+) \\|$").FindAllStringSubmatch(string(page), -1) {
		rows[row[1]] = row[2:]
	}
	names := timeback.PresetNames()
	for i, name := range names {
		own, _ := timeback.LookupPreset(name)
		if len(rows) != len(settingsOf(own)) {
			t.Fatalf("%d rows for %d settings", len(rows), len(settingsOf(own)))
		}
		for _, s := range settingsOf(own) {
			if row := rows[s.key]; len(row) != len(names) || row[i] != s.value {
				t.Errorf("%s of %s is %s; the page has %v", s.key, name, s.value, row)
			}
		}
	}
}

// What is empty in the configuration may be empty on purpose.
func TestPartsOfAPresetCanBeTakenAway(t *testing.T) {
	p, err := presetOf(destinationWith(t, `preset: timeback, rate: 0, skip: [], `+oauth+`, scopes: [] },
		events: { auto_session: "", assignable_media_type: "", question_score_type: "" }`))
	if err != nil {
		t.Fatal(err)
	}
	f := p.Events
	if p.Rate != 0 || f.Skip != nil || len(p.Endpoint.Scopes) != 0 || f.AutoSession != "" || f.AssignableMediaType != "" ||
		f.QuestionScoreType != "" || len(f.ExtraProperties) != 0 {
		t.Errorf("got %+v", p)
	}
}

// The documents of a destination follow its events block, and conform.
func TestTheEventsBlockTakesEffect(t *testing.T) {
	for yaml, want := range map[string]string{
		"events: { session_extensions: { requiresHeartbeat: false, processInsights: true } }": `"extensions":{"processInsights":true,"requiresHeartbeat":false}`,
		"events: { ed_app: object }":     `"edApp":{"id":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11","type":"SoftwareApplication"}`,
		"events: { login_target: true }": `"target":{"id":"https://caliper-mapping`,
	} {
		d := destinationWith(t, "preset: timeback, "+yaml)
		p, err := presetOf(d)
		if err != nil {
			t.Fatal(err)
		}
		check := destinationCheck{config: d}
		body, err := check.sampleEnvelope(p)
		if err != nil || !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s: %v\n%s\nlacks %s", yaml, err, body, want)
		}
		if report, err := caliper.NewChecker(caliper.Options{}).Items(body); err != nil || report.Items[0] != nil {
			t.Errorf("%s: does not conform: %v %v", yaml, err, report.Items)
		}
	}
}

// The sample that is checked by a collector names nobody.
func TestTheSampleIsOfNobody(t *testing.T) {
	p, err := presetOf(destinationWith(t, "preset: beyondai"))
	if err != nil {
		t.Fatal(err)
	}
	check := destinationCheck{config: config.Destination{AppID: uuid.New()}}
	body, err := check.sampleEnvelope(p)
	if err != nil || bytes.Contains(body, []byte("ffc08009")) || bytes.Contains(body, []byte("bb:")) {
		t.Errorf("%v: %s", err, body)
	}
}
