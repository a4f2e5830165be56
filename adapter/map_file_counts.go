package adapter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// mapFileCounts are the metrics of the watched files. What was imported last survives restarts.
type mapFileCounts struct {
	statuses func() []admin.MapFileStatus
	state    *prometheus.Desc
	imported *prometheus.Desc
	modified *prometheus.Desc
	people   *prometheus.Desc
	leftOut  *prometheus.Desc
}

func newMapFileCounts(statuses func() []admin.MapFileStatus) *mapFileCounts {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("bbcaliper_map_file_"+name, help, append([]string{"file"}, labels...), nil)
	}
	return &mapFileCounts{
		statuses: statuses,
		state:    desc("state", "1 for the present state.", "state"),
		imported: desc("imported_timestamp_seconds", "When the file was last imported into the ID map; 0: never."),
		modified: desc("modified_timestamp_seconds", "The time of the file itself; 0: it is not there."),
		people:   desc("people", "People in what was imported last."),
		leftOut:  desc("left_out", "Lines of it that could not be imported."),
	}
}

// Describe implements prometheus.Collector.
func (c *mapFileCounts) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.state, c.imported, c.modified, c.people, c.leftOut} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *mapFileCounts) Collect(out chan<- prometheus.Metric) {
	for _, s := range c.statuses() {
		gauge := func(desc *prometheus.Desc, value float64) {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, s.Path)
		}
		collectStates(out, c.state, s.Path, admin.MapFileStates(), s.State)
		last := s.Imported
		if last == nil {
			last = &admin.ImportedFile{}
		}
		gauge(c.modified, unixSeconds(s.Modified))
		gauge(c.imported, unixSeconds(last.At))
		gauge(c.people, float64(last.People))
		gauge(c.leftOut, float64(last.LeftOut))
	}
}

// unixSeconds writes a time as Prometheus does; 0 if there is none.
func unixSeconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
