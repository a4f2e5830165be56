package adapter_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// importCSV applies a file to the map, as `map import` does.
func (r *rig) importCSV(text string) {
	r.t.Helper()
	people := r.People("myschool")
	file, err := mapping.ReadFile(strings.NewReader(text), mapping.FileOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	plan, err := mapping.NewPlan(r.t.Context(), file.Rows(), []*mapping.Index{people.Index()}, mapping.PlanOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := people.Import(r.t.Context(), plan, mapping.Edit{By: "test"}); err != nil {
		r.t.Fatal(err)
	}
}

// unset removes a user from the map.
func (r *rig) unset(u user) {
	r.t.Helper()
	people := r.People("myschool")
	for _, record := range people.Index().Find(u.hex()) {
		if err := people.Remove(r.t.Context(), record.Number, mapping.Edit{By: "test"}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// shuffled returns the next n events of each user, mixed, but those of one user in order.
func (l *ledger) shuffled(users []user, n int) []string {
	turns := make([]user, 0, n*len(users))
	for range n {
		turns = append(turns, users...)
	}
	rand.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	events := make([]string, len(turns))
	for i, u := range turns {
		events[i] = l.next(u)
	}
	return events
}

// TestOneImportReleasesManyPeople has more than are removed from the held at a time.
func TestOneImportReleasesManyPeople(t *testing.T) {
	t.Parallel()
	const people, each, perEnvelope = 600, 3, 180
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	for events := l.shuffled(users, each); len(events) > 0; events = events[perEnvelope:] {
		r.mustPost(envelope(events[:perEnvelope]...))
	}
	r.settled(want{Held: people * each})
	r.importCSV(mappingCSV(users))
	r.settled(want{Delivered: people * each})
	l.check(t, r.collector.Events(), nil)
	r.restart()
	r.settled(want{Delivered: people * each})
}

// TestMappingThatComesWithTheEvent lets a mapping and the first events of a person arrive at the same time, again and
// again: whichever is first by a hair, nobody stays held.
func TestMappingThatComesWithTheEvent(t *testing.T) {
	const rounds = 150
	r := newRig(t, collector.Options{}, "")
	l := newLedger()
	for round := range rounds {
		u := newUser()
		first, second := envelope(l.events(u, 2)...), envelope(l.events(u, 3)...)
		mapped, posted := make(chan struct{}), make(chan struct{})
		var both sync.WaitGroup
		both.Go(func() {
			<-mapped
			r.set(u, uuid.New())
		})
		both.Go(func() {
			<-posted
			r.mustPost(first)
			r.mustPost(second)
		})
		start(mapped, posted, time.Duration(round-rounds/2)*100*time.Microsecond)
		both.Wait()
	}
	r.settled(want{Delivered: 5 * rounds})
	l.check(t, r.collector.Events(), nil)
}

// start closes two channels, the second by an offset later than the first, or earlier if that is negative.
func start(a, b chan struct{}, offset time.Duration) {
	if offset < 0 {
		a, b, offset = b, a, -offset
	}
	close(a)
	for began := time.Now(); time.Since(began) < offset; { // too short for a timer
	}
	close(b)
}

// TestMappingThatGoesWhileItsEventsAreReleased removes a mapping as soon as something has been released; the rest stays
// held, in order, until the mapping is back.
func TestMappingThatGoesWhileItsEventsAreReleased(t *testing.T) {
	const rounds, events = 5, 400
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	platform := uuid.New()
	for range rounds {
		r.mustPost(envelope(l.events(u, events)...))
		before := r.collector.Accepted()
		r.set(u, platform)
		if err := r.collector.Await(t.Context(), func() bool { return r.collector.Accepted() > before }); err != nil {
			t.Fatal(err)
		}
		r.unset(u)
		r.mustPost(envelope(l.events(u, 2)...))
		if got := r.finished(); got.Held < 2 || got.Held+got.Delivered != uint64(l.len()) {
			t.Fatalf("ended as %+v of %d", got, l.len())
		}
	}
	r.set(u, platform)
	r.settled(want{Delivered: uint64(l.len())})
	l.check(t, r.collector.Events(), nil)
}

// TestRestartWhileEventsAreReleased stops the adapter in the middle of a release, several times.
func TestRestartWhileEventsAreReleased(t *testing.T) {
	const people, each = 40, 50
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	r.mustPost(envelope(l.shuffled(users, each)...))
	r.settled(want{Held: people * each})
	r.importCSV(mappingCSV(users))
	for n := 100; n <= 500; n += 100 {
		r.wait(n)
		r.restart()
	}
	r.mustPost(envelope(l.shuffled(users, 1)...))
	r.settled(want{Delivered: people * (each + 1)})
	l.check(t, r.collector.Events(), r.cutOff)
}

// TestPersonIsReleasedByAnyAlias holds events of one person that name them differently: all wait for whichever alias
// gets mapped.
func TestPersonIsReleasedByAnyAlias(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	bare := strings.ReplaceAll(l.next(u), `"extensions":{"bb:user.id":"_7_1","bb:user.externalId":"x-`+u.hex()+`"}`, `"extensions":{}`)
	named := l.next(u)
	last := strings.ReplaceAll(l.next(u), `"bb:user.externalId":"x-`+u.hex()+`"`, `"bb:unused":1`)
	r.mustPost(envelope(bare, named, last))
	r.settled(want{Held: 3})
	_, err := r.People("myschool").Set(t.Context(), mapping.Record{PlatformID: uuid.New(), ExternalID: "x-" + u.hex()}, mapping.Edit{By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	r.settled(want{Delivered: 3})
	l.check(t, r.collector.Events(), nil)
}
