package translate_test

import (
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// startedAt is an attempt as Learn generates it.
func startedAt(at string) string {
	return generated(thing(attempt, "Attempt", `,"startedAtTime":"`+at+`"`))
}

// begun is learning's Started of an attempt, at another time and with another id.
func begun(typ, object, at string) string {
	event := learning(typ, "Started", object, startedAt(at))
	return strings.NewReplacer(noon, at, "0000000000bb", "0000000000ba").Replace(event)
}

// Learn repeats an event's time as the start of the attempt that it ends. The Started that was seen knows better.
func TestAttemptThatWasSeenToBegin(t *testing.T) {
	for typ, object := range map[string]string{
		"AssignableEvent": thing(paper, "AssignableDigitalResource", ""), "AssessmentEvent": thing(quiz, "Assessment", ""),
	} {
		ended := learning(typ, "Submitted", object, startedAt(noon))
		for _, preset := range timeback.PresetNames() {
			out := results(t, preset, begun(typ, object, earlier), begun(typ, object, noon), ended)
			wants(t, out[2], map[string]any{
				"generated.startedAtTime": earlier, "generated.endedAtTime": noon, "generated.duration": "PT1800S",
			})
			out = results(t, preset, begun(typ, object, noon), ended)
			wants(t, out[1], map[string]any{
				"generated.startedAtTime": noon, "generated.endedAtTime": noon, "generated.duration": nil,
			})
		}
		early := learning(typ, "Submitted", object, generated(thing(attempt, "Attempt", `,"endedAtTime":"2021-02-09T11:00:00.000Z"`)))
		for _, preset := range timeback.PresetNames() {
			out := results(t, preset, begun(typ, object, earlier), early)
			wants(t, out[1], map[string]any{
				"generated.startedAtTime": nil, "generated.endedAtTime": "2021-02-09T11:00:00.000Z", "generated.duration": nil,
			})
		}
		out := results(t, timeback.PresetCaliper, begun(typ, object, "2021-02-09T12:00:00.001Z"), ended)
		wants(t, out[1], map[string]any{"generated.startedAtTime": nil, "generated.duration": nil})
	}
}

// Whoever grades an attempt that was seen to begin is told when it did.
func TestGradedAttemptThatWasSeenToBegin(t *testing.T) {
	homework := thing(paper, "AssignableDigitalResource", "")
	graded := learningBy(app, "GradeEvent", "Graded", thing(attempt, "Attempt", `,"assignee":`+mira+`,"startedAtTime":"`+noon+`"`), "")
	out := results(t, timeback.PresetCaliper, begun("AssignableEvent", homework, earlier), graded)
	wants(t, out[1], map[string]any{"object.startedAtTime": earlier, "object.endedAtTime": nil, "object.duration": nil})
}

// TimeBack demands a start of an assignment's attempt, and gets Learn's where there is no better one.
func TestAssignableStart(t *testing.T) {
	homework := thing(paper, "AssignableDigitalResource", "")
	for preset, want := range map[string]any{
		timeback.PresetTimeBack: noon, timeback.PresetBeyondAI: nil, timeback.PresetCaliper: nil,
	} {
		out := results(t, preset, learning("AssignableEvent", "Completed", homework, startedAt(noon)))[0]
		wants(t, out, map[string]any{
			"generated.startedAtTime": want, "generated.endedAtTime": noon, "generated.duration": nil,
		})
	}
	for _, never := range []string{"2021-02-09T12:00:01.000Z", "soon"} {
		out := results(t, timeback.PresetTimeBack, learning("AssignableEvent", "Completed", homework, startedAt(never)))[0]
		wants(t, out, map[string]any{"generated.startedAtTime": nil, "generated.endedAtTime": noon})
	}
	out := results(t, timeback.PresetTimeBack, learning("AssessmentEvent", "Submitted", thing(quiz, "Assessment", ""), startedAt(noon)))[0]
	wants(t, out, map[string]any{"generated.startedAtTime": nil, "generated.endedAtTime": noon})
}
