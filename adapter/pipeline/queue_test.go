package pipeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// numbered is an event of a person; its number is its place's.
func numbered(person string, n int) *item {
	return &item{person: person, sensor: "s", json: []byte("{}"), event: journal.Event{Place: journal.Place{N: n}}}
}

func numbersOf(items []*item) []int {
	numbers := make([]int, len(items))
	for i, it := range items {
		numbers[i] = it.event.Place.N
	}
	return numbers
}

func demand(t *testing.T, what string, got []*item, want ...int) {
	t.Helper()
	if numbers := numbersOf(got); !slices.Equal(numbers, want) {
		t.Fatalf("%s: %v, want %v", what, numbers, want)
	}
}

var three = timeback.Batch{MaxEvents: 3, MaxBytes: 1 << 20}

func TestQueueTakesOnlyFullBatchesUnlessAsked(t *testing.T) {
	q := newQueue()
	q.push(numbered("a", 0))
	q.push(numbered("b", 1))
	demand(t, "not full", q.take(three, false))
	q.push(numbered("c", 2))
	demand(t, "full", q.take(three, false), 0, 1, 2)
	q.push(numbered("d", 3))
	demand(t, "partial", q.take(three, true), 3)
}

func TestQueueParksWhoIsInFlight(t *testing.T) {
	q := newQueue()
	for n, person := range []string{"a", "b", "a", "a", "c", "b", "", "a"} {
		q.push(numbered(person, n))
	}
	first := q.take(timeback.Batch{MaxEvents: 2, MaxBytes: 1 << 20}, true)
	demand(t, "first", first, 0, 1)
	second := q.take(three, true)
	demand(t, "second: a and b are in flight", second, 4, 6)
	q.push(numbered("a", 8))
	demand(t, "nothing else may fly", q.take(three, true))
	q.done(first, nil)
	demand(t, "what was parked comes first, in order", q.take(three, true), 2, 3, 7)
	demand(t, "b goes on", q.take(three, true), 5)
	q.done(second, nil)
	demand(t, "a is in flight again", q.take(three, true))
}

func TestQueuePutsBackWhatRemains(t *testing.T) {
	q := newQueue()
	for n, person := range []string{"a", "b", "a", "a"} {
		q.push(numbered(person, n))
	}
	batch := q.take(three, true)
	demand(t, "batch", batch, 0, 1, 2)
	demand(t, "parked", q.take(three, true))
	q.done(batch, []int{1, 2})
	demand(t, "remaining before parked", q.rest(), 1, 2, 3)
}

func TestQueueKeepsBoundsAndSensors(t *testing.T) {
	q := newQueue()
	other := numbered("c", 2)
	other.sensor = "another"
	once := numbered("d", 3)
	once.sensor, once.replay = "another", &replayFrame{}
	for _, i := range []*item{numbered("a", 0), numbered("b", 1), other, once} {
		q.push(i)
	}
	limit := timeback.Batch{MaxEvents: 9, MaxBytes: 1 << 20}
	demand(t, "one sensor", q.take(limit, false), 0, 1)
	demand(t, "no replay with others", q.take(limit, false), 2)
	large := numbered("e", 4)
	large.json = make([]byte, 2<<20)
	q.push(large)
	demand(t, "before the large one", q.take(limit, false), 3)
	demand(t, "the large one alone", q.take(limit, true), 4)
}

// TestQueueKeepsEveryPersonsOrder lets several batches fly and end at random, some of them put back in part.
func TestQueueKeepsEveryPersonsOrder(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	q := newQueue()
	const events, people = 5000, 40
	due := map[string][]int{}
	pushed, ended := 0, 0
	var flying [][]*item
	for ended < events {
		for range random.IntN(60) {
			if pushed < events {
				person := fmt.Sprint("p", random.IntN(people)*random.IntN(people)/people)
				q.push(numbered(person, pushed))
				due[person] = append(due[person], pushed)
				pushed++
			}
		}
		if batch := q.take(timeback.Batch{MaxEvents: 1 + random.IntN(50), MaxBytes: 1 << 20}, true); batch != nil {
			flying = append(flying, batch)
		}
		if len(flying) > random.IntN(8) {
			n := random.IntN(len(flying))
			batch := flying[n]
			flying = slices.Delete(flying, n, n+1)
			settled := len(batch)
			if random.IntN(4) == 0 {
				settled = random.IntN(len(batch))
			}
			var remaining []int
			for place, i := range batch {
				if place >= settled {
					remaining = append(remaining, place)
					continue
				}
				if due[i.person][0] != i.event.Place.N {
					t.Fatalf("%s: event %d ended when %d was due", i.person, i.event.Place.N, due[i.person][0])
				}
				due[i.person] = due[i.person][1:]
				ended++
			}
			q.done(batch, remaining)
		}
	}
}

func BenchmarkQueue(b *testing.B) {
	b.ReportAllocs()
	limit := timeback.Batch{MaxEvents: 50, MaxBytes: 1 << 20}
	items := make([]*item, 2000)
	for n := range items {
		items[n] = numbered(fmt.Sprint("p", n%300), n)
	}
	q := newQueue()
	var flying [][]*item
	for n := 0; b.Loop(); n++ {
		q.push(items[n%len(items)])
		if batch := q.take(limit, false); batch != nil {
			flying = append(flying, batch)
		}
		if len(flying) == 4 {
			for _, batch := range flying {
				q.done(batch, nil)
			}
			flying = flying[:0]
		}
	}
}
