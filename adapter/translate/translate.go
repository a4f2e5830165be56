// Package translate turns Learn's events into conformant v1p2 events.
//
// What leaves is built from what is known, field by field; nothing of the original is copied through. So what is not
// named here cannot leave: no Blackboard user IRI, no bb: extension, no e-mail, name, IP address, user agent or OAuth
// parameter. The result passes the conformance check before anybody sees it.
package translate

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// Options say how events are written for one destination.
type Options struct {
	Events timeback.EventForm // from the preset
	AppID  uuid.UUID          // of the application that the collector knows bbcaliper's events by
	// LaunchParameters are the names of launch parameters that may leave as messageParameters.
	LaunchParameters []string
}

// Translator translates for one destination. It is safe for concurrent use.
type Translator struct {
	opts    Options
	app     *caliper.SoftwareApplication
	edApp   caliper.Node // the application in the preset's form
	checker *caliper.Checker
}

// New returns a translator.
func New(opts Options) *Translator {
	t := &Translator{
		opts:    opts,
		app:     &caliper.SoftwareApplication{Entity: caliper.Entity{ID: urn(opts.AppID)}},
		checker: caliper.NewChecker(caliper.Options{ExtraProperties: opts.Events.ExtraProperties}),
	}
	t.edApp = t.app
	if opts.Events.EdApp == timeback.FormIRI {
		t.edApp = caliper.IRI(t.app.ID)
	}
	return t
}

// Context is what a translation needs to know beside the event.
type Context struct {
	Site string // the site's id
	// Person is the lane person with their platform id; nil if the event names nobody.
	Person   *blackboard.Person
	PersonID uuid.UUID
	// Lookup names other people in the event; false for one who is unmapped and must be left out.
	Lookup func(*blackboard.Person) (uuid.UUID, bool)
	Memory Memory
}

// Memory is what earlier events said: see journal.Memory.
type Memory interface {
	// Session returns when the login of a session happened and whose it is, zero if not known.
	Session(ref string) (started time.Time, person journal.Whom, known bool)
	// Tool returns the URL of the tool that a launch opened, "" if not known.
	Tool(launch string) string
	// Attempt returns when an attempt began, zero if not known.
	Attempt(iri string) time.Time
}

// Skip says that an event is left out on purpose.
type Skip struct{ Reason string }

func (s *Skip) Error() string { return "skipped: " + s.Reason }

// Reasons of errors and skips.
const (
	ReasonNonconformant  = "nonconformant"  // the result would break a rule of Caliper 1.2
	ReasonUntranslatable = "untranslatable" // something that the v1p2 form must have is missing
	ReasonIdentity       = "identity"       // the result would name a Blackboard user
	SkipPolicy           = "policy"         // the destination's preset or settings leave the event out
)

// Error says why an event has no v1p2 form.
type Error struct {
	Reason string
	Detail string // the rule with its place; no value of the event
}

func (e *Error) Error() string { return e.Detail }

func untranslatable(detail string) error {
	return &Error{Reason: ReasonUntranslatable, Detail: detail}
}

// typicalEvent is about how many bytes of JSON most events become.
const typicalEvent = 1 << 10

// errNobody: an event without a person as its actor. Unmapped people's events do not come here, they wait.
var errNobody = untranslatable("nobody is named")

// Skips says whether the destination does not want an event, whatever it holds.
func (t *Translator) Skips(ev *blackboard.Event) bool { return t.opts.Events.Skips(ev.Type, ev.Action) }

// Translate returns the event's v1p2 JSON. The error is a *Skip or an *Error.
func (t *Translator) Translate(ev *blackboard.Event, c Context) ([]byte, error) {
	if t.Skips(ev) {
		return nil, &Skip{Reason: SkipPolicy}
	}
	tr := translation{Translator: t, ev: ev, ctx: c}
	if c.Person != nil {
		tr.person = tr.personNode(c.PersonID)
	}
	out, err := tr.event()
	if err != nil {
		return nil, err
	}
	json, err := out.AppendJSON(make([]byte, 0, typicalEvent))
	if err != nil {
		return nil, &Error{Reason: ReasonNonconformant, Detail: err.Error()}
	}
	if err := t.verify(json); err != nil {
		return nil, err
	}
	return json, nil
}

// verify is the last look at what leaves: the conformance check, and that nobody's Blackboard identity is in it.
func (t *Translator) verify(json []byte) error {
	if err := t.checker.Event(json); err != nil {
		return &Error{Reason: ReasonNonconformant, Detail: err.Error()}
	}
	if blackboard.ContainsUserIRI(string(json)) {
		return &Error{Reason: ReasonIdentity, Detail: "the translated event would name a Blackboard user"}
	}
	return nil
}

// translation is one event being translated.
type translation struct {
	*Translator
	ev     *blackboard.Event
	ctx    Context
	person caliper.Node // the lane person in the preset's form; nil if there is none
	hex    []string     // see users; nil until it is asked for
}

func (t *translation) event() (*caliper.Event, error) {
	switch t.ev.Type {
	case blackboard.TypeSession:
		return t.sessionEvent()
	case blackboard.TypeLTI:
		return t.ltiEvent()
	case blackboard.TypeView:
		return t.viewEvent()
	case blackboard.TypeAssignable:
		return t.assignableEvent()
	case blackboard.TypeAssessment:
		return t.assessmentEvent()
	case blackboard.TypeAssessmentItem:
		return t.assessmentItemEvent()
	case blackboard.TypeGrade:
		return t.gradeEvent()
	case blackboard.TypeCalculatedGradeSnapshot:
		return t.snapshotEvent()
	case blackboard.TypeForum:
		return t.forumEvent()
	case blackboard.TypeBlog:
		return t.blogEvent()
	case blackboard.TypeWiki:
		return t.wikiEvent()
	case blackboard.TypeContent:
		return t.contentEvent()
	case blackboard.TypeCourseGroup:
		return t.courseGroupEvent()
	default:
		return nil, untranslatable(fmt.Sprintf("no v1p2 form for %s", blackboard.LabelOf(t.ev.Type)))
	}
}

// begin is what all events have.
func (t *translation) begin(kind caliper.EventType, profile caliper.Profile, action caliper.Action) *caliper.Event {
	return &caliper.Event{
		ID: urn(t.ev.ID), Type: kind, Profile: profile, Action: action, EventTime: t.ev.Time,
		EdApp: t.edApp,
	}
}

// personNode is a person in the preset's form.
func (t *translation) personNode(id uuid.UUID) caliper.Node {
	if t.opts.Events.Person == timeback.FormIRI {
		return caliper.IRI(urn(id))
	}
	return personObject(id)
}

func personObject(id uuid.UUID) *caliper.Person {
	return &caliper.Person{Entity: caliper.Entity{ID: urn(id)}}
}

// personID names any person of the event; false for one who is unmapped.
func (t *translation) personID(p *blackboard.Person) (uuid.UUID, bool) {
	if t.isLanePerson(p) {
		return t.ctx.PersonID, true
	}
	return t.ctx.Lookup(p)
}

// isLanePerson tells whether another mention is of the lane person, who may be mapped by aliases that only stand there:
// by the user uuid, or where an IRI has none by the IRI.
func (t *translation) isLanePerson(p *blackboard.Person) bool {
	lane := t.ctx.Person
	switch {
	case lane == nil:
		return false
	case lane.UUID != uuid.Nil && p.UUID != uuid.Nil:
		return lane.UUID == p.UUID
	default:
		return lane.IRI != "" && lane.IRI == p.IRI
	}
}
