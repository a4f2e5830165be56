package blackboard

// The actions of a SessionEvent.
const (
	// ActionLoggedIn has a [*Person] as its actor; its object, if any, is Learn.
	ActionLoggedIn = "LoggedIn"

	// ActionLoggedOut has a [*Person] as its actor; its object, if any, is Learn.
	ActionLoggedOut = "LoggedOut"

	// ActionTimedOut has a [*Session] as its object, with an id or a user.
	// Its actor is Learn, if anything.
	ActionTimedOut = "TimedOut"
)

var sessionActions = []eventAction{
	{
		name: ActionLoggedIn, actor: termPerson, object: termSoftwareApplication,
		settle: needActor, person: actorOf,
	}, {
		name: ActionLoggedOut, actor: termPerson, object: termSoftwareApplication,
		settle: needActor, person: actorOf,
	}, {
		name: ActionTimedOut, actor: termSoftwareApplication, object: termSession,
		settle: needSession, person: timedOut,
	},
}

// needSession makes sure that the object is the session that timed out: where
// it is something else, the event's own sessions are looked at.
func needSession(e *Event) error {
	if _, ok := e.Object.(*Session); ok {
		return nil
	}
	for _, s := range []*Session{e.FederatedSession, e.Session} {
		if s != nil {
			e.Object = s
			return nil
		}
	}
	return &DecodeError{Reason: ReasonMissingField, Path: "/object", Detail: "no session is named"}
}

// timedOut is whose session timed out. The object says it, by the samples; the
// actor is the last resort: one sentence of the documentation has the user there.
func timedOut(e *Event) *Person {
	if s, ok := e.Object.(*Session); ok && s.User != nil {
		return s.User
	}
	if p := loginOf(e); p != nil {
		return p
	}
	return actorOf(e)
}
