package adapter

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
)

// counts are the metrics that add up: they are read from the engine's state when somebody asks, so they survive
// restarts and agree with one another.
//
//	received = delivered + held + dead + skipped + duplicate + discarded + waiting in the journal
//
// What is replayed is counted apart: those events have ended before.
type counts struct {
	adapter   *Adapter
	envelopes *prometheus.Desc
	events    *prometheus.Desc
	outcomes  *prometheus.Desc
	waiting   *prometheus.Desc
	oldest    *prometheus.Desc
	state     *prometheus.Desc
	letters   *prometheus.Desc
	replayed  *prometheus.Desc
}

// registerMetrics makes the counts visible.
func (a *Adapter) registerMetrics(context.Context) error {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("bbcaliper_"+name, help, labels, nil)
	}
	if err := a.registry.Register(newResolverCounts(a.resolving.statuses)); err != nil {
		return err
	}
	if err := a.registry.Register(newMapFileCounts(a.mapFiles.statuses)); err != nil {
		return err
	}
	return a.registry.Register(&counts{
		adapter:   a,
		envelopes: desc("envelopes_received_total", "Envelopes answered 200.", "source"),
		events:    desc("events_received_total", "Events in envelopes answered 200.", "source", "type"),
		outcomes:  desc("events_total", "Events by how they ended; released and retried ones count again.", "destination", "type", "outcome"),
		waiting:   desc("events_waiting", "Events that wait now.", "destination", "where"),
		oldest:    desc("oldest_waiting_seconds", "Age of the oldest event that waits.", "destination", "where"),
		state:     desc("destination_state", "1 for the present state.", "destination", "state"),
		letters:   desc("dead_letters", "Dead events that wait to be retried or discarded.", "destination", "reason"),
		replayed:  desc("replayed_events_total", "Events that replays selected, by what became of them.", "destination", "outcome"),
	})
}

// Describe implements prometheus.Collector.
func (c *counts) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.envelopes, c.events, c.outcomes, c.waiting, c.oldest, c.state, c.letters, c.replayed} {
		out <- d
	}
}

// Collect implements prometheus.Collector. While the engine is away only the states are known.
func (c *counts) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
	defer cancel()
	received, err := c.adapter.journal.Received(ctx)
	if err == nil {
		c.collectReceived(out, received)
	}
	now := time.Now()
	for _, d := range c.adapter.running() {
		c.collectState(out, d.pipeline)
		status, ok := d.pipeline.Status()
		if !ok || err != nil {
			continue
		}
		c.collectOutcomes(out, d.config.Name, &status)
		c.collectWaiting(out, d.config.Name, &status, received, now)
		c.collectReplayed(out, d.config.Name, &status.Replayed)
		c.collectLetters(ctx, out, d.config.Name, now)
	}
}

// countTimeout is how long a scrape waits for the engine.
const countTimeout = 2 * time.Second

func (c *counts) collectReceived(out chan<- prometheus.Metric, received map[string]journal.Received) {
	for _, s := range c.adapter.sourceNames() {
		r := received[s]
		out <- prometheus.MustNewConstMetric(c.envelopes, prometheus.CounterValue, float64(r.Envelopes), s)
		for kind, n := range r.Events {
			out <- prometheus.MustNewConstMetric(c.events, prometheus.CounterValue, float64(n), s, kind)
		}
	}
}

func (c *counts) collectState(out chan<- prometheus.Metric, p *pipeline.Pipeline) {
	collectStates(out, c.state, p.Name(), []string{pipeline.Running, pipeline.BackingOff, pipeline.Paused}, p.State().Name)
}

// collectStates writes 1 for the state that something is in, and 0 for the others that it may be in.
func collectStates[S ~string](out chan<- prometheus.Metric, desc *prometheus.Desc, name string, all []S, now S) {
	for _, state := range all {
		value := 0.0
		if state == now {
			value = 1
		}
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, name, string(state))
	}
}

func (c *counts) collectOutcomes(out chan<- prometheus.Metric, name string, status *pipeline.Status) {
	for kind, o := range status.Outcomes {
		for outcome, n := range outcomesByName(o) {
			if n > 0 {
				out <- prometheus.MustNewConstMetric(c.outcomes, prometheus.CounterValue, float64(n), name, kind, outcome)
			}
		}
	}
}

// outcomesByName gives the names that outcomes have in metrics and reports.
func outcomesByName(o journal.Outcomes) map[string]uint64 {
	return map[string]uint64{
		"delivered": o.Delivered, "held": o.Held, "dead": o.Dead,
		"skipped": o.Skipped, "duplicate": o.Duplicate, "discarded": o.Discarded,
	}
}

func (c *counts) collectWaiting(out chan<- prometheus.Metric, name string, status *pipeline.Status, received map[string]journal.Received, now time.Time) {
	gauge := func(desc *prometheus.Desc, where string, value float64) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, name, where)
	}
	gauge(c.waiting, "journal", float64(waitingInJournal(status, received)))
	gauge(c.waiting, "held", float64(status.Held))
	gauge(c.waiting, "dead", float64(status.Dead))
	gauge(c.waiting, "flight", float64(status.Flight))
	gauge(c.oldest, "journal", age(status.OldestJournal, now))
	gauge(c.oldest, "held", age(status.OldestHeld, now))
}

// collectLetters asks the engine how many letters there are of each reason, which it knows. One that a retry has ended may
// be counted for a moment longer.
func (c *counts) collectLetters(ctx context.Context, out chan<- prometheus.Metric, name string, now time.Time) {
	byReason, err := c.adapter.journal.DeadCounts(ctx, name)
	if err != nil {
		return // the engine is away
	}
	oldest, err := c.adapter.journal.OldestDead(ctx, name)
	if err == nil || errors.Is(err, journal.ErrNotFound) {
		out <- prometheus.MustNewConstMetric(c.oldest, prometheus.GaugeValue, age(oldest.At, now), name, "dead")
	}
	if byReason[pipeline.ReasonRefused] == 0 { // there is a series before there is a letter
		out <- prometheus.MustNewConstMetric(c.letters, prometheus.GaugeValue, 0, name, pipeline.ReasonRefused)
	}
	for reason, n := range byReason {
		out <- prometheus.MustNewConstMetric(c.letters, prometheus.GaugeValue, float64(n), name, reason)
	}
}

func (c *counts) collectReplayed(out chan<- prometheus.Metric, name string, r *journal.ReplayCounts) {
	for outcome, n := range map[string]uint64{
		"delivered": r.Delivered, "refused": r.Refused,
		"unmapped": r.Unmapped, "skipped": r.Skipped, "untranslatable": r.Untranslatable,
	} {
		out <- prometheus.MustNewConstMetric(c.replayed, prometheus.CounterValue, float64(n), name, outcome)
	}
}

// waitingInJournal is how many events a destination has yet to finish with: what its sources have sent since it reads
// them, less what has ended.
func waitingInJournal(status *pipeline.Status, received map[string]journal.Received) uint64 {
	var sent uint64
	for source, base := range status.Base {
		sent += received[source].Total() - base
	}
	return sent - min(sent, status.Ended)
}

// age is how long ago something was, in seconds; 0 if it never was.
func age(t, now time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, now.Sub(t).Seconds())
}
