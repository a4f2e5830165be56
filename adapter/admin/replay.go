package admin

import (
	"time"

	"github.com/google/uuid"
)

// ReplayRequest selects events of the journal that are to be sent once more, with the same ids.
type ReplayRequest struct {
	// Since and Until bound when the events were received: not before Since, and before Until. Zero is no bound; without
	// Since the request names Events.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Source whose events are sent; "": all sources of the destination.
	Source string `json:"source,omitempty"`
	// Destination to which they are sent; "": every destination.
	Destination string `json:"destination,omitempty"`
	// Person whose events are sent, by a platform id or any alias; "": everybody.
	Person string `json:"person,omitempty"`
	// Events are sent and no others, unless there are none.
	Events []uuid.UUID `json:"events,omitempty"`
	// By is who asks. The server fills it in.
	By string `json:"-"`
}

// ReplayPlan is what a replay would do at one destination.
type ReplayPlan struct {
	Destination string `json:"destination"`
	// Events would be sent; the others would not, because their person is not in the map, a policy skips them, or they
	// cannot be translated.
	Events         uint64 `json:"events"`
	Unmapped       uint64 `json:"unmapped"`
	Skipped        uint64 `json:"skipped"`
	Untranslatable uint64 `json:"untranslatable"`
	// First are the first that would be sent, in order: at most MaxReplayFirst.
	First []ReplayEvent `json:"first"`
}

// MaxReplayFirst is how many events a plan shows.
const MaxReplayFirst = 5

// ReplayEvent is an event that a replay would send.
type ReplayEvent struct {
	EventID  string    `json:"event_id"`
	Type     string    `json:"type"`
	Source   string    `json:"source"`
	Received time.Time `json:"received"`
}

// ReplayStatus is how far a replay has come at one destination.
type ReplayStatus struct {
	// Since and Until are those of the request; By is who asked for it.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	By    string    `json:"by"`
	// Started and Ended are when it began and ended; Ended is zero while it runs.
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	// Read counts the events of the journal that it has looked at, Total those that it has to; 0: not known.
	Read  uint64 `json:"read"`
	Total uint64 `json:"total,omitzero"`
	// What became of those that were selected. They are apart from the destination's Outcomes.
	Delivered      uint64 `json:"delivered"`
	Refused        uint64 `json:"refused"`
	Unmapped       uint64 `json:"unmapped"`
	Skipped        uint64 `json:"skipped"`
	Untranslatable uint64 `json:"untranslatable"`
	// Done says that it has ended; Failed why it ended early, "" if it went to its end.
	Done   bool   `json:"done"`
	Failed string `json:"failed,omitempty"`
}

// ReplayNames lists the destinations at which replays were started or stopped.
type ReplayNames struct {
	Destinations []string `json:"destinations"`
}
