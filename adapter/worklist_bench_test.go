package adapter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// hold puts events of so many people among the held, two each.
func (r *rig) hold(people int) {
	r.t.Helper()
	const atOnce = 1000
	events := make([]journal.Held, 0, atOnce)
	for n := range 2 * people {
		id := fmt.Sprintf("4%06d", n%people)
		whom := journal.Whom{UserUUID: uuid.NewSHA1(uuid.Nil, []byte(id)), UserID: "_" + id + "_1", ExternalID: id}
		events = append(events, journal.Held{
			Key:  mapping.PersonKey("myschool", mapping.Identity{UserUUID: whom.UserUUID}, ""),
			Whom: whom, Event: journal.Event{
				Place: journal.Place{Seq: uint64(1e6 + n)}, Source: "myschool", Type: "SessionEvent", ID: uuid.New(),
				Received: testTime.Add(time.Duration(n) * time.Millisecond), Raw: []byte("{}"),
			},
		})
		if len(events) == atOnce || n == 2*people-1 {
			if _, err := r.Journal().Hold(r.t.Context(), "lrs", events); err != nil {
				r.t.Fatal(err)
			}
			events = events[:0]
		}
	}
}

// BenchmarkWorkList reads the longest waiting of many people, each of whom has two events.
func BenchmarkWorkList(b *testing.B) {
	const people = 100_000
	r := newSchools(b, "")
	r.hold(people)
	b.ReportAllocs()
	for b.Loop() {
		if page := r.unmapped(admin.UnmappedFilter{}); page.Total != people || len(page.People) != admin.DefaultUnmappedLimit {
			b.Fatalf("%d people are listed, %d shown", page.Total, len(page.People))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/people, "ns/person")
}
