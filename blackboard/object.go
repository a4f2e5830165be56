package blackboard

import (
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// ownMember numbers the members that an envelope has by the specification.
type ownMember int

const (
	sensor ownMember = iota
	sendTime
	dataVersion
	data
	ownMembers
)

// object is what a splitter notes of an object while it reads over it.
type object struct {
	header
	start    int
	own      [ownMembers]string
	seen     [ownMembers]bool
	repeated *SyntaxError // the first own member that came twice
	acts     bool         // has an actor or an action
}

// header is what identifies an event.
type header struct {
	id, atID   string // the members "id" and "@id", as sent
	typ        string // as sent
	generation Generation
}

// isEnvelope tells an envelope from everything else.
func (o *object) isEnvelope() bool { return o.seen[data] && !o.acts }

// eventID is the identity of the event with this header and this text.
func (h header) eventID(raw []byte) uuid.UUID {
	for _, s := range [...]string{h.id, h.atID} {
		if id, ok := parseEventID(s); ok {
			return id
		}
	}
	return contentID(raw)
}

// object reads an object into o. The value of its data is read by items; if
// that is nil, data is a member like any other.
func (s *splitter) object(o *object, items func() error) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	o.start = s.pos() - 1
	for s.dec.PeekKind() != '}' {
		name, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := s.member(o, name, items); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

// member reads the value of the member with the given quoted name.
func (s *splitter) member(o *object, name jsontext.Value, items func() error) error {
	if plain, ok := plainString(name); ok {
		return s.named(o, plain, items)
	}
	return s.named(o, unquoted(name), items)
}

// named reads the value of the member called name. Of the members that
// identify an event the first counts.
func (s *splitter) named(o *object, name []byte, items func() error) error {
	switch string(name) {
	case "id":
		return s.text(&o.id)
	case "@id":
		return s.text(&o.atID)
	case "type":
		return s.typeOf(o, V1P1)
	case "@type":
		return s.typeOf(o, V1P0)
	case "actor", "action":
		o.acts = true
	case "sensor":
		return s.ownText(o, sensor)
	case "sendTime":
		return s.ownText(o, sendTime)
	case "dataVersion":
		return s.ownText(o, dataVersion)
	case "data":
		return s.ownData(o, items)
	}
	return s.skip()
}

// skip reads over a value. (Reading it whole is faster than the decoder's own
// SkipValue, which goes token by token.)
func (s *splitter) skip() error {
	_, err := s.dec.ReadValue()
	return err
}

// text reads a string into dst, unless dst has one already. What is no string
// is skipped.
func (s *splitter) text(dst *string) error {
	v, err := s.dec.ReadValue()
	if err != nil || v.Kind() != '"' || *dst != "" {
		return err
	}
	plain, ok := plainString(v)
	if !ok {
		plain = unquoted(v)
	}
	*dst = string(plain)
	return nil
}

// unquoted resolves the escapes of a string that has been read. Its error would only say that one is of half a surrogate
// pair, which becomes a replacement character.
func unquoted(v jsontext.Value) []byte {
	plain, _ := jsontext.AppendUnquote(nil, v)
	return plain
}

// typeOf reads the type of an event, which generation g spells so.
func (s *splitter) typeOf(o *object, g Generation) error {
	if o.generation == 0 {
		o.generation = g
	}
	return s.text(&o.typ)
}

// ownText reads an envelope's own member m.
func (s *splitter) ownText(o *object, m ownMember) error {
	s.note(o, m)
	return s.text(&o.own[m])
}

// ownData reads an envelope's data.
func (s *splitter) ownData(o *object, items func() error) error {
	if items == nil {
		return s.skip()
	}
	s.note(o, data)
	return items()
}

// note records that m has been seen, and that it repeats if it has been before.
func (s *splitter) note(o *object, m ownMember) {
	if o.seen[m] && o.repeated == nil {
		o.repeated = &SyntaxError{Offset: int64(s.pos()), Detail: "repeated member of the envelope"}
	}
	o.seen[m] = true
}
