package blackboard

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// wireEvent is an event in the form of v1p1, into which both decoders read.
type wireEvent struct {
	ID               string            `json:"id"`
	Type             string            `json:"type"`
	Action           string            `json:"action"`
	Time             string            `json:"eventTime"`
	Actor            slot              `json:"actor"`
	Object           slot              `json:"object"`
	Target           slot              `json:"target"`
	Generated        slot              `json:"generated"`
	EdApp            *wireApplication  `json:"edApp"`
	Group            *wireOrganization `json:"group"`
	Membership       *wireMembership   `json:"membership"`
	Session          *wireSession      `json:"session"`
	FederatedSession *wireSession      `json:"federatedSession"`
	Extensions       parameters        `json:"extensions"`
}

// Decode reads one event of either generation: the text of an [Item].
//
// It is strict in what identifies an event and lenient in the rest. Type,
// action, a time, and the person and object that the action needs must be
// there; a member name must not repeat anywhere. An entity may be an IRI, a
// text may be a number or a boolean, null and empty are absent, and what does
// not matter is ignored where it has another type than usual. Members that
// nothing here reads are ignored.
//
// The error is always a [*DecodeError]. Nothing of the result refers to raw.
func Decode(raw []byte) (*Event, error) {
	if typ, gen, ok := peekType(raw); ok && gen == V1P1 {
		if LabelOf(string(typ)) == TypeUnknown && jsontext.Value(raw).IsValid() {
			return nil, unsupportedType()
		}
		if e, err := decodePlain(raw); err == nil {
			return e, nil
		}
	}
	return decodeOdd(raw)
}

// decodePlain is the hot path: v1p1 as Learn writes it. Any error only means
// that the event is not plain.
func decodePlain(raw []byte) (*Event, error) {
	var w wireEvent
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, err
	}
	return w.event(V1P1, raw)
}

// event checks what the wire brought and puts it into the form of [Event].
func (w *wireEvent) event(gen Generation, raw []byte) (*Event, error) {
	e := &Event{
		Generation:       gen,
		Type:             w.typ(),
		Actor:            w.Actor.entity(),
		Object:           w.Object.entity(),
		Target:           w.Target.entity(),
		Generated:        w.Generated.entity(),
		EdApp:            w.EdApp.application(),
		Group:            w.Group.organization(),
		Membership:       w.Membership.membership(),
		Session:          w.Session.session(),
		FederatedSession: w.FederatedSession.session(),
		Extensions:       w.Extensions,
	}
	if err := e.dispatch(term(w.Action)); err != nil {
		return nil, err
	}
	if err := e.setTime(w.Time); err != nil {
		return nil, err
	}
	e.setID(w.ID, raw)
	return e, nil
}

// typ is the event's type as [EventTypes] spells it, else as a term.
func (w *wireEvent) typ() string {
	if label := LabelOf(w.Type); label != TypeUnknown {
		return label
	}
	return term(w.Type)
}

// dispatch finds out what the event says happened, and checks it by that.
func (e *Event) dispatch(word string) error {
	object := ""
	if e.Object != nil {
		object = e.Object.Term()
	}
	act, err := findAction(e.Type, word, object)
	if err != nil {
		return err
	}
	e.Action = act.name
	return act.settle(e)
}

func (e *Event) setTime(s string) error {
	if s == "" {
		return &DecodeError{Reason: ReasonMissingField, Path: "/eventTime", Detail: "the event has no time"}
	}
	t, ok := parseTime(s)
	if !ok {
		return &DecodeError{Reason: ReasonBadTime, Path: "/eventTime", Detail: "not an ISO 8601 time"}
	}
	e.Time = t
	return nil
}

// setID takes the id that came, or else finds out what Split calls the event.
func (e *Event) setID(s string, raw []byte) {
	id, ok := parseEventID(s)
	if !ok {
		id, _ = Identify(raw)
	}
	e.ID = id
}
