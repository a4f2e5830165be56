package adapter_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// What BenchmarkAcknowledgementWhileImporting does.
const (
	ackSenders = 8                     // who post at a time, as Learn's threads do
	ackEvery   = 40 * time.Millisecond // each of them
	ackEvents  = 10                    // of an envelope
	ackWatch   = 20 * time.Second      // each of the two times
	ackRows    = 100_000               // of a file
)

// BenchmarkAcknowledgementWhileImporting measures how long an envelope waits for its 200 at a steady rate: first while
// nothing else happens, then while files of 100,000 rows are imported one after the other, through the API. The adapter is
// a process of its own. Both are measured in one run, so that their ratio says something on a busy machine, too. Run it
// with -benchtime 1x.
func BenchmarkAcknowledgementWhileImporting(b *testing.B) {
	for b.Loop() {
		l := newLatency(b)
		l.watch(time.Second) // connections, buffers
		idle := l.watch(ackWatch)
		stop := l.importing()
		during := l.watch(ackWatch)
		imports := stop()
		reportLatency(b, "idle", idle)
		reportLatency(b, "importing", during)
		b.ReportMetric(float64(quantile(during, 0.99))/float64(quantile(idle, 0.99)), "p99-ratio")
		b.ReportMetric(float64(imports), "imports")
	}
}

func reportLatency(b *testing.B, name string, took []time.Duration) {
	for _, q := range []float64{0.5, 0.99, 1} {
		b.ReportMetric(quantile(took, q).Seconds()*1e3, fmt.Sprintf("ms-p%.0f-%s", 100*q, name))
	}
}

// quantile is a quantile of sorted times.
func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// latency posts at a steady rate and measures.
type latency struct {
	b     *testing.B
	where *address
	admin *client.Client
	users []user
	files [2][]byte // the same people, with different notes
}

func newLatency(b *testing.B) *latency {
	l := &latency{b: b, where: &address{}, users: newUsers(1000)}
	l.where.set(startChild(b, childConfig{Dir: b.TempDir(), Store: embedded, URL: newSink(b).url}).ready())
	var err error
	if l.admin, err = client.New(client.Options{Server: l.where.api(), Token: testToken}); err != nil {
		b.Fatal(err)
	}
	for i := range l.files {
		l.files[i] = peopleCSV(ackRows, fmt.Sprint("round ", i))
	}
	l.load([]byte(mappingCSV(l.users)))
	return l
}

// watch posts for some time and returns how long each envelope waited for its 200, sorted.
func (l *latency) watch(long time.Duration) []time.Duration {
	all := make([][]time.Duration, ackSenders)
	var posting sync.WaitGroup
	for s := range all {
		posting.Go(func() { all[s] = l.post(s, long) })
	}
	posting.Wait()
	sorted := slices.Concat(all...)
	slices.Sort(sorted)
	return sorted
}

// post posts one envelope after the other, each at its time or, if the one before was not answered by then, later: that
// counts as waiting, too.
func (l *latency) post(number int, long time.Duration) (took []time.Duration) {
	sender := &sender{t: l.b, where: l.where, client: newClient(l.b)}
	body := newLogins(l.b, ackEvents)
	begun := time.Now().Add(time.Duration(number) * ackEvery / ackSenders)
	for n := 0; ; n++ {
		due := begun.Add(time.Duration(n) * ackEvery)
		if due.Sub(begun) > long {
			return took
		}
		if wait := time.Until(due); wait > 0 {
			<-time.After(wait)
			due = time.Now()
		}
		body.renew(l.users, number*1000+n*ackEvents)
		if !sender.post(body.text) {
			l.b.Error("an envelope was not accepted")
			return took
		}
		took = append(took, time.Since(due))
	}
}

// importing imports files, each of which changes everybody, until stop, which returns how many it were.
func (l *latency) importing() (stop func() int) {
	ctx, cancel := context.WithCancel(l.b.Context())
	done := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			l.load(l.files[n%len(l.files)])
		}
		done <- n
	}()
	return func() int { cancel(); return <-done }
}

// load imports a file.
func (l *latency) load(file []byte) {
	request := admin.ImportRequest{File: "people.csv", Body: bytes.NewReader(file)}
	result, err := l.admin.Import(l.b.Context(), request)
	if err != nil || !result.Applied || result.Counts.Same > 0 {
		l.b.Errorf("imported %+v, %v", result.Counts, err)
	}
}

// peopleCSV is a file of so many people with three aliases each, always the same but for the note.
func peopleCSV(rows int, note string) []byte {
	var file bytes.Buffer
	file.WriteString("platform_id,user_uuid,user_id,external_id,note\n")
	for i := range rows {
		id := uuid.UUID{0: 0xb0, 6: 0x40, 8: 0x80, 12: byte(i >> 24), 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}
		fmt.Fprintf(&file, "%s,%x,_%d_2,student%07d,%s\n", id, id[:], i, i, note)
	}
	return file.Bytes()
}
