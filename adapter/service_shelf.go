package adapter

import (
	"context"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// shelf is the dead letters of one destination, or the bodies that were refused at the door, of which a filter selects
// some. They are read a page at a time.
//
//	[ read before ][ page ][ not read yet … ]
type shelf struct {
	journal *journal.Journal
	owner   *destination // nil: the bodies
	filter  *admin.DeadFilter

	page  []admin.DeadEvent
	after uint64 // everything up to this number has been read
	ended bool   // nothing is left to be read
}

// shelfPage is how many letters are read at a time. A head is some hundred bytes.
const shelfPage = 1000

// fill reads the next page if there is none.
func (s *shelf) fill(ctx context.Context) error {
	if len(s.page) > 0 || s.ended {
		return nil
	}
	most := shelfPage
	if s.filter.Limit > 0 {
		most = min(most, s.filter.Limit)
	}
	s.page, s.ended = make([]admin.DeadEvent, 0, most), true
	return s.list(ctx, s.after, func(e *admin.DeadEvent) bool {
		s.page = append(s.page, *e)
		s.after, s.ended = e.Letter, len(s.page) < most
		return s.ended
	})
}

// list calls each with the selected letters beyond a number, in order, until it returns false.
func (s *shelf) list(ctx context.Context, after uint64, each func(*admin.DeadEvent) bool) error {
	return s.heads(ctx, after, func(d *journal.DeadLetter) bool {
		e := deadEvent(d)
		return each(&e)
	})
}

// heads is list with all that the journal says. A body has no id and no type.
func (s *shelf) heads(ctx context.Context, after uint64, each func(*journal.DeadLetter) bool) error {
	after = max(after, s.filter.After)
	selected := func(d *journal.DeadLetter) bool {
		e := deadEvent(d)
		return s.filter.Matches(&e)
	}
	if s.owner == nil {
		return s.journal.ListRefused(ctx, after, func(b journal.RefusedBody) bool {
			d := bodyHead(&b)
			return !selected(&d) || each(&d)
		})
	}
	which := s.which()
	which.After = after
	return s.journal.ListDead(ctx, s.owner.config.Name, which, func(d journal.DeadLetter) bool {
		return !selected(&d) || each(&d)
	})
}

// which is the filter as the journal has it. What names both events and letters, it cannot express: that is left to
// the filter.
func (s *shelf) which() journal.DeadFilter {
	f := s.filter
	which := journal.DeadFilter{Reason: f.Reason, Type: f.Type, Source: f.Source, Since: f.Since, Until: f.Until, UpTo: f.Last}
	switch {
	case len(f.Letters) == 0:
		which.IDs = f.Events
	case len(f.Events) == 0:
		which.Seqs = f.Letters
	}
	return which
}

// bodyHead is a refused body in the form of a letter's head.
func bodyHead(b *journal.RefusedBody) journal.DeadLetter {
	return journal.DeadLetter{
		Seq: b.Seq, Destination: admin.DestinationReceive, Reason: b.Reason, Detail: b.Detail, At: b.Received,
		Source: b.Source, Received: b.Received, Bytes: b.Bytes, SHA256: b.SHA256,
	}
}

func deadEvent(d *journal.DeadLetter) admin.DeadEvent {
	e := admin.DeadEvent{
		Letter: d.Seq, Destination: d.Destination, Type: d.Type, Reason: d.Reason, At: d.At, Detail: d.Detail,
		Status: d.Status, Source: d.Source,
	}
	if d.Destination != admin.DestinationReceive {
		e.EventID = d.ID.String()
	}
	return e
}
