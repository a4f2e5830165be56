package collector

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// The members that are shown.
const (
	nameID        = "id"
	nameType      = "type"
	nameAction    = "action"
	nameActor     = "actor"
	nameEventTime = "eventTime"
)

// summarize reads the first level of a document. A member of an odd type is
// shown as none; of one that is repeated the last counts.
func summarize(raw jsontext.Value) Event {
	var e Event
	eachMember(raw, func(name string, value jsontext.Value) {
		switch name {
		case nameID:
			e.ID = text(value)
		case nameType:
			e.Type = text(value)
		case nameAction:
			e.Action = text(value)
		case nameActor:
			e.Actor = iri(value)
		case nameEventTime:
			e.EventTime = text(value)
		}
	})
	return e
}

// iri returns the IRI of an entity in either form, "" for any other value.
func iri(value jsontext.Value) string {
	if value.Kind() == '"' {
		return text(value)
	}
	id := ""
	eachMember(value, func(name string, value jsontext.Value) {
		if name == nameID {
			id = text(value)
		}
	})
	return id
}

// eachMember reads the members of an object that are shown, up to the first
// thing that is no JSON. What is no object has none. A value is valid during
// its call only.
func eachMember(object jsontext.Value, see func(name string, value jsontext.Value)) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() != '{' {
		return
	}
	_, _ = dec.ReadToken() // that has been peeked
	for dec.PeekKind() == '"' {
		quoted, err := dec.ReadValue()
		if err != nil {
			return
		}
		name := shownName(quoted)
		if name == "" {
			if dec.SkipValue() != nil {
				return
			}
			continue
		}
		value, err := dec.ReadValue()
		if err != nil {
			return
		}
		see(name, value)
	}
}

// shownName returns the name if it is one of those that are shown, else "".
func shownName(quoted jsontext.Value) string {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		quoted = jsontext.Value(`"` + text(quoted) + `"`)
	}
	for _, name := range [...]string{nameID, nameType, nameAction, nameActor, nameEventTime} {
		if string(quoted[1:len(quoted)-1]) == name {
			return name
		}
	}
	return ""
}

// text returns a JSON string's content, "" for any other value.
func text(value jsontext.Value) string {
	if value.Kind() != '"' {
		return ""
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1])
	}
	content, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return ""
	}
	return string(content)
}
