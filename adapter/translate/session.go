package translate

import (
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// SessionRef is the identifier of the login in which an event happened, "" if it names none. Learn writes it as
// federatedSession; v1p0 also as the login's generated, the logout's target and the time-out's object. It is an IRI
// as a rule; a bare id is as good, since nothing but its hash leaves.
func SessionRef(ev *blackboard.Event) string {
	for _, s := range []*blackboard.Session{ev.FederatedSession, ev.Session} {
		if s != nil && s.ID != "" {
			return s.ID
		}
	}
	for _, e := range []blackboard.Entity{ev.Object, ev.Target, ev.Generated} {
		if s, ok := e.(*blackboard.Session); ok && s != nil && s.ID != "" {
			return s.ID
		}
	}
	if l, ok := ev.Object.(*blackboard.LTILaunch); ok {
		return launchSession(l)
	}
	return ""
}

// launchSession is the login that a launch's parameters name. An IRI that ends where the session should stand is what
// Learn writes if it has none to name.
func launchSession(l *blackboard.LTILaunch) string {
	ref := l.Parameters.FederatedSessionID
	if strings.HasSuffix(ref, "/sessions/") {
		return ""
	}
	return ref
}

// sessionEvent translates a login, a logout or a time-out (Caliper 1.2, SessionEvent and Session Profile).
func (t *translation) sessionEvent() (*caliper.Event, error) {
	switch t.ev.Action {
	case blackboard.ActionLoggedIn:
		return t.loggedIn()
	case blackboard.ActionLoggedOut:
		return t.loggedOut()
	case blackboard.ActionTimedOut:
		return t.timedOut()
	default:
		return nil, untranslatable("no v1p2 form for this action of a SessionEvent")
	}
}

func (t *translation) loggedIn() (*caliper.Event, error) {
	out, err := t.loggedInOrOut(caliper.LoggedIn)
	if err != nil {
		return nil, err
	}
	if t.opts.Events.LoginTarget {
		out.Target = t.loginTarget()
	}
	s := t.ownSession()
	s.StartedAtTime, s.Extensions = t.ev.Time, t.opts.Events.SessionExtensions
	out.Session = s
	return out, nil
}

func (t *translation) loggedOut() (*caliper.Event, error) {
	out, err := t.loggedInOrOut(caliper.LoggedOut)
	if err != nil {
		return nil, err
	}
	out.Session = t.endedSession()
	return out, nil
}

// loggedInOrOut is what both have. Actor and object are objects in every preset: TimeBack asks for it, the
// specification allows it.
func (t *translation) loggedInOrOut(action caliper.Action) (*caliper.Event, error) {
	if t.person == nil {
		return nil, errNobody
	}
	out := t.begin(caliper.SessionEvent, caliper.SessionProfile, action)
	out.Actor = personObject(t.ctx.PersonID)
	out.Object = t.app
	return out, nil
}

// timedOut has the application as its actor and the session as its object, which is the only place for the person.
// Where nobody is known to whom the session belongs, it leaves without a user.
func (t *translation) timedOut() (*caliper.Event, error) {
	out := t.begin(caliper.SessionEvent, caliper.SessionProfile, caliper.TimedOut)
	out.Actor = t.app
	out.Object = t.endedSession()
	return out, nil
}

// session is the login's session with whose it is; nil if the event names none.
func (t *translation) session() *caliper.Session {
	ref := SessionRef(t.ev)
	if ref == "" {
		return nil
	}
	return t.sessionCalled(ref)
}

// ownSession is the session of a SessionEvent, which must have one: TimeBack asks for it in all three, Caliper in a
// time-out. If Learn does not say which it is, one that only this event knows stands for it.
func (t *translation) ownSession() *caliper.Session {
	if s := t.session(); s != nil {
		return s
	}
	return t.sessionCalled(urn(t.ev.ID) + "/session")
}

func (t *translation) sessionCalled(ref string) *caliper.Session {
	return &caliper.Session{Entity: caliper.Entity{ID: derived(ref)}, User: t.person}
}

// endedSession is ownSession with when it ended, and when it began and how long it was if its login was seen: what
// Learn writes as startedAtTime is the event's own time. A duration of nothing is left out.
func (t *translation) endedSession() *caliper.Session {
	s := t.ownSession()
	s.EndedAtTime = t.ev.Time
	if s.StartedAtTime = t.started(); !s.StartedAtTime.IsZero() {
		s.Duration = s.EndedAtTime.Sub(s.StartedAtTime)
	}
	return s
}

// started is when the login of the event's session happened; zero if that was not seen, or is said to have happened
// after this event, which one of Learn's clocks got wrong.
func (t *translation) started() time.Time {
	started, _, _ := t.ctx.Memory.Session(SessionRef(t.ev))
	if started.After(t.ev.Time) {
		return time.Time{}
	}
	return started
}

// loginTarget is the resource that the person wanted: Learn writes the site, by its IRI, which names nobody.
func (t *translation) loginTarget() caliper.Node {
	r, ok := t.ev.Target.(*blackboard.DigitalResource)
	if !ok || r == nil {
		return nil
	}
	iri, ok := t.iri(r.ID)
	if !ok {
		return nil
	}
	return &caliper.DigitalResource{Entity: caliper.Entity{ID: iri}}
}
