package translate_test

import (
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// graded is a GradeEvent by an actor about Mira's attempt at something of a type, with more members.
func graded(actor, assignable, more string) string {
	object := thing(attempt, "Attempt", `,"assignee":`+mira+`,"assignable":`+
		thing(paper, assignable, `,"maxScore":160,"dateToSubmit":"`+earlier+`","dateCreated":"`+earlier+`"`))
	return learningBy(actor, "GradeEvent", "Graded", object, more)
}

// scored is the score of an attempt.
func scored(more string) string {
	return generated(thing(attempt+"/score", "Score", `,"maxScore":0`+more))
}

// Who grades is the application, whom Learn names, or a person whom the map has; in TimeBack's form the student acts.
func TestGrader(t *testing.T) {
	for _, c := range []struct{ name, actor, want string }{
		{"the application", app, appPlatform},
		{"an instructor", tomas, tomasPlatform},
		{"an unmapped instructor", ines, appPlatform},
		{"the student, as documented", mira, appPlatform},
	} {
		t.Run(c.name, func(t *testing.T) {
			event := graded(c.actor, "Assessment", scored(`,"scoreGiven":1`))
			wants(t, results(t, timeback.PresetCaliper, event)[0], map[string]any{"actor.id": c.want})
			wants(t, results(t, timeback.PresetBeyondAI, event)[0], map[string]any{"actor": c.want})
			wants(t, results(t, timeback.PresetTimeBack, event)[0], map[string]any{"actor": miraPlatform})
		})
	}
}

// Of what was attempted no dates leave: Learn writes those of the attempt there.
func TestGradedAttempt(t *testing.T) {
	out := results(t, timeback.PresetTimeBack, graded(app, "Assessment", scored(`,"scoreGiven":39.45205`)))[0]
	wants(t, out, map[string]any{
		"type": "GradeEvent", "profile": "GradingProfile", "action": "Graded", "session": "urn:tag:auto-attach",
		"object.id": attempt, "object.type": "Attempt", "object.assignee": miraPlatform, "object.endedAtTime": nil,
		"object.assignable.id": paper, "object.assignable.type": "Assessment", "object.assignable.maxScore": 160.0,
		"object.assignable.dateToSubmit": nil, "object.assignable.dateCreated": nil, "object.assignable.mediaType": nil,
		"generated.id": attempt + "/score", "generated.attempt": attempt, "generated.scoreType": nil,
		"generated.maxScore": 160.0, "generated.scoreGiven": 39.45205, "generated.scoredBy": nil,
	})
}

// A grade without a student says whose attempt it is by the attempt alone, which a destination may not take.
func TestGradeOfNobody(t *testing.T) {
	event := learningBy(app, "GradeEvent", "Graded", thing(attempt, "Attempt", ""), "")
	wants(t, results(t, timeback.PresetCaliper, event)[0], map[string]any{
		"object.id": attempt, "object.assignee": nil, "object.assignable": nil, "generated": nil,
	})
	untranslatable(t, timeback.PresetTimeBack, event) // there the student acts
}

// Only a question's score has a scoreType, and only where a preset has one.
func TestScoreType(t *testing.T) {
	for _, c := range []struct {
		preset, assignable string
		want               any
	}{
		{timeback.PresetTimeBack, "AssessmentItem", "QUESTION_RESULT"},
		{timeback.PresetTimeBack, "Assessment", nil},
		{timeback.PresetTimeBack, "AssignableDigitalResource", nil},
		{timeback.PresetBeyondAI, "AssessmentItem", nil},
		{timeback.PresetCaliper, "AssessmentItem", nil},
	} {
		out := results(t, c.preset, graded(app, c.assignable, scored(`,"scoreGiven":1`)))[0]
		wants(t, out, map[string]any{"generated.scoreType": c.want})
	}
}

// TimeBack counts a question as one point: "maxScore should always be 1". The score is the same part of it.
func TestScoreOfAQuestion(t *testing.T) {
	for _, c := range []struct {
		preset, assignable, score string
		given, highest            any
	}{
		{timeback.PresetTimeBack, "AssessmentItem", `,"scoreGiven":7,"maxScore":10`, 0.7, 1.0},
		{timeback.PresetTimeBack, "AssessmentItem", `,"scoreGiven":0,"maxScore":10`, 0.0, 1.0},
		{timeback.PresetTimeBack, "AssessmentItem", `,"scoreGiven":1,"maxScore":1`, 1.0, 1.0},
		{timeback.PresetTimeBack, "AssessmentItem", `,"maxScore":10`, nil, 1.0},
		{timeback.PresetTimeBack, "AssessmentItem", `,"scoreGiven":1e308,"maxScore":1e-9`, 1e308, 1e-9},
		{timeback.PresetTimeBack, "Assessment", `,"scoreGiven":7,"maxScore":10`, 7.0, 10.0},
		{timeback.PresetCaliper, "AssessmentItem", `,"scoreGiven":7,"maxScore":10`, 7.0, 10.0},
		{timeback.PresetBeyondAI, "AssessmentItem", `,"scoreGiven":7,"maxScore":10`, 7.0, 10.0},
	} {
		out := results(t, c.preset, graded(app, c.assignable, generated(thing(attempt+"/score", "Score", c.score))))[0]
		wants(t, out, map[string]any{"generated.scoreGiven": c.given, "generated.maxScore": c.highest})
	}
}

// A zero is a score if somebody gave it, and none if Learn says that something else happened.
func TestScoreOfZero(t *testing.T) {
	const action = `,"extensions":{"bb:action.name":"instructor.grade.history.event.attempt.`
	for _, c := range []struct {
		name, score string
		given, max  any
	}{
		{"given", `,"scoreGiven":0` + action + `grade"}`, 0.0, 160.0},
		{"overridden", `,"scoreGiven":0` + action + `override"}`, 0.0, 160.0},
		{"not said", `,"scoreGiven":0`, 0.0, 160.0},
		{"cleared", `,"scoreGiven":0` + action + `clear"}`, nil, 160.0},
		{"handed in", `,"scoreGiven":0` + action + `submit"}`, nil, 160.0},
		{"handed in and scored", `,"scoreGiven":4` + action + `submit"}`, 4.0, 160.0},
		{"documented", `,"normalScore":7`, 7.0, 160.0},
		{"none", ``, nil, 160.0},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := results(t, timeback.PresetCaliper, graded(app, "Assessment", scored(c.score)))[0]
			wants(t, out, map[string]any{"generated.scoreGiven": c.given, "generated.maxScore": c.max})
		})
	}
	own := generated(thing(attempt+"/score", "Score", `,"maxScore":50,"scoreGiven":1`))
	wants(t, results(t, timeback.PresetCaliper, graded(app, "Assessment", own))[0], map[string]any{"generated.maxScore": 50.0})
}

// Who scored leaves by their platform id or not at all; what they wrote stays.
func TestScoredBy(t *testing.T) {
	for who, want := range map[string]any{app: appPlatform, tomas: tomasPlatform, ines: nil, `""`: nil} {
		out := results(t, timeback.PresetTimeBack,
			graded(app, "Assessment", scored(`,"scoreGiven":1,"comment":"well done","scoredBy":`+who)))[0]
		wants(t, out, map[string]any{"generated.scoredBy": want, "generated.comment": nil})
	}
}

func TestScoreWithoutID(t *testing.T) {
	out := results(t, timeback.PresetCaliper, graded(app, "Assessment", generated(`{"type":"Score","scoreGiven":3}`)))[0]
	wants(t, out, map[string]any{"generated.id": v5(attempt + "/score"), "generated.scoreGiven": 3.0})
}

const calculated = "http://caliper.blackboard.com/caliper/v1/CalculatedGrade"

// snapshot is a snapshot of Mira's grade.
func snapshot(object, more string) string {
	return learningBy(app, "http://caliper.blackboard.com/caliper/v1/CalculatedGradeSnapshotEvent", "Graded",
		thing(paper+"/calculatedGrade/7", calculated, `,"user":`+mira+object), more)
}

// A calculated grade is a Result in a generic event, and the student its member.
func TestSnapshot(t *testing.T) {
	course := thing(learn+"/courses/c", "CourseOffering", `,"courseNumber":"C-1"`)
	member := learn + "/courses/c/members/7b1f4c9ad2e84f06a3c5d8e9017f2b64"
	want := map[string]any{
		"type": "Event", "profile": "GeneralProfile", "action": "Graded", "actor.id": appPlatform,
		"object.id": paper + "/calculatedGrade/7", "object.type": "Result", "object.scoredBy.id": appPlatform,
		"group.id": learn + "/courses/c", "group.courseNumber": "C-1", "session": nil, "generated": nil,
		"membership.id": v5(member), "membership.member.id": miraPlatform, "membership.organization": learn + "/courses/c",
	}
	events := []string{
		snapshot(`,"course":`+course, ""),
		snapshot(`,"course":`+course, `,"membership":{"id":"`+member+`","type":"Membership","member":`+mira+
			`,"organization":"`+learn+`/courses/c"}`),
	}
	for _, out := range results(t, timeback.PresetCaliper, events...) {
		wants(t, out, want)
		wants(t, out, map[string]any{"object.maxResultScore": nil, "object.resultScore": nil})
	}
	out := results(t, timeback.PresetCaliper, snapshot(`,"scorePossible":100,"score":0,"course":`+course, ""))[0]
	wants(t, out, map[string]any{"object.maxResultScore": 100.0, "object.resultScore": 0.0})
	untranslatable(t, timeback.PresetCaliper, snapshot("", "")) // no course, so no membership to name the student
}
