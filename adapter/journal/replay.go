package journal

import (
	"time"

	"github.com/google/uuid"
)

// Replay is a part of the journal that a destination sends once more. It is saved with the destination's progress, so
// that it goes on after a restart.
type Replay struct {
	ReplayFilter
	By      string    `json:"by"` // who asked for it
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`   // zero while it runs
	Failed  string    `json:"failed,omitempty"` // why it ended early
	Floor   uint64    `json:"floor"`            // every event of every frame up to it has ended
	UpTo    uint64    `json:"up_to"`            // the last frame that it reads
	Read    uint64    `json:"read"`             // events of the frames up to the floor
	Total   uint64    `json:"total"`            // events of all the frames that it reads
	ReplayCounts
}

// ReplayFilter selects events of the journal; an empty field selects all.
type ReplayFilter struct {
	Since    time.Time   `json:"since,omitzero"` // of when they were received: not before Since, and before Until
	Until    time.Time   `json:"until,omitzero"`
	Source   string      `json:"source,omitempty"`
	Platform uuid.UUID   `json:"platform,omitzero"` // of the person whose order they keep
	Events   []uuid.UUID `json:"events,omitempty"`
}

// ReplayCounts says what became of events that were sent once more. They are no outcomes: those events have ended
// before.
type ReplayCounts struct {
	Delivered      uint64 `json:"delivered,omitempty"`
	Refused        uint64 `json:"refused,omitempty"`
	Unmapped       uint64 `json:"unmapped,omitempty"`       // their person is not in the map
	Skipped        uint64 `json:"skipped,omitempty"`        // by a policy, or because they are dead or duplicates
	Untranslatable uint64 `json:"untranslatable,omitempty"` // they would be dead
}

// Add adds counts.
func (c *ReplayCounts) Add(more ReplayCounts) {
	c.Delivered += more.Delivered
	c.Refused += more.Refused
	c.Unmapped += more.Unmapped
	c.Skipped += more.Skipped
	c.Untranslatable += more.Untranslatable
}
