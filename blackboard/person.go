package blackboard

import "github.com/google/uuid"

// Person is a Learn user as far as an event identifies one. It has no name and
// nothing else of the person: that is all that is needed to find them in a map.
//
// Any of the fields may be zero, but a Person of an [Event] has at least an
// IRI, a UUID or an alias.
type Person struct {
	IRI        string    // as sent, usually …/v1/sites/{site}/users/{32 hex}
	Site       string    // of the IRI, else of the event
	UUID       uuid.UUID // of the IRI or an LTI launch's user_id; zero if that is not a UUID
	UserID     string    // primary key, _1_1; unique within the site (bb:user.id)
	ExternalID string    // batch_uid, free form (bb:user.externalId)
	Email      string    // of an LTI launch: a suggestion to whoever maps the person
}

// wirePerson is a Person in an event. What is not read (name, description, …)
// stays in the journal only.
type wirePerson struct {
	ID         string    `json:"id"`
	Extensions bbAliases `json:"extensions"`
}

// bbAliases are the aliases of a user, in the extensions of whatever names one.
type bbAliases struct {
	UserID     string `json:"bb:user.id"`
	ExternalID string `json:"bb:user.externalId"`
}

func (w *wirePerson) entity() Entity { return orNone(w.person()) }

// person is nil if w identifies nobody.
func (w *wirePerson) person() *Person {
	if w == nil || *w == (wirePerson{}) {
		return nil
	}
	p := newPerson(w.ID)
	p.UserID, p.ExternalID = w.Extensions.UserID, w.Extensions.ExternalID
	if *p == (Person{Site: p.Site}) {
		return nil
	}
	return p
}

// firstPerson is the first of people who is somebody, nil if none is.
func firstPerson(people ...*wirePerson) *Person {
	for _, w := range people {
		if p := w.person(); p != nil {
			return p
		}
	}
	return nil
}

// newPerson reads a person's IRI, or an id that stands there without one.
func newPerson(id string) *Person {
	p := &Person{IRI: id}
	iri, ok := ParseIRI(id)
	if !ok {
		iri.ID = id
	}
	p.Site = iri.Site
	p.UUID, _ = iri.UUID()
	if p.UUID == uuid.Nil && NamesNothing(id) {
		p.IRI = ""
	}
	return p
}

// Ref is the person's IRI.
func (p *Person) Ref() string { return p.IRI }

// Term is "Person".
func (p *Person) Term() string { return termPerson }

// same tells whether two mentions of a person in one event mean one person:
// by the strongest identifier that both have.
func (p *Person) same(q *Person) bool {
	switch {
	case p.UUID != uuid.Nil && q.UUID != uuid.Nil:
		return p.UUID == q.UUID
	case p.IRI != "" && q.IRI != "":
		return p.IRI == q.IRI
	case p.UserID != "" && q.UserID != "":
		return p.UserID == q.UserID
	default:
		return p.ExternalID != "" && p.ExternalID == q.ExternalID
	}
}

// complete fills what p lacks from another mention of the same person. What p
// has is never replaced.
func (p *Person) complete(q *Person) {
	if q == nil || !p.same(q) {
		return
	}
	p.fill(q)
}

// fill is complete for a q that is known to be the same person.
func (p *Person) fill(q *Person) {
	if p.UUID == uuid.Nil {
		p.UUID = q.UUID
	}
	fill(&p.IRI, q.IRI)
	fill(&p.Site, q.Site)
	fill(&p.UserID, q.UserID)
	fill(&p.ExternalID, q.ExternalID)
	fill(&p.Email, q.Email)
}

// fill sets an empty string.
func fill(dst *string, s string) {
	if *dst == "" {
		*dst = s
	}
}
