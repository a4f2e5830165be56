package adapter

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// PlanReplay implements admin.Delivery.
func (s service) PlanReplay(ctx context.Context, request admin.ReplayRequest) ([]admin.ReplayPlan, error) {
	destinations, filter, err := s.replayOf(&request)
	if err != nil {
		return nil, err
	}
	plans := make([]admin.ReplayPlan, 0, len(destinations))
	for _, d := range destinations {
		plan, err := d.pipeline.PlanReplay(ctx, filter, admin.MaxReplayFirst)
		if err != nil {
			return nil, err
		}
		c := &plan.Counts
		out := admin.ReplayPlan{
			Destination: d.config.Name, Events: c.Delivered, Unmapped: c.Unmapped, Skipped: c.Skipped,
			Untranslatable: c.Untranslatable, First: make([]admin.ReplayEvent, len(plan.First)),
		}
		for i, e := range plan.First {
			out.First[i] = admin.ReplayEvent{EventID: e.ID.String(), Type: e.Type, Source: e.Source, Received: e.Received}
		}
		plans = append(plans, out)
	}
	return plans, nil
}

// StartReplay implements admin.Delivery.
func (s service) StartReplay(ctx context.Context, request admin.ReplayRequest) ([]string, error) {
	destinations, filter, err := s.replayOf(&request)
	if err != nil {
		return nil, err
	}
	for _, d := range destinations {
		if status, _ := d.pipeline.Status(); replays(status.Replay) {
			return nil, admin.Conflict("destination %s replays already: wait until it has ended, or stop it", d.config.Name)
		}
	}
	var started []string
	for _, d := range destinations {
		if err := d.pipeline.Replay(ctx, journal.Replay{ReplayFilter: filter, By: request.By}); err != nil {
			return nil, s.undo(ctx, destinations[:len(started)], request.By, err)
		}
		started = append(started, d.config.Name)
	}
	return started, nil
}

// undo stops replays because another could not begin: somebody else was faster, or a destination does not run.
func (s service) undo(ctx context.Context, begun []*destination, by string, cause error) error {
	for _, d := range begun {
		if _, err := d.pipeline.StopReplay(ctx, by); err != nil {
			s.log.WithError(err).WithField("destination", d.config.Name).Warn("a replay could not be stopped again")
		}
	}
	return toldOf(cause)
}

// replays says whether a destination's latest replay runs still.
func replays(r *journal.Replay) bool { return r != nil && r.Ended.IsZero() }

// StopReplay implements admin.Delivery.
func (s service) StopReplay(ctx context.Context, destination, by string) ([]string, error) {
	destinations, err := s.chosen(destination)
	if err != nil {
		return nil, err
	}
	var stopped []string
	for _, d := range destinations {
		ran, err := d.pipeline.StopReplay(ctx, by)
		if err != nil {
			return stopped, toldOf(err)
		}
		if ran {
			stopped = append(stopped, d.config.Name)
		}
	}
	return stopped, nil
}

// replayOf says at which destinations a request asks for what.
func (s service) replayOf(request *admin.ReplayRequest) ([]*destination, journal.ReplayFilter, error) {
	filter := journal.ReplayFilter{
		Since: request.Since, Until: request.Until, Source: request.Source, Events: request.Events,
	}
	destinations, err := s.chosen(request.Destination)
	if err != nil {
		return nil, filter, err
	}
	if request.Source != "" {
		if destinations, err = s.readers(destinations, request.Source); err != nil {
			return nil, filter, err
		}
	}
	if request.Person != "" {
		filter.Platform, err = s.platformOf(request.Source, request.Person)
	}
	return destinations, filter, err
}

// readers are those of some destinations that read a source.
func (s service) readers(destinations []*destination, source string) ([]*destination, error) {
	if _, err := s.known(source); err != nil {
		return nil, err
	}
	destinations = slices.DeleteFunc(slices.Clone(destinations), func(d *destination) bool {
		return !slices.Contains(d.config.Sources, source)
	})
	if len(destinations) == 0 {
		return nil, admin.Invalid("no such destination reads source %s", source)
	}
	return destinations, nil
}

// platformOf returns the platform id of the one person that a text names. Where ids are derived the map need not know
// it.
func (s service) platformOf(source, person string) (uuid.UUID, error) {
	records, err := s.Find(context.Background(), source, person)
	if err != nil {
		return uuid.Nil, err
	}
	if len(records) == 0 {
		return s.derived(person)
	}
	for i := range records {
		if records[i].PlatformID != records[0].PlatformID {
			return uuid.Nil, admin.Ambiguous(records)
		}
	}
	return records[0].PlatformID, nil
}

// derived reads a platform id that may have been made from Blackboard's own.
func (s service) derived(person string) (uuid.UUID, error) {
	derives := s.config().Mapping.Unmapped == string(mapping.DeriveID)
	if platform, err := mapping.ParsePlatformID(person); derives && err == nil {
		return platform, nil
	}
	return uuid.Nil, admin.NotFound("nobody in the map is called that")
}
