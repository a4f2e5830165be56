package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// ReplayPlan is what a replay would do now.
type ReplayPlan struct {
	// Counts says what would become of the events that are selected; Delivered are those that would be sent.
	Counts journal.ReplayCounts
	// First are the first of these, in order, without their texts.
	First []journal.Event
}

// PlanReplay says what Replay would do, and shows at most so many of the events that it would send. It reads the journal
// and changes nothing.
func (p *Pipeline) PlanReplay(ctx context.Context, f journal.ReplayFilter, show int) (ReplayPlan, error) {
	pl := planner{pipeline: p, pins: map[string]string{}, show: show}
	reader, err := pl.open(ctx, f)
	if err != nil {
		return ReplayPlan{}, fmt.Errorf("destination %s: plan replay: %w", p.opts.Destination, err)
	}
	for {
		frame, err := reader.Next(ctx)
		if errors.Is(err, io.EOF) {
			return pl.plan, nil
		}
		if err != nil {
			return ReplayPlan{}, fmt.Errorf("destination %s: plan replay: %w", p.opts.Destination, err)
		}
		for i := range frame.Events {
			pl.event(&frame.Events[i])
		}
	}
}

// planner makes a plan.
type planner struct {
	pipeline *Pipeline
	filter   *replayFilter
	pins     map[string]string // site by source
	show     int
	plan     ReplayPlan
}

// open finds out what a replay would read.
func (pl *planner) open(ctx context.Context, f journal.ReplayFilter) (*journal.Past, error) {
	o := &pl.pipeline.opts
	for i := range o.Sources {
		pinned, err := pl.pipeline.pin(ctx, &o.Sources[i])
		if err != nil {
			return nil, err
		}
		pl.pins[o.Sources[i].Name] = pinned
	}
	after, upTo, err := o.Journal.Range(ctx, f.Since, f.Until)
	if err != nil {
		return nil, err
	}
	status, _ := pl.pipeline.Status() // one that never ran has nothing to replay
	if pl.filter, err = newReplayFilter(ctx, o, f); err != nil {
		return nil, err
	}
	return o.Journal.ReadUntil(pl.filter.sources(o), after, min(upTo, status.Floor)), nil
}

// event counts one event.
func (pl *planner) event(e *journal.Event) {
	source := pl.pipeline.source(e.Source)
	if source == nil || !pl.filter.wants(e) {
		return
	}
	done := pl.filter.isDone(e)
	v, _ := pl.pipeline.opts.look(e, source, pl.pins[e.Source])
	switch {
	case !pl.filter.wantsPerson(&v):
	case done:
		pl.plan.Counts.Skipped++
	case v.how == deliver:
		pl.plan.Counts.Delivered++
		if len(pl.plan.First) < pl.show {
			shown := *e
			shown.Raw = nil
			pl.plan.First = append(pl.plan.First, shown)
		}
	default:
		countReplay(&pl.plan.Counts, &v)
	}
}

// sources are those of a destination whose events may be selected.
func (f *replayFilter) sources(o *Options) []string {
	if f.Source != "" {
		return []string{f.Source}
	}
	return o.sourceNames()
}
