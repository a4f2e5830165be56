package adapter_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// evidence is what a collector has seen of an adapter: every POST, accepted or not. It has to keep the bodies.
type evidence struct {
	t       testing.TB
	posts   map[int]*posted      // by the request's number
	named   map[string][]*posted // by X-Request-ID
	arrived []collector.Event
}

// posted is one POST of an envelope.
type posted struct {
	collector.Request
	sensor string // names the life of the adapter that sent it, where a wreck gives it one
	events [][]byte
	ids    []string
}

// readEvidence reads what a collector has kept. A body that it did not read, or not to its end, says nothing.
func readEvidence(t testing.TB, c *collector.Collector) *evidence {
	e := &evidence{t: t, posts: map[int]*posted{}, named: map[string][]*posted{}, arrived: c.Events()}
	for _, r := range c.Requests() {
		p := &posted{Request: r}
		if r.Method != http.MethodPost || r.Path == collector.TokenPath || !p.read() {
			continue
		}
		id := r.Header.Get("X-Request-ID")
		e.posts[r.Number] = p
		e.named[id] = append(e.named[id], p)
	}
	return e
}

// read takes an envelope apart.
func (p *posted) read() bool {
	var envelope struct {
		Sensor string
		Data   []json.RawMessage
	}
	if json.Unmarshal(p.Body, &envelope) != nil {
		return false
	}
	p.sensor = envelope.Sensor
	for _, event := range envelope.Data {
		var head struct{ ID string }
		if json.Unmarshal(event, &head) != nil {
			return false
		}
		p.events, p.ids = append(p.events, event), append(p.ids, head.ID)
	}
	return true
}

// place is where an event stands in the envelope, -1 if it does not.
func (p *posted) place(id string) int { return slices.Index(p.ids, id) }

// unanswered says that the adapter cannot know what became of the envelope.
func (p *posted) unanswered() bool { return p.Status == 0 }

// explains says whether an event may have been sent again: because nobody answered, or by another process than the one
// that was killed before it could save the answer.
func (e *evidence) explains(first, second collector.Event) bool {
	one, two := e.posts[first.Request], e.posts[second.Request]
	explained := one.unanswered() || one.sensor != two.sensor
	if !explained {
		e.t.Logf("event %s:%s", first.ID, e.story(first.ID))
	}
	return explained
}

// story tells what became of an event, POST by POST, for whoever looks for the fault.
func (e *evidence) story(id string) string {
	var b strings.Builder
	for _, number := range slices.Sorted(maps.Keys(e.posts)) {
		p := e.posts[number]
		if at := p.place(id); at >= 0 {
			fmt.Fprintf(&b, "\n  %s %s from %s: number %d of %d, %s was answered %d after %s: %.60s",
				p.At.Format("05.000"), p.Header.Get("X-Request-ID"), p.sensor, at, len(p.ids), p.Scripted, p.Status, p.Took, p.Reply)
		}
	}
	return b.String()
}

// checkBytes demands that whatever was sent again was the same to the byte: an envelope but for sendTime, and an event
// in whatever envelope it was.
func (e *evidence) checkBytes() {
	e.t.Helper()
	texts := map[string][]byte{}
	same := func(what, key string, text []byte) {
		if before, again := texts[key]; again && !bytes.Equal(before, text) {
			e.t.Fatalf("%s %s was sent again as\n%s\nafter\n%s", what, key, text, before)
		}
		texts[key] = text
	}
	sendTime := regexp.MustCompile(`"sendTime":"[^"]*"`)
	for id, posts := range e.named {
		for _, p := range posts {
			same("envelope", id, sendTime.ReplaceAll(p.Body, nil))
			for i, event := range p.events {
				same("event", p.ids[i], event)
			}
		}
	}
}

// checkDead demands that every dead letter is right: the collector refused just this event for good, the letter says
// so in its words, and the event did not arrive later.
func (e *evidence) checkDead(letters []journal.DeadLetter) {
	e.t.Helper()
	for i := range letters {
		if !e.t.Failed() { // one is enough to read
			e.checkLetter(&letters[i])
			e.checkStaysDead(&letters[i])
		}
	}
}

func (e *evidence) checkLetter(d *journal.DeadLetter) {
	e.t.Helper()
	id := "urn:uuid:" + d.ID.String()
	if d.Reason != pipeline.ReasonRefused || d.Detail == "" || d.Attempts == 0 {
		e.t.Errorf("event %s is dead as %s, %q, after %d attempts", id, d.Reason, d.Detail, d.Attempts)
	}
	for _, p := range e.named[d.Request] {
		if p.Status == d.Status && p.refuses(id, d) {
			return
		}
	}
	e.t.Errorf("event %s is dead with %d, %s: no reply to %s said so:%s", id, d.Status, d.Detail, d.Request, e.story(id))
}

// refuses says whether the reply refused an event for good as its letter says. Of one that broke off the adapter may
// have read everything or nothing.
func (p *posted) refuses(id string, d *journal.DeadLetter) bool {
	at := p.place(id)
	if at < 0 || !refusesForGood(p.Status) || !bytes.Equal(p.events[at], d.Sent) {
		return false
	}
	cut := strings.HasSuffix(p.Scripted, string(collector.FormCut))
	return p.says(readReply(p.Reply), at, d.Detail) || cut && p.says(said{}, at, d.Detail)
}

// says whether what was said refuses the event at a place, which was alone or is named, in the words of its letter.
func (p *posted) says(s said, at int, detail string) bool {
	words, named := s.entries[at]
	if len(p.ids) > 1 && !named {
		return false
	}
	words = cmp.Or(words, s.message)
	return words == "" || words == detail
}

// refusesForGood says whether a status is about what is in an envelope, by the table in package timeback.
func refusesForGood(status int) bool {
	return slices.Contains([]int{
		http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusTeapot, http.StatusUnprocessableEntity,
	}, status)
}

// said is what the body of a reply tells people and machines.
type said struct {
	message string
	entries map[int]string // messages by place in data
}

func readReply(body []byte) said {
	var reply struct {
		Message string
		Errors  []struct {
			Path    []any
			Message string
		}
	}
	s := said{entries: map[int]string{}}
	if json.Unmarshal(body, &reply) != nil {
		return s
	}
	s.message = reply.Message
	for _, one := range reply.Errors {
		if at, ok := one.Path[1].(float64); ok {
			s.entries[int(at)] = one.Message
		}
	}
	return s
}

// checkStaysDead demands that a dead event arrived before it died, if at all, and then only unknown to the adapter.
func (e *evidence) checkStaysDead(d *journal.DeadLetter) {
	e.t.Helper()
	id := "urn:uuid:" + d.ID.String()
	died := e.named[d.Request][0]
	for _, a := range e.arrived {
		if a.ID != id {
			continue
		}
		p := e.posts[a.Request]
		if a.At.After(d.At) || !p.unanswered() && p.sensor == died.sensor {
			e.t.Errorf("event %s was accepted at %s with %d, and died at %s", id, a.At, p.Status, d.At)
		}
	}
}
