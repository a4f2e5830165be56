package resolver_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// Findings gather while the map is written, and nobody is asked about twice.
func TestFoundIsCalledOneAtATime(t *testing.T) {
	isID := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	f := &found{gate: make(chan struct{}), entered: make(chan struct{})}
	c, err := New(Options{Found: f.take, Clock: clockwork.NewFakeClock()}, entry("rule", isID))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	of := func(n int) Person { return Person{Source: "s", Identity: identity{ExternalID: platform(n).String()}} }
	for n := range 1500 {
		if got := c.Ask(of(n)); got != Answered {
			t.Fatalf("person %d: %s", n, got)
		}
		if n == 0 {
			<-f.entered
		}
	}
	if got := c.Ask(of(700)); got != Pending {
		t.Errorf("asked again: %s", got)
	}
	if got := c.Load(); got.Open != 1500 || got.Found != 1499 {
		t.Errorf("load %+v", got)
	}
	for _, want := range []int{1, 1 + MaxFindings, 1500} {
		f.gate <- struct{}{}
		eventually(t, "stored", func() bool { return len(f.all()) == want })
		if want < 1500 {
			<-f.entered
		}
	}
	eventually(t, "nothing is open", func() bool { return c.Load() == Load{} })
}

// The first finding waits for others, but not when there are enough for a call.
func TestFindingsGather(t *testing.T) {
	isID := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	r := newRigWith(t, Options{Gather: time.Second}, entry("rule", isID))
	ask := func(from, to int) {
		for n := from; n < to; n++ {
			r.Ask(Person{Source: "s", Identity: identity{ExternalID: platform(n).String()}})
		}
	}
	waits := func() {
		t.Helper()
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
	ask(0, 1)
	waits()
	ask(1, 3)
	if got := r.Load(); got.Found != 3 {
		t.Errorf("load %+v", got)
	}
	r.clock.Advance(time.Second)
	r.idle()
	ask(3, 3+MaxFindings) // the clock stands still
	eventually(t, "a thousand are found", func() bool { return len(r.found.all()) == 3+MaxFindings })
}

func TestTooManyFindings(t *testing.T) {
	isID := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	f := &found{gate: make(chan struct{}), entered: make(chan struct{})}
	c, err := New(Options{Found: f.take}, entry("rule", isID))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	results := map[Asked]int{}
	for n := range 10*MaxFindings + 11 {
		results[c.Ask(Person{Identity: identity{ExternalID: platform(n).String()}})]++
		if n == 0 {
			<-f.entered
		}
	}
	if results[Deferred] != 10 || results[Answered] != 10*MaxFindings+1 || c.Load().Dropped != 10 {
		t.Errorf("%v, %+v", results, c.Load())
	}
}
