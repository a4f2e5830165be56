package blackboard

// The actions of an AssignableEvent, an AssessmentEvent and an
// AssessmentItemEvent. All have a [*Person] as their actor and an [*Assignable]
// as their object; what they generate is an [*Attempt] or, where a question
// ends, a [*Response], if anything.
//
// Documentation and payloads do not agree on which of Submitted and Completed
// ends what; both are taken for all.
const (
	ActionStarted   = "Started"
	ActionSubmitted = "Submitted"
	ActionCompleted = "Completed"
)

// attemptActions are the actions on an object of the given type.
func attemptActions(object string) []eventAction {
	var actions []eventAction
	for _, name := range []string{ActionStarted, ActionSubmitted, ActionCompleted} {
		actions = append(actions, eventAction{
			name: name, actor: termPerson, object: object, generated: termAttempt,
			settle: needAttempted, person: actorOf,
		})
	}
	return actions
}

// needAttempted takes what the attempt is at for an object that is missing, and
// gives the attempt all that the object says of it.
func needAttempted(e *Event) error {
	if a := attemptIn(e.Generated); a != nil {
		if e.Object == nil && a.Assignable != nil {
			e.Object = a.Assignable
		}
		if object, ok := e.Object.(*Assignable); ok {
			a.Assignable = betterOf(a.Assignable, object)
		}
	}
	return needBoth[*Assignable](e)
}

// attemptIn is the attempt that was generated, or that of the response.
func attemptIn(generated Entity) *Attempt {
	switch g := generated.(type) {
	case *Attempt:
		return g
	case *Response:
		return g.Attempt
	}
	return nil
}
