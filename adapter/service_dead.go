package adapter

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Dead implements admin.Service.
func (s service) Dead(ctx context.Context, filter admin.DeadFilter) ([]admin.DeadEvent, error) {
	var out []admin.DeadEvent
	err := s.eachDead(ctx, &filter, func(e *admin.DeadEvent) error {
		if out = append(out, *e); len(out) == filter.Limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return out, err
}

// errEnough ends a listing whose caller has seen enough.
var errEnough = errors.New("seen enough")

// EachLetter implements admin.Delivery. A letter that goes away after it was listed is left out. The log of what was tried
// is only read for letters that are named one by one.
func (s service) EachLetter(ctx context.Context, filter admin.DeadFilter, each func(*admin.DeadLetter) error) error {
	return s.eachDead(ctx, &filter, func(e *admin.DeadEvent) error {
		letter, err := s.letter(ctx, e, filter.Names())
		switch {
		case errors.Is(err, journal.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		return each(&letter)
	})
}

// CountDead implements admin.Delivery.
func (s service) CountDead(ctx context.Context, filter admin.DeadFilter) (counts admin.DeadCounts, err error) {
	if counts.Last, err = s.journal.LastDead(ctx); err != nil {
		return counts, err
	}
	shelves, err := s.shelves(&filter)
	if err != nil {
		return counts, err
	}
	for _, shelf := range shelves {
		byReason := map[string]*admin.DeadCount{}
		err := shelf.list(ctx, 0, func(e *admin.DeadEvent) bool {
			countDead(byReason, e)
			return true
		})
		if err != nil {
			return counts, err
		}
		for _, c := range byReason {
			counts.Counts = append(counts.Counts, *c)
		}
	}
	slices.SortFunc(counts.Counts, func(a, b admin.DeadCount) int {
		return cmp.Or(cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Reason, b.Reason))
	})
	return counts, nil
}

func countDead(byReason map[string]*admin.DeadCount, e *admin.DeadEvent) {
	c, ok := byReason[e.Reason]
	if !ok {
		c = &admin.DeadCount{Destination: e.Destination, Reason: e.Reason, Oldest: e.At, Newest: e.At}
		byReason[e.Reason] = c
	}
	c.Letters++
	if e.At.Before(c.Oldest) {
		c.Oldest = e.At
	}
	if e.At.After(c.Newest) {
		c.Newest = e.At
	}
}

// eachDead calls each with what a filter selects, over all destinations in the order of the letters' numbers, until it
// returns an error. Of each destination a page is read at a time.
func (s service) eachDead(ctx context.Context, filter *admin.DeadFilter, each func(*admin.DeadEvent) error) error {
	shelves, err := s.shelves(filter)
	if err != nil {
		return err
	}
	for {
		var next *shelf
		for _, one := range shelves {
			if err := one.fill(ctx); err != nil {
				return err
			}
			if len(one.page) > 0 && (next == nil || one.page[0].Letter < next.page[0].Letter) {
				next = one
			}
		}
		if next == nil {
			return nil
		}
		if err := each(&next.page[0]); err != nil {
			return err
		}
		next.page = next.page[1:]
	}
}

// shelves are where the letters lie that a filter selects.
func (s service) shelves(filter *admin.DeadFilter) ([]*shelf, error) {
	if filter.Source != "" {
		if _, err := s.known(filter.Source); err != nil {
			return nil, err
		}
	}
	bodies := &shelf{journal: s.journal, filter: filter}
	if filter.Destination == admin.DestinationReceive {
		return []*shelf{bodies}, nil
	}
	destinations, err := s.chosen(filter.Destination)
	if err != nil {
		return nil, err
	}
	var out []*shelf
	for _, d := range destinations {
		out = append(out, &shelf{journal: s.journal, owner: d, filter: filter})
	}
	if filter.Destination == "" {
		out = append(out, bodies)
	}
	return out, nil
}

// letter reads a letter whole, and counts in the log how often the event was sent, if that is wanted.
func (s service) letter(ctx context.Context, e *admin.DeadEvent, count bool) (admin.DeadLetter, error) {
	if e.Destination == admin.DestinationReceive {
		return s.body(ctx, e)
	}
	d, err := s.journal.Dead(ctx, e.Destination, e.Letter)
	if err != nil {
		return admin.DeadLetter{}, err
	}
	out := admin.DeadLetter{
		DeadEvent: *e, Received: d.Received, Attempts: d.Attempts, Bytes: d.Bytes, SHA256: d.SHA256,
		Cut: d.Bytes != len(d.Raw), Sent: d.Sent, MapRevision: d.Revision, RequestID: d.Request, Reply: string(d.Reply),
	}
	out.SetRaw(d.Raw)
	if !count || d.Attempts == 0 {
		return out, nil
	}
	attempts, err := s.journal.AttemptsOf(ctx, e.Destination, d.Place, d.Received.Add(-clockSlack))
	out.Attempts = max(out.Attempts, len(attempts))
	return out, err
}

// body reads a body that was refused at the door.
func (s service) body(ctx context.Context, e *admin.DeadEvent) (admin.DeadLetter, error) {
	b, err := s.journal.Refused(ctx, e.Letter)
	if err != nil {
		return admin.DeadLetter{}, err
	}
	text, err := s.journal.RefusedBytes(ctx, b)
	if err != nil {
		return admin.DeadLetter{}, err
	}
	out := admin.DeadLetter{DeadEvent: *e, Received: b.Received, Bytes: b.Bytes, SHA256: b.SHA256}
	out.SetRaw(text)
	return out, nil
}
