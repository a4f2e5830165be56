package config

import (
	"time"

	"github.com/google/uuid"
)

// What becomes of tool launches: the values of Destination.LTI.
const (
	LTIToolLaunch = "tool_launch" // ToolLaunchEvent
	LTIView       = "view"        // ViewEvent
	LTIDrop       = "drop"        // counted as skipped
)

// What a full journal means: the values of Destination.OnFull.
const (
	OnFullRefuse = "refuse" // the intake answers 503 until there is room
	OnFullSkip   = "skip"   // the oldest events are counted as skipped for this destination
)

// reserved is the name under which bodies refused at the door are kept beside the destinations' dead letters.
const reserved = "receive"

// Presets returns the names that Destination.Preset may have. They are those of package timeback, which this package
// does not import so that it stays a reader of files; a test holds them together.
func Presets() []string { return []string{"timeback", "beyondai", "caliper"} }

// Destination is one Caliper collector. What its preset decides is empty here unless the file decides otherwise: such
// a field says so with "preset's own".
type Destination struct {
	// Name is its name in metrics, commands and stored data.
	Name string `mapstructure:"name"`
	// Preset names what is known about this kind of collector: timeback, beyondai or caliper. Default caliper.
	Preset string `mapstructure:"preset"`
	// URL is where envelopes are posted, as written.
	URL string `mapstructure:"url"`
	// ValidateURL takes an envelope, checks it and stores nothing. Only `bbcaliper check` uses it. Optional.
	ValidateURL string `mapstructure:"validate_url"`
	// AppID is the edApp of every event: the UUID under which the collector knows this application.
	AppID uuid.UUID `mapstructure:"app_id"`
	// Sensor is the IRI of the envelopes' sensor. Empty means urn:uuid: and the site.
	Sensor string `mapstructure:"sensor"`
	// Sources are the names of the sources whose events go here. With one source configured it may be left out, and
	// then holds that one.
	Sources []string `mapstructure:"sources"`
	// Auth is how the collector is told who is posting.
	Auth Auth `mapstructure:"auth"`
	// TLS is of the connections to the collector and to its token endpoint.
	TLS ClientTLS `mapstructure:"tls"`
	// Batch bounds one envelope.
	Batch Batch `mapstructure:"batch"`
	// InFlight is how many envelopes are on their way at a time. Default 8.
	InFlight int `mapstructure:"in_flight"`
	// Rate is the most requests a second; 0 means no limit. Nil: the preset's own.
	Rate *float64 `mapstructure:"rate"`
	// Start is where in the journal the destination begins if it has never run. Zero: at the journal's end.
	Start Start `mapstructure:"start"`
	// OnFull is what a full journal means for this destination: OnFullRefuse (default) or OnFullSkip.
	OnFull string `mapstructure:"on_full"`
	// LTI is what becomes of tool launches: LTIToolLaunch, LTIView or LTIDrop. Empty: the preset's own.
	LTI string `mapstructure:"lti"`
	// Skip lists events that are counted and not sent. Nil: the preset's own list; empty: none.
	Skip []Skip `mapstructure:"skip"`
	// Events is how events are written.
	Events Events `mapstructure:"events"`
}

// Batch bounds one outgoing envelope. Whichever bound is reached first closes it. Nil: the preset's own.
type Batch struct {
	// MaxEvents is the number of events.
	MaxEvents *int `mapstructure:"max_events"`
	// MaxBytes is the size of the body.
	MaxBytes *Size `mapstructure:"max_bytes"`
	// MaxWait is how long an event waits for others; 0 means not at all.
	MaxWait *time.Duration `mapstructure:"max_wait"`
}

// Skip names Learn events by their type and, unless it is empty, their action, as terms: ContentEvent, Modified.
type Skip struct {
	Type   string `mapstructure:"type"`
	Action string `mapstructure:"action"`
}
