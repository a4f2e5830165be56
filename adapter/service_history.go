package adapter

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// History implements admin.Service.
func (s service) History(ctx context.Context, source, person string) ([]mapping.Version, error) {
	sources, err := s.some(source)
	if err != nil {
		return nil, err
	}
	var all []mapping.Version
	for _, src := range sources {
		versions, err := src.people.History(ctx, person)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", src.config.Name, err)
		}
		all = append(all, versions...)
	}
	slices.SortStableFunc(all, func(a, b mapping.Version) int { return cmp.Compare(a.ChangeNumber, b.ChangeNumber) })
	return all, nil
}

// Changes implements admin.Service. The logs of all sources share their numbers, so the page of several sources is made
// of a page of each.
func (s service) Changes(ctx context.Context, filter admin.ChangeFilter) ([]admin.MapChange, error) {
	sources, err := s.some(filter.Source)
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(filter.Limit, admin.DefaultChangesLimit)
	picked := mapping.LogFilter{By: filter.By, Since: filter.Since, Until: filter.Until}
	var all []admin.MapChange
	for _, src := range sources {
		page, _, err := src.people.Log(ctx, picked, mapping.Page{Before: filter.Before, Limit: limit})
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", src.config.Name, err)
		}
		for _, c := range page {
			all = append(all, admin.MapChange{Source: src.config.Name, ChangeInfo: c})
		}
	}
	slices.SortFunc(all, func(a, b admin.MapChange) int { return cmp.Compare(b.Number, a.Number) })
	return all[:min(limit, len(all))], nil
}
