package resolver_test

import (
	"context"
	"testing"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// cached is a chain of two resolvers that have said all they know of the first
// 1000 people.
func cached(b *testing.B, users ...map[string]any) (*Chain, []Person) {
	b.Helper()
	learn, roster := newSite(), newRoster(users...)
	people := make([]Person, 1000)
	for n := range people {
		learn.users = append(learn.users, atLearn(n))
		people[n] = fromStream(n)
		people[n].Key = fromStream(n).Identity.ExternalID // the adapter has made the key already
	}
	c, err := New(Options{Found: func(context.Context, []Finding) {}}, entry("learn", blackboardOf(b, learn)), entry("roster", oneRosterOf(b, roster)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	for _, p := range people {
		c.Ask(p)
	}
	eventually(b, "everybody is known or not", func() bool { return c.Load().Open == 0 })
	return c, people
}

// BenchmarkAskUnknown asks about people whom nobody knows: what it costs to ask
// about all held people again and again.
func BenchmarkAskUnknown(b *testing.B) {
	c, people := cached(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if got := c.Ask(people[i%len(people)]); got != Unknown {
			b.Fatal(got)
		}
	}
}

// BenchmarkAskUnknownParallel is what it costs with everybody at once.
func BenchmarkAskUnknownParallel(b *testing.B) {
	c, people := cached(b)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			c.Ask(people[i%len(people)])
		}
	})
}

// BenchmarkAskKnown asks about people whom the caches know, and has the mapping
// handed over.
func BenchmarkAskKnown(b *testing.B) {
	var users []map[string]any
	for n := range 1000 {
		users = append(users, enrolled(n))
	}
	c, people := cached(b, users...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Ask(people[i%len(people)])
	}
}

// BenchmarkResolve asks a OneRoster service on this machine.
func BenchmarkResolve(b *testing.B) {
	r := oneRosterOf(b, newRoster(enrolled(1)))
	p := person(1)
	b.ReportAllocs()
	for b.Loop() {
		if answer, err := r.Resolve(b.Context(), &p); err != nil || answer.PlatformID != platform(1) {
			b.Fatal(answer, err)
		}
	}
}
