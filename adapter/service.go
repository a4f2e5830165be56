package adapter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/receive"
)

// service is the adapter as the admin API sees it.
type service struct{ *Adapter }

var _ admin.Service = service{}

// listenAdmin opens the admin port.
func (a *Adapter) listenAdmin(context.Context) (err error) {
	a.adminHandler, err = admin.New(admin.Options{
		Service: service{a}, Tokens: a.config().Admin.Tokens, Gatherer: a.registry, Log: a.log.WithField("component", "admin"),
	})
	if err != nil {
		return err
	}
	server := admin.NewServer(a.adminHandler, a.log.WithField("component", "admin"))
	a.private, err = a.serve("admin", a.config().Admin.Listen, server)
	return err
}

// Ready implements admin.Service.
func (s service) Ready(context.Context) (admin.Readiness, error) {
	r := admin.Readiness{Destinations: map[string]string{}, Reasons: map[string]string{}}
	for _, d := range s.running() {
		status := stateOf(d)
		r.Destinations[status.Name] = status.State
		if status.State != pipeline.Running {
			r.Reasons[status.Name] = status.OpenReason()
		}
	}
	select {
	case <-s.stopping:
		return r, admin.Unavailable("bbcaliper is stopping")
	default:
	}
	if err := s.storable(); err != nil {
		return r, admin.Unavailable("%w", err)
	}
	for _, name := range s.sourceNames() {
		if err := s.source(name).people.Err(); err != nil {
			return r, admin.Unavailable("the map of source %s is not loaded: %w", name, err)
		}
	}
	return r, nil
}

// storable returns nil if envelopes can be stored, else why not.
func (s service) storable() error {
	if err := s.journal.Healthy(); err != nil {
		return fmt.Errorf("the store takes no writes: %w", err)
	}
	if !s.journal.HasRoom() {
		return errors.New("the journal is full: a destination has to take what waits for it, or journal.max_bytes to grow")
	}
	return nil
}

// Healthy implements admin.Service.
func (s service) Healthy(ctx context.Context) error { return s.journal.Probe(ctx) }

// statusTimeout is how long a status waits for an engine that is well: a busy one answers late.
const statusTimeout = 10 * time.Second

// Status implements admin.Service.
func (s service) Status(ctx context.Context) (admin.Status, error) {
	out := admin.Status{Version: s.opts.Version, Engine: admin.EngineStatus{OK: true}}
	wait := statusTimeout
	if err := s.storable(); err != nil {
		out.Engine, wait = admin.EngineStatus{Reason: err.Error()}, countTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	received, err := s.journal.Received(ctx)
	if err != nil && out.Engine.OK {
		return admin.Status{}, fmt.Errorf("status: %w", err)
	}
	refused := s.handler.Refused()
	out.Refused = refusals(refused[""])
	for _, name := range s.sourceNames() {
		out.Sources = append(out.Sources, s.sourceStatus(ctx, name, received[name], refused[name]))
	}
	for _, d := range s.running() {
		out.Destinations = append(out.Destinations, destinationStatus(d, received))
	}
	out.MapFiles = s.mapFiles.statuses()
	out.Resolvers = s.resolving.statuses()
	return out, nil
}

func (s service) sourceStatus(ctx context.Context, name string, r journal.Received, refused map[receive.Reason]uint64) admin.SourceStatus {
	site := s.source(name).config.Site
	if site == "" {
		site, _ = s.journal.Site(ctx, name) // without the engine it is not known
	}
	return admin.SourceStatus{
		Name: name, Site: site, Envelopes: r.Envelopes, LastEnvelope: r.Last, Refused: refusals(refused),
		Events: admin.EventCount{Total: r.Total(), ByType: r.Events},
	}
}

func refusals(counts map[receive.Reason]uint64) map[string]uint64 {
	out := make(map[string]uint64, len(counts))
	for reason, n := range counts {
		out[string(reason)] = n
	}
	return out
}

func destinationStatus(d *destination, received map[string]journal.Received) admin.DestinationStatus {
	status, _ := d.pipeline.Status()
	now := time.Now()
	out := stateOf(d)
	out.Waiting = admin.Waiting{
		Journal: waitingInJournal(&status, received), Held: status.Held, Dead: status.Dead, Flight: uint64(status.Flight),
	}
	out.OldestSeconds = admin.Oldest{Journal: age(status.OldestJournal, now), Held: age(status.OldestHeld, now)}
	out.PeopleWaiting, out.EventsUnmapped = status.People, status.Unmapped
	out.Outcomes, out.Skipped = totals(&status), maps.Clone(status.Skipped)
	out.Replay = replayStatus(status.Replay)
	return out
}

// stateOf is what a destination is, and how it is doing.
func stateOf(d *destination) admin.DestinationStatus {
	state := d.pipeline.State()
	out := admin.DestinationStatus{
		Name: d.config.Name, Preset: d.config.Preset, URL: d.client.String(), Sources: d.config.Sources,
		State: state.Name, Reason: state.Reason, Setting: state.Setting, Since: state.Since, RetryAt: state.Retry,
		Failures: state.Failures, InFlight: state.InFlight, LastReply: state.LastReply, LastSent: state.LastSent,
	}
	if state.Pause != nil {
		out.PausedBy, out.Reason, out.Setting = state.Pause.By, state.Pause.Because, ""
	}
	return out
}

func replayStatus(r *journal.Replay) *admin.ReplayStatus {
	if r == nil {
		return nil
	}
	return &admin.ReplayStatus{
		Since: r.Since, Until: r.Until, By: r.By, Started: r.Started, Ended: r.Ended, Read: r.Read, Total: r.Total,
		Delivered: r.Delivered, Refused: r.Refused, Unmapped: r.Unmapped, Skipped: r.Skipped, Untranslatable: r.Untranslatable,
		Done: !r.Ended.IsZero(), Failed: r.Failed,
	}
}

func totals(status *pipeline.Status) admin.Outcomes {
	var sum journal.Outcomes
	for _, o := range status.Outcomes {
		sum.Add(o)
	}
	return admin.Outcomes(sum)
}

// PinSite implements admin.Service.
func (s service) PinSite(ctx context.Context, source, site string) error {
	src, err := s.known(source)
	if err != nil {
		return err
	}
	if src.config.Site != "" {
		return admin.Conflict("the configuration gives source %s its site: change it there", source)
	}
	if err := s.journal.PinSite(ctx, source, site); err != nil {
		return err
	}
	for _, d := range s.running() {
		if !slices.Contains(d.config.Sources, source) {
			continue
		}
		if err := d.pipeline.Retry(ctx, journal.DeadFilter{Reason: pipeline.ReasonOtherSite, Source: source}); err != nil {
			return err
		}
	}
	return nil
}

// source returns a source by its name, nil if there is none.
func (a *Adapter) source(name string) *source {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sources[name]
}
