package pipeline

import (
	"fmt"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// settle takes the ends of events from a sender.
func (l *loop) settle(r report) error {
	l.attempts = append(l.attempts, r.attempt)
	l.changed = true
	var refused []journal.DeadLetter
	for i := range r.results {
		one := &r.results[i]
		l.flight--
		l.flightBytes -= len(one.json)
		how := delivered
		if !one.accepted {
			how = dead
			if one.replay == nil {
				refused = append(refused, refusal(one))
			}
		}
		l.end(one.item, how)
	}
	return l.bury(refused)
}

// end notes how an event that was being sent ended.
func (l *loop) end(i *item, how outcome) {
	switch {
	case i.replay != nil:
		i.replay.end(how)
		return
	case i.record != nil:
		i.record.end(how)
		return
	}
	i.frame.open--
	i.frame.tally.count(i.event.Type, how)
	switch how {
	case dead:
		i.frame.dead++
	case delivered:
		i.frame.delivered(i.event.Place.N)
	}
}

func refusal(r *result) journal.DeadLetter {
	detail := r.message
	if detail == "" {
		detail = describe(r.reply)
	}
	d := journal.NewDeadLetter(r.event, ReasonRefused, detail, r.at.UTC())
	d.Status, d.Attempts, d.Sent = r.reply.Status, r.reply.Attempts, r.json
	d.Request, d.Reply, d.Revision = r.request, r.reply.Body, r.revision
	d.HeldSeq, d.DeadSeq = origin(r.item)
	return d
}

// origin names the record that an item came from.
func origin(i *item) (heldSeq, deadSeq uint64) {
	switch {
	case i.record == nil:
		return 0, 0
	case i.letter:
		return 0, i.record.seq
	default:
		return i.record.seq, 0
	}
}

func (l *loop) bury(letters []journal.DeadLetter) error {
	if len(letters) == 0 {
		return nil
	}
	last, err := l.opts.Journal.Bury(l.writing, l.opts.Destination, letters)
	if err != nil {
		return fmt.Errorf("destination %s: %w", l.opts.Destination, err)
	}
	l.lastDead = max(l.lastDead, last)
	return nil
}
