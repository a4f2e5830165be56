package adapter_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// outage is an adapter with two destinations whose clock the test turns. One of the collectors fails for an hour.
type outage struct {
	*rig
	clock   *clockwork.FakeClock
	healthy *collector.Collector
	ledger  *ledger
	users   []user
}

// What comes in, steadily: an envelope of outageEvents in each outageStep.
const (
	outageStep   = 10 * time.Second
	outageSteps  = 360 // an hour
	outageEvents = 10
)

func newOutage(t *testing.T) *outage {
	healthy, url := newCollector(t, collector.Options{Keep: -1})
	failing, failingURL := newCollector(t, collector.Options{Keep: -1})
	o := &outage{clock: clockwork.NewFakeClockAt(time.Now()), healthy: healthy, ledger: newLedger(), users: newUsers(50)}
	o.rig = &rig{
		t: t, collector: failing, url: failingURL, dir: t.TempDir(), store: embedded, sources: oneSource, log: quiet(), clock: o.clock,
		extra: fmt.Sprintf("  - { name: healthy, url: %q, app_id: %s, batch: { max_wait: 20ms } }\n", url, testApp),
	}
	o.start()
	for _, u := range o.users {
		o.set(u, uuid.New())
	}
	return o
}

// step lets one envelope come in and the time pass, and waits until the healthy destination has all there is.
func (o *outage) step() {
	o.t.Helper()
	events := make([]string, outageEvents)
	for i := range events {
		events[i] = o.ledger.next(o.users[rand.IntN(len(o.users))])
	}
	o.mustPost(envelope(events...))
	o.clock.Advance(outageStep)
	o.turnUntil("the healthy destination has everything", func() bool { return o.healthy.Accepted() >= o.ledger.len() })
}

// turnUntil turns the clock, a little each time, until something holds.
func (o *outage) turnUntil(what string, holds func() bool) {
	o.t.Helper()
	eventually(o.t, what, func() bool {
		o.clock.Advance(10 * time.Millisecond)
		return holds()
	})
}

// destination is the status of a destination.
func (r *rig) destination(name string) admin.DestinationStatus {
	r.t.Helper()
	var status admin.Status
	r.api(http.MethodGet, admin.PathStatus, "", &status)
	for _, d := range status.Destinations {
		if d.Name == name {
			return d
		}
	}
	r.t.Fatalf("no destination %s", name)
	return admin.DestinationStatus{}
}

func script(t testing.TB, text string) collector.Script {
	t.Helper()
	s, err := collector.ParseScript(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// heap is what is in use after everything that is not was collected, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestAnHourOfOutage has a collector fail for an hour while events come in all the time.
func TestAnHourOfOutage(t *testing.T) {
	o := newOutage(t)
	o.collector.SetScript(script(t, "503*"))
	var early, late int64
	for n := range outageSteps {
		o.step()
		switch n {
		case outageSteps / 6:
			early = heap()
		case outageSteps - 1:
			late = heap()
		}
	}
	if got := o.destination("lrs"); got.State != pipeline.BackingOff || got.Waiting.Journal+got.Waiting.Flight == 0 {
		t.Errorf("in the outage: %+v", got)
	}
	if tries := len(o.collector.Requests()); tries < 30 || tries > 600 {
		t.Errorf("tried %d times in an hour", tries)
	}
	// The ledgers and collectors of this test keep every event, a kilobyte or two.
	if grown, allowed := late-early, int64(o.ledger.len()*4<<10); grown > allowed {
		t.Errorf("the heap grew from %d to %d KiB", early>>10, late>>10)
	}

	o.collector.SetScript(collector.Script{})
	backlog, began := o.ledger.len(), o.clock.Now()
	for o.collector.Accepted() < o.ledger.len() {
		o.step()
	}
	took := o.clock.Since(began)
	if most := outageSteps * outageStep / 2; took > most {
		t.Errorf("%d events were caught up with in %s, want at most %s: twice as fast as they came in", backlog, took, most)
	}
	t.Logf("%d events were caught up with in %s, %d requests; the heap went from %d to %d KiB", backlog, took, len(o.collector.Requests()), early>>10, late>>10)
	o.ledger.check(t, o.collector.Events(), nil)
	o.ledger.check(t, o.healthy.Events(), nil)
	if got := o.destination("lrs"); got.State != pipeline.Running {
		t.Errorf("after the outage: %+v", got)
	}
}
