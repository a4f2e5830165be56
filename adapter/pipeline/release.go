package pipeline

import (
	"fmt"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// mustHold says whether a person's newer events have to wait behind older ones.
func (l *loop) mustHold(key string) bool {
	p, ok := l.people[key]
	return ok && p.waits()
}

// wait counts one more event that waits for a person, and returns them, made known if need be.
func (l *loop) wait(source *Source, e *journal.Event, v *verdict) *person {
	p, ok := l.people[v.key]
	if !ok {
		p = &person{key: v.key}
		l.people[v.key] = p
	}
	if !p.waits() {
		p.oldest = e.Received
	}
	p.source, p.whom = source, v.whom.Or(p.whom)
	p.waiting++
	l.survey.old = true
	return p
}

// hold writes events among the held and looks their people up once more: a mapping may have arrived while they were
// being written, and what announced it was seen before there was anything to release.
func (l *loop) hold(events []journal.Held) error {
	first, err := l.opts.Journal.Hold(l.writing, l.opts.Destination, events)
	if err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	for i := range events {
		p := l.people[events[i].Key]
		p.unwritten--
		p.last = first + uint64(i)
	}
	for i := range events {
		p := l.people[events[i].Key]
		l.releaseIfMapped(p)
		if p.last == first+uint64(i) { // once a person
			l.tell(p)
		}
	}
	return nil
}

// remap releases the people that a change of a source's map concerns.
func (l *loop) remap(source *Source, touched mapping.Touched) {
	for _, p := range l.people {
		if p.source == source && p.waits() && touched.Concerns(p.whom.Identity()) {
			p.remapped = true
			l.releaseIfMapped(p)
		}
	}
}

func (l *loop) releaseIfMapped(p *person) {
	if !p.waits() {
		return
	}
	who := translate.Person(p.whom)
	_, p.mapped = l.opts.lookup(p.source, &who)
	l.survey.old = true
	if p.fetch == fetchNone && p.unwritten == 0 && (p.mapped || l.opts.Unmapped != mapping.Hold) {
		l.startFetch(p, fetchRelease)
	}
}

func (l *loop) startFetch(p *person, why fetchKind) {
	p.fetch, p.halted, p.remapped = why, false, false
	l.queued = append(l.queued, fetchJob{key: p.key, after: p.handed, upTo: p.last})
}

// expire starts to end what has waited too long: held events die, dead letters are discarded.
func (l *loop) expire() error {
	now := l.now()
	for _, p := range l.people {
		if p.fetch == fetchNone && p.waits() && p.unwritten == 0 && now.Sub(p.oldest) > l.opts.HoldFor {
			l.startFetch(p, fetchExpired)
		}
	}
	return l.expireLetters(now)
}

// heldEvents takes held events of people who are being released, or whose events expire.
func (l *loop) heldEvents(f fetched) error {
	if f.err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, f.err)
	}
	for i := range f.events {
		if err := l.heldEvent(&f.events[i]); err != nil {
			return err
		}
	}
	for _, key := range f.ended {
		l.endFetch(l.people[key])
	}
	return nil
}

func (l *loop) heldEvent(h *journal.Held) error {
	p := l.people[h.Key]
	switch {
	case p.halted:
		return nil
	case l.buried[h.Seq]:
		delete(l.buried, h.Seq)
		l.handOver(p, h).end(dead)
		return nil
	case p.fetch == fetchExpired:
		return l.expireEvent(p, h)
	default:
		return l.releaseEvent(p, h)
	}
}

// handOver notes that a held event is on its way.
func (l *loop) handOver(p *person, h *journal.Held) *record {
	r := heldRecord(h)
	p.out = append(p.out, r)
	l.leaving[p.key] = p
	l.taken[h.Seq] = true
	l.uncounted++
	p.handed = h.Seq
	p.waiting--
	l.survey.old = true
	p.oldest = h.Event.Received
	l.changed = true
	return r
}

func (l *loop) releaseEvent(p *person, h *journal.Held) error {
	v := l.judge(&h.Event, p.source, holdNobody)
	switch v.how {
	case hold: // the mapping has gone again
		p.halted = true
	case deliver:
		i := l.item(p.source, &h.Event, &v)
		i.record = l.handOver(p, h)
		l.push(i)
	case skip:
		l.handOver(p, h).end(skipped)
	case bury:
		return l.buryHeld(p, h, v.reason, v.detail)
	}
	return nil
}

func (l *loop) expireEvent(p *person, h *journal.Held) error {
	if l.now().Sub(h.Event.Received) <= l.opts.HoldFor {
		p.halted = true
		p.oldest = h.Event.Received
		return nil
	}
	return l.buryHeld(p, h, ReasonExpired, "waited longer than hold_for for a mapping")
}

func (l *loop) buryHeld(p *person, h *journal.Held, reason, detail string) error {
	d := journal.NewDeadLetter(h.Event, reason, detail, l.now())
	d.HeldSeq = h.Seq
	if err := l.bury([]journal.DeadLetter{d}); err != nil {
		return err
	}
	l.handOver(p, h).end(dead)
	return nil
}

// endFetch goes on with what was held meanwhile, or waits for the next mapping: an event for which the map did not do is
// not tried again before the map has changed.
func (l *loop) endFetch(p *person) {
	p.fetch = fetchNone
	if !p.halted || p.remapped {
		l.releaseIfMapped(p)
	}
	l.forget(p)
}

// forget drops a person of whom nothing is left.
func (l *loop) forget(p *person) {
	if p.done() {
		delete(l.people, p.key)
	}
}
