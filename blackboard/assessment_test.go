package blackboard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// equal tells whether a pointer points to a value.
func equal[T comparable](p *T, want T) bool { return p != nil && *p == want }

func TestAssessment(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p1/assessment-started"))
	a := e.Object.(*blackboard.Assignable)
	if a.Type != "Assessment" || a.Name != "Quiz: acids and bases" || a.DateToSubmit.Format(time.RFC3339) != "2021-02-12T22:59:00Z" {
		t.Errorf("assessment %+v", a)
	}
	if !equal(a.MaxAttempts, 2) || !equal(a.MaxScore, 150) || a.MaxSubmits != nil {
		t.Errorf("attempts %v, submits %v, score %v", a.MaxAttempts, a.MaxSubmits, a.MaxScore)
	}
	if a.CategoryID != "_1502_1" || a.CategoryName != "Test" || !equal(a.UserDefinedCategory, false) || a.GradableItemID != "_8151_1" || a.ContentID != "_90244_1" {
		t.Errorf("extensions %+v", a)
	}
	if e.EdApp.IPAddress != "203.0.113.57" {
		t.Errorf("application %+v", e.EdApp)
	}
}

func TestAttempt(t *testing.T) {
	for name, id := range map[string]string{
		"v1p1/assessment-started":   "/gradableItems/_8151_1/attempts/_30152_1",
		"v1p0/assessment-started":   "/gradableItems/_7160_1/attempts/_1084_1",
		"v1p1/assignable-submitted": "/gradableItems/_8123_1/attempts/_30117_1",
		"v1p0/assignable-completed": "/gradableItems/_7121_1/attempts/_1044_1",
	} {
		e := decode(t, firstEvent(t, name))
		a := e.Generated.(*blackboard.Attempt)
		if a.ID != prefix+id || !equal(a.Count, 1) || !a.StartedAt.Equal(e.Time) || !a.EndedAt.IsZero() {
			t.Errorf("%s: attempt %+v", name, a)
		}
		if a.Assignee == nil || a.Assignee.UUID != uuid.MustParse(mira) {
			t.Errorf("%s: assignee %+v", name, a.Assignee)
		}
		object := e.Object.(*blackboard.Assignable)
		if a.Assignable == nil || a.Assignable.ID != object.ID || a.Assignable.Name != object.Name || *a.Assignable.MaxScore != *object.MaxScore {
			t.Errorf("%s: assignable %+v", name, a.Assignable)
		}
	}
}

func TestQuestion(t *testing.T) {
	for name, test := range map[string]string{
		"v1p1/assessmentitem-started": "Quiz: acids and bases", "v1p0/assessmentitem-started": "Quiz 1",
	} {
		q := decode(t, firstEvent(t, name)).Object.(*blackboard.Assignable)
		if q.Type != "AssessmentItem" || q.Name != "" || q.MaxScore != nil || q.MaxAttempts != nil {
			t.Errorf("%s: question %+v", name, q)
		}
		if q.PartOf == nil || q.PartOf.Type != "Assessment" || q.PartOf.Name != test || q.PartOf.MaxScore == nil {
			t.Errorf("%s: part of %+v", name, q.PartOf)
		}
	}
}

func TestResponse(t *testing.T) {
	for name, want := range map[string]struct{ typ, question string }{
		"v1p1/assessmentitem-completed": {"MultipleResponseResponse", "MultipleAnswer"},
		"v1p1/assessmentitem-submitted": {"FillinBlankResponse", "Essay"},
		"v1p0/assessmentitem-completed": {"FillinBlankResponse", "Essay"},
	} {
		e := decode(t, firstEvent(t, name))
		r := e.Generated.(*blackboard.Response)
		if r.Type != want.typ || r.QuestionType != want.question || r.Values != nil || !strings.HasSuffix(r.ID, "/response") || !r.StartedAt.Equal(e.Time) {
			t.Errorf("%s: response %+v", name, r)
		}
		if r.Attempt == nil || r.ID != r.Attempt.ID+"/response" || r.Attempt.Assignee.UUID != uuid.MustParse(mira) || r.Attempt.Assignable.PartOf == nil {
			t.Errorf("%s: attempt %+v", name, r.Attempt)
		}
	}
}

// work writes an AssignableEvent.
func work(members ...string) string {
	return event(append([]string{"type", `"AssignableEvent"`, "action", `"Completed"`, "object", assignable(`"maxScore":60`)}, members...)...)
}

func assignable(more string) string {
	return `{"id":"` + prefix + `/gradableItems/_1_1","type":"AssignableDigitalResource",` + more + `}`
}

func attempt(more string) string {
	return `{"id":"` + prefix + `/gradableItems/_1_1/attempts/_2_1","type":"Attempt",` + more + `}`
}

func TestQuirksOfWork(t *testing.T) {
	object := func(e *blackboard.Event) *blackboard.Assignable { return e.Object.(*blackboard.Assignable) }
	for name, tc := range map[string]struct {
		raw  string
		want func(*blackboard.Event) bool
	}{
		"no attempt":       {work(), func(e *blackboard.Event) bool { return e.Generated == nil && *object(e).MaxScore == 60 }},
		"numbers as texts": {work("object", assignable(`"maxScore":"60.5","maxAttempts":"3"`)), func(e *blackboard.Event) bool { return *object(e).MaxScore == 60.5 && *object(e).MaxAttempts == 3 }},
		"no numbers": {work("object", assignable(`"maxScore":"many","maxAttempts":2.5,"maxSubmits":{}`)), func(e *blackboard.Event) bool {
			return object(e).MaxScore == nil && object(e).MaxAttempts == nil && object(e).MaxSubmits == nil
		}},
		"negative numbers":        {work("object", assignable(`"maxScore":-1,"maxAttempts":-1`)), func(e *blackboard.Event) bool { return object(e).MaxScore == nil && object(e).MaxAttempts == nil }},
		"no finite number":        {work("object", assignable(`"maxScore":1e999,"maxAttempts":"NaN"`)), func(e *blackboard.Event) bool { return object(e).MaxScore == nil && object(e).MaxAttempts == nil }},
		"a boolean as a boolean":  {work("object", assignable(`"extensions":{"bb:assessment.catUserDefined":true}`)), func(e *blackboard.Event) bool { return *object(e).UserDefinedCategory }},
		"no boolean":              {work("object", assignable(`"extensions":{"bb:assessment.catUserDefined":"no"}`)), func(e *blackboard.Event) bool { return object(e).UserDefinedCategory == nil }},
		"object from the attempt": {work("object", "", "generated", attempt(`"assignable":`+assignable(`"name":"n"`))), func(e *blackboard.Event) bool { return object(e).Name == "n" }},
		"object by its IRI":       {work("object", `"`+prefix+`/assessments/_1_1"`), func(e *blackboard.Event) bool { return object(e).Type == "AssignableDigitalResource" }},
		"attempt at an IRI": {work("generated", attempt(`"assignable":"`+prefix+`/gradableItems/_1_1"`)), func(e *blackboard.Event) bool {
			return *e.Generated.(*blackboard.Attempt).Assignable.MaxScore == 60
		}},
		"attempt at something else": {work("generated", attempt(`"assignable":"`+prefix+`/gradableItems/_9_1"`)), func(e *blackboard.Event) bool {
			return e.Generated.(*blackboard.Attempt).Assignable.MaxScore == nil
		}},
		"attempt at a question": {work("generated", attempt(`"assignable":"`+prefix+`/assessments/_1_1/questions/_2_1"`)), func(e *blackboard.Event) bool {
			return e.Generated.(*blackboard.Attempt).Assignable.Type == "AssessmentItem"
		}},
		"attempt at a test": {work("generated", attempt(`"assignable":"`+prefix+`/assessments/_1_1"`)), func(e *blackboard.Event) bool {
			return e.Generated.(*blackboard.Attempt).Assignable.Type == "Assessment"
		}},
		"attempt as an IRI": {work("generated", `"`+prefix+`/gradableItems/_1_1/attempts/_2_1"`), func(e *blackboard.Event) bool {
			return *e.Generated.(*blackboard.Attempt).Assignable.MaxScore == 60
		}},
		"count of zero":     {work("generated", attempt(`"count":0`)), func(e *blackboard.Event) bool { return e.Generated.(*blackboard.Attempt).Count == nil }},
		"actor as assignee": {work("actor", "", "generated", attempt(`"assignee":`+user(mira))), isMira},
		"actor as member":   {work("actor", "", "membership", membership(`"status":"Active"`)), hasUUID},
		"actor as user":     {work("actor", "", "federatedSession", sessionOf(user(mira))), isMira},
		"answers": {event("type", `"AssessmentItemEvent"`, "action", `"Submitted"`, "object", `{"id":"q","type":"AssessmentItem"}`,
			"generated", `{"id":"r","type":"SelectTextResponse","values":["a",5],"attempt":"`+prefix+`/x"}`), func(e *blackboard.Event) bool {
			r := e.Generated.(*blackboard.Response)
			return r.Type == "SelectTextResponse" && strings.Join(r.Values, " ") == "a 5" && r.Attempt.ID == prefix+"/x"
		}},
		"one answer": {event("type", `"AssessmentItemEvent"`, "action", `"Submitted"`, "object", `{"id":"q","type":"AssessmentItem"}`,
			"generated", `{"id":"r","type":"TrueFalseResponse","value":true}`), func(e *blackboard.Event) bool {
			return e.Generated.(*blackboard.Response).Values[0] == "true"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if e := decode(t, []byte(tc.raw)); !tc.want(e) {
				t.Errorf("%s\ndecodes as %+v", tc.raw, e)
			}
		})
	}
}
