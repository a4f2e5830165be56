package collector

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Event is one accepted event (or entity describe).
type Event struct {
	ID, Type, Action string         // "" where the document has none
	Actor            string         // the actor's IRI, whichever form it has
	EventTime        string         // as it stands in the document
	Raw              jsontext.Value // the document as it was sent
	At               time.Time      // when it was accepted
	Failure          string         // what the conformance check says; "": conformant

	// Number counts the accepted events, from 1 since New or Reset.
	Number int
	// Request is the Number of the request that brought it.
	Request int
	// RepeatOf is the Number of the latest kept event before this one that
	// has the same id, 0 if there is none. SameBytes: its document is the
	// same to the byte.
	RepeatOf  int
	SameBytes bool
}

// Request is one request of any kind, in the order of the replies.
type Request struct {
	At     time.Time
	Method string
	Path   string
	// Header as it was sent, the credential included: not for showing.
	Header http.Header
	// Query as it was sent, for the same caution.
	Query string
	// Body, if Options.KeepBodies, or if Options.KeepRefused and it is JSON
	// that was not accepted.
	Body []byte
	// Events in the envelope; 0 if it could not be read.
	Events int
	// Status of the reply; 0: the connection was dropped.
	Status int

	// Number counts the requests in the order of their arrival, from 1 since
	// New or Reset.
	Number int
	// Bytes of the body that were read.
	Bytes int
	// Took is the time from the request's head to the reply's.
	Took time.Duration
	// Authorized: the request carried what is demanded. Access says how, or
	// what is wrong, in words and never with a value.
	Authorized bool
	Access     string
	// Scripted is the script's entry that was played, "" if none was left.
	Scripted string
	// Reason says why the request was refused, "" if it was not.
	Reason string
	// Reply is the beginning of the reply's body, at most maxReplyKept bytes;
	// nil for the token endpoint.
	Reply []byte
}

// Counts are what happened since New or Reset, kept or not.
type Counts struct {
	Requests      int // of any kind
	Refused       int // requests that were not answered 2xx, dropped connections included
	Events        int // accepted
	Nonconformant int // accepted events that break a rule
	Repeated      int // accepted events whose id had been accepted before

	ForgottenRequests int // no longer kept
	ForgottenEvents   int
	Waiting           int // requests that a script's slow keeps waiting now
}

// record keeps the latest events and requests.
type record struct {
	mu       sync.Mutex
	events   latest[Event]
	requests latest[Request]
	newest   map[string]int // the Number of the latest kept event, by its id
	counts   Counts
	arrived  int           // requests, answered or not
	changed  chan struct{} // closed and replaced at every change; nobody sends
}

func newRecord(keep int, maxBytes int64) *record {
	r := &record{
		events:   latest[Event]{keep: keep, maxBytes: maxBytes, weigh: weighEvent},
		requests: latest[Request]{keep: keep, maxBytes: maxBytes, weigh: weighRequest},
		newest:   make(map[string]int),
		changed:  make(chan struct{}),
	}
	r.events.gone = r.forgetID
	return r
}

// bookkeeping is about what an entry costs beyond the texts in it, in bytes.
const bookkeeping = 512

func weighEvent(e Event) int64 { return int64(len(e.Raw)) + bookkeeping }

func weighRequest(r Request) int64 {
	n := len(r.Path) + len(r.Query) + len(r.Body) + len(r.Reply) + len(r.Reason)
	for name, values := range r.Header {
		n += len(name)
		for _, v := range values {
			n += len(v)
		}
	}
	return int64(n) + bookkeeping
}

// arrive numbers a request.
func (r *record) arrive() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrived++
	return r.arrived
}

// addEvents keeps the events of one envelope and returns them with what only
// the record knows: their numbers, and whether they were here before.
func (r *record) addEvents(events []Event, request int) []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range events {
		e := &events[i]
		r.counts.Events++
		e.Number, e.Request = r.counts.Events, request
		r.compare(e)
		if e.Failure != "" {
			r.counts.Nonconformant++
		}
		r.events.add(*e)
	}
	r.wake()
	return events
}

// compare looks for an event of the same id among those that are kept.
func (r *record) compare(e *Event) {
	if e.ID == "" {
		return
	}
	if before := r.newest[e.ID]; before > 0 {
		r.counts.Repeated++
		e.RepeatOf = before
		e.SameBytes = bytes.Equal(e.Raw, r.event(before).Raw)
	}
	r.newest[e.ID] = e.Number
}

// event returns a kept event by its number: they are kept without gaps.
func (r *record) event(number int) Event {
	return r.events.all[number-r.events.all[0].Number]
}

func (r *record) forgetID(e Event) {
	if r.newest[e.ID] == e.Number {
		delete(r.newest, e.ID)
	}
}

func (r *record) addRequest(request Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Requests++
	if request.Status/100 != 2 {
		r.counts.Refused++
	}
	r.requests.add(request)
	r.wake()
}

func (r *record) addWaiting(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Waiting += n
	r.wake()
}

func (r *record) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events.reset()
	r.requests.reset()
	clear(r.newest)
	r.counts, r.arrived = Counts{Waiting: r.counts.Waiting}, 0
	r.wake()
}

// wake is called with mu held.
func (r *record) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// Events returns what was accepted, in order, repetitions included; the oldest
// are missing beyond Options.Keep and Options.KeepBytes.
func (c *Collector) Events() []Event {
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	return slices.Clone(c.record.events.all)
}

// Requests returns all requests to any path, within Options.Keep and
// Options.KeepBytes.
func (c *Collector) Requests() []Request {
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	return slices.Clone(c.record.requests.all)
}

// Counts returns what happened since New or Reset.
func (c *Collector) Counts() Counts {
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	counts := c.record.counts
	counts.ForgottenEvents, counts.ForgottenRequests = c.record.events.dropped, c.record.requests.dropped
	return counts
}

// Accepted counts the events accepted since New or Reset, kept or not.
func (c *Collector) Accepted() int { return c.Counts().Events }

// Waiting counts the requests that a script's slow keeps waiting now.
func (c *Collector) Waiting() int { return c.Counts().Waiting }

// Reset forgets events, requests and counts. Scripts and tokens stay.
func (c *Collector) Reset() { c.record.reset() }

// WaitFor waits until n events have been accepted since New or Reset, and
// returns the context's error if it ends before.
func (c *Collector) WaitFor(ctx context.Context, n int) error {
	return c.Await(ctx, func() bool { return c.Accepted() >= n })
}

// Await waits until condition holds. It is asked at once and whenever an event
// or a request has been recorded or begins to wait.
func (c *Collector) Await(ctx context.Context, condition func() bool) error {
	for {
		c.record.mu.Lock()
		changed := c.record.changed
		c.record.mu.Unlock()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
