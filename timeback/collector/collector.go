package collector

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/gorilla/mux"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// Defaults of Options.
const (
	DefaultKeep      = 10_000
	DefaultKeepBytes = 64 << 20
	DefaultMaxBytes  = 1 << 20
)

// Options configure a Collector. The zero Options are a collector that demands
// no key and accepts every envelope that the specification accepts.
type Options struct {
	// Key demanded of every request: in any header as it is, as Bearer, as
	// the password of Basic, or as a value in the query. "": none.
	Key string
	// OAuth2 opens the token endpoint and demands its tokens instead of Key.
	OAuth2 *OAuth2
	// Script of the POSTs to the events endpoint, TokenScript of those to
	// the token endpoint.
	Script, TokenScript Script
	// Refuse returns why an event is refused, or "". One refused event
	// refuses its whole envelope with 400. It must not change the event.
	Refuse func(event []byte) string
	// Strict also refuses events that do not conform, with the rule that they
	// break. False: they are accepted and marked (Event.Failure).
	Strict bool
	// RefuseForm is the form of such refusals, one of RefusalForms, default
	// FormStatus.
	RefuseForm Form
	// ExtraProperties that the conformance check lets through, by entity
	// type (a preset's).
	ExtraProperties map[caliper.EntityType][]string
	// OnEvent is called for each accepted event, in order, one at a time,
	// before the reply is sent.
	OnEvent func(Event)
	// Keep is how many events, and how many requests, are kept: default
	// DefaultKeep, negative for all.
	Keep int
	// KeepBytes bounds the same in bytes, for events and requests each:
	// default DefaultKeepBytes. A negative Keep means no bound here, too.
	KeepBytes int64
	// KeepBodies also keeps the requests' bodies.
	KeepBodies bool
	// KeepRefused keeps the body of a request that was not answered 2xx, if
	// it is JSON.
	KeepRefused bool
	// MaxBytes of a body, default DefaultMaxBytes; more is 413.
	MaxBytes int64
	// MaxEvents of an envelope; more is 413. 0: no bound.
	MaxEvents int
}

func (o Options) withDefaults() Options {
	o.Keep = cmp.Or(o.Keep, DefaultKeep)
	o.KeepBytes = cmp.Or(o.KeepBytes, DefaultKeepBytes)
	o.MaxBytes = cmp.Or(o.MaxBytes, DefaultMaxBytes)
	o.RefuseForm = cmp.Or(o.RefuseForm, FormStatus)
	return o
}

func (o Options) validate() error {
	switch {
	case o.MaxBytes < 0:
		return errors.New("max bytes: must not be negative")
	case o.KeepBytes < 0:
		return errors.New("keep bytes: must not be negative")
	case o.MaxEvents < 0:
		return errors.New("max events: must not be negative")
	case !slices.Contains(RefusalForms(), o.RefuseForm):
		return fmt.Errorf("refuse form: there is no %q; there are %s", o.RefuseForm, JoinForms(RefusalForms()))
	}
	if o.OAuth2 != nil {
		return o.OAuth2.validate()
	}
	return nil
}

// Collector is an http.Handler that keeps what it was sent. It is safe for
// concurrent use.
type Collector struct {
	key         string
	tokens      *tokens // nil: no token endpoint
	strict      bool
	refuse      func([]byte) string
	refuseForm  Form
	onEvent     func(Event)
	maxBytes    int64
	maxEvents   int
	keepBodies  bool
	keepRefused bool
	checker     *caliper.Checker
	record      *record
	router      *mux.Router

	// accepting makes keeping events and calling onEvent one step.
	accepting sync.Mutex

	scripts             sync.Mutex
	script, tokenScript Script
}

// New returns a collector, or an error that names the option that makes no
// sense.
func New(o Options) (*Collector, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	c := &Collector{
		key: o.Key, strict: o.Strict, refuse: o.Refuse, refuseForm: o.RefuseForm, onEvent: o.OnEvent,
		maxBytes: o.MaxBytes, maxEvents: o.MaxEvents, keepBodies: o.KeepBodies, keepRefused: o.KeepRefused,
		checker: caliper.NewChecker(caliper.Options{ExtraProperties: o.ExtraProperties}),
		record:  newRecord(o.Keep, o.KeepBytes), script: o.Script, tokenScript: o.TokenScript,
	}
	if o.OAuth2 != nil {
		c.tokens = newTokens(*o.OAuth2)
	}
	c.router = c.routes()
	return c, nil
}

// ServeHTTP answers one request.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.router.ServeHTTP(w, r)
}

// SetScript replaces what is left of the events endpoint's script.
func (c *Collector) SetScript(s Script) {
	c.scripts.Lock()
	defer c.scripts.Unlock()
	c.script = s
}

// SetTokenScript replaces what is left of the token endpoint's script.
func (c *Collector) SetTokenScript(s Script) {
	c.scripts.Lock()
	defer c.scripts.Unlock()
	c.tokenScript = s
}

// Scripts returns what is left of the scripts.
func (c *Collector) Scripts() (events, tokens Script) {
	c.scripts.Lock()
	defer c.scripts.Unlock()
	return c.script, c.tokenScript
}

// Demand is what a sender has to present.
type Demand struct {
	Key    bool    // Options.Key
	OAuth2 *OAuth2 // Options.OAuth2 without the secret; nil: none
}

// Demand returns what a sender has to present.
func (c *Collector) Demand() Demand {
	if c.tokens == nil {
		return Demand{Key: c.key != ""}
	}
	o := c.tokens.options
	o.ClientSecret = ""
	return Demand{OAuth2: &o}
}

// RevokeTokens makes every token that was handed out worthless.
func (c *Collector) RevokeTokens() {
	if c.tokens != nil {
		c.tokens.revoke()
	}
}

func (c *Collector) nextStep(script *Script) step {
	c.scripts.Lock()
	defer c.scripts.Unlock()
	return script.next()
}
