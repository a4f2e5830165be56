// Package receive takes Learn's Caliper stream in over HTTP.
//
//	            key → source    gate        gzip, limits        events        synced
//	POST ──▶ authenticate ──▶ ready? ──▶ read the body ──▶ split ──▶ append ──▶ 200, empty
//	             │ 401          │ 503        │ 413 415 503     │ 400        │ 503
//	             ▼              ▼            ▼                 ▼ keep bytes ▼
//
// 200 means that the envelope is on stable storage. What is wrong inside valid JSON is never a reason to refuse it,
// for Learn is not known to send anything twice. A body that is not JSON is refused with 400, after its bytes were
// kept. Every other refusal leaves nothing behind, and the sender has to come again.
//
// An empty body and an envelope without events are stored like any other: they count as received envelopes with no
// events, so that a sender's test call shows where an administrator looks for it.
package receive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Journal is where envelopes go.
type Journal interface {
	// Append returns nil when the envelope is on stable storage, and only then is it answered 200. Any error means
	// that it may not be; journal.ErrFull that there is no room. Append has done with the body when it returns.
	Append(ctx context.Context, e journal.Envelope) error
	// Refuse keeps the bytes of a body that is answered 400. If it fails, the answer is 503 instead, so that they
	// come again. It has done with the body when it returns.
	Refuse(ctx context.Context, r journal.Refusal) error
}

// Path is where envelopes are posted, with or without a slash at its end.
const Path = "/caliper"

// The defaults of Options.
const (
	DefaultMaxBody      = 32 << 20
	DefaultMaxEvents    = 5000
	DefaultMemoryWait   = 2 * time.Second
	DefaultStoreTimeout = 10 * time.Second

	// memoryLeast times the largest body is the least memory. Half of it is for large bodies (see memory), and one
	// that is gzipped takes up to three times its size there while it grows: as sent, inflated, and the next buffer.
	memoryLeast = 6
	// memoryPerBody times the largest body is the memory unless it is given.
	memoryPerBody = 8
)

// Options says what the handler needs and how much it takes. Only Journal is required.
type Options struct {
	// Journal is where envelopes go.
	Journal Journal
	// Sources may post; they can be replaced later with SetSources.
	Sources []Source
	// Ready is asked before a body is read; while it returns an error the answer is 503. Nil means always ready.
	Ready func() error
	// MaxBody bounds a body in bytes, as sent and after gunzip. Default DefaultMaxBody.
	MaxBody int64
	// MaxEvents bounds the events of one envelope. Default DefaultMaxEvents.
	MaxEvents int
	// MaxMemory bounds what all bodies together take in memory, in bytes; at least six times MaxBody. Default eight
	// times MaxBody.
	MaxMemory int64
	// MemoryWait is how long a body waits for memory before it is answered 503. Default DefaultMemoryWait.
	MemoryWait time.Duration
	// StoreTimeout bounds one write to the journal. It should be longer than the journal's own patience, and shorter
	// than the server's write time-out less its read time-out. Default DefaultStoreTimeout.
	StoreTimeout time.Duration
	// Registry takes the metrics. Nil means that they are not exposed.
	Registry prometheus.Registerer
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	o.MaxBody = cmp.Or(o.MaxBody, DefaultMaxBody)
	o.MaxEvents = cmp.Or(o.MaxEvents, DefaultMaxEvents)
	o.MaxMemory = cmp.Or(o.MaxMemory, memoryPerBody*o.MaxBody)
	o.MemoryWait = cmp.Or(o.MemoryWait, DefaultMemoryWait)
	o.StoreTimeout = cmp.Or(o.StoreTimeout, DefaultStoreTimeout)
	if o.Ready == nil {
		o.Ready = func() error { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func (o Options) validate() error {
	switch {
	case o.Journal == nil:
		return errors.New("options: Journal is missing")
	case o.MaxBody < 1 || o.MaxEvents < 1:
		return errors.New("options: MaxBody and MaxEvents must be positive")
	case o.MaxMemory < memoryLeast*o.MaxBody:
		return fmt.Errorf("options: MaxMemory must be at least %d times MaxBody", memoryLeast)
	}
	return nil
}

// Handler answers the requests of the public listener. All methods may be called concurrently.
type Handler struct {
	opts    Options
	router  http.Handler
	keys    atomic.Pointer[keyring]
	bodies  *bodies
	metrics *metrics
	refused refusals
}

// New returns a handler. It fails if the options make no sense or the metrics are registered already.
func New(opts Options) (*Handler, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	h := &Handler{opts: opts, bodies: newBodies(opts)}
	if err := h.SetSources(opts.Sources); err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	var err error
	if h.metrics, err = newMetrics(opts.Registry); err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	h.router = h.routes()
	return h, nil
}

// SetSources replaces the sources. Requests under way keep what they were authenticated with. If it fails, nothing
// has changed.
func (h *Handler) SetSources(sources []Source) error {
	keys, err := newKeyring(sources)
	if err != nil {
		return fmt.Errorf("set sources: %w", err)
	}
	h.keys.Store(keys)
	return nil
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.router.ServeHTTP(w, r) }

// routes is the only place that knows the router. It cleans no paths, for a redirected POST loses its body. The
// handlers for wrong methods and paths go through serve as well: the router's middleware would not see them.
func (h *Handler) routes() *mux.Router {
	r := mux.NewRouter().SkipClean(true)
	for _, path := range []string{Path, Path + "/"} {
		r.Handle(path, h.serve(h.post)).Methods(http.MethodPost).Name("post " + path)
		r.Handle(path, h.serve(h.get)).Methods(http.MethodGet, http.MethodHead).Name("get " + path)
	}
	r.MethodNotAllowedHandler = h.serve(func(http.ResponseWriter, *http.Request) error { return refuse(ReasonMethod) })
	r.NotFoundHandler = h.serve(func(http.ResponseWriter, *http.Request) error { return refuse(ReasonNotFound) })
	return r
}

// serve turns the error of an endpoint into its answer.
func (h *Handler) serve(endpoint func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := endpoint(w, r); err != nil {
			h.answer(w, err)
		}
	})
}

// authenticate returns the source whose key a request carries.
func (h *Handler) authenticate(r *http.Request) (source string, err error) {
	source, ok := h.keys.Load().find(r.Header.Get("Authorization"))
	if !ok {
		return "", refuse(ReasonUnauthorized)
	}
	return source, nil
}

// Refused returns how many requests were refused since the start, by source and reason; the source "" has those that
// were not authenticated.
func (h *Handler) Refused() map[string]map[Reason]uint64 { return h.refused.copy() }
