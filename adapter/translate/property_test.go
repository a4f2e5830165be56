package translate_test

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

var seed = flag.Uint64("seed", 0, "of the random events of TestAnyEvent; 0 draws one")

// stranger is a user whom the map of the fixtures does not have.
const stranger = learn + "/users/0badc0de0badc0de0badc0de0badc0de"

// odd are values that stand in Learn's events where something else is expected (reference notes on the stream, section
// 7), and others of the wrong kind. Only some places get those that have a member's name.
var odd = []struct {
	members []string // none: any
	value   any
}{
	{nil, nil}, {nil, ""}, {nil, 0.0}, {nil, -1.0}, {nil, 39.45205}, {nil, "0"}, {nil, "false"}, {nil, true},
	{nil, []any{}}, {nil, map[string]any{}}, {nil, stranger},
	{[]string{"status", "roles", "type"}, "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"},
	{[]string{"id", "@id"}, learn + "/unknown/unknown"},
	{[]string{"id", "@id"}, learn + "/minimalUser/Some(_201_1)"},
	{[]string{"id", "@id"}, "_12_1"},
	{[]string{"federatedSession", "session"}, learn + "/sessions/"},
	{[]string{"federatedSession", "session"}, map[string]any{"id": learn + "/sessions/", "type": "LtiSession", "name": ""}},
	{[]string{"actor", "user", "member", "assignee"}, stranger},
	{[]string{"actor", "user", "member", "assignee"}, map[string]any{"id": learn + "/users/", "type": "Person"}},
	{[]string{"actor"}, learn + "/applications/learn"},
	{[]string{"action", "type", "@type"}, "LoggedOut"},
	{[]string{"type", "@type"}, "http://caliper.blackboard.com/caliper/v1/CalculatedGrade"},
	{[]string{"eventTime", "startedAtTime", "endedAtTime", "dueDate"}, "2021-02-09 20:40"},
	{[]string{"eventTime", "startedAtTime", "endedAtTime", "dueDate"}, "1970-01-01T00:00:00Z"},
	{[]string{"roles"}, []any{"Instructor", "urn:lti:sysrole:ims/lis/SysAdmin", 7.0}},
	{[]string{"anonymous"}, "true"},
	{[]string{"bb:group.users"}, `[{"id":"_9_1","uuid":"0badc0de0badc0de0badc0de0badc0de","batchUid":"` + canary + `"},{}]`},
	{[]string{"bb:group.users"}, `[{"uuid":`},
	{[]string{"extensions"}, map[string]any{"bb:user.externalId": canary, "bb:request.headers.ipAddress": "198.51.100.7"}},
}

// checkedPolicy is a policy with the check that its output has to pass.
type checkedPolicy struct {
	pipeline.Policy
	checker *caliper.Checker
}

// everyPolicy are the presets as they are, and with all types in them.
func everyPolicy(tb testing.TB) map[string]checkedPolicy {
	tb.Helper()
	all := map[string]checkedPolicy{}
	for _, name := range timeback.PresetNames() {
		preset, _ := timeback.LookupPreset(name)
		for _, suffix := range []string{"", " with all types"} {
			translator := translate.New(translate.Options{
				Events: preset.Events, AppID: appID, LaunchParameters: config.DefaultLaunchParameters(),
			})
			all[name+suffix] = checkedPolicy{
				pipeline.Policy{Translator: translator, Unmapped: mapping.Hold, Trust: mapping.DefaultTrust()},
				caliper.NewChecker(caliper.Options{ExtraProperties: preset.Events.ExtraProperties}),
			}
			preset.Events.Skip = nil
		}
	}
	return all
}

// Whatever is missing in an event of Learn's, and whatever odd stands in it, the event is translated into something
// conformant that names nobody, or is held, dead or skipped with a reason; and of each of these there are some.
func TestAnyEvent(t *testing.T) {
	unlessRaced(t)
	const rounds = 800
	from := *seed
	if from == 0 {
		from = rand.Uint64()
	}
	t.Logf("-seed %d", from)
	p := property{t: t, policies: everyPolicy(t), index: people(t), ends: map[string]int{}, seen: map[string]bool{}}
	bodies, random := everyPayload(t), rand.New(rand.NewPCG(from, 0))
	for range rounds {
		doc := parse(t, bodies[random.IntN(len(bodies))])
		plantPeople(doc)
		if random.IntN(10) == 0 {
			estrange(doc)
		}
		for range random.IntN(8) {
			disturb(doc, random)
		}
		p.try(doc.body(t))
	}
	t.Log(p.ends)
	p.complete()
}

// everyPayload are all payloads, whether or not anything comes of them.
func everyPayload(tb testing.TB) (bodies [][]byte) {
	tb.Helper()
	files, err := filepath.Glob(testdata + "v1p?/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatal("no payloads", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), testdata), ".json")
		bodies = append(bodies, readFixture(tb, name))
	}
	return bodies
}

// plantPeople gives everybody what Learn might say of a person, and every post a text.
func plantPeople(doc *tree) {
	for _, o := range doc.objects {
		last := o.path[strings.LastIndexByte(o.path, '.')+1:]
		switch {
		case slices.Contains([]string{"actor", "user", "member", "assignee"}, last):
			o.members["name"], o.members["description"], o.members["email"] = canary, canary, canary
		case last == "generated" || last == "edApp":
			o.members["description"], o.members["body"], o.members["userAgent"] = canary, canary, canary
			if id, _ := o.members["id"].(string); strings.Contains(id, "/post/") {
				o.members["name"] = canary
			}
		}
	}
}

// estrange makes everybody the stranger.
func estrange(doc *tree) {
	for _, l := range doc.leaves {
		if strings.Contains(l.text, "/users/") {
			l.set(stranger)
		}
	}
	for _, o := range doc.objects {
		delete(o.members, "bb:user.id")
		delete(o.members, "bb:user.externalId")
	}
}

// disturb takes a member of an event away, or puts something odd in its place.
func disturb(doc *tree, random *rand.Rand) {
	o := doc.objects[random.IntN(len(doc.objects))]
	names := sortedNames(o.members)
	if len(names) == 0 || slices.Contains(names, "data") { // the envelope stays
		return
	}
	if random.IntN(2) == 0 {
		delete(o.members, names[random.IntN(len(names))])
		return
	}
	var able []int
	name := names[random.IntN(len(names))]
	for i := range odd {
		if odd[i].members == nil || slices.Contains(odd[i].members, name) {
			able = append(able, i)
		}
	}
	o.members[name] = clone(odd[able[random.IntN(len(able))]].value)
}

// property collects how events end.
type property struct {
	t        *testing.T
	policies map[string]checkedPolicy
	index    *mapping.Index
	ends     map[string]int  // by outcome with its reason, and by the type of what was translated
	seen     map[string]bool // events that were looked at
}

// try takes a body through every policy.
func (p *property) try(body []byte) {
	p.t.Helper()
	split, err := blackboard.Split(body, 0)
	if err != nil {
		p.t.Fatalf("%v:\n%s", err, body)
	}
	for name, policy := range p.policies {
		run := pipeline.NewDryRun(policy.Policy, p.index)
		fates, err := run.Body(body)
		switch {
		case err != nil:
			p.t.Errorf("%s: %v:\n%s", name, err, body)
		case len(run.Events)+len(fates) != len(split.Items):
			p.t.Errorf("%s: %d events and %d fates of %d:\n%s", name, len(run.Events), len(fates), len(split.Items), body)
		}
		for _, fate := range fates {
			p.fate(name, &fate, body)
		}
		for _, event := range run.Events {
			p.event(name, event, body)
		}
	}
}

// deadly are the reasons for which an event of Learn's may be dead. What breaks a rule of Caliper or names somebody is
// found before it leaves, but ought not to come that far.
var deadly = []string{
	blackboard.ReasonMissingField, blackboard.ReasonUnsupportedAction, blackboard.ReasonUnsupportedType,
	blackboard.ReasonWrongType, blackboard.ReasonBadTime, translate.ReasonUntranslatable,
}

func (p *property) fate(policy string, fate *pipeline.Fate, body []byte) {
	p.t.Helper()
	p.ends[fate.Outcome+" "+fate.Reason]++
	ok := false
	switch fate.Outcome {
	case "held":
		ok = fate.Detail != ""
	case "dead":
		ok = fate.Detail != "" && slices.Contains(deadly, fate.Reason)
	case "skipped":
		ok = fate.Reason != ""
	}
	if !ok || strings.Contains(fate.Detail, canary) && fate.Outcome != "held" {
		p.t.Errorf("%s: %+v:\n%s", policy, fate, body)
	}
}

// everybody is what Learn calls the people of the fixtures and the stranger, in lower case.
var everybody = []string{
	canary, "0badc0de", "7b1f4c9ad2e8", "7b1f4c9a-d2e8", "c4d09e3377ab", "c4d09e33-77ab", "ffc08009f088", "ffc08009-f088",
	"91e2a7c40b5d", "91e2a7c4-0b5d", "m.lindqvist", "t.okafor", "r.haddad", "ines.duarte", `"_4711_1"`, `"_4802_1"`, "198.51.100",
}

func (p *property) event(policy string, event, body []byte) {
	p.t.Helper()
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(event, &head); err != nil {
		p.t.Errorf("%s: %v", policy, err)
	}
	p.ends["translated "+head.Type]++
	if err := p.policies[policy].checker.Event(event); err != nil {
		p.t.Errorf("%s: %v:\n%s", policy, err, event)
	}
	if p.seen[string(event)] { // in another policy
		return
	}
	p.seen[string(event)] = true
	text := bytes.ToLower(event)
	named := slices.ContainsFunc(everybody, func(name string) bool { return bytes.Contains(text, []byte(name)) })
	if named || blackboard.ContainsUserIRI(string(event)) {
		p.t.Errorf("%s: somebody left:\n%s\nof\n%s", policy, event, body)
	}
	for what, form := range personalForms {
		if form.Match(event) {
			p.t.Errorf("%s: %s:\n%s\nof\n%s", policy, what, event, body)
		}
	}
}

// complete fails where a way to end, or a type, never occurred: then it was not tried.
func (p *property) complete() {
	p.t.Helper()
	for _, end := range []string{
		"held unmapped", "dead missing_field", "dead wrong_type", "skipped policy", "skipped anonymous",
		"translated SessionEvent", "translated ToolLaunchEvent", "translated ViewEvent", "translated AssignableEvent",
		"translated AssessmentEvent", "translated AssessmentItemEvent", "translated GradeEvent", "translated MessageEvent",
		"translated FeedbackEvent", "translated ResourceManagementEvent", "translated Event",
	} {
		if p.ends[end] == 0 {
			p.t.Errorf("none was %s: %v", end, p.ends)
		}
	}
}
