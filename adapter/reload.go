package adapter

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// Reload puts a new configuration into effect: sources, destinations, keys, tokens, mapping and privacy. Destinations
// that did not change go on undisturbed. What only a restart can change is logged and stays as it is.
func (a *Adapter) Reload(ctx context.Context, next *config.Config) error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	before := a.config()
	for _, key := range before.NeedsRestart(next) {
		a.log.WithField("key", key).Warn("this change takes effect with the next start")
	}
	if err := a.reloadResolvers(before, next); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	if err := a.reloadSources(ctx, next.Sources); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	a.adminHandler.SetTokens(next.Admin.Tokens)
	a.stopOutdated(before, next)
	a.current.Store(next)
	a.useMapFiles(next.Mapping.Files)
	if err := a.startMissing(ctx, next); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	a.log.Info("configuration reloaded")
	return nil
}

// reloadSources loads what is new. Maps of sources that are gone stay loaded: their events may still be waiting.
func (a *Adapter) reloadSources(ctx context.Context, next []config.Source) error {
	for _, c := range next {
		if s := a.source(c.Name); s != nil {
			a.keep(s.with(c))
			continue
		}
		if err := a.openSource(ctx, c); err != nil {
			return err
		}
	}
	return a.handler.SetSources(receivers(next))
}

// reloadResolvers asks the resolvers of the new configuration from now on. If none has changed, they forget what was
// answered and how they failed: a reload follows something that was mended.
func (a *Adapter) reloadResolvers(before, next *config.Config) error {
	if sameResolvers(before, next) {
		a.resolving.forget()
		return nil
	}
	them, err := a.newResolvers(next)
	if err != nil {
		return err
	}
	a.resolving.use(them)
	return nil
}

// stopOutdated stops the destinations that are gone or configured otherwise.
func (a *Adapter) stopOutdated(before, next *config.Config) {
	for _, d := range a.running() {
		if d.isCurrent(before, next) {
			d.pipeline.Wake() // it may wait for what was mended elsewhere
			d.pipeline.Remind()
			continue
		}
		d.close()
		a.mu.Lock()
		delete(a.destinations, d.config.Name)
		a.mu.Unlock()
	}
}

// isCurrent says whether a destination need not be started anew.
func (d *destination) isCurrent(before, next *config.Config) bool {
	for _, c := range next.Destinations {
		if c.Name == d.config.Name {
			return reflect.DeepEqual(c, d.config) && reflect.DeepEqual(forPipelines(before.Mapping), forPipelines(next.Mapping)) &&
				reflect.DeepEqual(before.Privacy, next.Privacy) && reflect.DeepEqual(sites(before), sites(next)) &&
				before.Journal.DedupWindow == next.Journal.DedupWindow && before.Dead == next.Dead
		}
	}
	return false
}

// forPipelines is what a destination goes by: all but where the map gets people from, and what is suggested.
func forPipelines(m config.Mapping) config.Mapping {
	m.Resolvers, m.Files, m.Suggest = nil, nil, nil
	return m
}

// sites are the sites that the configuration gives its sources.
func sites(c *config.Config) map[string]string {
	out := map[string]string{}
	for _, s := range c.Sources {
		out[s.Name] = s.Site
	}
	return out
}

// startMissing starts what does not run. One that cannot start keeps no other from it.
func (a *Adapter) startMissing(ctx context.Context, next *config.Config) error {
	var errs []error
	for _, c := range next.Destinations {
		a.mu.Lock()
		_, runs := a.destinations[c.Name]
		a.mu.Unlock()
		if runs {
			continue
		}
		if err := a.startDestination(ctx, c); err != nil {
			errs = append(errs, err)
			continue
		}
		a.wake(c.Name) // what it waited for may be mended
	}
	return errors.Join(errs...)
}

func (a *Adapter) wake(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.destinations[name].pipeline.Wake()
}
