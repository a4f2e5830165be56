package adapter_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// How the adapter is killed. BBCALIPER_LONG asks for the long form, BBCALIPER_SEED for a run that was seen to fail.
const (
	shortKills = 4
	longKills  = 50
	maxLife    = 500 * time.Millisecond // of a process, once it is ready if that is waited for
)

// TestNothingIsLostUnderSIGKILL kills an adapter in a process of its own at random moments, those of its start included,
// while several senders post and people get mapped, and then demands everything that was answered 200.
func TestNothingIsLostUnderSIGKILL(t *testing.T) {
	w := newWreck(t, wreckSeed(t), collector.Options{})
	w.run(kills())
	r := w.recover()
	w.verify(r)
	w.resend(r)
}

// TestDeadLettersSurviveSIGKILL is the same with a collector that refuses some events, of which some are retried while
// it does and all when it no longer does. Those come out of order.
func TestDeadLettersSurviveSIGKILL(t *testing.T) {
	t.Parallel()
	var w *wreck
	var mended atomic.Bool
	w = newWreck(t, wreckSeed(t), collector.Options{Refuse: func(event []byte) string {
		if !mended.Load() && w.ledger.number(event)%7 == 3 {
			return "not now"
		}
		return ""
	}})
	w.retries = true
	w.run(kills())
	r := w.recover()
	for _, d := range r.dead() {
		if d.Reason != pipeline.ReasonRefused {
			t.Fatalf("dead letter %d: %s, %s", d.Seq, d.Reason, d.Detail)
		}
	}
	mended.Store(true)
	r.retry("")
	all := uint64(w.ledger.len())
	if !r.await(func() bool { return r.finished().Delivered == all }) {
		t.Fatalf("ended as %+v, want %d delivered", r.finished(), all)
	}
	if n := w.ledger.missing(w.collector.Events()); n > 0 {
		t.Errorf("%d events are missing", n)
	}
	if n := len(r.dead()); n > 0 {
		t.Errorf("%d dead letters are left", n)
	}
	w.resend(r)
}

// wreck is an adapter that is killed again and again, with those who post to it. Its fields belong to the test.
type wreck struct {
	t           *testing.T
	random      *rand.Rand
	collector   *collector.Collector
	url, dir    string
	extra       string // configuration beside the default; SENSOR in it becomes the one of the life
	ledger      *ledger
	senders     []*sender
	early, late []user // to be mapped before anything is sent, and while the test runs
	where       *address
	child       *child
	lives       int                        // how often an adapter was started
	retries     bool                       // dead letters are retried while the test runs
	pauses      bool                       // the destination is paused and resumed while the test runs
	paused      bool                       // it is, in this life or the next
	seen        map[uint64]admin.DeadEvent // dead letters that there were at some time
}

func newWreck(t *testing.T, seed uint64, options collector.Options) *wreck {
	t.Logf("BBCALIPER_SEED=%d", seed)
	w := &wreck{t: t, random: wreckRandom(seed), dir: t.TempDir(), extra: "    SENSOR\n", ledger: newLedger(), where: &address{}, seen: map[uint64]admin.DeadEvent{}}
	options.Keep, options.KeepBodies = -1, true
	w.collector, w.url = newCollector(t, options)
	for i := range uint64(4) {
		s := newSender(t, w.ledger, w.where, rand.New(rand.NewPCG(seed, i+1)))
		w.senders = append(w.senders, s)
		w.early, w.late = append(w.early, s.people[:3]...), append(w.late, s.people[3:]...)
	}
	return w
}

func wreckRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func wreckSeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("BBCALIPER_SEED")
	if text == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

func kills() int {
	if os.Getenv("BBCALIPER_LONG") != "" {
		return longKills
	}
	return shortKills
}

// run kills the adapter as often as it is to be killed, and once more when nobody sends any longer.
func (w *wreck) run(kills int) {
	stop := w.send()
	for range kills {
		w.live()
	}
	w.start()
	w.up()
	stop()
	w.kill()
}

// send sets the senders going; stop lets each finish what it has begun.
func (w *wreck) send() (stop func()) {
	done := make(chan struct{})
	var sending sync.WaitGroup
	for _, s := range w.senders {
		sending.Go(func() { s.run(done) })
	}
	stop = sync.OnceFunc(func() { close(done); sending.Wait() })
	w.t.Cleanup(stop)
	return stop
}

// live starts the adapter and kills it some time later, one time in four without having waited until it is ready.
func (w *wreck) live() {
	w.start()
	up := w.lives == 1 || w.random.IntN(4) > 0
	if up {
		w.up()
		w.mapSome(w.random.IntN(3))
		w.disturb()
	}
	<-time.After(time.Duration(w.random.Int64N(int64(maxLife)))) // the moment is to be random
	if up && !w.retries {
		w.look()
	}
	w.kill()
}

// disturb lets people do what makes it no easier.
func (w *wreck) disturb() {
	if w.retries {
		ask(w.t, w.where.api(), http.MethodPost, admin.PathDeadRetry, "", nil)
	}
	switch {
	case w.paused:
		w.paused = false
		ask(w.t, w.where.api(), http.MethodPost, admin.PathResume("lrs"), "", nil)
	case w.pauses:
		w.paused = w.random.IntN(2) == 0
		ask(w.t, w.where.api(), http.MethodPost, admin.PathPause("lrs"), "", nil)
		if !w.paused {
			ask(w.t, w.where.api(), http.MethodPost, admin.PathResume("lrs"), "", nil)
		}
	}
}

// look notes which dead letters there are. None of them may be gone later, unless it was retried.
func (w *wreck) look() {
	var letters []admin.DeadEvent
	ask(w.t, w.where.api(), http.MethodGet, admin.PathDead, "", &letters)
	for _, d := range letters {
		w.seen[d.Letter] = d
	}
}

func (w *wreck) start() {
	w.child = startChild(w.t, childConfig{Dir: w.dir, Store: embedded, URL: w.url, Extra: w.settings()})
}

// settings begin another life: its envelopes are known by its sensor.
func (w *wreck) settings() string {
	w.lives++
	sensor := fmt.Sprintf("sensor: https://adapter.test/lives/%d", w.lives)
	return strings.ReplaceAll(w.extra, "SENSOR", sensor)
}

// up waits until the adapter receives, and tells the senders where.
func (w *wreck) up() {
	public, api := w.child.ready()
	for _, u := range w.early {
		setRecord(w.t, api, u)
	}
	w.early = nil
	w.where.set(public, api)
}

// mapSome maps some of those whose events are held so far.
func (w *wreck) mapSome(n int) {
	n = min(n, len(w.late))
	for _, u := range w.late[:n] {
		setRecord(w.t, w.where.api(), u)
	}
	w.late = w.late[n:]
}

// setRecord maps a user through the admin API of an adapter in another process.
func setRecord(t testing.TB, api string, u user) {
	t.Helper()
	ask(t, api, http.MethodPut, admin.PathRecords, fmt.Sprintf(`{"platform_id":%q,"user_uuid":%q}`, uuid.New(), u.hex()), nil)
}

// ask asks the admin API of an adapter in another process for something, and decodes the answer into out, if that is not
// nil.
func ask(t testing.TB, api, method, path, body string, out any) {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+api+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if out == nil {
		return
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (w *wreck) kill() { w.child.kill() }

// recover goes on in this process and maps everybody.
func (w *wreck) recover() *rig {
	w.t.Helper()
	r := &rig{t: w.t, collector: w.collector, url: w.url, dir: w.dir, store: embedded, sources: oneSource, extra: w.settings(), log: quiet(), backoff: hasty()}
	r.start()
	if w.paused {
		ask(w.t, r.AdminAddr(), http.MethodPost, admin.PathResume("lrs"), "", nil)
	}
	for _, u := range w.late {
		r.set(u, uuid.New())
	}
	if !r.await(func() bool { return r.finished().Held == 0 }) {
		w.t.Fatalf("ended as %+v", r.finished())
	}
	return r
}

// verify looks at what arrived.
func (w *wreck) verify(r *rig) {
	w.t.Helper()
	all := uint64(w.ledger.len())
	got := r.finished()
	if got.Delivered != all || got.Dead != 0 || got.Skipped != 0 {
		w.t.Errorf("ended as %+v, want %d delivered", got, all)
	}
	e := readEvidence(w.t, w.collector)
	w.ledger.check(w.t, e.arrived, e.explains)
	e.checkBytes()
	w.t.Logf("%d events, %d arrived, %d resent ones left out", all, len(e.arrived), got.Duplicate)
}

// resend sends everything again, which is known by now.
func (w *wreck) resend(r *rig) {
	w.t.Helper()
	arrived := len(w.collector.Events())
	before, all := r.finished(), uint64(w.ledger.len())
	for _, s := range w.senders {
		for _, body := range s.accepted {
			r.mustPost(body)
		}
	}
	r.settled(want{Delivered: all, Duplicate: before.Duplicate + all})
	if n := len(w.collector.Events()); n != arrived {
		w.t.Errorf("%d events arrived again", n-arrived)
	}
}
