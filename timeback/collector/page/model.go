package page

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// Request is one request as it is shown.
type Request struct {
	Number     int       `json:"number"`
	At         time.Time `json:"at"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	RequestID  string    `json:"request_id,omitempty"`
	SentBefore int       `json:"sent_before,omitzero"` // the latest request before with this id
	Status     int       `json:"status"`               // 0: the connection was dropped
	Reason     string    `json:"reason,omitempty"`
	Scripted   string    `json:"scripted,omitempty"`
	Events     int       `json:"events"`
	Bytes      int       `json:"bytes"`
	TookMS     float64   `json:"took_ms"`
	Authorized bool      `json:"authorized"`
	Access     string    `json:"access"`
}

// Why is the reason where nothing else in a row says it.
func (r Request) Why() string {
	if r.Reason == collector.Scripted {
		return ""
	}
	return r.Reason
}

// Auth is how the request proved who it is where that is worth a word.
func (r Request) Auth() string {
	if r.Access == r.Reason || r.Access == collector.NoneAsked {
		return ""
	}
	return r.Access
}

// Event is one event as it is shown.
type Event struct {
	Number     int       `json:"number"`
	Request    int       `json:"request"`
	At         time.Time `json:"at"`
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	Action     string    `json:"action,omitempty"`
	Actor      string    `json:"actor,omitempty"`
	EventTime  string    `json:"event_time,omitempty"`
	Conformant bool      `json:"conformant"`
	Failure    string    `json:"failure,omitempty"`
	RepeatOf   int       `json:"repeat_of,omitzero"`
	SameBytes  bool      `json:"same_bytes,omitzero"`
	// Earlier is the number of the actor's event before this one, if that
	// happened later: they came in another order than they happened.
	Earlier int `json:"earlier_than,omitzero"`

	raw jsontext.Value
}

// Actor is what was received of one actor.
type Actor struct {
	ID         string    `json:"actor"`
	Events     int       `json:"events"`
	OutOfOrder int       `json:"out_of_order"`
	Repeated   int       `json:"repeated"`
	First      time.Time `json:"first_at"`
	Last       time.Time `json:"last_at"`
}

// requestsOf returns the kept requests as they are shown, oldest first. Their
// texts are still as the senders wrote them: see shown.
func requestsOf(all []collector.Request) []Request {
	list := make([]Request, len(all))
	sent := map[string]int{}
	for i, r := range all {
		list[i] = requestOf(r)
		if id := list[i].RequestID; id != "" {
			list[i].SentBefore = sent[id]
			sent[id] = r.Number
		}
	}
	return list
}

func requestOf(r collector.Request) Request {
	return Request{
		Number: r.Number, At: r.At.UTC(), Method: r.Method, Path: r.Path, RequestID: r.Header.Get("X-Request-ID"),
		Status: r.Status, Reason: r.Reason, Scripted: r.Scripted,
		Events: r.Events, Bytes: r.Bytes, TookMS: float64(r.Took.Microseconds()) / 1000,
		Authorized: r.Authorized, Access: r.Access,
	}
}

// eventsOf returns the kept events as they are shown, oldest first. Their
// texts are still as the senders wrote them: see shown.
func eventsOf(all []collector.Event) []Event {
	list := make([]Event, len(all))
	before := map[string]timed{}
	for i, e := range all {
		list[i] = eventOf(e)
		list[i].Earlier = order(before, e)
	}
	return list
}

func eventOf(e collector.Event) Event {
	return Event{
		Number: e.Number, Request: e.Request, At: e.At.UTC(), ID: e.ID, Type: e.Type, Action: e.Action,
		Actor: e.Actor, EventTime: e.EventTime, Conformant: e.Failure == "", Failure: e.Failure,
		RepeatOf: e.RepeatOf, SameBytes: e.SameBytes, raw: e.Raw,
	}
}

// timed is an event of an actor, and when it happened.
type timed struct {
	number int
	at     time.Time
}

// order returns the number of the actor's latest event in before if that
// happened after e, and puts e there. A repetition has its place already; an
// event without a time has none.
func order(before map[string]timed, e collector.Event) int {
	at, err := time.Parse(time.RFC3339Nano, e.EventTime)
	if err != nil || e.Actor == "" || e.RepeatOf > 0 {
		return 0
	}
	last, ok := before[e.Actor]
	before[e.Actor] = timed{e.Number, at}
	if ok && at.Before(last.at) {
		return last.number
	}
	return 0
}

// actorsOf sums up the events by actor, in the order in which they came.
func actorsOf(events []Event) []Actor {
	var actors []Actor
	at := map[string]int{}
	for _, e := range events {
		i, known := at[e.Actor]
		if !known {
			i = len(actors)
			at[e.Actor] = i
			actors = append(actors, Actor{ID: e.Actor, First: e.At})
		}
		a := &actors[i]
		a.Events++
		a.Last = e.At
		if e.Earlier > 0 {
			a.OutOfOrder++
		}
		if e.RepeatOf > 0 {
			a.Repeated++
		}
	}
	return actors
}

// origin is how the client reached the collector.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
