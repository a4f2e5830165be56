package page

import (
	"net/http"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// onOverview is how many requests and events the overview shows of each.
const onOverview = 8

// Overview is what the collector has and does now.
type Overview struct {
	Counts      Counts    `json:"counts"`
	Script      string    `json:"script"` // what is left of it
	TokenScript string    `json:"token_script,omitempty"`
	Requests    []Request `json:"requests"` // the latest, newest first
	Events      []Event   `json:"events"`

	Demand collector.Demand `json:"-"`
	Hint   Hint             `json:"-"`
	// Problem is what is wrong with a script that was sent, and Script and
	// TokenScript are then as they were sent.
	Problem string `json:"error,omitempty"`

	isLive bool
}

// Counts are the collector's.
type Counts struct {
	Requests          int `json:"requests"`
	Refused           int `json:"refused"`
	Events            int `json:"events"`
	Nonconformant     int `json:"nonconformant"`
	Repeated          int `json:"repeated"`
	ForgottenRequests int `json:"forgotten_requests"`
	ForgottenEvents   int `json:"forgotten_events"`
	Waiting           int `json:"waiting"`
}

func (*Overview) template() string { return "overview" }
func (*Overview) title() string    { return "Overview" }

func (o *Overview) live(*http.Request) (bool, string) {
	if o.isLive {
		return true, "/"
	}
	return false, "/?live=1"
}

func (p *Page) overview(r *http.Request) (view, error) { return p.state(r), nil }

func (p *Page) state(r *http.Request) *Overview {
	o := &Overview{Counts: Counts(p.collector.Counts()), Demand: p.collector.Demand(), isLive: r.URL.Query().Get("live") == "1"}
	script, tokenScript := p.collector.Scripts()
	o.Script, o.TokenScript = script.String(), tokenScript.String()
	o.Requests, _ = newestFirst(requestsOf(p.collector.Requests()), onOverview, p.shownRequest)
	o.Events, _ = newestFirst(eventsOf(p.collector.Events()), onOverview, p.shownEvent)
	o.Hint = hint(origin(r), o.Demand)
	return o
}
