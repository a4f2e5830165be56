package adapter

import (
	"context"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// releases says whose held events name rows of a plan, by the rows' class. It looks up each person once. Those whom the
// map knows already are on their way, whatever the file says.
func (s service) releases(ctx context.Context, plan *mapping.Plan) (map[string]admin.Release, error) {
	_, trust, err := peoplePolicy(s.config().Mapping)
	if err != nil {
		return nil, err
	}
	people, err := s.waiting(ctx)
	if err != nil {
		return nil, err
	}
	released := map[string]admin.Release{}
	for _, w := range people {
		id := identityOf(&w.whom)
		class, named := plan.Match(w.source, id, trust)
		if !named || s.maps(w.source, id, trust) {
			continue
		}
		r := released[class.String()]
		r.People++
		r.Events += w.events
		released[class.String()] = r
	}
	return released, nil
}

// maps says whether the map of a source knows a person.
func (s service) maps(source string, id mapping.Identity, trust []mapping.Alias) bool {
	src := s.source(source)
	if src == nil {
		return false
	}
	_, found := src.people.Lookup(id, trust)
	return found
}
