package caliper

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Event is a v1p2 event to be written. The fields stand in the order in which
// the specification's examples have them and in which they are written; empty
// ones are left out. What is required, and which entity fits where, is not
// enforced here: the [Checker] says so of the bytes.
type Event struct {
	ID      string // urn:uuid: and a UUID
	Type    EventType
	Profile Profile
	Actor   Node
	Action  Action
	Object  Node

	Target    Node
	Generated Node
	EventTime time.Time // written in UTC with milliseconds

	EdApp            Node
	Group            Node
	Membership       Node
	Session          Node
	FederatedSession Node
	Referrer         Node
	Extensions       Map
}

// AppendJSON appends the event, with its @context, to dst. The same event gives
// the same bytes. An error is a value that JSON or Caliper has no form for:
// invalid UTF-8, a year beyond 9999, a Map value of an unknown type; dst is then
// returned as it was.
func (e *Event) AppendJSON(dst []byte) ([]byte, error) {
	w := writer{dst: append(dst, `{"@context":"`+Context+`"`...)}
	e.write(&w)
	if w.err != nil {
		return dst, fmt.Errorf("write %s: %w", e.Type, w.err)
	}
	return append(w.dst, '}'), nil
}

func (e *Event) write(w *writer) {
	w.text("id", e.ID)
	w.text("type", string(e.Type))
	w.text("profile", string(e.Profile))
	w.node("actor", e.Actor)
	w.text("action", string(e.Action))
	w.node("object", e.Object)
	w.node("target", e.Target)
	w.node("generated", e.Generated)
	w.time("eventTime", e.EventTime)
	w.node("edApp", e.EdApp)
	w.node("group", e.Group)
	w.node("membership", e.Membership)
	w.node("session", e.Session)
	w.node("federatedSession", e.FederatedSession)
	w.node("referrer", e.Referrer)
	w.openMap("extensions", e.Extensions)
}

// AppendEnvelope appends a v1p2 envelope around events that are JSON already, at
// least one. The sensor should be an IRI; invalid UTF-8 in it is replaced.
func AppendEnvelope(dst []byte, sensor string, sendTime time.Time, events [][]byte) []byte {
	dst = append(dst, `{"sensor":`...)
	dst, _ = jsontext.AppendQuote(dst, sensor)
	dst = append(dst, `,"sendTime":"`...)
	dst = AppendTime(dst, sendTime)
	dst = append(dst, `","dataVersion":"`+DataVersion+`","data":[`...)
	for i, event := range events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, event...)
	}
	return append(dst, "]}"...)
}
