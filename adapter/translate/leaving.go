package translate

import (
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// What this file holds is the last gate of an event's identifiers and texts: what may leave of anything may still name
// somebody of this event, by the uuid that Learn has for them, as in https://tool.example/students/{uuid}.

// iri is safeIRI, derived where one of the event's people is named in it.
func (t *translation) iri(id string) (string, bool) {
	iri, ok := safeIRI(id)
	if ok && t.namesUser(iri) {
		return derived(iri), true
	}
	return iri, ok
}

// url is iri for what must be a web address.
func (t *translation) url(id string) (string, bool) {
	iri, ok := t.iri(id)
	return iri, ok && isURL(iri)
}

// text is what people wrote, such as a course's name, as it may leave: not at all if a user is named in it.
func (t *translation) text(text string) string {
	if blackboard.ContainsUserIRI(text) || t.namesUser(text) {
		return ""
	}
	return text
}

// namesUser tells whether the uuid of one of the event's people stands in a text, in any case, with or without dashes.
func (t *translation) namesUser(text string) bool {
	const hexLength = 32
	if len(text) < hexLength {
		return false
	}
	text = strings.ToLower(strings.ReplaceAll(text, "-", ""))
	for _, user := range t.users() {
		if strings.Contains(text, user) {
			return true
		}
	}
	return false
}

// users are the uuids of the event's people, as Learn writes them.
func (t *translation) users() []string {
	if t.hex != nil {
		return t.hex
	}
	t.hex = []string{}
	add := func(id uuid.UUID) {
		if id != uuid.Nil {
			t.hex = append(t.hex, hex32(id))
		}
	}
	if t.ctx.Person != nil {
		add(t.ctx.Person.UUID)
	}
	for _, p := range t.ev.People() {
		if t.ctx.Person == nil || p.UUID != t.ctx.Person.UUID {
			add(p.UUID)
		}
	}
	return t.hex
}
