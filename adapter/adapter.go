// Package adapter is the daemon: it wires the parts together and runs them. It is the one package that imports the
// rest.
//
//	receive ──▶ journal ──▶ pipeline per destination ──▶ collector
//	                ▲            │
//	admin ──────────┴── maps ◀───┘
package adapter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/receive"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// Options are what an adapter is made of.
type Options struct {
	Config  *config.Config
	Log     logrus.FieldLogger
	Version string // shown by status
	// Clock is what schedules go by: retries, waits, expiry. Default: the real one.
	Clock clockwork.Clock
	// Backoff is how long a failing destination waits. Default: that of package timeback.
	Backoff timeback.Backoff
}

func (o *Options) validate() error {
	switch {
	case o.Config == nil:
		return errors.New("options: Config is missing")
	case o.Log == nil:
		return errors.New("options: Log is missing")
	}
	return nil
}

// Adapter is one running bbcaliper. Make it with New, then Start and Stop it, once each.
type Adapter struct {
	opts     Options
	log      logrus.FieldLogger
	member   string // this process among the members of a fleet
	registry *prometheus.Registry
	metrics  *pipeline.Metrics

	journal      *journal.Journal
	handler      *receive.Handler
	adminHandler *admin.Handler
	public       net.Listener
	private      net.Listener

	reloading    sync.Mutex // held by one Reload at a time
	current      atomic.Pointer[config.Config]
	mu           sync.Mutex // guards what a reload changes
	sources      map[string]*source
	destinations map[string]*destination
	resolving    resolving
	mapFiles     *mapFiles
	held         heldPeople

	stopping chan struct{} // closed when Stop begins: not ready from then on
	cleanups []cleanup     // run last to first
	beside   sync.WaitGroup
}

// cleanup undoes one step of Start.
type cleanup struct {
	what string
	do   func(context.Context) error
}

// config is the configuration that is in effect. It is not changed: a reload puts another in its place.
func (a *Adapter) config() *config.Config { return a.current.Load() }

// New checks the options. Nothing is opened yet.
func New(opts Options) (*Adapter, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	if opts.Backoff.Rand == nil {
		opts.Backoff.Rand = rand.Float64
	}
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	a := &Adapter{
		opts: opts, log: opts.Log, member: memberName(),
		registry: prometheus.NewRegistry(),
		sources:  map[string]*source{}, destinations: map[string]*destination{},
		mapFiles: newMapFiles(), stopping: make(chan struct{}),
	}
	a.current.Store(opts.Config)
	a.metrics = pipeline.NewMetrics(a.registry)
	return a, nil
}

// memberName is new with every process: a process that was stopped must take its destinations over like any other.
func memberName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "member"
	}
	return host + "-" + uuid.NewString()[:8]
}

// Start opens the store, loads the maps, and then begins to send and to receive. When it returns nil everything runs.
// After an error nothing does.
func (a *Adapter) Start(ctx context.Context) error {
	steps := []func(context.Context) error{
		a.openJournal, a.openSources, a.startResolvers, a.startMapFiles, a.startDestinations, a.startJanitor, a.registerMetrics, a.listen, a.listenAdmin,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
		}
	}
	return nil
}

// Stop ends everything in the reverse order of Start: intake first, so that nothing more is accepted, then the
// pipelines, whose unfinished work stays in the journal, then the store. It is cut short when ctx ends.
func (a *Adapter) Stop(ctx context.Context) error {
	a.mu.Lock()
	select {
	case <-a.stopping:
	default:
		close(a.stopping)
	}
	cleanups := a.cleanups
	a.cleanups = nil
	a.mu.Unlock()
	var errs []error
	for i := len(cleanups) - 1; i >= 0; i-- {
		if err := cleanups[i].do(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop: %s: %w", cleanups[i].what, err))
		}
	}
	a.beside.Wait()
	return errors.Join(errs...)
}

func (a *Adapter) onStop(what string, do func(context.Context) error) {
	a.cleanups = append(a.cleanups, cleanup{what, do})
}

func (a *Adapter) openJournal(ctx context.Context) (err error) {
	a.journal, err = journal.Open(ctx, journalOptions(a.config(), a.log))
	if err != nil {
		return err
	}
	a.onStop("close journal", func(context.Context) error { return a.journal.Close() })
	return nil
}

func journalOptions(c *config.Config, log logrus.FieldLogger) journal.Options {
	return journal.Options{
		Dir: c.DataDir, URL: c.Engine.URL, CredentialsFile: c.Engine.CredentialsFile, Replicas: c.Engine.Replicas,
		Keep: c.Journal.Keep, MaxBytes: int64(c.Journal.MaxBytes), Log: log.WithField("component", "journal"),
	}
}

// listen opens the public port.
func (a *Adapter) listen(context.Context) (err error) {
	c := a.config()
	a.handler, err = receive.New(receive.Options{
		Journal: a.journal, Sources: receivers(c.Sources), Ready: a.journal.Healthy,
		MaxBody: int64(c.Limits.MaxBody), MaxEvents: c.Limits.MaxEvents, Registry: a.registry, Now: a.opts.Clock.Now,
	})
	if err != nil {
		return err
	}
	log := a.log.WithField("component", "receive")
	options := receive.ServerOptions{Handler: a.handler, Log: log}
	if c.TLS.Enabled() {
		options.Certificate, err = receive.LoadCertificate(c.TLS.CertFile, c.TLS.KeyFile, log)
		if err != nil {
			return err
		}
	}
	a.public, err = a.serve("receive", c.Listen, receive.NewServer(options))
	return err
}

// serve opens a port and answers on it until Stop.
func (a *Adapter) serve(what, address string, server *http.Server) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", what, err)
	}
	a.beside.Go(func() {
		if err := receive.Serve(server, l); err != nil {
			a.log.WithError(err).Errorf("%s listener ended", what)
		}
	})
	a.onStop("close "+what, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, drainTimeout)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	})
	return l, nil
}

// drainTimeout is how long requests under way may take to finish when the adapter stops.
const drainTimeout = 10 * time.Second

// Addr is where Learn posts to, as host:port.
func (a *Adapter) Addr() string { return a.public.Addr().String() }

// AdminAddr is where the admin API answers, as host:port.
func (a *Adapter) AdminAddr() string { return a.private.Addr().String() }

func receivers(sources []config.Source) []receive.Source {
	out := make([]receive.Source, len(sources))
	for i, s := range sources {
		out[i].Name = s.Name
		for _, key := range s.Keys {
			out[i].Keys = append(out[i].Keys, key.Sum())
		}
	}
	return out
}
