package blackboard

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// bom is the UTF-8 byte order mark, which some clients put before JSON.
var bom = []byte("\ufeff")

// typicalEvent is a low guess of an event's size, for the first allocation.
const typicalEvent = 2 << 10

// splitter walks a body once. Names are checked for repetition by hand, since
// only those of the envelope itself must not repeat.
type splitter struct {
	body       []byte
	base       int // where the JSON text begins in body
	max        int
	dec        *jsontext.Decoder
	env        Envelope
	generation Generation // of the first event that shows one
}

func newSplitter(body []byte, maxEvents int) *splitter {
	text := bytes.TrimPrefix(body, bom)
	s := &splitter{body: body, base: len(body) - len(text), max: maxEvents}
	// A decoder reads a bytes.Buffer in place, without copying it.
	// What it allows as invalid UTF-8 are two things: bytes that are none, for which document looks, and escapes of half a
	// surrogate pair, which are JSON and only spoil the event that they stand in.
	s.dec = jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	s.env.Items = make([]Item, 0, 1+len(text)/typicalEvent)
	return s
}

// pos is the offset in body of what will be read next.
func (s *splitter) pos() int { return s.base + int(s.dec.InputOffset()) }

// document reads the whole body: one value, and nothing after it.
func (s *splitter) document() error {
	err := s.top()
	if err == io.EOF { // nothing but white space
		return nil
	}
	if err != nil {
		return err
	}
	end := s.pos()
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return &SyntaxError{Offset: int64(end), Detail: "text after the JSON value"}
	}
	if !utf8.Valid(s.body) {
		return &SyntaxError{Offset: int64(len(validPrefix(s.body))), Detail: "invalid UTF-8"}
	}
	return nil
}

// validPrefix is what stands before the first byte that is no UTF-8.
func validPrefix(b []byte) []byte {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return b[:i]
		}
		i += size
	}
	return b
}

// top reads the outermost value.
func (s *splitter) top() error {
	switch s.dec.PeekKind() {
	case '{':
		return s.envelope(true)
	case '[':
		return s.each(func() error { return s.envelope(false) })
	default:
		return s.scalar()
	}
}

// each reads an array, its items by item.
func (s *splitter) each(item func() error) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for s.dec.PeekKind() != ']' {
		if err := item(); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

// envelope reads what stands at the top, or in an array at the top: an
// envelope or an event. Which of them is known only at its end, so the items
// of data are taken back if it was an event. Only the envelope that is the
// whole body gives its sensor and times to the result.
func (s *splitter) envelope(whole bool) error {
	if s.dec.PeekKind() != '{' {
		return s.event()
	}
	before, generation := len(s.env.Items), s.generation
	var o object
	if err := s.object(&o, s.data); err != nil {
		return err
	}
	if !o.isEnvelope() {
		s.env.Items, s.generation = s.env.Items[:before], generation
		return s.add(o.header, o.start)
	}
	if o.repeated != nil {
		return o.repeated
	}
	if whole {
		s.env.Sensor, s.env.SendTime, s.env.DataVersion = o.own[sensor], o.own[sendTime], o.own[dataVersion]
	}
	return nil
}

// data reads the value of an envelope's data.
func (s *splitter) data() error {
	switch s.dec.PeekKind() {
	case '[':
		return s.each(s.event)
	case 'n':
		_, err := s.dec.ReadToken()
		return err
	default:
		return s.event()
	}
}

// event reads one item: an object whose data, if any, means nothing, or
// whatever else stands where an event should.
func (s *splitter) event() error {
	if s.dec.PeekKind() != '{' {
		return s.scalar()
	}
	var o object
	if err := s.object(&o, nil); err != nil {
		return err
	}
	return s.add(o.header, o.start)
}

// scalar reads a value that is no event, and no array of events.
func (s *splitter) scalar() error {
	v, err := s.dec.ReadValue()
	if err != nil {
		return err
	}
	return s.add(header{}, s.pos()-len(v))
}

// add appends the item that begins at start and ends here.
func (s *splitter) add(h header, start int) error {
	if s.max > 0 && len(s.env.Items) == s.max {
		return ErrTooManyEvents
	}
	end := s.pos()
	s.env.Items = append(s.env.Items, Item{
		Start: start,
		End:   end,
		ID:    h.eventID(s.body[start:end]),
		Type:  LabelOf(h.typ),
	})
	if s.generation == 0 {
		s.generation = h.generation
	}
	return nil
}

// failed turns what the decoder reports into this package's errors.
func (s *splitter) failed(err error) error {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return &SyntaxError{Offset: int64(s.base) + syntactic.ByteOffset, Detail: syntaxDetail(syntactic)}
	}
	return err
}
