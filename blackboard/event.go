package blackboard

import (
	"time"

	"github.com/google/uuid"
)

// Event is one event of Learn's, in the same form for both generations: types,
// actions, roles and status are terms, null and empty are absent, an IRI that
// stood for an entity has become that entity.
type Event struct {
	Generation Generation
	ID         uuid.UUID // the same as [Item.ID]
	Type       string    // one of [EventTypes]
	Action     string    // one of the Action constants
	Time       time.Time // UTC, to the millisecond

	// The entities are nil where the event has none. What stands in Actor and
	// Object for sure is said at the Action constants. An entity may stand in
	// several places; it is one then, and none of them may be changed.
	Actor, Object, Target, Generated Entity

	EdApp      *SoftwareApplication
	Group      *Organization
	Membership *Membership

	// Session and FederatedSession are the login in which it happened; one
	// without an id is none and nil. Learn puts the login into
	// FederatedSession and repeats its id in the Session of its own event types.
	Session, FederatedSession *Session

	Extensions map[string]any // of the event itself
}

// Site is the id of the Learn site that the event came from, by the IRIs in it;
// "" if none tells.
func (e *Event) Site() string {
	refs := []Entity{e.Actor, e.Object}
	if e.EdApp != nil {
		refs = append(refs, e.EdApp)
	}
	for _, s := range []*Session{e.FederatedSession, e.Session} {
		if s != nil {
			refs = append(refs, s)
		}
	}
	if e.Membership != nil {
		refs = append(refs, e.Membership)
	}
	for _, ref := range refs {
		if ref == nil {
			continue
		}
		if iri, ok := ParseIRI(ref.Ref()); ok {
			return iri.Site
		}
	}
	return ""
}
