package adapter

import (
	"context"
	"slices"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Held implements admin.Service.
func (s service) Held(ctx context.Context, filter admin.HeldFilter) ([]admin.HeldEvent, error) {
	destinations, err := s.chosen(filter.Destination)
	if err != nil {
		return nil, err
	}
	if _, err := s.some(filter.Source); err != nil {
		return nil, err
	}
	email := s.trustsEmail()
	var out []admin.HeldEvent
	for _, d := range destinations {
		err := s.journal.EachHeld(ctx, d.config.Name, func(h journal.Held) {
			if matches(filter.Source, h.Event.Source) && matches(filter.Type, h.Event.Type) {
				out = append(out, heldEvent(d.config.Name, &h, email))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func heldEvent(destination string, h *journal.Held, email bool) admin.HeldEvent {
	p := &admin.Person{Key: h.Key, UserUUID: h.Whom.UserUUID, UserID: h.Whom.UserID, ExternalID: h.Whom.ExternalID}
	if email {
		p.Email = h.Whom.Email
	}
	return admin.HeldEvent{
		EventID: h.Event.ID.String(), Destination: destination, Type: h.Event.Type, Reason: admin.ReasonUnmapped,
		At: h.Event.Received, Source: h.Event.Source, Person: p,
	}
}

// matches says whether a filter lets a value through.
func matches(filter, value string) bool { return filter == "" || filter == value }

// chosen returns the destinations of a filter.
func (s service) chosen(name string) ([]*destination, error) {
	all := s.running()
	if name == "" {
		return all, nil
	}
	i := slices.IndexFunc(all, func(d *destination) bool { return d.config.Name == name })
	if i < 0 {
		return nil, admin.NotFound("no destination %s", name)
	}
	return all[i : i+1], nil
}
