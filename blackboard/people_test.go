package blackboard_test

import (
	"regexp"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// inPayloads is how Learn writes users: in IRIs, in the lists of groups, and in
// launch parameters.
var inPayloads = regexp.MustCompile(`(?:/users/|/members/|uuid\\?": ?\\?"|"user_id": ")([0-9a-f]{32})`)

// Whoever stands in a payload is among the people of its event.
func TestPeopleAreAllOfThem(t *testing.T) {
	found := 0
	for _, name := range fixtures(t) {
		for _, raw := range events(t, readFixture(t, name)) {
			e := decode(t, raw)
			for _, match := range inPayloads.FindAllSubmatch(raw, -1) {
				found++
				if !mentions(e, string(match[1])) {
					t.Errorf("%s: user %s is not among the people", name, match[1])
				}
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d users in the payloads", found)
	}
}

// A launch's parameters may be the only place that names somebody.
func TestPeopleOfALaunch(t *testing.T) {
	e := decode(t, []byte(event("type", `"LTIEvent"`, "object", lti(`{"user_id":"`+tomas+`"}`))))
	if !mentions(e, tomas) || !mentions(e, mira) {
		t.Errorf("people %+v", e.People())
	}
	if e := decode(t, []byte(event("type", `"LTIEvent"`, "object", lti(`{}`)))); len(e.People()) != 1 {
		t.Errorf("%d people", len(e.People()))
	}
}

// A person of whom a mention says nothing is none.
func TestMentionsOfNobody(t *testing.T) {
	for _, nobody := range []string{
		`{}`, `{"type":"Person"}`, `{"id":"","type":"Person"}`, `"` + prefix + `/users/"`, `{"id":"` + prefix + `/unknown/unknown","type":"Person"}`,
	} {
		e := decode(t, []byte(graded("object", attempt(`"assignee":`+nobody))))
		if p, ok := e.Person(); ok || len(e.People()) != 0 {
			t.Errorf("%s is %+v", nobody, p)
		}
	}
	alias := decode(t, []byte(graded("object", attempt(`"assignee":{"id":"`+prefix+`/users/","extensions":{"bb:user.id":"_1_1"}}`))))
	if p, ok := alias.Person(); !ok || p != (blackboard.Person{Site: site, UserID: "_1_1"}) {
		t.Errorf("person %+v", p)
	}
}

// The student of a grade carries what the rest of the event says of them.
// Nothing of an event is sure to be there; whoever else it names is the actor who is missing.
func TestMissingActorIsNamedElsewhere(t *testing.T) {
	const launched = `"http://caliper.blackboard.com/caliper/v1/LTIEvent"`
	login := `{"id":"` + prefix + `/sessions/9D41","type":"LtiSession","user":` + user(mira) + `}`
	back := `{"type":"http://caliper.blackboard.com/caliper/v1/LTILaunchReturnInfo","id":"x"}`
	member := `{"id":"` + prefix + `/courses/c/members/` + mira + `","type":"Membership"}`
	for name, raw := range map[string]string{
		"login":                event("actor", "", "federatedSession", login),
		"logout":               event("actor", "", "action", `"LoggedOut"`, "federatedSession", login),
		"logout, no user":      event("actor", `{"id":"`+prefix+`/users/","type":"Person"}`, "federatedSession", login),
		"launch":               event("actor", "", "type", launched, "object", lti("{}"), "federatedSession", login),
		"launch by a member":   event("actor", "", "type", launched, "object", lti("{}"), "membership", member),
		"launch by parameters": event("actor", "", "type", launched, "object", lti(`{"user_id":"`+mira+`"}`)),
		"return":               event("actor", "", "type", launched, "action", `"LoggedOut"`, "object", back, "session", login),
	} {
		e, err := blackboard.Decode([]byte(raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p, ok := e.Person(); !ok || !hasUUID(e) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestStudentIsCompleted(t *testing.T) {
	e := decode(t, []byte(graded("membership", membership(`"status":"Active"`))))
	p, ok := e.Person()
	if !ok || p.UUID != uuid.MustParse(mira) || p.UserID != "_4711_1" || p.ExternalID != "m.lindqvist" || p.Site != site {
		t.Errorf("person %+v", p)
	}
}
