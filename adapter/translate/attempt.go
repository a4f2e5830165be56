package translate

import (
	"cmp"
	"time"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// attemptOf is the attempt that an event generates, by itself or in a response; nil if it names none.
func attemptOf(generated blackboard.Entity) *blackboard.Attempt {
	switch g := generated.(type) {
	case *blackboard.Attempt:
		return g
	case *blackboard.Response:
		if g != nil {
			return g.Attempt
		}
	}
	return nil
}

// attempt is somebody's go at an assignable, as the event tells of it; a is nil if Learn does not describe it.
func (t *translation) attempt(a *blackboard.Attempt, assignable caliper.Node) *caliper.Attempt {
	if a == nil {
		a = new(blackboard.Attempt)
	}
	out := &caliper.Attempt{
		Entity:        caliper.Entity{ID: t.attemptIRI(a.ID)},
		Assignee:      t.assignee(a.Assignee),
		Assignable:    assignable,
		Count:         a.Count,
		StartedAtTime: t.attemptStarted(a),
		EndedAtTime:   t.attemptEnded(a),
	}
	switch began := t.attemptSeen(a); {
	case out.EndedAtTime.IsZero():
	case out.StartedAtTime.After(out.EndedAtTime): // one of the two is not so, and nothing says which
		out.StartedAtTime = time.Time{}
	case !began.IsZero() && out.EndedAtTime.After(began):
		out.Duration = out.EndedAtTime.Sub(began)
	}
	return out
}

// attemptIRI is Learn's IRI of an attempt. If it names none, one that only this event knows stands for it: that there
// was an attempt is what the event says.
func (t *translation) attemptIRI(id string) string {
	if iri, ok := t.authoredIRI(id); ok {
		return iri
	}
	return derived(urn(t.ev.ID) + "/attempt")
}

// assignee is whose attempt it is: where Learn does not say, the person whom the event is about. Nobody, if it is
// somebody else who is unmapped.
func (t *translation) assignee(p *blackboard.Person) caliper.Node {
	if p == nil {
		return t.person
	}
	id, ok := t.personID(p)
	if !ok {
		return nil
	}
	return t.personNode(id)
}

// attemptStarted is when an attempt began. A Started says it by its own time; then it is known if that was seen. Else
// what Learn writes is believed only if it is earlier than the event: mostly it repeats the event's time.
func (t *translation) attemptStarted(a *blackboard.Attempt) time.Time {
	if startsAttempt(t.ev) {
		return t.ev.Time
	}
	if began := t.attemptSeen(a); !began.IsZero() {
		return began
	}
	if a.StartedAt.Before(t.ev.Time) {
		return a.StartedAt
	}
	return time.Time{}
}

// attemptSeen is when somebody was seen to begin an attempt; zero if nobody was, or later than the event.
func (t *translation) attemptSeen(a *blackboard.Attempt) time.Time {
	began := t.ctx.Memory.Attempt(a.ID)
	if began.After(t.ev.Time) {
		return time.Time{}
	}
	return began
}

// attemptEnded is when an attempt ended: with the event, where that is what it says and Learn writes nothing else.
func (t *translation) attemptEnded(a *blackboard.Attempt) time.Time {
	switch t.ev.Action {
	case blackboard.ActionSubmitted, blackboard.ActionCompleted:
		return cmp.Or(a.EndedAt, t.ev.Time)
	default:
		return a.EndedAt
	}
}
