package blackboard_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

func TestGrade(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p1/grade-graded"))
	s := e.Generated.(*blackboard.Score)
	if !equal(s.Given, 39.45205) || s.Max != nil || !equal(s.OutOf(), 160) {
		t.Errorf("%v of %v, %v", s.Given, s.Max, s.OutOf())
	}
	if s.ActionName != "instructor.grade.history.event.attempt.grade" || s.ContentID != "_90244_1" || s.ProviderDomain != "labs.example.org" {
		t.Errorf("extensions %+v", s)
	}
	if app, ok := s.ScoredBy.(*blackboard.SoftwareApplication); !ok || app.ID != prefix+"/applications/learn" {
		t.Errorf("scored by %+v", s.ScoredBy)
	}
	if !s.DateCreated.Equal(e.Time) || s.Attempt.Assignable.Type != "Assessment" || e.FederatedSession != nil || e.Session != nil {
		t.Errorf("score %+v", s)
	}
	if e.Actor.Term() != "SoftwareApplication" {
		t.Errorf("actor %+v", e.Actor)
	}
}

func TestGradeOfZero(t *testing.T) {
	s := decode(t, firstEvent(t, "v1p1/grade-graded-zero")).Generated.(*blackboard.Score)
	if !equal(s.Given, 0) || !equal(s.OutOf(), 160) {
		t.Errorf("%v of %v", s.Given, s.OutOf())
	}
}

// An OutcomeEvent is a GradeEvent in all but its words.
func TestOutcome(t *testing.T) {
	for i, want := range []float64{8.5, 0} {
		e := decode(t, events(t, readFixture(t, "v1p0/outcome-graded"))[i])
		if _, ok := e.Actor.(*blackboard.SoftwareApplication); !ok {
			t.Errorf("actor %+v", e.Actor)
		}
		attempt := e.Object.(*blackboard.Attempt)
		if attempt.Assignee == nil || *attempt.Assignee != miraPerson {
			t.Errorf("assignee %+v", attempt.Assignee)
		}
		s := e.Generated.(*blackboard.Score)
		if !equal(s.Given, want) || s.Term() != "Score" || s.Attempt.ID != attempt.ID || s.Attempt.Assignable.ID != attempt.Assignable.ID {
			t.Errorf("score %+v of %+v", s, s.Attempt)
		}
		if s.ID != attempt.ID+"/result" || s.Attempt.Assignee == nil || s.Attempt.Assignee.UUID != uuid.MustParse(mira) || !equal(s.Attempt.Count, 1) {
			t.Errorf("score %+v", s)
		}
		if s.Attempt.Assignable.Type != "AssignableDigitalResource" || s.OutOf() != nil || e.Membership.Roles != nil {
			t.Errorf("assignable %+v", s.Attempt.Assignable)
		}
	}
}

func TestCalculatedGrade(t *testing.T) {
	g := decode(t, firstEvent(t, "v1p1/calculatedgrade-graded")).Object.(*blackboard.CalculatedGrade)
	if g.ItemID != "_8170_1" || !equal(g.Possible, 100) || g.Score != nil || !equal(g.IsCourseGrade, false) || g.SyncVersion != "329204416" {
		t.Errorf("grade %+v", g)
	}
	if *g.User != miraPerson || g.Course.CourseID != "_318_1" {
		t.Errorf("user %+v, course %+v", g.User, g.Course)
	}
	old := decode(t, firstEvent(t, "v1p0/calculatedgrade-gradecalculated")).Object.(*blackboard.CalculatedGrade)
	if old.SyncVersion != "156525" || old.Possible != nil || old.Score != nil || !equal(old.IsCourseGrade, true) || old.Type != "CalculatedGrade" {
		t.Errorf("grade of v1p0 %+v", old)
	}
}

func graded(members ...string) string {
	return event(append([]string{
		"type", `"GradeEvent"`, "action", `"Graded"`, "actor", learn, "object", attempt(`"assignee":` + user(mira)),
	}, members...)...)
}

const learn = `{"id":"` + prefix + `/applications/learn","type":"SoftwareApplication"}`

func scoreOf(more string) string { return `{"id":"s","type":"Score",` + more + `}` }

func snapshot(members ...string) string {
	return event(append([]string{"type", `"CalculatedGradeSnapshotEvent"`, "action", `"Graded"`, "actor", learn}, members...)...)
}

func calculated(more string) string { return `{"id":"g","type":"CalculatedGrade",` + more + `}` }

func TestQuirksOfGrades(t *testing.T) {
	given := func(want float64) func(*blackboard.Event) bool {
		return func(e *blackboard.Event) bool { return equal(e.Generated.(*blackboard.Score).Given, want) }
	}
	object := func(e *blackboard.Event) *blackboard.CalculatedGrade { return e.Object.(*blackboard.CalculatedGrade) }
	for name, tc := range map[string]struct {
		raw  string
		want func(*blackboard.Event) bool
	}{
		"no score":              {graded(), isMira},
		"documented score":      {graded("generated", scoreOf(`"normalScore":7.5`)), given(7.5)},
		"both scores":           {graded("generated", scoreOf(`"scoreGiven":0,"normalScore":7.5`)), given(0)},
		"negative score":        {graded("generated", scoreOf(`"scoreGiven":-2`)), given(-2)},
		"no score in the score": {graded("generated", scoreOf(`"scoreGiven":null`)), func(e *blackboard.Event) bool { return e.Generated.(*blackboard.Score).Given == nil }},
		"own maximum":           {graded("generated", scoreOf(`"maxScore":10`)), func(e *blackboard.Event) bool { return *e.Generated.(*blackboard.Score).OutOf() == 10 }},
		"no maximum at all":     {graded("generated", scoreOf(`"maxScore":0`)), func(e *blackboard.Event) bool { return e.Generated.(*blackboard.Score).OutOf() == nil }},
		"scored by an IRI": {graded("generated", scoreOf(`"scoredBy":"`+prefix+`/applications/learn"`)), func(e *blackboard.Event) bool {
			return kindOf(e.Generated.(*blackboard.Score).ScoredBy) == "SoftwareApplication"
		}},
		"scored by a person":      {graded("generated", scoreOf(`"scoredBy":`+user(tomas))), func(e *blackboard.Event) bool { return isMira(e) && mentions(e, tomas) }},
		"scored by nobody":        {graded("generated", scoreOf(`"scoredBy":5`)), func(e *blackboard.Event) bool { return e.Generated.(*blackboard.Score).ScoredBy == nil }},
		"attempt of the score":    {graded("object", "", "generated", scoreOf(`"attempt":`+attempt(`"assignee":`+user(mira)))), isMira},
		"student of the score":    {graded("object", attempt(`"count":1`), "generated", scoreOf(`"attempt":`+attempt(`"assignee":`+user(mira)))), isMira},
		"student of membership":   {graded("object", attempt(`"count":1`), "membership", membership(`"status":"x"`)), hasUUID},
		"nobody":                  {graded("object", attempt(`"count":1`)), isNobody},
		"a grader, no student":    {graded("actor", user(tomas), "object", attempt(`"count":1`)), isNobody},
		"no actor":                {graded("actor", "", "edApp", learn), func(e *blackboard.Event) bool { return kindOf(e.Actor) == "SoftwareApplication" && isMira(e) }},
		"nobody and nothing":      {graded("actor", ""), func(e *blackboard.Event) bool { return e.Actor == nil && isMira(e) }},
		"outcome in v1p1":         {graded("type", `"OutcomeEvent"`), func(e *blackboard.Event) bool { return e.Type == blackboard.TypeGrade && isMira(e) }},
		"outcome by the student":  {oldOutcome(`"`+prefix+`/users/`+mira+`"`, `"actor":"`+prefix+`/users/`+mira+`"`), func(e *blackboard.Event) bool { return e.Actor == nil && isMira(e) }},
		"outcome by actor alone":  {oldOutcome(`"`+prefix+`/users/`+mira+`"`, `"count":1`), isMira},
		"outcome by the grader":   {oldOutcome(`"`+prefix+`/users/`+tomas+`"`, `"actor":"`+prefix+`/users/`+mira+`"`), func(e *blackboard.Event) bool { return isMira(e) && mentions(e, tomas) }},
		"snapshot, v1p0's word":   {snapshot("action", `"GradeCalculated"`, "object", calculated(`"user":`+user(mira))), isMira},
		"snapshot of a member":    {snapshot("object", calculated(`"itemId":"_1_1"`), "membership", membership(`"status":"x"`)), hasUUID},
		"snapshot of nobody":      {snapshot("object", calculated(`"itemId":5`)), func(e *blackboard.Event) bool { return isNobody(e) && object(e).ItemID == "5" }},
		"snapshot without actor":  {snapshot("actor", "", "edApp", learn, "object", calculated(`"user":`+user(mira))), func(e *blackboard.Event) bool { return kindOf(e.Actor) == "SoftwareApplication" }},
		"documented grade":        {snapshot("object", calculated(`"score":0,"isCourseGrade":"true"`)), func(e *blackboard.Event) bool { return equal(object(e).Score, 0) && *object(e).IsCourseGrade }},
		"snapshot without action": {snapshot("action", "", "object", calculated(`"user":`+user(mira))), isMira},
	} {
		t.Run(name, func(t *testing.T) {
			if e := decode(t, []byte(tc.raw)); !tc.want(e) {
				t.Errorf("%s\ndecodes as %+v", tc.raw, e)
			}
		})
	}
}

// oldOutcome is an OutcomeEvent of v1p0.
func oldOutcome(actor, more string) string {
	return `{"@type":"http://purl.imsglobal.org/caliper/v1/OutcomeEvent","action":"http://purl.imsglobal.org/vocab/caliper/v1/action#Graded",` +
		`"actor":` + actor + `,"eventTime":"2017-03-14T15:06:28.707Z","object":{"@id":"a","@type":"http://purl.imsglobal.org/caliper/v1/Attempt",` + more + `}}`
}

// mentions tells whether an event mentions the user with this uuid.
func mentions(e *blackboard.Event, hex string) bool {
	for _, p := range e.People() {
		if p.UUID == uuid.MustParse(hex) {
			return true
		}
	}
	return false
}
