package caliper

import "time"

// Node is what may stand where an entity is asked for: an [IRI], or a pointer to
// one of the entity structs of this package. A nil pointer and an empty IRI are
// left out like any empty value.
type Node interface {
	// appendNode writes the node, or nothing if it is empty.
	appendNode(w *writer)
}

// IRI is a reference to an entity by its id.
type IRI string

func (i IRI) appendNode(w *writer) {
	if i != "" {
		w.quote(string(i))
	}
}

// Entity has the properties that every entity has.
type Entity struct {
	ID string // an absolute IRI
	// Type is set where a struct stands for a subtype that has no properties of
	// its own (or none that are written here): a Document or a Forum is a
	// DigitalResource with this Type. Empty: the struct's own type.
	Type             EntityType
	Name             string
	Description      string
	DateCreated      time.Time
	DateModified     time.Time
	OtherIdentifiers []*SystemIdentifier
	Extensions       Map
}

// begin writes what comes before an entity's own properties.
func (e *Entity) begin(w *writer, own EntityType) {
	w.dst = append(w.dst, '{')
	w.text("id", e.ID)
	if e.Type != "" {
		own = e.Type
	}
	w.text("type", string(own))
	w.text("name", e.Name)
	w.text("description", e.Description)
}

// end writes what comes after them.
func (e *Entity) end(w *writer) {
	w.time("dateCreated", e.DateCreated)
	w.time("dateModified", e.DateModified)
	writeNodes(w, "otherIdentifiers", e.OtherIdentifiers)
	w.openMap("extensions", e.Extensions)
	w.dst = append(w.dst, '}')
}

// SystemIdentifier is an identifier that another system has for an entity. It has
// no id of its own.
type SystemIdentifier struct {
	IdentifierType IdentifierType
	Identifier     string
	Source         Node // SoftwareApplication
	Extensions     Map
}

func (s *SystemIdentifier) appendNode(w *writer) {
	if s == nil {
		return
	}
	w.dst = append(w.dst, '{')
	w.text("type", string(TypeSystemIdentifier))
	w.text("identifierType", string(s.IdentifierType))
	w.text("identifier", s.Identifier)
	w.node("source", s.Source)
	w.openMap("extensions", s.Extensions)
	w.dst = append(w.dst, '}')
}
