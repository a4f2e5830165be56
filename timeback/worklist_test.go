package timeback_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// judge is a collector reduced to its verdicts: which events it refuses,
// whether its reply names them, and how many it takes in one envelope.
type judge struct {
	bad   map[int]bool
	named bool
	limit int // 0: any
}

func (j judge) reply(batch []int) timeback.Reply {
	if j.limit > 0 && len(batch) > j.limit {
		return timeback.Reply{Class: timeback.TooLarge, Status: 413}
	}
	body := `{"status":"error","message":"refused","errors":[`
	refused := false
	for i, place := range batch {
		if !j.bad[place] {
			continue
		}
		if j.named {
			if refused {
				body += ","
			}
			body += fmt.Sprintf(`{"path":["data",%d],"message":"event %d"}`, i, place)
		}
		refused = true
	}
	if !refused {
		return timeback.Reply{Class: timeback.Accepted, Status: 200}
	}
	return timeback.Reply{Class: timeback.Permanent, Status: 400, Body: []byte(body + "]}")}
}

// run drives a worklist to its end and returns the outcomes by place and the
// number of requests. It fails the test if an event ends twice or out of
// order.
func run(t *testing.T, n int, reply func(batch []int) timeback.Reply) (map[int]timeback.Outcome, int) {
	t.Helper()
	list := timeback.NewWorklist(n)
	outcomes := make(map[int]timeback.Outcome)
	requests, lastAccepted := 0, -1
	for batch := list.Next(); len(batch) > 0; batch = list.Next() {
		requests++
		if requests > 4*n+4 {
			t.Fatalf("no end after %d requests for %d events", requests, n)
		}
		if !slices.IsSorted(batch) || batch[0] <= lastAccepted {
			t.Fatalf("batch %v is out of order after %d", batch, lastAccepted)
		}
		for _, outcome := range list.Report(reply(batch)) {
			if _, twice := outcomes[outcome.Place]; twice {
				t.Fatalf("event %d ends twice", outcome.Place)
			}
			if outcome.Accepted {
				lastAccepted = outcome.Place
			}
			outcomes[outcome.Place] = outcome
		}
	}
	if len(outcomes) != n || len(list.Remaining()) != 0 {
		t.Fatalf("%d of %d events ended, %v remain", len(outcomes), n, list.Remaining())
	}
	return outcomes, requests
}

func checkVerdicts(t *testing.T, outcomes map[int]timeback.Outcome, bad map[int]bool) {
	t.Helper()
	for place, outcome := range outcomes {
		if outcome.Accepted == bad[place] {
			t.Errorf("event %d: accepted = %t, bad = %t", place, outcome.Accepted, bad[place])
		}
		if !outcome.Accepted && outcome.Reply.Status == 0 {
			t.Errorf("event %d is refused without a reply", place)
		}
	}
}

func set(places ...int) map[int]bool {
	bad := make(map[int]bool)
	for _, p := range places {
		bad[p] = true
	}
	return bad
}

func TestOneBadEventCostsFewRequests(t *testing.T) {
	for n := 1; n <= 130; n++ {
		most := int(2*math.Log2(float64(n))) + 1
		for place := range n {
			j := judge{bad: set(place)}
			outcomes, requests := run(t, n, j.reply)
			checkVerdicts(t, outcomes, j.bad)
			if requests > most {
				t.Errorf("n=%d, bad=%d: %d requests, want at most %d", n, place, requests, most)
			}
		}
	}
}

func TestFiftyEventsWithOneBadCostTwelve(t *testing.T) {
	worst := 0
	for place := range 50 {
		_, requests := run(t, 50, judge{bad: set(place)}.reply)
		worst = max(worst, requests)
	}
	if worst > 12 {
		t.Errorf("%d requests at worst, want at most 12", worst)
	}
}

func TestSeveralBadEventsAreAllFound(t *testing.T) {
	const n = 11
	for mask := range 1 << n {
		bad := make(map[int]bool)
		for place := range n {
			bad[place] = mask&(1<<place) != 0
		}
		for _, named := range []bool{false, true} {
			outcomes, _ := run(t, n, judge{bad: bad, named: named}.reply)
			checkVerdicts(t, outcomes, bad)
		}
	}
}

// Each further bad event costs at most as much again as the first.
func TestTwoAndThreeBadOfFifty(t *testing.T) {
	const each = 12 // 2·log2(50)+1
	worst := map[int]int{}
	for a := range 50 {
		for b := a + 1; b < 50; b++ {
			for _, bad := range []map[int]bool{set(a, b), set(a, (a+b)/2, b)} {
				outcomes, requests := run(t, 50, judge{bad: bad}.reply)
				checkVerdicts(t, outcomes, bad)
				worst[len(bad)] = max(worst[len(bad)], requests)
				if requests > each*len(bad) {
					t.Fatalf("bad %v: %d requests, want at most %d", bad, requests, each*len(bad))
				}
			}
		}
	}
	t.Logf("requests at worst, by the number of bad events: %v", worst)
}

func TestNamedEventsAreNotLookedFor(t *testing.T) {
	bad := set(3, 17, 49)
	outcomes, requests := run(t, 50, judge{bad: bad, named: true}.reply)
	checkVerdicts(t, outcomes, bad)
	if requests != 2 {
		t.Errorf("%d requests, want 2: the refused one and the rest", requests)
	}
	if got := outcomes[17].Message; got != "event 17" {
		t.Errorf("message %q, want the collector's", got)
	}
}

func TestNamesBeyondTheBatchMeanHalving(t *testing.T) {
	bad := set(2)
	outcomes, _ := run(t, 4, func(batch []int) timeback.Reply {
		reply := judge{bad: bad}.reply(batch)
		if reply.Class == timeback.Permanent {
			reply.Body = []byte(`{"errors":[{"path":["data",50]}]}`)
		}
		return reply
	})
	checkVerdicts(t, outcomes, bad)
}

func TestTooLargeBatchesAreHalved(t *testing.T) {
	bad := set(7, 30)
	for limit := 1; limit <= 50; limit++ {
		outcomes, _ := run(t, 50, judge{bad: bad, limit: limit}.reply)
		checkVerdicts(t, outcomes, bad)
	}
}

// 413 says nothing about bad events: the halves are sent whole.
func TestHalvingForSizeSendsEachHalfOnce(t *testing.T) {
	_, requests := run(t, 48, judge{limit: 12}.reply)
	if requests != 1+2+4 {
		t.Errorf("%d requests, want 7: 48, two of 24, four of 12", requests)
	}
}

func TestOneEventTooLargeAloneIsRefused(t *testing.T) {
	outcomes, requests := run(t, 8, func(batch []int) timeback.Reply {
		if slices.Contains(batch, 5) {
			return timeback.Reply{Class: timeback.TooLarge, Status: 413}
		}
		return timeback.Reply{Class: timeback.Accepted, Status: 200}
	})
	checkVerdicts(t, outcomes, set(5))
	if outcomes[5].Reply.Status != 413 || requests > 7 {
		t.Errorf("status %d after %d requests, want 413 after at most 7", outcomes[5].Reply.Status, requests)
	}
}

func TestAcceptedOnTheSecondLookLosesNothing(t *testing.T) {
	for refusals := 1; refusals <= 6; refusals++ {
		left := refusals
		outcomes, _ := run(t, 50, func(batch []int) timeback.Reply {
			if left > 0 && len(batch) > 1 {
				left--
				return timeback.Reply{Class: timeback.Permanent, Status: 400}
			}
			return timeback.Reply{Class: timeback.Accepted, Status: 200}
		})
		checkVerdicts(t, outcomes, nil)
	}
}

func TestRepliesThatSayNothingOfTheEventsChangeNothing(t *testing.T) {
	list := timeback.NewWorklist(4)
	list.Report(timeback.Reply{Class: timeback.Permanent, Status: 400})
	before, remaining := slices.Clone(list.Next()), list.Remaining()
	for _, class := range []timeback.Class{timeback.Retry, timeback.Pause, timeback.RefreshToken, 0} {
		if got := list.Report(timeback.Reply{Class: class}); got != nil {
			t.Errorf("%s settles %v", class, got)
		}
		if got := list.Next(); !slices.Equal(got, before) {
			t.Errorf("after %s next is %v, want %v", class, got, before)
		}
		if got := list.Remaining(); !slices.Equal(got, remaining) {
			t.Errorf("after %s %v remain, want %v", class, got, remaining)
		}
	}
}

func TestAnEmptyBatchHasNothingToSend(t *testing.T) {
	for _, n := range []int{0, -1} {
		list := timeback.NewWorklist(n)
		if list.Next() != nil || list.Report(timeback.Reply{Class: timeback.Accepted}) != nil {
			t.Errorf("NewWorklist(%d) has work", n)
		}
	}
}

// Whatever a collector answers, and however it contradicts itself, every
// event ends exactly once.
func TestAnyRepliesEnd(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	classes := []timeback.Class{timeback.Accepted, timeback.Permanent, timeback.TooLarge}
	for range 2000 {
		n := 1 + rng.IntN(60)
		run(t, n, func([]int) timeback.Reply {
			reply := timeback.Reply{Class: classes[rng.IntN(len(classes))]}
			if rng.IntN(2) == 0 {
				reply.Body = fmt.Appendf(nil, `{"errors":[{"path":["data",%d]}]}`, rng.IntN(n+2))
			}
			return reply
		})
	}
}
