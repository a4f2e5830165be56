package timeback

import (
	"slices"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// Preset is what a kind of collector wants: where and how to send, and what
// its events may carry. Every part can be overridden by the configuration. A
// Preset is data; nothing branches on its name.
type Preset struct {
	// Name as it stands in the configuration.
	Name string

	// Endpoint is what is known about connecting.
	Endpoint Endpoint
	// Rate is the highest number of requests a second; 0: no limit.
	Rate float64
	// Batch bounds one envelope.
	Batch Batch
	// Events is what the events may look like.
	Events EventForm
}

// Endpoint is where envelopes and token requests go, and in which form. The
// addresses are hints for the configuration: nothing is sent to one that nobody
// wrote down. An empty one means that none is known.
type Endpoint struct {
	URL         string    // events endpoint of the production system
	ValidateURL string    // takes the same POST, checks it and stores nothing
	TokenURL    string    // OAuth2 token endpoint
	TokenStyle  AuthStyle // how it wants the client's credentials
	Scopes      []string  // to ask for; none: the parameter is left out
}

// Batch bounds one envelope; whichever bound is met first closes it.
type Batch struct {
	MaxEvents int           // events in an envelope
	MaxBytes  int           // bytes of the envelope's JSON
	MaxWait   time.Duration // from the first event to sending
}

// LTIMode is what becomes of an LTI launch or return.
type LTIMode string

// The modes.
const (
	LTIToolLaunch LTIMode = "tool_launch" // a ToolLaunchEvent: Launched, Returned
	LTIView       LTIMode = "view"        // a launch is a ViewEvent of the link; a return is skipped
	LTIDrop       LTIMode = "drop"        // skipped
)

// LTIModes lists the modes in the order in which the documentation names them.
func LTIModes() []LTIMode { return []LTIMode{LTIToolLaunch, LTIView, LTIDrop} }

// Form is how an entity is written where Caliper allows both: "MUST be
// expressed either as an object or as a string corresponding to the … IRI"
// (Caliper 1.2, Event properties).
type Form string

// The forms.
const (
	FormIRI    Form = "iri"    // "urn:uuid:…"
	FormObject Form = "object" // {"id":"urn:uuid:…","type":"…"}
)

// EventForm is what the events of a preset carry, beyond what every preset
// does: ids are urn:uuid, @context is the plain string, profile is set, times
// have milliseconds and a Z, null and empty values are left out, a person is
// urn:uuid:<platform id> and edApp urn:uuid:<app id>.
type EventForm struct {
	// Person is the form of a person: actor, assignee, session.user, …
	// SessionEvent LoggedIn and LoggedOut do not follow it: their actor is an
	// object always, because TimeBack demands it and Caliper allows it.
	Person Form
	// EdApp is the form of edApp. A SessionEvent's own actor or object that
	// is the application is an object always.
	EdApp Form

	// LoginTarget: a LoggedIn may keep its target, the DigitalResource that
	// the person wanted (Caliper 1.2, Session Profile: "MAY be designated as
	// the target"). LoggedOut and TimedOut have none in any preset.
	LoginTarget bool

	// SessionExtensions are written into the session of a LoggedIn, where
	// TimeBack's reference has its feature flags; no preset has any. They are
	// the integrator's to set, and the only extensions that ever leave: no
	// fact of Learn's becomes one, since collectors refuse unknown keys ("400
	// unrecognized_keys").
	SessionExtensions caliper.Map

	// ExtraProperties lists, by entity type, properties that are no Caliper
	// terms and that the conformance check lets through for this preset.
	ExtraProperties map[caliper.EntityType][]string
	// QuestionScoreType is the scoreType of a Score that grades one question
	// (its Attempt's assignable is an AssessmentItem); "" sends none. Scores
	// of anything else carry no scoreType: no fact of Learn's says that they
	// are mastery or XP.
	QuestionScoreType string

	// QuestionMaxScore is the maxScore of such a Score, and scoreGiven is the
	// part of it that was reached; 0 leaves both as Learn has them. TimeBack's
	// reference: "maxScore should always be 1".
	QuestionMaxScore float64

	// AutoSession is the session IRI of an event that has no session of its
	// own, SessionEvents aside; "" leaves session out.
	AutoSession caliper.IRI
	// AssignableMediaType is the mediaType of an AssignableEvent's object; ""
	// leaves it out.
	AssignableMediaType string
	// AssignableStart: the Attempt that an AssignableEvent generates has a
	// startedAtTime, even where only Learn's is known, which repeats the
	// event's time. TimeBack's reference: "Must include startedAtTime".
	AssignableStart bool
	// ViewAttempt: a ViewEvent carries a generated Attempt with its assignee,
	// assignable and startedAtTime. Caliper's own table has none there.
	ViewAttempt bool
	// ItemStartAttempt: an AssessmentItemEvent Started carries its generated
	// Attempt. TimeBack's reference: "Started event does not include
	// generated field".
	ItemStartAttempt bool
	// StudentGraded: the actor of a GradeEvent is the student, as TimeBack's
	// reference has it ("Student's platform ID"), and not who graded.
	StudentGraded bool
	// AnonymousObjects: what Learn does not identify leaves as Caliper's
	// anonymous entity, whose id is the IRI of its type (Caliper 1.2,
	// Anonymous Entities). False: the event is skipped, for collectors that
	// make a record of every id that they do not know.
	AnonymousObjects bool

	// Skip names Learn's events that are left out unless the configuration
	// says otherwise: the collector lists no event that could say them
	// honestly.
	Skip []SkipRule
	// LTI is the default of the destination's lti setting.
	LTI LTIMode
}

// SkipRule names events of Learn by their type and action, as Learn writes
// them, without the namespace. An empty field stands for all.
type SkipRule struct{ Type, Action string }

// Skips reports whether an event of Learn's with this type and action is left
// out.
func (f *EventForm) Skips(typ, action string) bool {
	return slices.ContainsFunc(f.Skip, func(rule SkipRule) bool {
		return (rule.Type == "" || rule.Type == typ) && (rule.Action == "" || rule.Action == action)
	})
}

// PropertyScoreType is TimeBack's own property of a Score, no Caliper term.
const PropertyScoreType = "scoreType"

// ScoreTyped sets QuestionScoreType, "" for none, and lets the property through
// the conformance check exactly then.
func (f *EventForm) ScoreTyped(scoreType string) {
	f.QuestionScoreType = scoreType
	f.ExtraProperties = nil
	if scoreType != "" {
		f.ExtraProperties = map[caliper.EntityType][]string{caliper.TypeScore: {PropertyScoreType}}
	}
}

// Names of the presets.
const (
	PresetCaliper  = "caliper"
	PresetTimeBack = "timeback"
	PresetBeyondAI = "beyondai"
)

// LookupPreset returns a preset by its name. What it returns is the caller's
// to change.
func LookupPreset(name string) (Preset, bool) {
	for _, preset := range presets() {
		if preset.Name == name {
			return preset, true
		}
	}
	return Preset{}, false
}

// PresetNames lists the presets in the order of the documentation.
func PresetNames() []string {
	var names []string
	for _, preset := range presets() {
		names = append(names, preset.Name)
	}
	return names
}

func presets() []Preset {
	return []Preset{timebackPreset(), beyondAIPreset(), caliperPreset()}
}

// No collector publishes limits; these bounds are safe everywhere.
func defaultBatch() Batch {
	return Batch{MaxEvents: 50, MaxBytes: 512 << 10, MaxWait: time.Second}
}

// caliperPreset is any collector that holds to the specification.
func caliperPreset() Preset {
	return Preset{
		Name:     PresetCaliper,
		Endpoint: Endpoint{TokenStyle: StyleBasic}, // RFC 6749 section 2.3.1: what every server must take
		Batch:    defaultBatch(),
		Events: EventForm{
			Person:           FormObject,
			EdApp:            FormObject,
			LoginTarget:      true,
			ItemStartAttempt: true,
			AnonymousObjects: true,
			LTI:              LTIToolLaunch,
		},
	}
}

// timebackPreset is the TimeBack Platform, after its "Caliper Events
// Reference" and authentication pages. It lists SessionEvent, ViewEvent,
// AssignableEvent, AssessmentEvent, AssessmentItemEvent and GradeEvent; an IRI
// it prefers to an object, because an object can overwrite what it manages.
func timebackPreset() Preset {
	return Preset{
		Name: PresetTimeBack,
		Endpoint: Endpoint{
			URL:        "https://platform.timeback.com/events/1.0/",
			TokenURL:   "https://platform.timeback.com/auth/1.0/token",
			TokenStyle: StyleBasic,
			Scopes:     []string{"https://purl.imsglobal.org/spec/caliper/v1p2/scope/events.write"},
		},
		Rate:  10,
		Batch: defaultBatch(),
		Events: EventForm{
			Person:              FormIRI,
			EdApp:               FormIRI,
			ExtraProperties:     map[caliper.EntityType][]string{caliper.TypeScore: {PropertyScoreType}},
			QuestionScoreType:   "QUESTION_RESULT",
			QuestionMaxScore:    1,
			AutoSession:         caliper.AutoAttachSession,
			AssignableMediaType: "curriculum/lesson",
			AssignableStart:     true,
			ViewAttempt:         true,
			StudentGraded:       true,
			Skip:                unlisted(),
			LTI:                 LTIToolLaunch,
		},
	}
}

// beyondAIPreset is the 1EdTech stack of the same vendor, after its SDK and
// its OpenAPI description. The token endpoint is a hosted identity provider's,
// each customer's own.
func beyondAIPreset() Preset {
	return Preset{
		Name: PresetBeyondAI,
		Endpoint: Endpoint{
			URL:         "https://caliper.alpha-1edtech.ai/caliper/event",
			ValidateURL: "https://caliper.alpha-1edtech.ai/caliper/event/validate",
			TokenStyle:  StyleForm,
			Scopes:      []string{"https://purl.imsglobal.org/spec/caliper/v1p1/scope/event.create"},
		},
		Rate:  10,
		Batch: defaultBatch(),
		Events: EventForm{
			Person:           FormIRI,
			EdApp:            FormIRI,
			ItemStartAttempt: true,
			AnonymousObjects: true,
			Skip:             unlisted(),
			LTI:              LTIToolLaunch,
		},
	}
}

// unlisted are Learn's own events: TimeBack's reference lists none for a post, a
// change of content or of a group, or a nightly snapshot of a calculated grade.
// BeyondAI, of the same house, has no published list; there too they are sent
// only if somebody asks for them.
func unlisted() []SkipRule {
	return []SkipRule{
		{Type: "ForumEvent"}, {Type: "BlogEvent"}, {Type: "WikiEvent"}, {Type: "ContentEvent"},
		{Type: "CourseGroupEvent"}, {Type: "CalculatedGradeSnapshotEvent"},
	}
}
