package admin

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Explanation is the way of one event, as the stores tell it.
type Explanation struct {
	EventID string `json:"event_id"`
	// Receipts are the times it was received, oldest first; more than one if Learn sent it again.
	Receipts []Receipt `json:"receipts"`
	// Destinations say what became of it, in the order of the configuration.
	Destinations []Fate `json:"destinations"`
	// Note says what could not be looked up, "" if nothing was missing.
	Note string `json:"note,omitempty"`
}

// Receipt is one arrival of an event.
type Receipt struct {
	Source string `json:"source"`
	Type   string `json:"type"`
	// Received is when the request came, Stored when the journal had it.
	Received time.Time `json:"received"`
	Stored   time.Time `json:"stored,omitzero"`
	// Frame and Number are its place in the journal.
	Frame  uint64 `json:"frame"`
	Number int    `json:"number"`
	// Raw is the event as it came; nil if it is not JSON, or no longer there.
	Raw jsontext.Value `json:"raw,omitzero"`
}

// The places in which an event can be: the values of Fate.Place.
const (
	PlaceWaiting   = "waiting"   // in the journal, not looked at yet
	PlaceInFlight  = "in_flight" // on its way to the collector
	PlaceDelivered = "delivered" //
	PlaceHeld      = "held"      // until its person is mapped
	PlaceDead      = "dead"      // refused for good, until somebody retries or discards it
	PlaceSkipped   = "skipped"   // by a policy
	PlaceDuplicate = "duplicate" // every receipt that counts was one
	PlaceDiscarded = "discarded" // by a person
	PlaceUnknown   = "unknown"   // the stores do not say
)

// Fate is what became of an event at one destination.
type Fate struct {
	Destination string `json:"destination"`
	// Place is where it is now.
	Place string `json:"place"`
	// Reason is the machine word of a held, dead or skipped event, Detail the rule, the reply or the discarder's words.
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
	// At is when it got to its place; zero: not known.
	At time.Time `json:"at,omitzero"`
	// Letter is the number of its dead letter; 0: it has none.
	Letter uint64 `json:"letter,omitzero"`
	// Person is whom the event concerns, as the stream says; Record what the map says of them now. nil: nobody.
	Person *Person         `json:"person,omitempty"`
	Record *mapping.Record `json:"record,omitempty"`
	// MapRevision is that of the source's map when the event was translated to be sent; 0: it was not, or is not known.
	// RecordThen is the record that named the person then; nil: it is the same as Record, or not known.
	MapRevision uint64          `json:"map_revision,omitzero"`
	RecordThen  *mapping.Record `json:"record_then,omitempty"`
	// Translated is the event as it was sent or would be sent now; nil: it cannot be translated.
	Translated jsontext.Value `json:"translated,omitzero"`
	// Attempts to send it, oldest first.
	Attempts []AttemptReport `json:"attempts"`
}

// AttemptReport is one POST that the event was in.
type AttemptReport struct {
	At time.Time `json:"at"`
	// RequestID is the X-Request-ID of the POST.
	RequestID string `json:"request_id"`
	// Status is what the collector answered; 0: nothing, and Error says why. Class is what that meant, see
	// timeback.Class.
	Status int    `json:"status,omitzero"`
	Class  string `json:"class"`
	Error  string `json:"error,omitempty"`
	// Refused says that the answer settled the event as refused for good. Class is about the whole POST, which may have
	// held others.
	Refused bool `json:"refused,omitzero"`
	// TookMS is how long the answer took, in milliseconds.
	TookMS int64 `json:"took_ms"`
	// Replay says that it was part of a replay.
	Replay bool `json:"replay,omitzero"`
}
