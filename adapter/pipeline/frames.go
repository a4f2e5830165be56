package pipeline

import (
	"fmt"
	"slices"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// additions is what one frame adds to the other stores, written together at its end: facts before held events before
// dead letters, so that whoever finds the later finds the earlier.
type additions struct {
	facts   []journal.Fact
	holds   []journal.Held
	letters []journal.DeadLetter
}

// takeFrame takes a frame's events one by one and writes what they add. Its events in the queue end later.
func (l *loop) takeFrame(f journal.Frame) error {
	fr := &frame{
		seq: f.Seq, events: len(f.Events), tally: tally{}, skipped: map[string]uint64{},
		deadFrom: l.lastDead,
	}
	l.frames = append(l.frames, fr)
	l.changed = true
	source, ok := l.sources[f.Source]
	if !ok {
		return fmt.Errorf("destination %s: frame of unknown source %s", l.opts.Destination, f.Source)
	}
	var add additions
	if len(f.Events) > 0 {
		fr.oldest = f.Events[0].Received
	}
	for i := range f.Events {
		l.fresh(&f.Events[i], source, fr, &add)
	}
	return l.write(source, &add)
}

// fresh decides about one event of a frame.
func (l *loop) fresh(e *journal.Event, source *Source, fr *frame, add *additions) {
	if how, ok := l.known[e.Place]; ok {
		l.again(e, how, fr)
		return
	}
	if l.window.seen(e) {
		fr.tally.count(e.Type, duplicate)
		return
	}
	v := l.judge(e, source, l.mustHold)
	add.facts = append(add.facts, v.facts...)
	switch v.how {
	case deliver:
		fr.open++
		i := l.item(source, e, &v)
		i.frame = fr
		l.push(i)
	case hold:
		l.wait(source, e, &v).unwritten++
		add.holds = append(add.holds, journal.Held{Key: v.key, Whom: v.whom, Event: *e})
		fr.tally.count(e.Type, held)
		fr.held++
	case bury:
		add.letters = append(add.letters, journal.NewDeadLetter(*e, v.reason, v.detail, l.now()))
		fr.tally.count(e.Type, dead)
		fr.dead++
	case skip:
		fr.tally.count(e.Type, skipped)
		fr.skipped[v.reason]++
	}
}

// item is an event that is to be sent.
func (l *loop) item(source *Source, e *journal.Event, v *verdict) *item {
	return &item{event: *e, json: v.json, person: v.key, sensor: l.sensor(source, e), revision: v.revision}
}

// again counts an event that an earlier run delivered, held or buried before all of its frame had ended.
func (l *loop) again(e *journal.Event, how outcome, fr *frame) {
	delete(l.known, e.Place)
	l.window.seen(e)
	fr.tally.count(e.Type, how)
	switch how {
	case held:
		fr.held++
	case dead:
		fr.dead++
		fr.deadFrom = min(fr.deadFrom, l.pos.DeadFrom) // where it was found
	case delivered:
		fr.delivered(e.Place.N)
	}
}

// sensor names the sender of an event's envelope: an IRI, as collectors demand.
func (l *loop) sensor(source *Source, e *journal.Event) string {
	switch {
	case l.opts.Sensor != "":
		return l.opts.Sensor
	case l.pins[source.Name] != "":
		return siteSensor(l.pins[source.Name])
	case e.Sensor != "":
		return siteSensor(e.Sensor)
	default:
		return "urn:uuid:" + l.opts.AppID.String()
	}
}

func (l *loop) write(source *Source, add *additions) error {
	if err := source.Memory.Save(l.writing, add.facts); err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	// The engine takes this many in one step.
	for chunk := range slices.Chunk(add.holds, 1000) {
		if err := l.hold(chunk); err != nil {
			return err
		}
	}
	return l.bury(add.letters)
}
