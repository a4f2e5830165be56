package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// assessmentForm is that of Caliper 1.2, AssessmentEvent and Assessment Profile. A test ends by being submitted; Learn's
// documentation says Completed.
var assessmentForm = workForm{
	event: caliper.AssessmentEvent, profile: caliper.AssessmentProfile, object: caliper.TypeAssessment,
	actions: map[string]caliper.Action{
		blackboard.ActionStarted:   caliper.Started,
		blackboard.ActionSubmitted: caliper.Submitted,
		blackboard.ActionCompleted: caliper.Submitted,
	},
}

// itemForm is that of Caliper 1.2, AssessmentItemEvent and Assessment Profile. A question ends by being completed;
// Learn's documentation says Submitted.
var itemForm = workForm{
	event: caliper.AssessmentItemEvent, profile: caliper.AssessmentProfile, object: caliper.TypeAssessmentItem,
	actions: map[string]caliper.Action{
		blackboard.ActionStarted:   caliper.Started,
		blackboard.ActionSubmitted: caliper.Completed,
		blackboard.ActionCompleted: caliper.Completed,
	},
}

// assessmentEvent translates that somebody began or ended a test.
func (t *translation) assessmentEvent() (*caliper.Event, error) {
	out, object, err := t.work(&assessmentForm)
	if err != nil {
		return nil, err
	}
	out.Generated = t.attempt(attemptOf(t.ev.Generated), caliper.IRI(object.ID))
	return out, nil
}

// assessmentItemEvent translates that somebody was shown a question, or answered it.
func (t *translation) assessmentItemEvent() (*caliper.Event, error) {
	out, object, err := t.work(&itemForm)
	if err != nil {
		return nil, err
	}
	attempt := t.attempt(attemptOf(t.ev.Generated), caliper.IRI(object.ID))
	switch {
	case out.Action == caliper.Completed:
		out.Generated = t.response(attempt)
	case t.opts.Events.ItemStartAttempt:
		out.Generated = attempt
	}
	return out, nil
}

// response is the answer to a question, in its attempt. What the answer says stays.
func (t *translation) response(attempt *caliper.Attempt) *caliper.Response {
	out := &caliper.Response{
		Entity:  caliper.Entity{ID: derived(attempt.ID + "/response"), Type: caliper.TypeResponse},
		Attempt: attempt,
	}
	if r, ok := t.ev.Generated.(*blackboard.Response); ok && r != nil {
		if iri, ok := t.authoredIRI(r.ID); ok {
			out.ID = iri
		}
		out.Type = responseType(r.Type)
	}
	return out
}

// responseTypes are the kinds of responses that v1p2 has for the questions of a test.
var responseTypes = map[string]caliper.EntityType{
	"DateTimeResponse":         caliper.TypeDateTimeResponse,
	"FillinBlankResponse":      caliper.TypeFillinBlankResponse,
	"MultipleChoiceResponse":   caliper.TypeMultipleChoiceResponse,
	"MultipleResponseResponse": caliper.TypeMultipleResponseResponse,
	"MultiselectResponse":      caliper.TypeMultiselectResponse,
	"OpenEndedResponse":        caliper.TypeOpenEndedResponse,
	"RatingScaleResponse":      caliper.TypeRatingScaleResponse,
	"SelectTextResponse":       caliper.TypeSelectTextResponse,
	"TrueFalseResponse":        caliper.TypeTrueFalseResponse,
}

// responseType is the v1p2 type of a response: what has none there is a Response.
func responseType(term string) caliper.EntityType {
	if kind, ok := responseTypes[term]; ok {
		return kind
	}
	return caliper.TypeResponse
}
