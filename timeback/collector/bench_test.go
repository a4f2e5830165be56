package collector_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// Envelopes of fifty events, without a network: what the collector itself
// takes of a test of throughput.
func BenchmarkEnvelopes(b *testing.B) {
	sink, err := collector.New(collector.Options{Keep: 1000})
	if err != nil {
		b.Fatal(err)
	}
	events := make([]string, 50)
	for i := range events {
		events[i] = event(i)
	}
	body := envelope(events...)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		sink.ServeHTTP(httptest.NewRecorder(), r)
	}
}
