package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// workForm is how one of Learn's events about somebody's work on an assignable is written.
type workForm struct {
	event   caliper.EventType
	profile caliper.Profile
	actions map[string]caliper.Action // by Learn's
	object  caliper.EntityType        // what the object is at least, by the event's type
}

// assignableForm is that of Caliper 1.2, AssignableEvent and Assignable Profile.
var assignableForm = workForm{
	event: caliper.AssignableEvent, profile: caliper.AssignableProfile, object: caliper.TypeAssignableDigitalResource,
	actions: map[string]caliper.Action{
		blackboard.ActionStarted:   caliper.Started,
		blackboard.ActionSubmitted: caliper.Submitted,
		blackboard.ActionCompleted: caliper.Completed,
	},
}

// assignableEvent translates that somebody began or ended an assignment.
func (t *translation) assignableEvent() (*caliper.Event, error) {
	out, object, err := t.work(&assignableForm)
	if err != nil {
		return nil, err
	}
	object.MediaType = t.opts.Events.AssignableMediaType
	sent := attemptOf(t.ev.Generated)
	attempt := t.attempt(sent, caliper.IRI(object.ID))
	if attempt.StartedAtTime.IsZero() && t.opts.Events.AssignableStart && sent != nil && !sent.StartedAt.After(attempt.EndedAtTime) {
		attempt.StartedAtTime = sent.StartedAt
	}
	out.Generated = attempt
	return out, nil
}

// work is an event of somebody's work, with its object. What it generates is left to the caller.
func (t *translation) work(form *workForm) (*caliper.Event, *caliper.AssessmentItem, error) {
	action, ok := form.actions[t.ev.Action]
	if !ok {
		return nil, nil, untranslatable("no v1p2 form for this action on an assignable")
	}
	assignable, ok := t.ev.Object.(*blackboard.Assignable)
	if !ok || assignable == nil {
		return nil, nil, untranslatable("the object is no assignable")
	}
	object, err := t.assignable(assignable, form.object)
	if err != nil {
		return nil, nil, err
	}
	out, err := t.acted(form.event, form.profile, action, object)
	return out, object, err
}

// assignable is an assignment, a test or a question, by its Type: the struct of a question has the properties of all.
// least is what it is if Learn is not more exact.
func (t *translation) assignable(a *blackboard.Assignable, least caliper.EntityType) (*caliper.AssessmentItem, error) {
	kind := assignableType(a.Type, least)
	iri, err := t.objectIRI(a.ID, kind)
	if err != nil {
		return nil, err
	}
	out := &caliper.AssessmentItem{AssignableDigitalResource: caliper.AssignableDigitalResource{
		DigitalResource: t.authored(iri, kind, &a.Resource),
		DateToActivate:  a.DateToActivate, DateToShow: a.DateToShow,
		DateToStartOn: a.DateToStartOn, DateToSubmit: a.DateToSubmit,
		MaxAttempts: a.MaxAttempts, MaxSubmits: a.MaxSubmits, MaxScore: a.MaxScore,
	}}
	if kind == caliper.TypeAssessmentItem && a.TimeDependent != nil && *a.TimeDependent {
		out.IsTimeDependent = a.TimeDependent // a false is written by v1p0 where nothing is set
	}
	out.IsPartOf = t.whole(a.PartOf)
	return out, nil
}

// whole is the test that a question is in; nil if Learn does not identify it.
func (t *translation) whole(a *blackboard.Assignable) caliper.Node {
	if a == nil || blackboard.NamesNothing(a.ID) {
		return nil
	}
	out, err := t.assignable(a, caliper.TypeAssignableDigitalResource)
	if err != nil {
		return nil
	}
	return out
}

// assignableType is the v1p2 type of an assignable: the narrower one of what Learn says and what the event's type says.
func assignableType(term string, least caliper.EntityType) caliper.EntityType {
	switch kind := caliper.EntityType(term); kind {
	case caliper.TypeAssessment, caliper.TypeAssessmentItem:
		return kind
	default:
		return least
	}
}
