package adapter

import (
	"context"
	"time"
)

// cleanEvery is how often the janitor looks.
const cleanEvery = 10 * time.Second

// startJanitor removes what every destination has finished with, and makes destinations that may skip a backlog do so
// when the journal is nearly full.
func (a *Adapter) startJanitor(context.Context) error {
	ctx, stop := context.WithCancel(context.Background())
	a.onStop("stop janitor", func(context.Context) error { stop(); return nil })
	a.beside.Go(func() {
		tick := time.NewTicker(cleanEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				a.clean(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	return nil
}

// clean does one round. What it cannot do now it does in the next one; the watchdog reports an engine that is away.
func (a *Adapter) clean(ctx context.Context) {
	floor, ok := a.lowestFloor(ctx)
	if !ok {
		return
	}
	if err := a.journal.Clean(ctx, floor, time.Now()); err != nil {
		return
	}
	if keep := a.config().Dead.Keep; keep > 0 {
		if err := a.journal.CleanDead(ctx, keep, time.Now()); err != nil {
			return
		}
	}
	full, err := a.journal.NearlyFull(ctx)
	if err != nil || !full {
		return
	}
	for _, d := range a.running() {
		d.skipBacklog(ctx)
	}
}

// skipBacklog gives up after a moment: a destination that does not run now is asked again in the next round.
func (d *destination) skipBacklog(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = d.pipeline.SkipBacklog(ctx)
}

// running returns the destinations of this moment.
func (a *Adapter) running() []*destination {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]*destination, 0, len(a.destinations))
	for _, c := range a.config().Destinations {
		if d, ok := a.destinations[c.Name]; ok {
			out = append(out, d)
		}
	}
	return out
}
