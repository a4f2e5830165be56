package adapter

import (
	"context"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// releases says whose held events name rows of a plan, by the rows' class. Those whom the map knows already are on their
// way, whatever the file says.
func (s service) releases(ctx context.Context, plan *mapping.Plan) (map[string]admin.Release, error) {
	list, err := s.worklist(ctx, "")
	if err != nil {
		return nil, err
	}
	released := map[string]admin.Release{}
	for _, w := range list.people {
		class, named := plan.Match(w.source, w.whom.Identity(), list.trust)
		if !named {
			continue
		}
		r := released[class.String()]
		r.People++
		r.Events += w.events
		released[class.String()] = r
	}
	return released, nil
}
