package translate_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// mayLeave are the strings of an event that may leave, with the reason. Whatever is not here must not be found in any
// output, in no form that a canary can take.
var mayLeave = map[string]string{
	"target.id": "the resource that was wanted at login: the site, which names nobody",

	"group.id":                                 "a course or a group of one, which names nobody",
	"group.name":                               "a course's name",
	"group.courseNumber":                       "a course's number",
	"group.subOrganizationOf.id":               "the course of a group",
	"group.subOrganizationOf.name":             "its name",
	"group.subOrganizationOf.courseNumber":     "its number",
	"membership.organization":                  "a course",
	"membership.organization.id":               "a course",
	"membership.organization.name":             "a course's name",
	"membership.organization.courseNumber":     "a course's number, where the event has no group",
	"object.launchUrl":                         "the tool, without userinfo, query and fragment",
	"object.destinationUrl":                    "where somebody returns to, without userinfo, query and fragment",
	"object.launchParameters.context_id":       "allowed by default: a course or a placement",
	"object.launchParameters.context_label":    "allowed by default: a course's number",
	"object.launchParameters.context_title":    "allowed by default: a course's name",
	"object.launchParameters.resource_link_id": "allowed by default: a placement",

	"object.launchParameters.resource_link_title": "allowed by default: a link's name",
	"object.launchParameters.lti_version":         "allowed by default: a version",
	"object.launchParameters.lti_message_type":    "allowed by default: the type of a message",
}

// canary is found in nothing that a fixture or the translation says.
const canary = "c4n4ryq7"

// disguises are the forms in which something personal can stand in a string.
var disguises = []struct {
	name string
	put  func(text string) string
	// never: must not leave even where the string may.
	never bool
}{
	{name: "alone", put: func(string) string { return canary }},
	{name: "at the end", put: func(text string) string { return text + canary }}, // an IRI keeps its kind
	{name: "as a URL", put: func(string) string { return "https://host.example/" + canary }},
	{name: "beside the path of a URL", put: besidePath, never: true},
	{name: "as a user's IRI", never: true, put: func(string) string {
		return "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/3f6c2b1e/users/" + canary
	}},
	{name: "as an escaped user's IRI", never: true, put: func(string) string {
		return "https://host.example/to%2Fv1%2Fsites%2F3f6c2b1e%2Fusers%2F" + canary
	}},
}

// besidePath puts the canary wherever a URL may say more than host and path.
func besidePath(text string) string {
	scheme, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		return text
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + "://" + canary + ":pw@" + rest + ";jsessionid=" + canary + "?t=" + canary + "#" + canary
}

// watch is a way to write events, to be watched for canaries.
type watch struct {
	form
	*translate.Translator
}

// watches are the ways in which anything of a fixture comes out.
func watches(t *testing.T, fixture string) []watch {
	t.Helper()
	var all []watch
	for _, f := range forms() {
		if f.differs(fixture) && f.lti != timeback.LTIDrop {
			all = append(all, watch{f, f.translator(t)})
		}
	}
	return all
}

// canaryIn is the first translated event in which the canary is seen, nil if it is in none.
func (w *watch) canaryIn(events []*blackboard.Event, people *mapping.Index) []byte {
	s := school{people, journal.NewMemory()}
	for _, event := range events {
		out, _ := w.Translate(event, s.context(event)) // nothing, of an event that has no form
		if bytes.Contains(bytes.ToLower(out), []byte(canary)) {
			return out
		}
	}
	return nil
}

// Each string of each fixture, one after the other, becomes a canary that must not be seen outside.
func TestNoStringLeaves(t *testing.T) {
	if underRace {
		t.Skip("one goroutine: the run without the race detector does it")
	}
	left := map[string]bool{}
	for _, fixture := range fixtures(t) {
		t.Run(fixture, func(t *testing.T) { disguiseStrings(t, fixture, left) })
	}
	for path, why := range mayLeave {
		if !left[path] && !strings.HasSuffix(path, ".name") { // names no fixture has
			t.Errorf("%s never left, but may: %s", path, why)
		}
	}
	for of, paths := range mayLeaveOf {
		for path, why := range paths {
			if !left[of+" "+path] && !strings.HasSuffix(path, ".name") {
				t.Errorf("%s of %s never left, but may: %s", path, of, why)
			}
		}
	}
}

// disguiseStrings notes in left which strings left.
func disguiseStrings(t *testing.T, fixture string, left map[string]bool) {
	t.Helper()
	doc, ways, index := parse(t, readFixture(t, fixture)), watches(t, fixture), people(t)
	for _, l := range doc.leaves {
		allowed := mayLeaveIn(fixture, l.path)
		for _, d := range disguises {
			text := d.put(l.text)
			if text == l.text {
				continue
			}
			l.set(text)
			events := decode(t, doc.body(t))
			for i := range ways {
				seen := ways[i].canaryIn(events, index)
				if seen != nil {
					left[l.path], left[family(fixture)+" "+l.path] = true, true
				}
				if seen != nil && (d.never || !allowed) {
					t.Errorf("%s: %s %s left:\n%s", ways[i].form, l.path, d.name, seen)
				}
			}
		}
		l.set(l.text)
	}
}

// planted are members that Learn, or somebody in its place, might put into any object.
var planted = []string{
	"name", "description", "email", "userAgent", "ipAddress", "bb:user.externalId", "user_id", "lis_person_name_full",
	"oauth_signature", "otherIdentifiers", "caliper_federated_session_id",
}

// Each object of each fixture gets members that were not there.
func TestNothingAddedLeaves(t *testing.T) {
	unlessRaced(t)
	for _, fixture := range fixtures(t) {
		t.Run(fixture, func(t *testing.T) { plant(t, fixture) })
	}
}

func plant(t *testing.T, fixture string) {
	t.Helper()
	doc, ways, index := parse(t, readFixture(t, fixture)), watches(t, fixture), people(t)
	for _, o := range doc.objects {
		var put []string
		for _, name := range planted {
			_, there := o.members[name]
			if !there && !mayLeaveIn(fixture, join(o.path, name)) {
				o.members[name], put = canary, append(put, name)
			}
		}
		events := decode(t, doc.body(t))
		for i := range ways {
			if seen := ways[i].canaryIn(events, index); seen != nil {
				t.Errorf("%s: one of %q in %q left:\n%s", ways[i].form, put, o.path, seen)
			}
		}
		for _, name := range put {
			delete(o.members, name)
		}
	}
}

// A canary that may leave is seen: otherwise the tests above would find nothing in anything.
func TestCanaryIsSeen(t *testing.T) {
	const fixture = "v1p1/lti-launch-course"
	doc := parse(t, readFixture(t, fixture))
	for _, l := range doc.leaves {
		if l.path == "group.courseNumber" {
			l.set(canary)
		}
	}
	for _, way := range watches(t, fixture) {
		if way.canaryIn(decode(t, doc.body(t)), people(t)) == nil {
			t.Errorf("%s: not seen", way.form)
		}
	}
}
