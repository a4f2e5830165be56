package collector

import (
	"fmt"
	"net/http"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// answerEnvelope plays the step and, unless that is a fault, holds the request
// to the rules in the order of what can be known first.
func (c *Collector) answerEnvelope(x *exchange) reply {
	if x.step.isFault() {
		return scripted(x.step)
	}
	events, refused := c.takeEnvelope(x)
	if refused != nil {
		return *refused
	}
	if x.step.names(len(events)) {
		return x.step.refuseNamed()
	}
	if entries := c.refusedEvents(events); len(entries) > 0 {
		return c.refuseForm.reply(http.StatusBadRequest, content{message: entries[0].Message, entries: entries}).
			because(entries)
	}
	c.accept(events, x.number)
	return x.step.accepted(content{job: jobID(x.number), events: len(events)})
}

// takeEnvelope returns the checked events of a request, or a reply that
// refuses it whole.
func (c *Collector) takeEnvelope(x *exchange) ([]Event, *reply) {
	switch {
	case !x.access.ok:
		return nil, new(unauthorized(x.access))
	case !isJSON(x.Request):
		return nil, new(refuse(http.StatusUnsupportedMediaType, "want Content-Type: application/json"))
	case x.bodyErr != nil:
		return nil, new(refuseBody(x.bodyErr))
	}
	events, refused := c.parseEnvelope(x.body)
	if refused != nil {
		return nil, refused
	}
	x.events = len(events)
	if c.maxEvents > 0 && len(events) > c.maxEvents {
		return nil, new(refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d events at once", c.maxEvents)))
	}
	return events, nil
}

// refuseNamed is the reply of a step that names an event.
func (s step) refuseNamed() reply {
	entries := []failureEntry{entryAt(s.index, Scripted)}
	form := s.form.orUsual(s.status, true)
	return s.decorate(form.reply(s.status, content{message: Scripted, entries: entries}).because(entries))
}

// refusedEvents lists the events that a rule of the conformance check or of
// the options refuses.
func (c *Collector) refusedEvents(events []Event) []failureEntry {
	var entries []failureEntry
	for i, e := range events {
		if message := c.refusal(e); message != "" {
			entries = append(entries, entryAt(i, message))
		}
	}
	return entries
}

func (c *Collector) refusal(e Event) string {
	if c.strict && e.Failure != "" {
		return e.Failure
	}
	if c.refuse == nil {
		return ""
	}
	return c.refuse(e.Raw)
}

// because records which events a reply refuses, whatever it tells.
func (r reply) because(entries []failureEntry) reply {
	r.reason = fmt.Sprintf("data[%v]: %s", entries[0].Path[1], entries[0].Message)
	if more := len(entries) - 1; more > 0 {
		r.reason += fmt.Sprintf(" (and %d more)", more)
	}
	return r
}

// answerValidate checks an envelope and stores nothing: 200 if everything in
// it conforms, else 400 with the place of each event that does not.
func (c *Collector) answerValidate(x *exchange) reply {
	events, refused := c.takeEnvelope(x)
	if refused != nil {
		return *refused
	}
	var entries []failureEntry
	for i, e := range events {
		if e.Failure != "" {
			entries = append(entries, entryAt(i, e.Failure))
		}
	}
	if len(entries) == 0 {
		return FormStatus.reply(http.StatusOK, content{})
	}
	return refuse(http.StatusBadRequest, "the envelope holds events that do not conform", entries...).because(entries)
}

// accept keeps the events of an envelope.
func (c *Collector) accept(events []Event, request int) {
	c.accepting.Lock()
	defer c.accepting.Unlock()
	events = c.record.addEvents(events, request)
	if c.onEvent == nil {
		return
	}
	for _, e := range events {
		c.onEvent(e)
	}
}

// configuration is the endpoint's configuration (Caliper 1.2, "Endpoint
// configuration"): the maximum payload in kB and the versions taken.
type configuration struct {
	MaximumPayloadSize int64    `json:"caliperMaximumPayloadSize"`
	SupportedVersions  []string `json:"caliperSupportedVersions"`
}

func (c *Collector) answerConfiguration(x *exchange) reply {
	if !x.access.ok {
		return unauthorized(x.access)
	}
	return jsonReply(http.StatusOK, configuration{
		MaximumPayloadSize: c.maxBytes / 1000,
		SupportedVersions:  []string{caliper.DataVersion},
	})
}
