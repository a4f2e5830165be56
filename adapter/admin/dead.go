package admin

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// DestinationReceive is the destination of bodies that were refused at the door.
const DestinationReceive = "receive"

// DeadEvent is an event that was refused for good, or a body that was refused at the door.
type DeadEvent struct {
	// Letter is the number of the dead letter: 1 or more, unique over all destinations and never used again. Later ones
	// are greater.
	Letter uint64 `json:"letter"`
	// EventID is the UUID of the event, as Learn and the collector know it; "" for a body.
	EventID     string    `json:"event_id"`
	Destination string    `json:"destination"` // DestinationReceive for a body
	Type        string    `json:"type"`        // "" for a body, and for an event whose type cannot be read
	Reason      string    `json:"reason"`      // a machine word: malformed, nonconformant, refused, other_site, …
	At          time.Time `json:"at"`          // when it was refused
	// Detail is the rule that it broke, with its place, or what the collector said. A client that may not see personal
	// data does not get the words of a collector.
	Detail string `json:"detail,omitempty"`
	// Status is what the collector answered; 0: it was never sent.
	Status int    `json:"status,omitzero"`
	Source string `json:"source"`
}

// DeadLetter is a dead event with everything that is known of it.
type DeadLetter struct {
	DeadEvent
	// Received is when the event or body came.
	Received time.Time `json:"received,omitzero"`
	// Attempts is how often it was sent, alone or with others.
	Attempts int `json:"attempts,omitzero"`
	// Bytes is the size as it came, SHA256 the hash of the whole text in hex.
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Raw is the text as it was received, where that is JSON; what is not, or is not whole, is in RawBytes. SetRaw
	// chooses.
	Raw      jsontext.Value `json:"raw,omitzero"`
	RawBytes []byte         `json:"raw_base64,omitzero"`
	// Cut says that the text is only the beginning of what was received.
	Cut bool `json:"cut,omitzero"`
	// Sent is the translated event, if it came that far, MapRevision that of the source's map when it was translated.
	Sent        jsontext.Value `json:"sent,omitzero"`
	MapRevision uint64         `json:"map_revision,omitzero"`
	// RequestID is the X-Request-ID of the POST that was refused, Reply the beginning of what the collector answered.
	RequestID string `json:"request_id,omitempty"`
	Reply     string `json:"reply,omitempty"`
}

// SetRaw keeps a text as it was received.
func (l *DeadLetter) SetRaw(text []byte) {
	l.Raw, l.RawBytes = nil, nil
	if value := jsontext.Value(text); value.IsValid() {
		l.Raw = value
	} else {
		l.RawBytes = text
	}
}

// Text is what was received.
func (l *DeadLetter) Text() []byte {
	if l.Raw != nil {
		return l.Raw
	}
	return l.RawBytes
}

// DeadCounts says how many letters there are, by destination and reason.
type DeadCounts struct {
	// Counts come in the order of their destinations and reasons; none is 0.
	Counts []DeadCount `json:"counts"`
	// Last is the number of the newest letter of all, whether it is counted or not; 0: there are none. With it as a
	// filter's Last, a request concerns none that came after the counting.
	Last uint64 `json:"last"`
}

// Total is how many letters were counted.
func (c *DeadCounts) Total() (sum uint64) {
	for _, one := range c.Counts {
		sum += one.Letters
	}
	return sum
}

// DeadCount counts the letters of a destination that have one reason.
type DeadCount struct {
	Destination string    `json:"destination"`
	Reason      string    `json:"reason"`
	Letters     uint64    `json:"letters"`
	Oldest      time.Time `json:"oldest,omitzero"` // when the first and the last of them were refused
	Newest      time.Time `json:"newest,omitzero"`
}

// DeadResult says what was done with letters.
type DeadResult struct {
	// Letters is how many are retried or were discarded.
	Letters uint64 `json:"letters"`
	// Left is how many were selected and stay: what was not kept whole, and bodies refused at the door, cannot be
	// retried.
	Left uint64 `json:"left"`
}
