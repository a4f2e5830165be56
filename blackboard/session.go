package blackboard

import (
	"cmp"
	"time"
)

// Session is a person's login at Learn. Learn writes LtiSession for every
// login, LTI or not, where it stands as federatedSession.
type Session struct {
	ID   string // usually …/v1/sites/{site}/sessions/{32 upper-case hex}
	Type string // Session or LtiSession; Session where only an IRI was sent
	Name string // the hex of the id

	// User is whose session it is; v1p0 and the documentation call the
	// member actor.
	User *Person

	// StartedAt is not the session's start: Learn puts the event's own time
	// there. EndedAt is zero in all that has been seen.
	StartedAt, EndedAt time.Time

	UserAgent string // of the login, in extensions: personal data
}

// Ref is the session's identifier.
func (s *Session) Ref() string { return s.ID }

// Term is Session or LtiSession.
func (s *Session) Term() string { return s.Type }

func (s *Session) mention(add func(*Person)) {
	if s != nil {
		add(s.User)
	}
}

type wireSession struct {
	base
	User       *wirePerson    `json:"user"`
	Actor      *wirePerson    `json:"actor"`
	StartedAt  scalar         `json:"startedAtTime"`
	EndedAt    scalar         `json:"endedAtTime"`
	Extensions requestHeaders `json:"extensions"`
}

func (w *wireSession) entity() Entity { return orNone(w.content()) }

// session is nil if there is none: Learn writes one whose id ends in
// "/sessions/" where it has no session to name.
func (w *wireSession) session() *Session {
	if s := w.content(); s != nil && s.ID != "" {
		return s
	}
	return nil
}

// content is session, but keeps one without an id if it says whose it is: that
// may be the only place where an event names the person.
func (w *wireSession) content() *Session {
	if w == nil {
		return nil
	}
	s := &Session{ID: w.ID, Type: cmp.Or(term(w.Type), termSession), Name: w.Name, UserAgent: w.Extensions.UserAgent}
	if NamesNothing(s.ID) {
		s.ID = ""
	}
	s.User = firstPerson(w.User, w.Actor) // the member that Caliper 1.1 has, first
	if s.ID == "" && s.User == nil {
		return nil
	}
	s.StartedAt, s.EndedAt = w.StartedAt.time(), w.EndedAt.time()
	return s
}
