package adapter

import (
	"context"
	"fmt"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// source is one Blackboard site with what is known of its people and sessions. It is not changed: a reload puts another
// in its place.
type source struct {
	config config.Source
	people *mapping.Map
	memory *journal.Memory
}

// openSources loads the maps and the memories.
func (a *Adapter) openSources(ctx context.Context) error {
	for _, c := range a.config().Sources {
		if err := a.openSource(ctx, c); err != nil {
			return err
		}
	}
	a.onStop("close maps", func(context.Context) error {
		for _, s := range a.sources {
			s.people.Close()
		}
		return nil
	})
	return nil
}

func (a *Adapter) openSource(ctx context.Context, c config.Source) error {
	people, err := mapping.Open(ctx, c.Name, a.journal.MapLog(c.Name), mapping.Options{})
	if err != nil {
		return fmt.Errorf("source %s: load map: %w", c.Name, err)
	}
	if err := people.Loading().SnapshotErr; err != nil {
		a.log.WithField("source", c.Name).WithError(err).Warn("the snapshot of the map cannot be used: the whole log was read")
	}
	memory, err := a.journal.Memory(ctx, c.Name)
	if err != nil {
		people.Close()
		return fmt.Errorf("source %s: %w", c.Name, err)
	}
	a.keep(&source{config: c, people: people, memory: memory})
	return nil
}

// keep puts a source in the place of what has its name.
func (a *Adapter) keep(s *source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sources[s.config.Name] = s
}

// with is the same source with another configuration.
func (s *source) with(c config.Source) *source {
	return &source{config: c, people: s.people, memory: s.memory}
}

// sourceNames are the configured sources, in the order of the configuration.
func (a *Adapter) sourceNames() []string {
	sources := a.config().Sources
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	return names
}
