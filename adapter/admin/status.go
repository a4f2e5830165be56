package admin

import "time"

// Status says how an adapter is doing. It is what `bbcaliper status --json` prints.
type Status struct {
	// Version of the program.
	Version string `json:"version"`
	// Engine is the store.
	Engine EngineStatus `json:"engine"`
	// Sources and Destinations come in the order of the configuration.
	Sources      []SourceStatus      `json:"sources"`
	Destinations []DestinationStatus `json:"destinations"`
	// MapFiles are the watched files, in that order too.
	MapFiles []MapFileStatus `json:"map_files"`
	// Resolvers are asked about people whom the ID map does not know, in this order.
	Resolvers []ResolverStatus `json:"resolvers"`
	// Refused counts requests that came without a key of any source, by reason, since the start of the process.
	Refused map[string]uint64 `json:"refused"`
}

// EngineStatus says whether the store works and has room for envelopes.
type EngineStatus struct {
	OK bool `json:"ok"`
	// Reason says why not.
	Reason string `json:"reason,omitempty"`
}

// SourceStatus is what one Blackboard site has sent.
type SourceStatus struct {
	Name string `json:"name"`
	// Site is its UUID, "" until the first envelope has told it.
	Site string `json:"site"`
	// Envelopes and Events that were answered 200, ever.
	Envelopes uint64     `json:"envelopes"`
	Events    EventCount `json:"events"`
	// LastEnvelope is when the newest of them came; zero: none has.
	LastEnvelope time.Time `json:"last_envelope,omitzero"`
	// Refused counts requests with a key of this source that were not answered 200, by reason, since the start of the
	// process.
	Refused map[string]uint64 `json:"refused"`
}

// EventCount counts events.
type EventCount struct {
	Total  uint64            `json:"total"`
	ByType map[string]uint64 `json:"by_type"`
}

// DestinationStatus is how the sending to one collector goes.
type DestinationStatus struct {
	Name   string `json:"name"`
	Preset string `json:"preset"`
	// URL of the collector, without credentials and query.
	URL     string   `json:"url"`
	Sources []string `json:"sources"`

	// State is running, backing_off or paused; Reason says why it is not running, Since when that began, and RetryAt
	// when the next attempt is.
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	RetryAt time.Time `json:"retry_at,omitzero"`
	// Failures is how many attempts have failed since the last one that did not.
	Failures int `json:"failures"`
	// PausedBy is the person who paused it; "": nobody did. Reason then is what they said.
	PausedBy string `json:"paused_by,omitempty"`
	// Setting is the key of the configuration to change where that is the fault, such as auth.client_secret; "": it is
	// none, or not known.
	Setting string `json:"setting,omitempty"`
	// LastReply is what the collector answered last, LastSent when it last accepted something; zero: not since the
	// start of the process.
	LastReply string    `json:"last_reply,omitempty"`
	LastSent  time.Time `json:"last_sent,omitzero"`

	// InFlight is how many envelopes are on their way to the collector.
	InFlight int `json:"in_flight"`
	// Replay is the one that runs, or the last one since the start of the process; nil: there was none.
	Replay *ReplayStatus `json:"replay,omitempty"`

	Waiting       Waiting `json:"waiting"`
	OldestSeconds Oldest  `json:"oldest_seconds"`
	// PeopleWaiting is how many people have held events and are not in the map, EventsUnmapped how many events these are.
	// More may be held: those of people who are in the map by now wait for the destination.
	PeopleWaiting  int      `json:"people_waiting"`
	EventsUnmapped int      `json:"events_unmapped"`
	Outcomes       Outcomes `json:"outcomes"`
	// Skipped is Outcomes.Skipped by reason.
	Skipped map[string]uint64 `json:"skipped"`
}

// The states of a resolver.
const (
	ResolverWorking = "working" // it is asked
	ResolverFailing = "failing" // it failed, and is left alone until RetryAt
	ResolverProbing = "probing" // it was left alone long enough: the next question tries it
	ResolverLimited = "limited" // it asked to be left alone until RetryAt
)

// ResolverStatus is how one of those goes who are asked about people. What it counts begins with the process, and anew
// when a reload changes the resolvers.
type ResolverStatus struct {
	Name string `json:"name"`
	// Type is oneroster, blackboard, http or static.
	Type string `json:"type"`
	// URL is where it asks, as configured and without its query; "": static asks nobody.
	URL string `json:"url,omitempty"`

	// State is one of the constants. Reason says why it is not working, Since when it ceased to.
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	RetryAt time.Time `json:"retry_at,omitzero"`
	// LastError is why it gave no answer, the last time that it did not; it holds nothing of a person.
	LastError   string    `json:"last_error,omitempty"`
	LastErrorAt time.Time `json:"last_error_at,omitzero"`

	// Waiting is how many questions wait for their turn.
	Waiting int `json:"waiting"`
	// Questions counts them by what came of them, as bbcaliper_resolver_questions_total does.
	Questions map[string]uint64 `json:"questions"`
	// Findings counts what it found by what became of it in the ID map, as bbcaliper_resolver_findings_total does:
	// stored, conflict, repoint, invalid or failed.
	Findings map[string]uint64 `json:"findings"`
}

// OpenReason says why a destination is not running, in words that are fit for everybody: /readyz needs no token. ""
// says that it is.
func (d *DestinationStatus) OpenReason() string {
	switch {
	case d.PausedBy != "":
		return "paused by hand"
	case d.Setting != "" && d.Reason != "":
		return d.Reason + ": change " + d.Setting
	default:
		return d.Reason
	}
}

// Waiting counts events that have not ended, by where they are.
type Waiting struct {
	Journal uint64 `json:"journal"` // received, and not looked at yet
	Held    uint64 `json:"held"`    // until their person is mapped
	Dead    uint64 `json:"dead"`    // until somebody retries or discards them
	Flight  uint64 `json:"flight"`  // on their way to the collector
}

// Oldest is the age of the event that has waited longest, in seconds; 0: none waits.
type Oldest struct {
	Journal float64 `json:"journal"`
	Held    float64 `json:"held"`
}

// Outcomes counts events by how they ended, ever. An event that is released or retried counts again.
type Outcomes struct {
	Delivered uint64 `json:"delivered"`
	Held      uint64 `json:"held"`
	Dead      uint64 `json:"dead"`
	Skipped   uint64 `json:"skipped"`
	Duplicate uint64 `json:"duplicate"`
	Discarded uint64 `json:"discarded"`
}

// Readiness is the body of /readyz.
type Readiness struct {
	Ready bool `json:"ready"`
	// Reason says why it is not ready.
	Reason string `json:"reason,omitempty"`
	// Destinations gives the state of each by its name: running, backing_off or paused.
	Destinations map[string]string `json:"destinations"`
	// Reasons says why, by name, for those that are not running: see DestinationStatus.OpenReason.
	Reasons map[string]string `json:"reasons,omitempty"`
}
