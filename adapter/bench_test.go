package adapter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
)

// BenchmarkPipeline measures the whole way of an event: POST, sync, 200, decoding, mapping, translation, check, POST
// to a collector that only counts. cpu-µs/event is the CPU time of the whole process, so it includes the senders, the
// engine and the collector.
func BenchmarkPipeline(b *testing.B) {
	for _, n := range []int{1, 25} {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) { benchmarkPipeline(b, n, 0) })
	}
}

// BenchmarkSlowCollector is the same with a collector that takes its time to answer.
func BenchmarkSlowCollector(b *testing.B) {
	for _, delay := range []time.Duration{0, 20 * time.Millisecond, 200 * time.Millisecond} {
		b.Run("reply="+delay.String(), func(b *testing.B) { benchmarkPipeline(b, 25, delay) })
	}
}

// newBench is an adapter with a thousand people in its map.
func newBench(b *testing.B, sink *sink) (*rig, []user) {
	r := &rig{t: b, url: sink.url, dir: b.TempDir(), store: embedded, sources: oneSource, log: quiet()}
	r.start()
	users := newUsers(1000)
	r.importCSV(mappingCSV(users))
	return r, users
}

func benchmarkPipeline(b *testing.B, n int, delay time.Duration) {
	sink := newSink(b)
	sink.delay = delay
	r, users := newBench(b, sink)
	total := int64(max(b.N, n*benchSenders))
	b.ReportAllocs()
	b.ResetTimer()
	before := processCPU()
	sent := r.sendLogins(b, users, n, total)
	sink.await(sent)
	b.StopTimer()
	report(b, before, sent)
}

func report(b *testing.B, before time.Duration, events int64) {
	b.ReportMetric(float64((processCPU()-before).Nanoseconds())/1e3/float64(events), "cpu-µs/event")
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

// benchSenders is how many clients post at a time.
const benchSenders = 16

// sendLogins posts at least so many logins of all users, in envelopes of n, and returns how many.
func (r *rig) sendLogins(b *testing.B, users []user, n int, total int64) int64 {
	each := int(total)/(benchSenders*n) + 1
	var wg sync.WaitGroup
	for s := range benchSenders {
		wg.Go(func() {
			body := newLogins(b, n)
			for i := range each {
				body.renew(users, (s*each+i)*n)
				r.mustPost(body.text)
			}
		})
	}
	wg.Wait()
	return int64(each * benchSenders * n)
}

// BenchmarkDrain measures how fast a backlog of 250,000 events leaves, and what memory that takes. Run it with
// -benchtime 1x.
func BenchmarkDrain(b *testing.B) {
	const backlog = 250_000
	for b.Loop() {
		b.StopTimer()
		sink := newSink(b)
		r, users := newBench(b, sink)
		r.pause(b)
		sent := r.sendLogins(b, users, 25, backlog)
		before, used := processCPU(), heap()
		b.StartTimer()
		r.resume(b)
		sink.await(sent / 2)
		grown := heap() - used
		sink.await(sent)
		b.StopTimer()
		report(b, before, sent)
		b.ReportMetric(float64(grown)/(1<<20), "MiB-grown")
		b.StartTimer()
	}
}

func (r *rig) pause(b *testing.B) {
	if status := r.api(http.MethodPost, "/api/v1/destinations/lrs/pause", "{}", nil); status/100 != 2 {
		b.Fatalf("pause: %d", status)
	}
}

func (r *rig) resume(b *testing.B) {
	if status := r.api(http.MethodPost, "/api/v1/destinations/lrs/resume", "", nil); status/100 != 2 {
		b.Fatalf("resume: %d", status)
	}
}

// processCPU is the CPU time that this process has used.
func processCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// sink is a collector that counts events and keeps nothing.
type sink struct {
	url   string
	delay time.Duration
	got   atomic.Int64
	more  chan struct{}
}

func newSink(b *testing.B) *sink {
	s := &sink{more: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			b.Error(err)
		}
		if s.delay > 0 {
			<-time.After(s.delay)
		}
		s.got.Add(int64(bytes.Count(body, []byte(`"eventTime"`))))
		select {
		case s.more <- struct{}{}:
		default:
		}
	}))
	b.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *sink) await(n int64) {
	for s.got.Load() < n {
		<-s.more
	}
}

// logins is an envelope of the mission's login, many times, whose event ids and people can be renewed in place.
type logins struct {
	text   []byte
	ids    [][]int // where the ids stand, by event
	people [][]int // where the users' uuids stand
}

func newLogins(b *testing.B, n int) *logins {
	raw, err := os.ReadFile("../testdata/v1p1/login.json")
	if err != nil {
		b.Fatal(err)
	}
	var login bytes.Buffer
	if err := json.Compact(&login, raw); err != nil {
		b.Fatal(err)
	}
	events := make([]string, n)
	for i := range events {
		events[i] = login.String()
	}
	l := &logins{text: envelope(events...)}
	start := bytes.Index(l.text, login.Bytes())
	for i := range n {
		at := start + i*(login.Len()+1)
		event := l.text[at : at+login.Len()]
		l.ids = append(l.ids, occurrences(event, at, "f8c984e2-de73-4c0b-8183-779ab4149422"))
		l.people = append(l.people, occurrences(event, at, "ffc08009f0884c059192bac549e117b2"))
	}
	return l
}

// occurrences is where a word stands in a text that begins at a place.
func occurrences(text []byte, at int, word string) (places []int) {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(word))
		if i < 0 {
			return places
		}
		places = append(places, at+from+i)
		from += i + len(word)
	}
}

// renew gives each event a new id and the next user, from the first on.
func (l *logins) renew(users []user, first int) {
	for i := range l.ids {
		id, person := uuid.NewString(), users[(first+i)%len(users)].hex()
		for _, at := range l.ids[i] {
			copy(l.text[at:], id)
		}
		for _, at := range l.people[i] {
			copy(l.text[at:], person)
		}
	}
}
