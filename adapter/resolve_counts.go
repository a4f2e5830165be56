package adapter

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// resolverCounts are the metrics of the resolvers. They begin anew with the process, and when a reload changes the
// resolvers.
type resolverCounts struct {
	statuses  func() []admin.ResolverStatus
	questions *prometheus.Desc
	findings  *prometheus.Desc
	state     *prometheus.Desc
	waiting   *prometheus.Desc
}

func newResolverCounts(statuses func() []admin.ResolverStatus) *resolverCounts {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("bbcaliper_resolver_"+name, help, labels, nil)
	}
	return &resolverCounts{
		statuses:  statuses,
		questions: desc("questions_total", "Questions about people whom the ID map does not know, by what came of them.", "resolver", "outcome"),
		findings:  desc("findings_total", "What resolvers found, by what became of it in the ID map.", "resolver", "outcome"),
		state:     desc("state", "1 for the present state.", "resolver", "state"),
		waiting:   desc("waiting", "Questions that wait for their turn.", "resolver"),
	}
}

// Describe implements prometheus.Collector.
func (c *resolverCounts) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.questions, c.findings, c.state, c.waiting} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *resolverCounts) Collect(out chan<- prometheus.Metric) {
	for _, s := range c.statuses() {
		for outcome, n := range s.Questions {
			out <- prometheus.MustNewConstMetric(c.questions, prometheus.CounterValue, float64(n), s.Name, outcome)
		}
		for outcome, n := range s.Findings {
			out <- prometheus.MustNewConstMetric(c.findings, prometheus.CounterValue, float64(n), s.Name, outcome)
		}
		collectStates(out, c.state, s.Name, resolver.States(), resolver.State(s.State))
		out <- prometheus.MustNewConstMetric(c.waiting, prometheus.GaugeValue, float64(s.Waiting), s.Name)
	}
}
