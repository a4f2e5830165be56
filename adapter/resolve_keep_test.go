package adapter

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// openPeople opens the map of a source on the engine.
func openPeople(tb testing.TB, source string) *mapping.Map {
	tb.Helper()
	j, err := journal.Open(tb.Context(), journal.Options{Dir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	m, err := mapping.Open(tb.Context(), source, j.MapLog(source), mapping.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		m.Close()
		if err := j.Close(); err != nil {
			tb.Error(err)
		}
	})
	return m
}

func foundBy(name string, n int, platform uuid.UUID) resolver.Finding {
	return resolver.Finding{
		Person: resolver.Person{Source: "school", Identity: mapping.Identity{ExternalID: fmt.Sprintf("c4n4ry%d", n)}}, PlatformID: platform,
		Evidence: resolver.Evidence{Resolver: name, Kind: resolver.KindOneRoster, By: []resolver.Field{resolver.ExternalID}},
	}
}

// What a resolver found at a time is one change of the map, and what the map refuses keeps nothing else out.
func TestFindingsAreOneChangeAResolver(t *testing.T) {
	people := openPeople(t, "school")
	var logged bytes.Buffer
	log := logrus.New()
	log.SetOutput(&logged)
	k := newKeeper(func(source string) *mapping.Map {
		return map[string]*mapping.Map{"school": people}[source]
	}, log)
	taken := uuid.New()
	if _, err := people.Set(t.Context(), mapping.Record{PlatformID: taken, ExternalID: "c4n4ry0"}, mapping.Edit{}); err != nil {
		t.Fatal(err)
	}
	var found []resolver.Finding
	for n := range 600 {
		found = append(found, foundBy([]string{"roster", "directory"}[n%2], n, uuid.New()))
	}
	found[4].Person.Identity.ExternalID = strings.Repeat("x", 10_000)
	found[6].Person.Source = "gone"
	found = append(found, foundBy("roster", 0, taken)) // known already
	k.keep(t.Context(), found)
	changes, _, err := people.Log(t.Context(), mapping.LogFilter{}, mapping.Page{})
	if err != nil || len(changes) != 3 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	for _, c := range changes[:2] {
		if want := map[string]int{"roster": 297, "directory": 300}[c.How.Resolver]; c.Effect.New != want || c.How.Command != "resolve" || c.By != "resolver "+c.How.Resolver {
			t.Errorf("change %+v, want %d new", c, want)
		}
	}
	if got, want := fmt.Sprint(k.outcomes("roster")), "map[conflict:0 failed:0 invalid:1 repoint:1 stored:298]"; got != want {
		t.Errorf("roster: %s, want %s", got, want)
	}
	k.keep(t.Context(), found[:1])
	if n := strings.Count(logged.String(), "has another platform id"); n != 1 || strings.Contains(logged.String(), "c4n4ry") {
		t.Errorf("logged\n%s", logged.String())
	}
	people.Close()
	k.keep(t.Context(), []resolver.Finding{foundBy("directory", 9999, uuid.New())})
	if got := k.outcomes("directory")[outcomeFailed]; got != 1 || !strings.Contains(logged.String(), "the store takes no writes") {
		t.Errorf("%d failed, logged\n%s", got, logged.String())
	}
}

// BenchmarkKeep stores 10,000 findings as they come: a thousand at a time.
func BenchmarkKeep(b *testing.B) {
	const people = 10_000
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		m := openPeople(b, "school")
		k := newKeeper(func(string) *mapping.Map { return m }, silent())
		var found []resolver.Finding
		for n := range people {
			found = append(found, foundBy("roster", n, uuid.New()))
		}
		b.StartTimer()
		for at := 0; at < people; at += resolver.MaxFindings {
			k.keep(context.Background(), found[at:at+resolver.MaxFindings])
		}
		if m.Index().Len() != people {
			b.Fatalf("%d records", m.Index().Len())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/people, "µs/person")
}
