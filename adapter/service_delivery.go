package adapter

import (
	"context"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// PauseDestination implements admin.Delivery.
func (s service) PauseDestination(ctx context.Context, name string, pause admin.Pause) error {
	return s.tell(name, func(d *destination) error {
		return d.pipeline.Pause(ctx, journal.Pause{By: pause.By, Because: pause.Because, At: s.now()})
	})
}

// ResumeDestination implements admin.Delivery.
func (s service) ResumeDestination(ctx context.Context, name string) error {
	return s.tell(name, func(d *destination) error { return d.pipeline.Resume(ctx) })
}

// tell does something with the destination that a name means.
func (s service) tell(name string, do func(*destination) error) error {
	chosen, err := s.chosen(name)
	if err != nil {
		return err
	}
	for _, d := range chosen {
		if err := do(d); err != nil {
			return toldOf(err)
		}
	}
	return nil
}

// now is the time of what is written.
func (a *Adapter) now() time.Time { return a.opts.Clock.Now().UTC() }
