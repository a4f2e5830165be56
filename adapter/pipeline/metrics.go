package pipeline

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what pipelines measure as it happens. What they count comes from their saved progress instead, so that
// it survives restarts.
type Metrics struct {
	delivery *prometheus.HistogramVec
}

// NewMetrics registers the metrics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{delivery: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "bbcaliper_delivery_seconds",
		Help:    "Time from the answer 200 to the collector's acceptance of the event.",
		Buckets: prometheus.ExponentialBuckets(0.005, 4, 12),
	}, []string{"destination"})}
	registry.MustRegister(m.delivery)
	return m
}

func (m *Metrics) delivered(destination string, after time.Duration) {
	m.delivery.WithLabelValues(destination).Observe(after.Seconds())
}
