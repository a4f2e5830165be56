package blackboard

import "slices"

// The event types that Learn emits, as terms.
const (
	TypeSession                 = "SessionEvent"
	TypeLTI                     = "LTIEvent"
	TypeView                    = "ViewEvent"
	TypeAssignable              = "AssignableEvent"
	TypeAssessment              = "AssessmentEvent"
	TypeAssessmentItem          = "AssessmentItemEvent"
	TypeGrade                   = "GradeEvent" // also v1p0's OutcomeEvent
	TypeCalculatedGradeSnapshot = "CalculatedGradeSnapshotEvent"
	TypeForum                   = "ForumEvent"
	TypeContent                 = "ContentEvent"
	TypeCourseGroup             = "CourseGroupEvent"
	TypeBlog                    = "BlogEvent"
	TypeWiki                    = "WikiEvent"
)

// typeOutcome is what v1p0 calls a GradeEvent.
const typeOutcome = "OutcomeEvent"

// TypeUnknown is the label of everything that is not one of [EventTypes].
const TypeUnknown = "unknown"

// EventTypes gives the terms of all event types that Learn emits (reference
// notes on the stream, section 2). OutcomeEvent is not among them: it is v1p0's
// name of GradeEvent and is called that everywhere.
func EventTypes() []string {
	return []string{
		TypeSession, TypeLTI, TypeView, TypeAssignable, TypeAssessment, TypeAssessmentItem, TypeGrade,
		TypeCalculatedGradeSnapshot, TypeForum, TypeContent, TypeCourseGroup, TypeBlog, TypeWiki,
	}
}

// labels are the terms of EventTypes by themselves, so that a label never holds
// on to the body that it was read from.
var labels = func() map[string]string {
	m := map[string]string{typeOutcome: TypeGrade}
	for _, t := range EventTypes() {
		m[t] = t
	}
	return m
}()

// LabelOf reduces an event's type, a term or an IRI, to one of [EventTypes] or
// [TypeUnknown].
func LabelOf(typ string) string {
	if label, ok := labels[term(typ)]; ok {
		return label
	}
	return TypeUnknown
}

// eventAction is what Decode knows of one action of one event type.
type eventAction struct {
	name   string               // what Event.Action says
	terms  []string             // other words for it on the wire, in both generations
	settle func(*Event) error   // checks, and makes hold what the Action constant promises
	person func(*Event) *Person // whom it is about, nil if it names nobody

	// The types that these have where they do not say, generated's may be "".
	actor, object, generated string
}

// eventTypes is the table of what Decode reads.
var eventTypes = map[string][]eventAction{
	TypeSession:                 sessionActions,
	TypeLTI:                     ltiActions,
	TypeView:                    viewActions,
	TypeAssignable:              attemptActions(termAssignable),
	TypeAssessment:              attemptActions(termAssessment),
	TypeAssessmentItem:          attemptActions(termAssessmentItem),
	TypeGrade:                   gradeActions,
	TypeCalculatedGradeSnapshot: snapshotActions,
	TypeForum:                   forumActions,
	TypeContent:                 contentActions,
	TypeCourseGroup:             groupActions,
	TypeBlog:                    blogActions,
	TypeWiki:                    wikiActions,
}

// findAction looks up an event's action: by its type, then by the action's
// word, then, where there is none, by the type of the object. (On the wire the
// word alone means nothing: an LTIEvent's LoggedIn is a launch.)
func findAction(typ, word, object string) (*eventAction, error) {
	actions, ok := eventTypes[LabelOf(typ)]
	switch {
	case typ == "":
		return nil, &DecodeError{Reason: ReasonMissingField, Path: "/type", Detail: "the event has no type"}
	case !ok:
		return nil, unsupportedType()
	case word == "":
		return actionOn(actions, object)
	}
	for i := range actions {
		if actions[i].called(word) {
			return &actions[i], nil
		}
	}
	return nil, &DecodeError{Reason: ReasonUnsupportedAction, Path: "/action", Detail: "not an action of this event type"}
}

func unsupportedType() error {
	return &DecodeError{Reason: ReasonUnsupportedType, Path: "/type", Detail: "not an event type that is read"}
}

// called tells whether word is the action's name, here or on the wire.
func (a *eventAction) called(word string) bool {
	return word == a.name || slices.Contains(a.terms, word)
}

// actionOn is the only action of the event type, or the only one that has an
// object of this type.
func actionOn(actions []eventAction, object string) (*eventAction, error) {
	if len(actions) == 1 {
		return &actions[0], nil
	}
	var found *eventAction
	for i := range actions {
		if actions[i].object != object {
			continue
		}
		if found != nil {
			found = nil
			break
		}
		found = &actions[i]
	}
	if found == nil {
		return nil, &DecodeError{Reason: ReasonMissingField, Path: "/action", Detail: "the event has no action"}
	}
	return found, nil
}
