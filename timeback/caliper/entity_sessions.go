package caliper

import "time"

// Session is a user session.
type Session struct {
	Entity
	User          Node // Person
	Client        Node // SoftwareApplication: the browser
	StartedAtTime time.Time
	EndedAtTime   time.Time
	Duration      time.Duration // not known or under a millisecond: left out
}

func (s *Session) appendNode(w *writer) {
	if s == nil {
		return
	}
	s.begin(w, TypeSession)
	s.own(w)
	s.end(w)
}

func (s *Session) own(w *writer) {
	w.node("user", s.User)
	w.node("client", s.Client)
	w.time("startedAtTime", s.StartedAtTime)
	w.time("endedAtTime", s.EndedAtTime)
	w.duration("duration", s.Duration)
}

// LtiSession is the platform session behind an LTI launch.
type LtiSession struct {
	Session
	MessageParameters Map // LTI message parameters, or id_token claims
}

func (l *LtiSession) appendNode(w *writer) {
	if l == nil {
		return
	}
	l.begin(w, TypeLtiSession)
	l.own(w)
	l.end(w)
}

func (l *LtiSession) own(w *writer) {
	l.Session.own(w)
	w.openMap("messageParameters", l.MessageParameters)
}
