package blackboard

import "time"

// Resource is what everything has that people work on: documents, assignments,
// forums and the posts in them.
type Resource struct {
	ID   string // as sent; [NamesNothing] tells whether it names anything
	Type string // a term
	Name string

	Description string

	DateCreated, DateModified time.Time // zero if not said

	// Creators are empty in all that has been seen.
	Creators []*Person
}

// Ref is the identifier.
func (r *Resource) Ref() string { return r.ID }

// Term is the type.
func (r *Resource) Term() string { return r.Type }

func (r *Resource) mention(add func(*Person)) {
	for _, p := range r.Creators {
		add(p)
	}
}

// DigitalResource is what was viewed, or the target of a login: the site itself.
// Learn views things of type Chapter or Frame, whatever they are.
type DigitalResource struct {
	Resource
	Index *int // place in a collection; nil if not said or 0
}

type wireBasics struct {
	base
	Description  string `json:"description"`
	DateCreated  scalar `json:"dateCreated"`
	DateModified scalar `json:"dateModified"`
	Creators     people `json:"creators"`
}

// resource is what w says, of the given type where it has none.
func (w *wireBasics) resource(otherwise string) Resource {
	r := Resource{
		ID:           w.ID,
		Type:         term(w.Type),
		Name:         w.Name,
		Description:  w.Description,
		DateCreated:  w.DateCreated.time(),
		DateModified: w.DateModified.time(),
		Creators:     w.Creators.people(),
	}
	fill(&r.Type, otherwise)
	return r
}

// isEmpty tells whether nothing identifies the resource.
func (w *wireBasics) isEmpty() bool { return w.ID == "" && w.Name == "" }

type wireResource struct {
	wireBasics
	Index scalar `json:"index"`
}

func (w *wireResource) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &DigitalResource{Resource: w.resource(termDigitalResource), Index: w.Index.ordinal()}
}
