package adapter_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// How many trials there are, and how many steps each has. BBCALIPER_LONG asks for the long form.
const (
	shortTrials, shortSteps = 2, 40
	longTrials, longSteps   = 10, 120
)

// TestAdapterAgreesWithItsModel does at random what people do with a map, while events come and the adapter is restarted,
// and holds map, history and what was delivered against a model. Each trial has a seed of its own: BBCALIPER_SEED repeats
// it as the first one. A trial that fails tells its steps.
func TestAdapterAgreesWithItsModel(t *testing.T) {
	t.Parallel()
	runTrials(t, shortTrials, newRigTrial)
}

// TestKilledAdapterAgreesWithItsModel is the same with an adapter in a process of its own, which is killed while it does
// what it is asked for.
func TestKilledAdapterAgreesWithItsModel(t *testing.T) {
	t.Parallel()
	runTrials(t, 1, newChildTrial)
}

func runTrials(t *testing.T, trials uint64, begin func(t *testing.T, seed uint64) *trial) {
	steps := shortSteps
	if os.Getenv("BBCALIPER_LONG") != "" {
		trials, steps = longTrials, longSteps
	}
	first := wreckSeed(t)
	for i := range trials {
		t.Run(strconv.FormatUint(i+1, 10), func(t *testing.T) {
			t.Parallel()
			begin(t, first+i).run(steps)
		})
	}
}

// trial drives an adapter and its model side by side.
type trial struct {
	t          *testing.T
	random     *rand.Rand
	world      *world
	collector  *collector.Collector
	life       life
	where      *address
	sender     *sender
	clock      time.Time // of the events
	posted     [][]byte  // envelopes that were accepted
	duplicates uint64    // events that were posted again
	story      []string  // what was done, to read when it fails
}

// life is an adapter that comes and goes.
type life interface {
	// begin starts it and waits until it receives.
	begin() (public, api string)
	// end stops or kills it.
	end()
	// mortal says that it may be killed at any moment.
	mortal() bool
	// repeats says that it may have sent an event again.
	repeats() bool
}

func newTrial(t *testing.T, seed uint64) *trial {
	t.Logf("BBCALIPER_SEED=%d", seed)
	r := &trial{
		t: t, random: wreckRandom(seed), world: newWorld(modelPeople), where: &address{},
		clock: time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC),
	}
	r.sender = &sender{t: t, where: r.where, client: newClient(t)}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("after\n%s", strings.Join(r.story, "\n"))
		}
	})
	return r
}

// rigLife is an adapter in this process, which is stopped in order.
type rigLife struct{ *rig }

func (l rigLife) begin() (public, api string) { l.start(); return l.Addr(), l.AdminAddr() }
func (l rigLife) end()                        { l.stop(l.Adapter) }
func (l rigLife) mortal() bool                { return false }
func (l rigLife) repeats() bool               { return l.cutOff(collector.Event{}, collector.Event{}) }

func newRigTrial(t *testing.T, seed uint64) *trial {
	r := newTrial(t, seed)
	c, url := newCollector(t, collector.Options{Keep: -1})
	adapter := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource, log: quiet(), backoff: hasty()}
	r.collector, r.life = c, rigLife{adapter}
	return r
}

// childLife is an adapter in a process of its own, which is killed.
type childLife struct {
	t     *testing.T
	given childConfig
	child *child
}

func (l *childLife) begin() (public, api string) {
	l.child = startChild(l.t, l.given)
	return l.child.ready()
}
func (l *childLife) end()         { l.child.kill() }
func (l *childLife) mortal() bool { return true }

func (l *childLife) repeats() bool { return true }

func newChildTrial(t *testing.T, seed uint64) *trial {
	r := newTrial(t, seed)
	c, url := newCollector(t, collector.Options{Keep: -1})
	r.collector, r.life = c, &childLife{t: t, given: childConfig{Dir: t.TempDir(), Store: embedded, URL: url}}
	return r
}

func (r *trial) begin() {
	r.where.set(r.life.begin())
}

func (r *trial) run(steps int) {
	r.begin()
	for range steps {
		if r.step(); r.t.Failed() {
			return
		}
	}
	r.settle()
	r.checkHistory()
	r.checkChanges()
	r.checkExplanations()
	sent, waiting := r.world.counts()
	r.t.Logf("%d steps: %d changes, %d records, %d events delivered, %d held", len(r.story), len(r.world.changes), len(r.world.records), sent, waiting)
}

// client speaks to the adapter as it is now.
func (r *trial) client() *client.Client {
	c, err := client.New(client.Options{Server: r.where.api(), Token: testToken})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// isClear says whether it does not depend on what is faster how a step ends.
func (r *trial) isClear(step func(*world) verdict) bool {
	w := r.world.clone()
	step(w)
	return !w.unclear
}

// edit does one thing to the map. What concerns people whose events are under way has to wait until these have arrived.
func (r *trial) edit(name string, model func(*world) verdict, do func(context.Context) error) {
	if r.disturbs(model) {
		r.settle()
	}
	if !r.isClear(model) {
		return
	}
	r.did("%s", name)
	want := model(r.world.clone())
	r.story[len(r.story)-1] += ": " + string(want)
	known := r.newest().Number
	killed, err := r.during(model, do)
	if !killed && isRefusal(err) != (want == refused) {
		r.t.Errorf("%s: is to be %s: %v", name, want, err)
	}
	switch newest := r.newest(); {
	case want == done && newest.Number > known:
		model(r.world)
		r.noted(newest)
	case newest.Number > known, want == done && !killed:
		r.t.Errorf("%s: the newest change is %+v: %v", name, newest, err)
	}
}

// noted knows the number of the newest change, and demands that it is as it is to be.
func (r *trial) noted(newest admin.MapChange) {
	c := r.world.changes[len(r.world.changes)-1]
	c.number = newest.Number
	r.checkChange(newest, c)
}

// disturbs says whether an edit concerns people whose events are under way, or who are being learned.
func (r *trial) disturbs(model func(*world) verdict) bool {
	w := r.world.clone()
	before := w.near()
	learning := len(w.lessons) > 0
	model(w)
	after := w.near()
	if learning {
		return true
	}
	for i, said := range before {
		if after[i] != said {
			return true
		}
	}
	return false
}

// isRefusal says whether an edit was refused for what it would do.
func isRefusal(err error) bool {
	status, _ := refusal(err)
	return status == http.StatusConflict || status == http.StatusUnprocessableEntity
}

// maxDeed is how long after the beginning of a deed the adapter is killed at the latest, if it is.
const maxDeed = 30 * time.Millisecond

// during does what is to be done. If the adapter may be killed, that sometimes happens meanwhile, unless the map is to
// learn something, which it may forget until the next event.
func (r *trial) during(model func(*world) verdict, do func(context.Context) error) (killed bool, err error) {
	w := r.world.clone()
	if model(w); !r.life.mortal() || len(w.lessons) > 0 || !r.chance(3) {
		return false, do(r.t.Context())
	}
	ended := make(chan error, 1)
	go func() { ended <- do(r.t.Context()) }()
	<-time.After(time.Duration(r.random.Int64N(int64(maxDeed)))) // the moment is to be random
	r.life.end()
	r.begin()
	err = <-ended
	r.did("  killed meanwhile: %v", err)
	return true, err
}

// newest is the newest change that an editor made.
func (r *trial) newest() admin.MapChange {
	r.t.Helper()
	for page, err := range r.client().Changes(r.t.Context(), admin.ChangeFilter{By: "admin", Limit: 1}) {
		if err != nil {
			r.t.Fatal(err)
		}
		for _, c := range page {
			return c
		}
	}
	return admin.MapChange{}
}
