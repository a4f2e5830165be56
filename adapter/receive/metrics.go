package receive

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the door itself counts. What was received is counted by the journal, so that it survives restarts.
type metrics struct {
	refused *prometheus.CounterVec   // by source and reason; the source is empty where none was authenticated
	seconds *prometheus.HistogramVec // by source
}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bbcaliper_requests_refused_total",
			Help: "Requests answered with a 4xx or 503, by source (empty if not authenticated) and reason.",
		}, []string{"source", "reason"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "bbcaliper_receive_seconds",
			Help:    "Time from the start of a request to its 200, storing included.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15), // 0.5 ms to 8 s, the journal's patience
		}, []string{"source"}),
	}
	if registry == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.refused, m.seconds} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}
