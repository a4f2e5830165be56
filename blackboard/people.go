package blackboard

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// people is a list of people, each an object or an IRI. Caliper has such lists
// in places where Learn writes empty ones. (A struct, since mapstructure takes
// only structs over as they are.)
type people struct{ list []wirePerson }

// UnmarshalJSONFrom reads a list, leaving out what is no object, or nothing if
// there is no list. It refuses IRIs, for the slow path.
func (p *people) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		var w wirePerson
		if err := json.UnmarshalDecode(dec, &w); err != nil {
			return err
		}
		p.list = append(p.list, w)
	}
	_, err := dec.ReadToken()
	return err
}

// newPeople makes a list from what [readAny] read.
func newPeople(v any) people {
	list, _ := v.([]any)
	var p people
	for _, item := range list {
		if id, ok := item.(string); ok {
			item = map[string]any{"id": id}
		}
		m, ok := item.(map[string]any)
		if !ok {
			continue
		}
		var w wirePerson
		weakDecode(upgrade(m), &w)
		p.list = append(p.list, w)
	}
	return p
}

// people are those who are somebody.
func (p people) people() []*Person {
	var list []*Person
	for i := range p.list {
		if who := p.list[i].person(); who != nil {
			list = append(list, who)
		}
	}
	return list
}
