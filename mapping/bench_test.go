package mapping

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"
)

const benchRecords = 1_000_000

// indexWith returns an index of n sample records.
func indexWith(tb testing.TB, n int) *Index {
	tb.Helper()
	x := NewIndex("school")
	set := ChangeSet{Kind: Single, By: "ann", At: time.UnixMilli(1763712000000)}
	for i := range n {
		set.Changes = append(set.Changes, put(sampleRecord(i)))
		if len(set.Changes) == MaxChanges || i == n-1 {
			if err := x.Apply(x.Revision()+1, set); err != nil {
				tb.Fatal(err)
			}
			set.Changes = set.Changes[:0]
		}
	}
	return x
}

// identities returns those of records spread over a large index, so that the
// processor's caches do not hold what they need.
func identities(n int) []Identity {
	spread := make([]Identity, n)
	for i := range spread {
		r := sampleRecord(i * 7919 % benchRecords)
		spread[i] = r.Identity()
	}
	return spread
}

func BenchmarkLookup(b *testing.B) {
	x := indexWith(b, benchRecords)
	trust := DefaultTrust()
	known := identities(1 << 14)
	byAlias, unknown := make([]Identity, len(known)), make([]Identity, len(known))
	for i := range known {
		byAlias[i] = Identity{ExternalID: known[i].ExternalID}
		unknown[i] = Identity{UserUUID: account(i), UserID: fmt.Sprintf("_x%d_1", i), ExternalID: fmt.Sprintf("unknown%d", i)}
	}
	for _, bb := range []struct {
		name string
		ids  []Identity
		hit  bool
	}{{"user_uuid", known, true}, {"external_id", byAlias, true}, {"miss", unknown, false}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, ok := x.Lookup(bb.ids[i&(len(bb.ids)-1)], trust); ok != bb.hit {
					b.Fatal("wrong answer")
				}
			}
		})
		b.Run(bb.name+"/parallel", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if _, ok := x.Lookup(bb.ids[i&(len(bb.ids)-1)], trust); ok != bb.hit {
						b.Error("wrong answer")
					}
				}
			})
		})
	}
}

// BenchmarkImport reads, plans and imports a CSV file of 100,000 rows through a
// log, until it is visible.
func BenchmarkImport(b *testing.B) {
	var file bytes.Buffer
	if err := WriteCSV(&file, indexWith(b, 100_000).All()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m := openMap(b, newMemLog(), Options{})
		c, err := ReadFile(bytes.NewReader(file.Bytes()), FileOptions{})
		if err != nil {
			b.Fatal(err)
		}
		plan := planRows(b, c.Rows(), PlanOptions{}, m.Index())
		if _, err := m.Import(b.Context(), plan, Edit{}); err != nil {
			b.Fatal(err)
		}
		m.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/row")
}

// BenchmarkLoad opens a map of a million records.
func BenchmarkLoad(b *testing.B) {
	log := newMemLog()
	m := openMap(b, log, Options{})
	importRows(b, m, benchRecords)
	m.Close()
	stored := 0
	for _, e := range log.entries {
		stored += len(e.data)
	}
	b.ReportAllocs()
	for b.Loop() {
		openMap(b, log, Options{}).Close()
	}
	b.ReportMetric(float64(stored)/benchRecords, "logbytes/record")
}

// BenchmarkMemory measures what a million records of three aliases occupy in an
// index, and the same number of rows in a plan.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		x := indexWith(b, benchRecords)
		b.ReportMetric((heap()-before)/benchRecords, "bytes/record")
		before = heap()
		plan := planRows(b, sampleRows(benchRecords), PlanOptions{}, x)
		b.ReportMetric((heap()-before)/benchRecords, "bytes/row")
		runtime.KeepAlive(x)
		runtime.KeepAlive(plan)
	}
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkDecode reads a part of 1,000 changes.
func BenchmarkDecode(b *testing.B) {
	entry := entriesOf(1000, 0)[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeChangeSet(entry); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/change")
}
