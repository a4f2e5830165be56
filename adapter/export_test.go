package adapter

import (
	"context"
	"errors"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// People gives tests the map of a source.
func (a *Adapter) People(source string) *mapping.Map { return a.source(source).people }

// Journal gives tests the store.
func (a *Adapter) Journal() *journal.Journal { return a.journal }

// Import gives tests the import of a file without the HTTP before it.
func (a *Adapter) Import(ctx context.Context, request admin.ImportRequest) (admin.ImportResult, error) {
	return service{a}.Import(ctx, request)
}

// Balance gives tests what a destination has saved, and how many events its sources have sent and wait for it.
func (a *Adapter) Balance(ctx context.Context, name string) (status pipeline.Status, sent, waiting uint64, err error) {
	received, err := a.journal.Received(ctx)
	if err != nil {
		return status, 0, 0, err
	}
	a.mu.Lock()
	d := a.destinations[name]
	a.mu.Unlock()
	status, _ = d.pipeline.Status()
	for source, base := range status.Base {
		sent += received[source].Total() - base
	}
	return status, sent, waitingInJournal(&status, received), nil
}

// Owner gives tests the member that had a destination when its progress was last saved, "" if it was given back.
func (a *Adapter) Owner(name string) string {
	a.mu.Lock()
	d := a.destinations[name]
	a.mu.Unlock()
	status, _ := d.pipeline.Status()
	return status.Owner
}

// Asking gives tests how many people the resolvers are being asked about and have not found yet.
func (a *Adapter) Asking() int {
	them := a.resolving.now()
	if them == nil {
		return 0
	}
	load := them.Load()
	return load.Open - load.Found
}

// Clean lets tests have the janitor look now.
func (a *Adapter) Clean(ctx context.Context) { a.clean(ctx) }

// Look lets tests read what is shown of the adapter as a whole.
func (a *Adapter) Look(ctx context.Context) error {
	s := service{a}
	_, failed := s.Status(ctx)
	_, unready := s.Ready(ctx)
	_, uncounted := a.registry.Gather()
	return errors.Join(failed, unready, uncounted)
}
