package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// DefaultMaxImport bounds an imported file, in bytes: about ten million records.
const DefaultMaxImport = 1 << 30

// Options are what a Handler is made of. Service, Gatherer and Log are required.
type Options struct {
	// Service does what is asked.
	Service Service
	// Tokens open /api/v1; they can be replaced later with SetTokens. Without any, nothing under /api/v1 answers.
	Tokens []config.Token
	// Gatherer is what /metrics shows.
	Gatherer prometheus.Gatherer
	// Log receives who changed what, and errors that callers are not told.
	Log logrus.FieldLogger
	// MaxImport bounds an imported file, in bytes. Default DefaultMaxImport.
	MaxImport int64
}

func (o *Options) validate() error {
	switch {
	case o.Service == nil:
		return errors.New("options: Service is missing")
	case o.Gatherer == nil:
		return errors.New("options: Gatherer is missing")
	case o.Log == nil:
		return errors.New("options: Log is missing")
	case o.MaxImport < 0:
		return errors.New("options: MaxImport must not be negative")
	}
	return nil
}

// Handler answers the requests of the admin listener. All methods may be called concurrently.
type Handler struct {
	service     Service
	exporter    http.Handler // of the metrics
	log         logrus.FieldLogger
	maxImport   int64
	openAPIJSON func() ([]byte, error) // the document that describes the API; made when it is asked for, once
	tokens      atomic.Pointer[[]config.Token]
	router      *mux.Router
}

// New returns a handler, or an error if the options make no sense.
func New(o Options) (*Handler, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	if o.MaxImport == 0 {
		o.MaxImport = DefaultMaxImport
	}
	h := &Handler{
		service: o.Service, log: o.Log, maxImport: o.MaxImport,
		exporter:    promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}),
		openAPIJSON: sync.OnceValues(openAPIToJSON),
	}
	h.SetTokens(o.Tokens)
	h.router = h.newRouter()
	return h, nil
}

// SetTokens replaces the tokens. Requests under way keep what they were admitted with.
func (h *Handler) SetTokens(tokens []config.Token) {
	tokens = slices.Clone(tokens)
	h.tokens.Store(&tokens)
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.router.ServeHTTP(w, r) }
