package admin

import (
	"time"

	"github.com/google/uuid"
)

// The reasons of held events.
const (
	// ReasonUnmapped is that of every event on a list of those that are held.
	ReasonUnmapped = "unmapped"
	// ReasonMapped is that of an event that is explained when its person is in the map by now, and it has not left yet.
	ReasonMapped = "mapped"
)

// HeldFilter selects held events; an empty field selects all.
type HeldFilter struct {
	Destination, Source, Type string
}

// HeldEvent is an event that waits until the person whom it concerns is mapped.
type HeldEvent struct {
	// EventID is the UUID of the event, as Learn and the collector know it.
	EventID     string    `json:"event_id"`
	Destination string    `json:"destination"`
	Type        string    `json:"type"`
	Reason      string    `json:"reason"` // ReasonUnmapped
	At          time.Time `json:"at"`     // when it was received
	Source      string    `json:"source"`
	// Person is whom it waits for. A client that may not see personal data gets none.
	Person *Person `json:"person,omitempty"`
}

// Person is what the stream says of somebody. Fields may be empty.
type Person struct {
	// Key is the hash under which the person's events are kept, see mapping.PersonKey.
	Key        string    `json:"key"`
	UserUUID   uuid.UUID `json:"user_uuid,omitzero"`
	UserID     string    `json:"user_id,omitempty"`
	ExternalID string    `json:"external_id,omitempty"`
	// Email only where the configuration trusts e-mail addresses.
	Email string `json:"email,omitempty"`
}
