package adapter

import (
	"context"
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// destination is one collector with the pipeline that feeds it.
type destination struct {
	config   config.Destination
	pipeline *pipeline.Pipeline
	client   *timeback.Client
	stop     context.CancelFunc
	ended    chan struct{} // closed when the pipeline has ended
}

// startDestinations begins to send.
func (a *Adapter) startDestinations(ctx context.Context) error {
	a.onStop("stop destinations", func(context.Context) error {
		a.stopDestinations()
		return nil
	})
	for _, c := range a.config().Destinations {
		if err := a.startDestination(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// startDestination returns when the destination has its place in the journal: what arrives from then on is for it.
func (a *Adapter) startDestination(ctx context.Context, c config.Destination) error {
	options, err := a.pipelineOptions(c)
	if err != nil {
		return fmt.Errorf("destination %s: %w", c.Name, err)
	}
	p, err := pipeline.New(options)
	if err != nil {
		return err
	}
	if err := p.Prepare(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.Background())
	d := &destination{config: c, pipeline: p, client: options.Client, stop: stop, ended: make(chan struct{})}
	a.mu.Lock()
	a.destinations[c.Name] = d
	a.mu.Unlock()
	go func() {
		defer close(d.ended)
		p.Run(running)
	}()
	return nil
}

// stopDestinations tells all of them first, so that they end at the same time.
func (a *Adapter) stopDestinations() {
	running := a.running()
	for _, d := range running {
		d.stop()
	}
	for _, d := range running {
		d.close()
	}
}

// close ends a destination and waits for it.
func (d *destination) close() {
	d.stop()
	<-d.ended
	d.client.Close()
}

func (a *Adapter) pipelineOptions(c config.Destination) (pipeline.Options, error) {
	preset, err := presetOf(c)
	if err != nil {
		return pipeline.Options{}, err
	}
	log := a.log.WithField("destination", c.Name)
	client, err := newClient(c, a.journal.Embedded(), log)
	if err != nil {
		return pipeline.Options{}, err
	}
	policy, trust, err := peoplePolicy(a.config().Mapping)
	if err != nil {
		return pipeline.Options{}, err
	}
	options := pipeline.Options{
		Policy:      pipeline.Policy{Translator: newTranslator(c, preset, a.config().Privacy), Unmapped: policy, Trust: trust},
		Destination: c.Name, Owner: a.member,
		Batch: preset.Batch, Rate: preset.Rate, DedupWindow: a.config().Journal.DedupWindow,
		HoldFor: a.config().Mapping.HoldFor, Held: a.resolving.ask,
		SkipBacklog: c.OnFull == config.OnFullSkip, Sensor: c.Sensor, AppID: c.AppID,
		InFlight: c.InFlight, KeepDead: a.config().Dead.Keep,
		Client: client, Journal: a.journal, Metrics: a.metrics, Log: log, Clock: a.opts.Clock,
		Backoff: a.opts.Backoff,
	}
	if from, ok := c.Start.From(time.Now()); ok {
		options.Start = from
	}
	for _, name := range c.Sources {
		s := a.source(name)
		options.Sources = append(options.Sources, pipeline.Source{
			Name: name, Map: s.people, Memory: s.memory, Site: s.config.Site,
		})
	}
	return options, nil
}

// newTranslator writes events in the form of a destination's preset.
func newTranslator(c config.Destination, preset timeback.Preset, privacy config.Privacy) *translate.Translator {
	return translate.New(translate.Options{Events: preset.Events, AppID: c.AppID, LaunchParameters: privacy.LaunchParameters})
}

// peoplePolicy is what the configuration says about people, in the map's own terms.
func peoplePolicy(c config.Mapping) (mapping.Unmapped, []mapping.Alias, error) {
	policy, err := mapping.ParseUnmapped(c.Unmapped)
	if err != nil {
		return "", nil, err
	}
	trust, err := aliasesOf(c.Trust)
	return policy, trust, err
}

func aliasesOf(names []string) (aliases []mapping.Alias, err error) {
	aliases = make([]mapping.Alias, len(names))
	for i, name := range names {
		if aliases[i], err = mapping.ParseAlias(name); err != nil {
			return nil, err
		}
	}
	return aliases, nil
}

// lowestFloor is the sequence up to which every destination has finished, false if that is not known now. One for which
// nothing waits has finished with all that is there, however old the last frame of its own sources is.
func (a *Adapter) lowestFloor(ctx context.Context) (uint64, bool) {
	lowest, err := a.journal.Last(ctx)
	if err != nil {
		return 0, false
	}
	received, err := a.journal.Received(ctx)
	if err != nil {
		return 0, false
	}
	for _, d := range a.running() {
		status, ok := d.pipeline.Status()
		if !ok {
			return 0, false
		}
		if waitingInJournal(&status, received) > 0 {
			lowest = min(lowest, status.Floor)
		}
	}
	return lowest, true
}
