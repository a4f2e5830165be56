package page

import (
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
)

// onPage is how many entries a list shows at once.
const onPage = 100

// Requests is a part of the list of requests.
type Requests struct {
	Requests  []Request `json:"requests"`      // newest first
	Older     int       `json:"older"`         // how many kept ones come after these
	Next      string    `json:"next,omitzero"` // where those are
	Forgotten int       `json:"forgotten"`     // no longer kept

	query url.Values
}

func (*Requests) template() string { return "requests" }
func (*Requests) title() string    { return "Requests" }

func (l *Requests) live(r *http.Request) (bool, string) { return toggle(r.URL.Path, l.query) }

func (p *Page) requests(r *http.Request) (view, error) {
	query := r.URL.Query()
	before, err := numberIn(query, "before")
	if err != nil {
		return nil, err
	}
	list := requestsOf(p.collector.Requests())
	sort.SliceStable(list, func(i, j int) bool { return list[i].Number < list[j].Number })
	if before > 0 {
		list = list[:sort.Search(len(list), func(i int) bool { return list[i].Number >= before })]
	}
	l := &Requests{Forgotten: p.collector.Counts().ForgottenRequests, query: query}
	l.Requests, l.Older = newestFirst(list, onPage, p.shownRequest)
	if l.Older > 0 {
		l.Next = next(r.URL.Path, query, l.Requests[len(l.Requests)-1].Number)
	}
	return l, nil
}

// Events is a part of the list of events.
type Events struct {
	Events    []Event `json:"events"`
	Older     int     `json:"older"`
	Next      string  `json:"next,omitzero"`
	Forgotten int     `json:"forgotten"`
	Filter    Filter  `json:"filter"`

	query url.Values
}

func (*Events) template() string { return "events" }
func (*Events) title() string    { return "Events" }

func (l *Events) live(r *http.Request) (bool, string) { return toggle(r.URL.Path, l.query) }

func (p *Page) events(r *http.Request) (view, error) {
	query := r.URL.Query()
	filter, err := filterOf(query)
	if err != nil {
		return nil, err
	}
	list := filter.of(eventsOf(p.collector.Events()))
	l := &Events{Forgotten: p.collector.Counts().ForgottenEvents, Filter: filter, query: query}
	l.Events, l.Older = newestFirst(list, onPage, p.shownEvent)
	if l.Older > 0 {
		l.Next = next(r.URL.Path, query, l.Events[len(l.Events)-1].Number)
	}
	return l, nil
}

// Actors sums up the events that are kept.
type Actors struct {
	Actors    []Actor `json:"actors"`    // in the order in which they came
	Forgotten int     `json:"forgotten"` // events that are no longer kept

	query url.Values
}

func (*Actors) template() string { return "actors" }
func (*Actors) title() string    { return "Actors" }

func (l *Actors) live(r *http.Request) (bool, string) { return toggle(r.URL.Path, l.query) }

func (p *Page) actors(r *http.Request) (view, error) {
	l := &Actors{Forgotten: p.collector.Counts().ForgottenEvents, query: r.URL.Query()}
	l.Actors = actorsOf(eventsOf(p.collector.Events()))
	for i := range l.Actors {
		l.Actors[i].ID = p.shown(l.Actors[i].ID)
	}
	return l, nil
}

// The faults that events can be filtered by.
const (
	OnlyNonconformant = "nonconformant"
	OnlyRepeated      = "repeated"
	OnlyOutOfOrder    = "out_of_order"
)

// Filter says which events are shown. The zero Filter shows all.
type Filter struct {
	Before int    `json:"before,omitzero"`
	Actor  string `json:"actor,omitempty"`
	Type   string `json:"type,omitempty"`
	Only   string `json:"only,omitempty"`
}

// IsSet says whether anything but the place in the list is chosen.
func (f Filter) IsSet() bool { return f.Actor != "" || f.Type != "" || f.Only != "" }

func filterOf(query url.Values) (Filter, error) {
	before, err := numberIn(query, "before")
	if err != nil {
		return Filter{}, err
	}
	f := Filter{Before: before, Actor: query.Get("actor"), Type: query.Get("type"), Only: query.Get("only")}
	switch f.Only {
	case "", OnlyNonconformant, OnlyRepeated, OnlyOutOfOrder:
		return f, nil
	default:
		return f, &httpError{http.StatusBadRequest, fmt.Sprintf("only: want %s, %s or %s",
			OnlyNonconformant, OnlyRepeated, OnlyOutOfOrder)}
	}
}

func (f Filter) of(all []Event) []Event {
	var list []Event
	for _, e := range all {
		if f.admits(e) {
			list = append(list, e)
		}
	}
	return list
}

func (f Filter) admits(e Event) bool {
	switch {
	case f.Before > 0 && e.Number >= f.Before,
		f.Actor != "" && e.Actor != f.Actor,
		f.Type != "" && e.Type != f.Type:
		return false
	}
	switch f.Only {
	case OnlyNonconformant:
		return !e.Conformant
	case OnlyRepeated:
		return e.RepeatOf > 0
	case OnlyOutOfOrder:
		return e.Earlier > 0
	default:
		return true
	}
}

// numberIn reads a number of the query, 0 if it is not there.
func numberIn(query url.Values, name string) (int, error) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, &httpError{http.StatusBadRequest, name + ": want a number from 1"}
	}
	return n, nil
}

// next is where the entries before a number are.
func next(path string, query url.Values, before int) string {
	more := url.Values{"before": {strconv.Itoa(before)}}
	for _, name := range []string{"actor", "type", "only"} {
		if value := query.Get(name); value != "" {
			more.Set(name, value)
		}
	}
	return path + "?" + more.Encode()
}

// toggle says whether a list loads itself again, and where it does not, or
// does.
func toggle(path string, query url.Values) (live bool, other string) {
	turned := url.Values{}
	for name, values := range query {
		turned[name] = values
	}
	if live = query.Get("live") == "1"; live {
		turned.Del("live")
	} else {
		turned.Set("live", "1")
	}
	if len(turned) == 0 {
		return live, path
	}
	return live, path + "?" + turned.Encode()
}
