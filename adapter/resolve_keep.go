package adapter

import (
	"context"
	"errors"
	"sync"

	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// keeper writes what was found into the maps.
type keeper struct {
	people func(source string) *mapping.Map // nil: there is no such source any more
	log    logrus.FieldLogger
	told   map[refusal]bool // those that the log has; keep is called one at a time

	mu     sync.Mutex
	counts map[kept]uint64
}

// origin is where findings of one change of a map come from.
type origin struct{ source, resolver string }

// refusal is a reason why the map does not take what a resolver found.
type refusal struct {
	origin
	outcome string
}

// kept is how findings of a resolver end.
type kept struct{ resolver, outcome string }

func newKeeper(people func(source string) *mapping.Map, log logrus.FieldLogger) *keeper {
	return &keeper{people: people, log: log, told: map[refusal]bool{}, counts: map[kept]uint64{}}
}

// keep implements resolver.Options.Found. What a resolver found of a source's people is one change of its map. What
// cannot be written now is found again: its person is still held.
func (k *keeper) keep(ctx context.Context, findings []resolver.Finding) {
	batches := map[origin][]mapping.Record{}
	for i := range findings {
		f := &findings[i]
		from := origin{source: f.Person.Source, resolver: f.Evidence.Resolver}
		batches[from] = append(batches[from], f.Record())
	}
	for from, batch := range batches {
		k.store(ctx, from, batch)
	}
}

func (k *keeper) store(ctx context.Context, from origin, batch []mapping.Record) {
	people := k.people(from.source)
	if people == nil {
		return
	}
	refused, err := people.SetAll(ctx, batch, mapping.Edit{
		By: "resolver " + from.resolver, How: mapping.How{Command: "resolve", Resolver: from.resolver},
	})
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		k.count(from, outcomeOf(err), len(batch))
		return
	}
	for _, err := range refused {
		k.count(from, outcomeOf(err), 1)
	}
}

func (k *keeper) count(from origin, outcome string, n int) {
	k.mu.Lock()
	k.counts[kept{from.resolver, outcome}] += uint64(n)
	k.mu.Unlock()
	if outcome != outcomeStored {
		k.tell(refusal{from, outcome})
	}
}

// tell logs a reason once: who it is about is found in the work list.
func (k *keeper) tell(r refusal) {
	if k.told[r] {
		return
	}
	k.told[r] = true
	k.log.WithFields(logrus.Fields{"resolver": r.resolver, "source": r.source, "reason": r.outcome}).
		Warnf("the ID map did not take what a resolver found: %s; the person stays held (logged once a reason)", inWords(r.outcome))
}

// outcomes are how the findings of a resolver ended.
func (k *keeper) outcomes(resolver string) map[string]uint64 {
	all := make(map[string]uint64, len(outcomesOfFindings()))
	for _, outcome := range outcomesOfFindings() {
		all[outcome] = 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for of, n := range k.counts {
		if of.resolver == resolver {
			all[of.outcome] = n
		}
	}
	return all
}

// How a finding ends, as in metrics.
const (
	outcomeStored   = "stored" // or the map had it already
	outcomeConflict = "conflict"
	outcomeRepoint  = "repoint"
	outcomeInvalid  = "invalid"
	outcomeFailed   = "failed"
)

func outcomesOfFindings() []string {
	return []string{outcomeStored, outcomeConflict, outcomeRepoint, outcomeInvalid, outcomeFailed}
}

func outcomeOf(err error) string {
	var conflict *mapping.ConflictError
	var repoint *mapping.RepointError
	var invalid *mapping.InvalidError
	switch {
	case err == nil:
		return outcomeStored
	case errors.As(err, &conflict):
		return outcomeConflict
	case errors.As(err, &repoint):
		return outcomeRepoint
	case errors.As(err, &invalid):
		return outcomeInvalid
	default:
		return outcomeFailed
	}
}

// inWords says what is wrong without the error of the map, which may name aliases.
func inWords(outcome string) string {
	switch outcome {
	case outcomeConflict:
		return "an alias of the person belongs to another record"
	case outcomeRepoint:
		return "the person's record has another platform id"
	case outcomeInvalid:
		return "a value of the person cannot be stored"
	default:
		return "the store takes no writes, or others keep changing the map"
	}
}
