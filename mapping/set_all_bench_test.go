package mapping_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// BenchmarkSetOnTheEngine stores 10,000 people who were found by resolvers, in
// batches of that many, on the engine: every batch is a synced write.
func BenchmarkSetOnTheEngine(b *testing.B) {
	const people = 10_000
	for _, batch := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				setPeople(b, people, batch)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/people, "µs/person")
		})
	}
}

func setPeople(b *testing.B, people, batch int) {
	j, err := journal.Open(b.Context(), journal.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	m, err := mapping.Open(b.Context(), "school", j.MapLog("school"), mapping.Options{})
	if err != nil {
		b.Fatal(err)
	}
	edit := mapping.Edit{By: "resolver roster", How: mapping.How{Command: "resolve", Resolver: "roster"}}
	found := make([]mapping.Record, 0, batch)
	for n := range people {
		found = append(found, mapping.Record{
			PlatformID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, "platform", n)), ExternalID: fmt.Sprintf("student%05d", n),
			UserUUID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, "account", n)), Note: "oneroster roster, by email, at https://roster.example.org/users",
		})
		if len(found) < batch {
			continue
		}
		if _, err := m.SetAll(b.Context(), found, edit); err != nil {
			b.Fatal(err)
		}
		found = found[:0]
	}
	if got := m.Index().Len(); got != people {
		b.Fatalf("%d records", got)
	}
	b.ReportMetric(float64(m.Revision()), "entries")
	m.Close()
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}
