package translate_test

import (
	"errors"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/timeback"
)

const (
	tomas = `{"id":"` + learn + `/users/c4d09e3377ab4e51b86f0a1d2e9c5f78","type":"Person"}`
	ines  = `{"id":"` + learn + `/users/91e2a7c40b5d4f83b6a8d0c97e3f1524","type":"Person"}` // whom no map has

	tomasPlatform = "urn:uuid:5f0a1c2e-0000-4000-8000-00000000a003"
	appPlatform   = "urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11"

	learningEvent = "urn:uuid:00000000-0000-4000-8000-0000000000bb"
	noon          = "2021-02-09T12:00:00.000Z"
	earlier       = "2021-02-09T11:30:00.000Z"

	paper    = learn + "/gradableItems/_12_1"
	quiz     = learn + "/assessments/_5_1"
	question = quiz + "/questions/_6_1"
	attempt  = paper + "/attempts/_77_1"
	unknown  = learn + "/unknown/unknown"
)

// learningBy is an event at noon by an actor, with more members.
func learningBy(actor, typ, action, object, more string) string {
	return `{"type":"` + typ + `","id":"00000000-0000-4000-8000-0000000000bb","actor":` + actor + `,"action":"` + action +
		`","object":` + object + `,"eventTime":"` + noon + `"` + more + `}`
}

// learning is learningBy Mira.
func learning(typ, action, object, more string) string {
	return learningBy(mira, typ, action, object, more)
}

func thing(id, typ, more string) string {
	return `{"id":"` + id + `","type":"` + typ + `"` + more + `}`
}

// skipped fails unless an event is left out for a reason.
func skipped(t *testing.T, preset, event, reason string) {
	t.Helper()
	for _, decoded := range decode(t, []byte(event)) {
		_, err := form{preset: preset}.translator(t).Translate(decoded, newSchool(t).context(decoded))
		var skip *translate.Skip
		if !errors.As(err, &skip) || skip.Reason != reason {
			t.Errorf("%v, want a skip: %s", err, reason)
		}
	}
}

// untranslatable fails unless an event has no form.
func untranslatable(t *testing.T, preset, event string) {
	t.Helper()
	for _, decoded := range decode(t, []byte(event)) {
		_, err := form{preset: preset}.translator(t).Translate(decoded, newSchool(t).context(decoded))
		var failed *translate.Error
		if !errors.As(err, &failed) || failed.Reason != translate.ReasonUntranslatable {
			t.Errorf("%v, want an error", err)
		}
	}
}

// What is viewed keeps its type where v1p2 has it, and is a DigitalResource where not.
func TestViewedTypes(t *testing.T) {
	for sent, want := range map[string]string{
		"Chapter": "Chapter", "Frame": "Frame", "Document": "Document", "Page": "Page", "WebPage": "WebPage",
		"Reading": "DigitalResource", "DigitalResource": "DigitalResource", "EpubPart": "DigitalResource",
		"Assessment": "Assessment", "AssignableDigitalResource": "AssignableDigitalResource", "Forum": "Forum",
	} {
		out := results(t, timeback.PresetCaliper, learning("ViewEvent", "Viewed",
			thing(learn+"/content/_5_1", sent, `,"name":"Syllabus","index":3,"description":"long"`), ""))[0]
		wants(t, out, map[string]any{
			"type": "ViewEvent", "profile": "ReadingProfile", "action": "Viewed", "actor.id": miraPlatform,
			"object.id": learn + "/content/_5_1", "object.type": want, "object.name": "Syllabus",
			"object.description": nil, "target": nil, "generated": nil,
		})
		if _, ok := at(out, "object.index").(float64); ok != (sent == "Frame") {
			t.Errorf("%s: index %v", sent, at(out, "object.index"))
		}
	}
	untranslatable(t, timeback.PresetCaliper, learning("ViewEvent", "Viewed", thing(learn+"/courses/c", "CourseOffering", ""), ""))
}

// What Learn does not identify is anonymous, or is skipped where an unknown id becomes a record.
func TestUnknownObject(t *testing.T) {
	const purl = "http://purl.imsglobal.org/caliper/"
	for _, c := range []struct{ typ, action, object, anonymous string }{
		{"ViewEvent", "Viewed", "Chapter", "Chapter"},
		{"ViewEvent", "Viewed", "Reading", "DigitalResource"},
		{"AssignableEvent", "Started", "AssignableDigitalResource", "AssignableDigitalResource"},
		{"AssessmentEvent", "Started", "Assessment", "Assessment"},
		{"AssessmentItemEvent", "Completed", "AssessmentItem", "AssessmentItem"},
	} {
		event := learning(c.typ, c.action, thing(unknown, c.object, ""), "")
		for _, preset := range []string{timeback.PresetCaliper, timeback.PresetBeyondAI} {
			wants(t, results(t, preset, event)[0], map[string]any{
				"object.id": purl + c.anonymous, "object.type": c.anonymous,
			})
		}
		skipped(t, timeback.PresetTimeBack, event, translate.SkipUnknownObject)
	}
}

// An id that is no IRI leaves as one that is unique beyond the site.
func TestBareObjectID(t *testing.T) {
	out := results(t, timeback.PresetTimeBack, learning("ViewEvent", "Viewed", thing("_5_1", "Chapter", ""), ""))[0]
	wants(t, out, map[string]any{"object.id": v5(learn + "/_5_1"), "generated.assignable": v5(learn + "/_5_1")})
}

// The reference of TimeBack asks for these members of each of its events.
func TestTimeBackKeyAttributes(t *testing.T) {
	for _, c := range []struct {
		name, event string
		want        map[string]any
	}{
		{"view", learning("ViewEvent", "Viewed", thing(learn+"/content/_5_1", "Frame", ""), ""), map[string]any{
			"generated.type": "Attempt", "generated.assignee": miraPlatform,
			"generated.assignable": learn + "/content/_5_1", "generated.startedAtTime": noon, "generated.endedAtTime": nil,
		}},
		{"assignable started", learning("AssignableEvent", "Started", thing(paper, "AssignableDigitalResource", ""),
			generated(thing(attempt, "Attempt", `,"assignee":`+mira+`,"count":2`))), map[string]any{
			"object.type": "AssignableDigitalResource", "object.mediaType": "curriculum/lesson", "generated.id": attempt,
			"generated.assignee": miraPlatform, "generated.assignable": paper, "generated.count": 2.0,
			"generated.startedAtTime": noon, "generated.endedAtTime": nil,
		}},
		{"assignable completed", learning("AssignableEvent", "Completed", thing(paper, "AssignableDigitalResource", ""),
			generated(thing(attempt, "Attempt", `,"count":0`))), map[string]any{
			"action": "Completed", "generated.endedAtTime": noon, "generated.startedAtTime": nil, "generated.count": nil,
			"generated.assignee": miraPlatform, "generated.assignable": paper,
		}},
		{"assessment started", learning("AssessmentEvent", "Started", thing(quiz, "Assessment", ""), ""), map[string]any{
			"object.mediaType": nil, "generated.assignable": quiz, "generated.startedAtTime": noon,
		}},
		{"assessment ended", learning("AssessmentEvent", "Completed", thing(quiz, "Assessment", ""), ""), map[string]any{
			"action": "Submitted", "generated.assignable": quiz, "generated.endedAtTime": noon,
		}},
		{"item started", learning("AssessmentItemEvent", "Started", thing(question, "AssessmentItem", ""),
			generated(thing(attempt, "Attempt", ""))), map[string]any{"generated": nil}},
		{"item answered", learning("AssessmentItemEvent", "Submitted",
			thing(question, "AssessmentItem", `,"isPartOf":`+thing(quiz, "Assessment", `,"name":"Quiz"`)), ""), map[string]any{
			"action": "Completed", "object.isPartOf.id": quiz, "object.isPartOf.name": "Quiz", "generated.type": "Response",
			"generated.attempt.type": "Attempt", "generated.attempt.assignable": question,
			"generated.attempt.assignee": miraPlatform, "generated.attempt.endedAtTime": noon,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := results(t, timeback.PresetTimeBack, c.event)[0]
			wants(t, out, c.want)
			wants(t, out, map[string]any{
				"actor": miraPlatform, "edApp": appPlatform, "session": "urn:tag:auto-attach",
			})
		})
	}
}

// What Learn writes as the start of an attempt is the event's time as a rule, and then no start.
func TestAttemptTimes(t *testing.T) {
	for _, c := range []struct {
		action, times  string
		started, ended any
	}{
		{"Started", ``, noon, nil},
		{"Started", `,"startedAtTime":"` + earlier + `"`, noon, nil},
		{"Completed", `,"startedAtTime":"` + noon + `"`, nil, noon},
		{"Completed", `,"startedAtTime":"` + earlier + `"`, earlier, noon},
		{"Submitted", `,"startedAtTime":"2021-02-09T12:00:01.000Z"`, nil, noon},
		{"Submitted", `,"endedAtTime":"` + earlier + `"`, nil, earlier},
	} {
		out := results(t, timeback.PresetCaliper, learning("AssignableEvent", c.action,
			thing(paper, "AssignableDigitalResource", ""), generated(thing(attempt, "Attempt", c.times))))[0]
		wants(t, out, map[string]any{
			"action": c.action, "generated.startedAtTime": c.started, "generated.endedAtTime": c.ended,
			"generated.duration": nil,
		})
	}
}

// An attempt is whoever's Learn says, if the map has them; that there is one is said by the event alone.
func TestAttempt(t *testing.T) {
	object := thing(paper, "AssignableDigitalResource", "")
	for _, c := range []struct {
		name, generated string
		id, assignee    any
	}{
		{"none", "", v5(learningEvent + "/attempt"), miraPlatform},
		{"nameless", generated(thing(paper+"/attempts/", "Attempt", `,"count":1`)), v5(learningEvent + "/attempt"), miraPlatform},
		{"bare", generated(thing("_77_1", "Attempt", "")), v5(learn + "/_77_1"), miraPlatform},
		{"another's", generated(thing(attempt, "Attempt", `,"assignee":`+tomas)), attempt, tomasPlatform},
		{"an unmapped person's", generated(thing(attempt, "Attempt", `,"assignee":`+ines)), attempt, nil},
		{"at something else", generated(thing(attempt, "Attempt", `,"assignable":`+thing(quiz, "Assessment", ""))), attempt, miraPlatform},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := results(t, timeback.PresetTimeBack, learning("AssignableEvent", "Started", object, c.generated))[0]
			wants(t, out, map[string]any{
				"generated.id": c.id, "generated.assignee": c.assignee, "generated.assignable": paper,
			})
		})
	}
}

// An object that Learn calls an assignable and no more is what the event's type says.
func TestAssignableType(t *testing.T) {
	for typ, want := range map[string]string{
		"AssignableEvent": "AssignableDigitalResource", "AssessmentEvent": "Assessment", "AssessmentItemEvent": "AssessmentItem",
	} {
		out := results(t, timeback.PresetCaliper, learning(typ, "Started",
			thing(paper, "AssignableDigitalResource", `,"isTimeDependent":false,"maxScore":0,"maxAttempts":0`), ""))[0]
		wants(t, out, map[string]any{
			"object.type": want, "object.isTimeDependent": nil, "object.maxScore": nil, "object.maxAttempts": nil,
		})
	}
	out := results(t, timeback.PresetCaliper, learning("AssignableEvent", "Started", thing(quiz, "Assessment", ""), ""))[0]
	wants(t, out, map[string]any{"object.type": "Assessment"})
}

// Limits and dates leave if they are set.
func TestAssignableLimits(t *testing.T) {
	out := results(t, timeback.PresetCaliper, learning("AssessmentItemEvent", "Started", thing(question, "AssessmentItem",
		`,"dateToActivate":"`+earlier+`","dateToShow":"`+earlier+`","dateToStartOn":"`+earlier+`","dateToSubmit":"`+noon+
			`","maxAttempts":2,"maxSubmits":3,"maxScore":12.5,"isTimeDependent":true,"isPartOf":`+thing(unknown, "Assessment", "")), ""))[0]
	wants(t, out, map[string]any{
		"object.dateToActivate": earlier, "object.dateToShow": earlier, "object.dateToStartOn": earlier,
		"object.dateToSubmit": noon, "object.maxAttempts": 2.0, "object.maxSubmits": 3.0, "object.maxScore": 12.5,
		"object.isTimeDependent": true, "object.isPartOf": nil,
	})
}

// A response keeps its type where v1p2 has it; what was answered stays.
func TestResponse(t *testing.T) {
	const id = question + "/attempts/_1_1/response"
	for sent, want := range map[string]string{
		"MultipleResponseResponse": "MultipleResponseResponse", "FillinBlankResponse": "FillinBlankResponse",
		"TrueFalseResponse": "TrueFalseResponse", "HotspotResponse": "Response",
	} {
		response := thing(id, sent, `,"values":["Paris"],"value":"Paris","attempt":`+thing(attempt, "Attempt", ""))
		out := results(t, timeback.PresetCaliper,
			learning("AssessmentItemEvent", "Completed", thing(question, "AssessmentItem", ""), generated(response)))[0]
		wants(t, out, map[string]any{
			"generated.id": id, "generated.type": want, "generated.values": nil, "generated.value": nil,
			"generated.attempt.id": attempt,
		})
	}
	nameless := results(t, timeback.PresetCaliper, learning("AssessmentItemEvent", "Completed",
		thing(question, "AssessmentItem", ""), generated(thing(attempt, "Attempt", ""))))[0]
	wants(t, nameless, map[string]any{"generated.id": v5(attempt + "/response"), "generated.attempt.id": attempt})
}

// A group's assignment happens in the group, which is in a course; its members stay.
func TestGroupAssignment(t *testing.T) {
	group := `,"group":` + thing(learn+"/courses/c/groups/_9_1", "Group", `,"subOrganizationOf":`+
		thing(learn+"/courses/c", "CourseOffering", "")+`,"extensions":{"bb:group.users":"[{\"id\":\"_4733_1\"}]"}`)
	out := results(t, timeback.PresetTimeBack,
		learning("AssignableEvent", "Started", thing(paper, "AssignableDigitalResource", ""), group))[0]
	wants(t, out, map[string]any{
		"group.id": learn + "/courses/c/groups/_9_1", "group.type": "Group", "group.extensions": nil, "group.members": nil,
		"group.subOrganizationOf.id": learn + "/courses/c",
	})
}
