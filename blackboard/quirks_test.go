package blackboard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// event writes an event: the given members over a minimal login. An empty
// value leaves the member out.
func event(members ...string) string {
	m := map[string]string{
		"type": `"SessionEvent"`, "id": `"` + eventID + `"`, "action": `"LoggedIn"`,
		"actor": user(mira), "eventTime": `"2021-02-09T15:22:03.204Z"`,
	}
	for i := 0; i < len(members); i += 2 {
		m[members[i]] = members[i+1]
	}
	var parts []string
	for name, v := range m {
		if v != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, v))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func user(hex string) string {
	return `{"id":"` + prefix + `/users/` + hex + `","type":"Person"}`
}

// lti is a launch with the given launch parameters.
func lti(parameters string) string {
	return `{"type":"http://caliper.blackboard.com/caliper/v1/LTILaunchInfo","id":"x","launchParameters":` + parameters + `}`
}

func TestQuirksThatDecode(t *testing.T) {
	session := `"` + prefix + `/sessions/9D41"`
	asUser := user(mira)
	for name, tc := range map[string]struct {
		raw  string
		want func(*blackboard.Event) bool
	}{
		"actor as an IRI": {event("actor", `"`+prefix+"/users/"+mira+`"`), isMira},
		"actor as an upper-case dashed uuid": {
			event("actor", `"`+prefix+"/users/"+strings.ToUpper(uuid.MustParse(mira).String())+`"`), hasUUID,
		},
		"actor as a bare id":        {event("actor", `"`+mira+`"`), hasUUID},
		"actor without a type":      {event("actor", `{"id":"`+prefix+"/users/"+mira+`"}`), isMira},
		"actor of an unknown type":  {event("actor", `{"id":"`+prefix+"/users/"+mira+`","type":"Learner"}`), isMira},
		"actor with @id and @type":  {event("actor", `{"@id":"`+prefix+"/users/"+mira+`","@type":"http://purl.imsglobal.org/caliper/v1/lis/Person"}`), isMira},
		"both spellings":            {event("actor", `{"@id":"y","id":"`+prefix+"/users/"+mira+`","@type":"Group","type":"Person"}`), isMira},
		"another host":              {event("actor", `{"id":"fake://x/v1/sites/s/users/`+mira+`","type":"Person"}`), hasUUID},
		"no object":                 {event("object", "null"), isMira},
		"object of another kind":    {event("object", `"https://learn.example.edu/"`), isMira},
		"number as an alias":        {event("actor", `{"id":"x","type":"Person","extensions":{"bb:user.externalId":12345678901234567890,"bb:user.id":true}}`), aliases("true", "12345678901234567890")},
		"odd extensions":            {event("actor", `{"id":"`+prefix+"/users/"+mira+`","type":"Person","extensions":"x"}`), isMira},
		"odd alias":                 {event("actor", `{"id":"x","type":"Person","extensions":{"bb:user.externalId":{},"bb:user.id":"_1_1"}}`), aliases("_1_1", "")},
		"extensions of a fellow":    {event("actor", `"`+prefix+"/users/"+mira+`"`, "federatedSession", sessionOf(`{"id":"x","type":"Person","extensions":{"bb:user.id":"_9_1"}}`)), aliases("", "")},
		"aliases from the session":  {event("actor", `"`+prefix+"/users/"+mira+`"`, "federatedSession", sessionOf(aliased(mira))), aliases("_4711_1", "m.lindqvist")},
		"aliases from a membership": {event("membership", membership(`"member":`+asUser)), aliases("_4711_1", "m.lindqvist")},
		"aliases from its id":       {event("membership", membership(`"status":null`)), aliases("_4711_1", "m.lindqvist")},
		"full IRIs in v1p1":         {event("type", `"http://purl.imsglobal.org/caliper/v1/SessionEvent"`, "action", `"http://purl.imsglobal.org/vocab/caliper/v1/action#LoggedIn"`), isMira},
		"session as an IRI":         {event("federatedSession", session), federated(prefix + "/sessions/9D41")},
		"session as a bare id":      {event("federatedSession", `"session123"`), federated("session123")},
		"empty session":             {event("federatedSession", `{"id":"`+prefix+`/sessions/","type":"LtiSession","name":"","user":`+asUser+`}`), federated("")},
		"empty session as an IRI":   {event("federatedSession", `"`+prefix+`/sessions/"`), federated("")},
		"null session":              {event("federatedSession", `null`), federated("")},
		"empty everything":          {event("group", `{}`, "membership", `[]`, "session", `""`, "edApp", `{}`, "target", `[]`, "generated", `""`), isBare},
		"edApp as the site":         {event("edApp", `"`+prefix+`"`), func(e *blackboard.Event) bool { return e.EdApp.ID == prefix }},
		"role as a string": {
			event("membership", membership(`"roles":"Learner"`)), func(e *blackboard.Event) bool { return e.Membership.Roles[0] == "Learner" },
		},
		"odd roles":    {event("membership", membership(`"roles":[5,null,{},"http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"]`)), hasRoles("5", "Mentor")},
		"no roles":     {event("membership", membership(`"roles":[]`)), hasRoles()},
		"group of one": {event("group", group()), func(e *blackboard.Event) bool { return e.Group.Parent.CourseNumber == "BIO-101" }},
		"group by IRIs": {event("group", `{"id":"g","type":"Group","subOrganizationOf":"c"}`), func(e *blackboard.Event) bool {
			return e.Group.Parent.ID == "c" && e.Group.Parent.Type == "Organization"
		}},
		"odd names": {event("object", `{"id":"x","type":"SoftwareApplication","name":{},"description":[1]}`), isMira},
		"odd times": {event("federatedSession", `{"id":"x","startedAtTime":"yesterday","endedAtTime":17}`), func(e *blackboard.Event) bool { return e.FederatedSession.StartedAt.IsZero() }},
		"odd user":  {event("federatedSession", `{"id":"x","user":[]}`), federated("x")},
		"unknown type in the target": {event("target", `{"id":"x","type":"Volume","name":"n"}`), func(e *blackboard.Event) bool {
			return *e.Target.(*blackboard.Thing) == blackboard.Thing{ID: "x", Type: "Volume", Name: "n"}
		}},
		"timeout by the session's actor":   {timeout(`{"id":` + session + `,"type":"Session","actor":` + asUser + `}`), isMira},
		"timeout by an IRI":                {timeout(session), isNobody},
		"timeout by a bare id":             {timeout(`"9D41"`), func(e *blackboard.Event) bool { return e.Object.(*blackboard.Session).ID == "9D41" }},
		"timeout with an empty session":    {timeout(`{"id":"` + prefix + `/sessions/","type":"Session","user":` + asUser + `}`), isMira},
		"timeout without an object":        {timeout("", "federatedSession", sessionOf(asUser)), isMira},
		"timeout of the application":       {timeout(`{"id":"x","type":"SoftwareApplication"}`, "federatedSession", sessionOf(asUser)), isMira},
		"timeout with the user as actor":   {timeout(session, "actor", asUser), isMira},
		"timeout of a bare application":    {timeout(session, "actor", `"learn"`), isNobody},
		"timeout by the object alone":      {timeout(`{"id":`+session+`,"type":"Session"}`, "action", ""), isTimeout},
		"launch by its object, bare actor": {event("type", `"LTIEvent"`, "action", "", "actor", `"`+mira+`"`, "object", lti("{}")), hasUUID},
		"launch by the object alone":       {event("type", `"LTIEvent"`, "action", "", "object", lti("{}")), isLaunch},
		"launch in the old words":          {event("type", `"LTIEvent"`, "action", `"http://caliper.blackboard.com/vocab/caliper/v1/action#LTILaunch"`, "object", lti("{}")), isLaunch},
		"launch of an IRI":                 {event("type", `"LTIEvent"`, "object", `"https://tool.example/launch"`), isLaunch},
		"launch without parameters":        {event("type", `"LTIEvent"`, "object", lti(`"x"`)), isLaunch},
		"launch with odd parameters":       {event("type", `"LTIEvent"`, "object", lti(`{"-":5,"All":{},"user_id":{},"USER_ID":"x","context_id":41,"roles":["a"]}`)), oddLaunch},
		"launch completes the person":      {event("type", `"LTIEvent"`, "object", lti(`{"user_id":"`+strings.ToUpper(mira)+`","lis_person_sourcedid":"m"}`)), aliases("", "m")},
		"launch by somebody else":          {event("type", `"LTIEvent"`, "object", lti(`{"user_id":"`+tomas+`","lis_person_sourcedid":"t"}`)), aliases("", "")},
		"launch of a bare external id":     {event("type", `"LTIEvent"`, "actor", `{"type":"Person","extensions":{"bb:user.externalId":"m"}}`, "object", lti(`{"user_id":"`+mira+`"}`)), hasUUID},
		"return with milliseconds":         {event("type", `"LTIEvent"`, "action", `"LoggedOut"`, "object", `{"type":"LTILaunchReturnInfo","launchTime":1608831491592,"linkId":7}`), lateReturn},
		"unknown members":                  {event("x:y", `{"a":[1,{"b":null}]}`, "@context", `[]`), isMira},
	} {
		t.Run(name, func(t *testing.T) {
			if e := decode(t, []byte(tc.raw)); !tc.want(e) {
				t.Errorf("%s\ndecodes as %+v", tc.raw, e)
			}
		})
	}
}

func timeout(object string, more ...string) string {
	return event(append([]string{"action", `"TimedOut"`, "actor", `"` + prefix + `/applications/learn"`, "object", object}, more...)...)
}

func sessionOf(person string) string {
	return `{"id":"` + prefix + `/sessions/9D41","type":"LtiSession","user":` + person + `}`
}

func aliased(hex string) string {
	return `{"id":"` + prefix + `/users/` + hex + `","type":"Person","extensions":{"bb:user.id":"_4711_1","bb:user.externalId":"m.lindqvist"}}`
}

func membership(more string) string {
	return `{"id":"` + prefix + `/courses/c/members/` + mira + `","type":"Membership",` +
		`"extensions":{"bb:user.id":"_4711_1","bb:user.externalId":"m.lindqvist"},` + more + `}`
}

func group() string {
	return `{"id":"g","type":"Group","subOrganizationOf":{"id":"c","type":"CourseOffering","courseNumber":"BIO-101"}}`
}

func isMira(e *blackboard.Event) bool {
	p, ok := e.Person()
	return ok && p.IRI == prefix+"/users/"+mira && hasUUID(e)
}

func hasUUID(e *blackboard.Event) bool {
	p, ok := e.Person()
	return ok && p.UUID == uuid.MustParse(mira)
}

func isNobody(e *blackboard.Event) bool {
	_, ok := e.Person()
	return !ok
}

func aliases(userID, externalID string) func(*blackboard.Event) bool {
	return func(e *blackboard.Event) bool {
		p, _ := e.Person()
		return p.UserID == userID && p.ExternalID == externalID
	}
}

func federated(id string) func(*blackboard.Event) bool {
	return func(e *blackboard.Event) bool {
		if e.FederatedSession == nil {
			return id == ""
		}
		return id != "" && e.FederatedSession.ID == id && e.FederatedSession.Type == "Session"
	}
}

func isBare(e *blackboard.Event) bool {
	return e.Group == nil && e.Membership == nil && e.Session == nil && e.EdApp == nil && e.Target == nil && e.Generated == nil
}

func hasRoles(want ...string) func(*blackboard.Event) bool {
	return func(e *blackboard.Event) bool {
		return strings.Join(e.Membership.Roles, " ") == strings.Join(want, " ")
	}
}

func isTimeout(e *blackboard.Event) bool { return e.Action == blackboard.ActionTimedOut }

func isLaunch(e *blackboard.Event) bool {
	_, ok := e.Object.(*blackboard.LTILaunch)
	return ok && e.Action == blackboard.ActionLaunch && isMira(e)
}

func oddLaunch(e *blackboard.Event) bool {
	l := e.Object.(*blackboard.LTILaunch)
	p := l.Parameters
	return p.UserID == "" && p.ContextID == "41" && p.Roles == "a" && len(l.LaunchParameters) == 6
}

func lateReturn(e *blackboard.Event) bool {
	r := e.Object.(*blackboard.LTIReturn)
	return e.Action == blackboard.ActionReturn && r.LinkID == "7" && r.LaunchTime.Equal(time.UnixMilli(1608831491592))
}

func TestTimes(t *testing.T) {
	for in, want := range map[string]string{
		"2021-02-09T15:22:03.204Z":         "2021-02-09T15:22:03.204Z",
		"2021-02-09T15:22:03Z":             "2021-02-09T15:22:03Z",
		"2021-02-09T15:22:03.2049999Z":     "2021-02-09T15:22:03.204Z",
		"2021-02-09T17:22:03.204+02:00":    "2021-02-09T15:22:03.204Z",
		"2021-02-09T10:22:03.204-0500":     "2021-02-09T15:22:03.204Z",
		"2021-02-09T10:22:03.204-05":       "2021-02-09T15:22:03.204Z",
		"2021-02-09T15:22:03.204":          "2021-02-09T15:22:03.204Z",
		"2021-02-09T15:22:03.204000+00:00": "2021-02-09T15:22:03.204Z",
	} {
		if got := decode(t, []byte(event("eventTime", `"`+in+`"`))).Time; got.Format(time.RFC3339Nano) != want || got.Location() != time.UTC {
			t.Errorf("%s is read as %s", in, got)
		}
	}
}

func TestQuirksThatAreRefused(t *testing.T) {
	for name, tc := range map[string]struct{ raw, reason, path string }{
		"empty":                    {"", blackboard.ReasonMalformed, ""},
		"scalar":                   {"5", blackboard.ReasonMalformed, ""},
		"null":                     {"null", blackboard.ReasonMalformed, ""},
		"array":                    {"[]", blackboard.ReasonMalformed, ""},
		"not JSON":                 {`{"type":"SessionEvent",}`, blackboard.ReasonMalformed, ""},
		"two events":               {event() + event(), blackboard.ReasonMalformed, ""},
		"truncated":                {strings.TrimSuffix(event(), "}"), blackboard.ReasonMalformed, ""},
		"deep":                     {event("x", strings.Repeat("[", 100_000)), blackboard.ReasonMalformed, "/x"},
		"envelope":                 {`{"sensor":"s","data":[]}`, blackboard.ReasonMissingField, "/type"},
		"no type":                  {event("type", ""), blackboard.ReasonMissingField, "/type"},
		"null type":                {event("type", "null"), blackboard.ReasonMissingField, "/type"},
		"type is an array":         {event("type", `["SessionEvent"]`), blackboard.ReasonMissingField, "/type"},
		"type is a number":         {event("type", `5`), blackboard.ReasonUnsupportedType, "/type"},
		"unknown type":             {event("type", `"Event"`), blackboard.ReasonUnsupportedType, "/type"},
		"unsupported action":       {event("action", `"Viewed"`), blackboard.ReasonUnsupportedAction, "/action"},
		"action of another type":   {event("type", `"LTIEvent"`, "action", `"TimedOut"`), blackboard.ReasonUnsupportedAction, "/action"},
		"no action":                {event("action", ""), blackboard.ReasonMissingField, "/action"},
		"no action, an app":        {event("action", "", "object", `{"id":"x","type":"SoftwareApplication"}`), blackboard.ReasonMissingField, "/action"},
		"no time":                  {event("eventTime", ""), blackboard.ReasonMissingField, "/eventTime"},
		"empty time":               {event("eventTime", `""`), blackboard.ReasonMissingField, "/eventTime"},
		"bad time":                 {event("eventTime", `"yesterday"`), blackboard.ReasonBadTime, "/eventTime"},
		"time as a number":         {event("eventTime", `1608831491592`), blackboard.ReasonBadTime, "/eventTime"},
		"time of the year zero":    {event("eventTime", `"0000-01-01T00:00:00Z"`), blackboard.ReasonBadTime, "/eventTime"},
		"no actor":                 {event("actor", ""), blackboard.ReasonMissingField, "/actor"},
		"null actor":               {event("actor", "null"), blackboard.ReasonMissingField, "/actor"},
		"empty actor":              {event("actor", "{}"), blackboard.ReasonMissingField, "/actor"},
		"actor that says nothing":  {event("actor", `{"type":"Person","name":"n"}`), blackboard.ReasonMissingField, "/actor"},
		"actor is a number":        {event("actor", "5"), blackboard.ReasonWrongType, "/actor"},
		"actor is an array":        {event("actor", `["x"]`), blackboard.ReasonWrongType, "/actor"},
		"actor is the application": {event("actor", `{"id":"`+prefix+`/applications/learn","type":"SoftwareApplication"}`), blackboard.ReasonWrongType, "/actor"},
		"object is a boolean":      {event("object", "true"), blackboard.ReasonWrongType, "/object"},
		"session is a number":      {event("session", "5"), blackboard.ReasonWrongType, "/session"},
		"timeout of nothing":       {timeout(""), blackboard.ReasonMissingField, "/object"},
		"launch of nothing":        {event("type", `"LTIEvent"`), blackboard.ReasonMissingField, "/object"},
		"launch of a return":       {event("type", `"LTIEvent"`, "object", `{"type":"LTILaunchReturnInfo"}`), blackboard.ReasonWrongType, "/object"},
		"repeated member":          {`{"type":"SessionEvent","type":"SessionEvent"}`, blackboard.ReasonDuplicateKey, "/type"},
		"repeated below":           {event("actor", `{"id":"a","type":"Person","extensions":{"bb:user.id":"1","bb:user.id":"2"}}`), blackboard.ReasonDuplicateKey, "/actor/extensions/bb:user.id"},
		"repeated unknown":         {event("x", `{"a":1,"\u0061":2}`), blackboard.ReasonDuplicateKey, "/x/a"},
		"repeated in unsupported":  {`{"type":"Event","a":1,"a":2}`, blackboard.ReasonDuplicateKey, "/a"},
		"malformed unsupported":    {`{"type":"Event","a":1,`, blackboard.ReasonMalformed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := blackboard.Decode([]byte(tc.raw))
			var refused *blackboard.DecodeError
			if !errors.As(err, &refused) {
				t.Fatalf("error %v, want a DecodeError", err)
			}
			if refused.Reason != tc.reason || (tc.path != "" || tc.reason != blackboard.ReasonMalformed) && !strings.HasPrefix(refused.Path, tc.path) {
				t.Errorf("%v, want %s at %s", refused, tc.reason, tc.path)
			}
		})
	}
}

// Parameters keep their JSON types and digits, whichever way they are decoded.
func TestParametersStayAsTheyCame(t *testing.T) {
	const parameters = `{"a":12345678901234567890,"b":true,"c":null,"d":[1.50,"x",{"e":-0}],"f":{"@id":"","g":[]}}`
	plain := event("type", `"LTIEvent"`, "object", lti(parameters))
	odd := strings.Replace(plain, `"id":"x"`, `"@id":"x"`, 1)
	for _, raw := range []string{plain, odd} {
		l := decode(t, []byte(raw)).Object.(*blackboard.LTILaunch)
		got, err := json.Marshal(l.LaunchParameters, json.Deterministic(true))
		if err != nil || string(got) != parameters {
			t.Errorf("parameters became %s (%v)", got, err)
		}
	}
}
