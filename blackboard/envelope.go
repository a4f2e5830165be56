package blackboard

import (
	"errors"

	"github.com/google/uuid"
)

// ErrTooManyEvents is what [Split] returns for a body of more events than the
// caller allows.
var ErrTooManyEvents = errors.New("more events than allowed")

// Envelope is a body that Learn POSTed, cut into its events.
type Envelope struct {
	// Sensor, SendTime and DataVersion are as sent: the bare UUID of the site,
	// an ISO 8601 time, the IRI of the Caliper context. Empty where the body
	// is a bare event or an array, or where they are missing or no strings.
	Sensor, SendTime, DataVersion string

	// Generation is that of the first event that shows one, else what
	// DataVersion says.
	Generation Generation

	// Items are the events in the order in which they came.
	Items []Item
}

// Item is one event of a body, not yet decoded.
type Item struct {
	// Start and End delimit its JSON text, body[Start:End], exactly as it came.
	Start, End int

	// ID is its identity for deduplication, the same that [Decode] gives:
	// Learn's event id, a bare UUID or urn:uuid: in any case. Where there is
	// none (all of v1p0) or it is no UUID, ID is the UUIDv5 of the event's
	// canonical form, RFC 8785 with the digits of integers kept, in the
	// namespace 4fbf0efb-cb8b-5d39-93e4-12dc753c1169: a resend with other
	// white space or key order has the same.
	ID uuid.UUID

	// Type is one of [EventTypes], else [TypeUnknown]: safe as a metric label.
	Type string
}

// Split finds the events of a body in one pass. It takes a v1p1 or v1p0
// envelope, a bare event, and an array of events or of envelopes; a UTF-8 byte
// order mark and an empty body (no items) are tolerated. maxEvents bounds the
// number of items; 0 or less means no bound.
//
// An envelope is an object with a member "data" and none called "actor" or
// "action". Where data is null there are no items; where it is anything else
// but an array, it is the one item.
//
// Whatever is valid JSON splits: a scalar, an object that is neither envelope
// nor event, an item of data that is no object become items of [TypeUnknown],
// for [Decode] to refuse. Repeated member names inside an event, and escapes of
// half a surrogate pair, are left to Decode too.
//
// The error is a [*SyntaxError] for text that is not JSON (RFC 8259, UTF-8, not
// nested deeper than 10,000) and for an envelope that repeats sensor, sendTime,
// dataVersion or data ("Each property MUST be referenced only once", Caliper
// 1.2, Envelope); or [ErrTooManyEvents].
func Split(body []byte, maxEvents int) (Envelope, error) {
	s := newSplitter(body, maxEvents)
	if err := s.document(); err != nil {
		return Envelope{}, s.failed(err)
	}
	env := s.env
	env.Generation = s.generation
	if env.Generation == 0 {
		env.Generation = generationOf(env.DataVersion)
	}
	return env, nil
}

// Identify gives the id and the type of one event, the text of an [Item], by
// the rules of [Split].
func Identify(raw []byte) (uuid.UUID, string) {
	s := newSplitter(raw, 0)
	if err := s.event(); err != nil || len(s.env.Items) != 1 {
		return contentID(raw), TypeUnknown
	}
	return s.env.Items[0].ID, s.env.Items[0].Type
}
