package pipeline

import (
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// DryRun takes bodies through decoding, mapping, translation and check, as a pipeline would, without a store and
// without sending. Duplicates are not looked for. It belongs to one goroutine.
type DryRun struct {
	policy Policy
	source Source
	// Events are the translated events so far, as JSON, and Sensor is of the first envelope that named one.
	Events [][]byte
	Sensor string
}

// Fate is how an event of a dry run ended otherwise than by being translated.
type Fate struct {
	Item    int    // its number in the body, from 0
	EventID string // of Learn
	Type    string // a Learn type or "unknown"
	Outcome string // held, dead or skipped
	Reason  string // a machine word
	Detail  string // for people: the rule and its place; for a held event whom it waits for
}

// NewDryRun returns a dry run with a map that nothing changes.
func NewDryRun(policy Policy, people *mapping.Index) *DryRun {
	return &DryRun{policy: policy, source: Source{Name: people.Source(), Map: still{people}, Memory: journal.NewMemory()}}
}

// still is a map in which nothing happens.
type still struct{ *mapping.Index }

func (still) Learn(mapping.Identity, []mapping.Alias) {}
func (still) Changed() *mapping.Subscription          { return nil }

// Body takes one body and returns what became of the events that were not translated. An error is of a body that
// would have been refused.
func (d *DryRun) Body(body []byte) ([]Fate, error) {
	split, err := blackboard.Split(body, 0)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	if d.Sensor == "" && split.Sensor != "" {
		d.Sensor = siteSensor(split.Sensor)
	}
	var fates []Fate
	for i, item := range split.Items {
		v := d.judge(body[item.Start:item.End], split.Sensor)
		if v.how == deliver {
			d.Events = append(d.Events, v.json)
			continue
		}
		fates = append(fates, fate(i, &item, &v))
	}
	return fates, nil
}

func (d *DryRun) judge(raw []byte, sensor string) verdict {
	ev, err := blackboard.Decode(raw)
	if err != nil {
		return undecodable(err)
	}
	site := ev.Site()
	if site == "" {
		site = sensor
	}
	if d.Sensor == "" && site != "" {
		d.Sensor = siteSensor(site)
	}
	remember(&d.source, ev, time.Now())
	return d.policy.judge(ev, site, &d.source, holdNobody)
}

func fate(n int, item *blackboard.Item, v *verdict) Fate {
	f := Fate{Item: n, EventID: item.ID.String(), Type: item.Type, Reason: v.reason, Detail: v.detail}
	switch v.how {
	case hold:
		f.Outcome, f.Reason = "held", ReasonUnmapped
		f.Detail = "waits for a mapping of " + whomText(v.whom)
	case bury:
		f.Outcome = "dead"
	default:
		f.Outcome = "skipped"
	}
	return f
}

// whomText names a person by the strongest key that a mapping can have.
func whomText(w journal.Whom) string {
	id := mapping.Identity{UserUUID: w.UserUUID, UserID: w.UserID, ExternalID: w.ExternalID}
	for _, key := range id.Keys() {
		return key.Alias.String() + " " + key.Value
	}
	return "a person without any identifier"
}
