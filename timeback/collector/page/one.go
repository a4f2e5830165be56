package page

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gorilla/mux"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// Neighbours are the numbers of what is kept beside one, 0 for none.
type Neighbours struct{ Prev, Next int }

func neighbours[T any](list []T, i int, number func(T) int) (n Neighbours) {
	if i > 0 {
		n.Prev = number(list[i-1])
	}
	if i+1 < len(list) {
		n.Next = number(list[i+1])
	}
	return n
}

// OneRequest is a request with what it brought and got.
type OneRequest struct {
	Request
	ContentType string         `json:"content_type,omitempty"`
	UserAgent   string         `json:"user_agent,omitempty"`
	Reply       string         `json:"reply,omitempty"` // the beginning of its body
	Accepted    []Event        `json:"accepted,omitempty"`
	Body        jsontext.Value `json:"body,omitempty"` // of a refused request

	Neighbours `json:"-"`
}

func (*OneRequest) template() string { return "request" }
func (r *OneRequest) title() string  { return "Request " + strconv.Itoa(r.Number) }

// ReplyLines is the reply's body to be read by people; none if it is no JSON.
func (r *OneRequest) ReplyLines() []Line { return lines(jsontext.Value(r.Reply)) }

// Lines is the body to be read by people.
func (r *OneRequest) Lines() []Line { return lines(r.Body) }

func (p *Page) request(r *http.Request) (view, error) {
	number := numberOf(r)
	all := p.collector.Requests()
	list := requestsOf(all)
	for i, shown := range list {
		if shown.Number == number {
			one := p.oneRequest(shown, all[i])
			one.Neighbours = neighbours(list, i, func(r Request) int { return r.Number })
			return one, nil
		}
	}
	return nil, notKept("request", number, p.collector.Counts().Requests)
}

func (p *Page) oneRequest(shown Request, kept collector.Request) *OneRequest {
	one := &OneRequest{
		Request:     p.shownRequest(shown),
		ContentType: p.shown(kept.Header.Get("Content-Type")),
		UserAgent:   p.shown(kept.Header.Get("User-Agent")),
		Reply:       p.collector.Redact(string(bytes.ToValidUTF8(kept.Reply, []byte("\uFFFD")))),
		Body:        p.document(kept.Body),
	}
	for _, e := range eventsOf(p.collector.Events()) {
		if e.Request == kept.Number {
			one.Accepted = append(one.Accepted, p.shownEvent(e))
		}
	}
	return one
}

// OneEvent is an event as a whole.
type OneEvent struct {
	Event
	Document jsontext.Value `json:"document"`

	Neighbours `json:"-"`
}

func (*OneEvent) template() string { return "event" }
func (e *OneEvent) title() string  { return "Event " + strconv.Itoa(e.Number) }

// Lines is the document to be read by people.
func (e *OneEvent) Lines() []Line { return lines(e.Document) }

func (p *Page) event(r *http.Request) (view, error) {
	number := numberOf(r)
	list := eventsOf(p.collector.Events())
	for i, e := range list {
		if e.Number == number {
			beside := neighbours(list, i, func(e Event) int { return e.Number })
			return &OneEvent{Event: p.shownEvent(e), Document: p.document(e.raw), Neighbours: beside}, nil
		}
	}
	return nil, notKept("event", number, p.collector.Counts().Events)
}

// document returns JSON without the collector's secrets; nil if that leaves
// none.
func (p *Page) document(raw []byte) jsontext.Value {
	doc := jsontext.Value(p.collector.Redact(string(raw)))
	if !doc.IsValid(jsontext.AllowDuplicateNames(true)) {
		return nil
	}
	return doc
}

// numberOf reads the number in a path, which has digits only; one that is too
// large is nobody's.
func numberOf(r *http.Request) int {
	n, err := strconv.Atoi(mux.Vars(r)["number"])
	if err != nil {
		return -1
	}
	return n
}

func notKept(what string, number, sofar int) error {
	if number >= 1 && number <= sofar {
		return &httpError{http.StatusNotFound, fmt.Sprintf("%s %d is no longer kept", what, number)}
	}
	return &httpError{http.StatusNotFound, "there is no such " + what}
}
