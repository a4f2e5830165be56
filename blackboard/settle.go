package blackboard

import "cmp"

// The functions of this file make sure of what the Action constants promise.

// needPerson is nil if the actor is somebody.
func needPerson(e *Event) error {
	switch e.Actor.(type) {
	case *Person:
		return nil
	case nil:
		return &DecodeError{Reason: ReasonMissingField, Path: "/actor", Detail: "nobody is named"}
	default:
		return &DecodeError{Reason: ReasonWrongType, Path: "/actor", Detail: "not a person"}
	}
}

// needActor is needPerson for events whose actor may be missing: the assignee,
// the member, the user of the login and whom a launch's parameters name are the
// same person there.
func needActor(e *Event) error {
	if e.Actor == nil {
		if p := cmp.Or(studentOf(e), loginOf(e), launcherOf(e)); p != nil {
			e.Actor = p
		}
	}
	return needPerson(e)
}

// launcherOf is whom the parameters of a launch name.
func launcherOf(e *Event) *Person {
	l, ok := e.Object.(*LTILaunch)
	if !ok {
		return nil
	}
	if p := l.Parameters.person(); *p != (Person{}) {
		return p
	}
	return nil
}

// needObject makes sure of an object of type T.
func needObject[T Entity](e *Event) error {
	if e.Object == nil {
		return &DecodeError{Reason: ReasonMissingField, Path: "/object", Detail: "nothing is acted on"}
	}
	if _, ok := e.Object.(T); !ok {
		return &DecodeError{Reason: ReasonWrongType, Path: "/object", Detail: "not what the action works on"}
	}
	return nil
}

// needBoth makes sure of a person who acts on an object of type T.
func needBoth[T Entity](e *Event) error {
	if err := needActor(e); err != nil {
		return err
	}
	return needObject[T](e)
}

// actorOf is the actor, if that is a person.
func actorOf(e *Event) *Person {
	p, _ := e.Actor.(*Person)
	return p
}

// studentOf is whose work or grade the event is about, as far as it does not
// say by its actor: the assignee, the graded user, or the member.
func studentOf(e *Event) *Person {
	for _, entity := range []Entity{e.Object, e.Generated} {
		if p := holderOf(entity); p != nil {
			return p
		}
	}
	if e.Membership != nil {
		return e.Membership.Member
	}
	return nil
}

// holderOf is whose an attempt, a grade or what came of an attempt is.
func holderOf(entity Entity) *Person {
	var a *Attempt
	switch entity := entity.(type) {
	case *CalculatedGrade:
		return entity.User
	case *Attempt:
		a = entity
	case *Response:
		a = entity.Attempt
	case *Score:
		a = entity.Attempt
	}
	if a == nil {
		return nil
	}
	return a.Assignee
}

// loginOf is whose login it happened in.
func loginOf(e *Event) *Person {
	for _, s := range []*Session{e.FederatedSession, e.Session} {
		if s != nil && s.User != nil {
			return s.User
		}
	}
	return nil
}
