package resolver_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/google/uuid"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// stalling is a rule that answers nobody before its gate is closed.
type stalling struct {
	Resolver // the rule
	gate     chan struct{}
}

func (s stalling) Resolve(ctx context.Context, p *Person) (Answer, error) {
	select {
	case <-s.gate:
		return s.Resolver.Resolve(ctx, p)
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
}

// Asking about very many people while a resolver hangs takes the memory of its
// queue, and no more; those who found it full are found when they are asked about
// again.
func TestAHundredThousandQuestionsAreBounded(t *testing.T) {
	const many, queue = 100_000, 10_000
	rule := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	gate := make(chan struct{})
	r := newRig(t, entry("hangs", stalling{rule, gate}, func(e *Entry) { e.Queue, e.Concurrency = queue, 4 }))
	people := make([]Person, many)
	for n := range people {
		id := platform(n).String()
		people[n] = Person{Key: fmt.Sprint(n), Source: "school", Identity: identity{ExternalID: id}}
	}
	before := heapBytes()
	results := map[Asked]int{}
	for round := range 2 { // a reminder asks about everybody again
		for _, p := range people {
			results[r.Ask(p)]++
		}
		if open := r.Load().Open; open < queue || open > queue+4 {
			t.Errorf("round %d: %d questions are open", round, open)
		}
	}
	if results[Asking] != r.Load().Open || results[Asking]+results[Pending]+results[Deferred] != 2*many {
		t.Errorf("asked as %v", results)
	}
	const most = 16 << 20
	if grown := heapBytes() - before; grown > most {
		t.Errorf("%d bytes for %d questions that wait, at most %d", grown, r.Load().Open, most)
	}
	close(gate)
	people = people[:2*queue] // of whom half found it full
	for rounds := 0; len(people) > 0 && rounds < 10; rounds++ {
		for _, p := range people {
			r.Ask(p)
		}
		r.idle()
		found := r.found.ids()
		people = slices.DeleteFunc(people, func(p Person) bool { return found[uuid.MustParse(p.Identity.ExternalID)] > 0 })
	}
	if len(people) > 0 {
		t.Errorf("%d were never asked about", len(people))
	}
}

func heapBytes() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
