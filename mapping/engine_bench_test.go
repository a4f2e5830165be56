package mapping_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

const benchPeople = 1_000_000

// people is a file of n rows of three aliases each; a note makes them differ
// from those of another round.
func people(n int, note string) io.Reader {
	r, w := io.Pipe()
	go func() {
		file := bufio.NewWriter(w)
		fmt.Fprintln(file, "platform_id,user_uuid,user_id,external_id,note")
		for i := range n {
			platform := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "platform %d", i))
			account := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "account %d", i))
			fmt.Fprintf(file, "%s,%x,_%d_1,student%07d,%s\n", platform, account[:], i, i, note)
		}
		w.CloseWithError(file.Flush())
	}()
	return r
}

func importPeople(b *testing.B, m *mapping.Map, note string) mapping.Result {
	b.Helper()
	file, err := mapping.ReadFile(people(benchPeople, note), mapping.FileOptions{})
	if err != nil {
		b.Fatal(err)
	}
	plan, err := mapping.NewPlan(b.Context(), file.Rows(), []*mapping.Index{m.Index()}, mapping.PlanOptions{})
	if err != nil {
		b.Fatal(err)
	}
	result, err := m.Import(b.Context(), plan, mapping.Edit{By: "ann"})
	if err != nil {
		b.Fatal(err)
	}
	return result
}

// BenchmarkMillion imports, changes, lists and undoes a million people on the
// engine, step by step, and says how long each takes and how much memory the
// process has had at most by then, that of the engine and of this test included.
func BenchmarkMillion(b *testing.B) {
	j, err := journal.Open(b.Context(), journal.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	m, err := mapping.Open(b.Context(), "school", j.MapLog("school"), mapping.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var first, second mapping.Result
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"import", func() error { first = importPeople(b, m, ""); return nil }},
		{"change", func() error { second = importPeople(b, m, "x"); return nil }},
		{"log", func() error { _, _, err := m.Log(b.Context(), mapping.LogFilter{}, mapping.Page{}); return err }},
		{"history", func() error { _, err := m.History(b.Context(), "student0777777"); return err }},
		{"undo-change", func() error { _, err := m.Undo(b.Context(), second.Revision, mapping.Edit{}); return err }},
		{"undo-import", func() error { _, err := m.Undo(b.Context(), first.Revision, mapping.Edit{}); return err }},
	} {
		begun := time.Now()
		if err := step.do(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s/"+step.name)
		b.ReportMetric(peakMiB(b), "MiB/"+step.name)
	}
	m.Close()
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

// peakMiB is the most memory that this process has had so far; 0 where the
// system does not say.
func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}

// withoutSnapshots is a log that has none and takes none.
type withoutSnapshots struct{ *journal.MapLog }

func (withoutSnapshots) Snapshot(context.Context) (uint64, error)                     { return 0, nil }
func (withoutSnapshots) LoadSnapshot(context.Context, func([]byte) error) error       { return nil }
func (withoutSnapshots) SaveSnapshot(context.Context, uint64, iter.Seq[[]byte]) error { return nil }

// BenchmarkOpenOnTheEngine opens the store and the map of a million people who
// have changed once since, with a snapshot and without.
func BenchmarkOpenOnTheEngine(b *testing.B) {
	dir := b.TempDir()
	j, err := journal.Open(b.Context(), journal.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	m, err := mapping.Open(b.Context(), "school", j.MapLog("school"), mapping.Options{})
	if err != nil {
		b.Fatal(err)
	}
	importPeople(b, m, "")
	importPeople(b, m, "x")
	awaitSnapshotOf(b, j.MapLog("school"), m.Revision())
	m.Close()
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	for _, with := range []bool{true, false} {
		b.Run(fmt.Sprintf("snapshot=%t", with), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				openOnce(b, dir, with)
			}
		})
	}
}

func openOnce(b *testing.B, dir string, snapshot bool) {
	j, err := journal.Open(b.Context(), journal.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	var log mapping.Log = j.MapLog("school")
	if !snapshot {
		log = withoutSnapshots{j.MapLog("school")}
	}
	m, err := mapping.Open(b.Context(), "school", log, mapping.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if l := m.Loading(); m.Index().Len() != benchPeople || (l.Snapshot > 0) != snapshot {
		b.Fatalf("%d records, %+v", m.Index().Len(), l)
	}
	b.ReportMetric(m.Loading().Took.Seconds(), "s/map")
	m.Close()
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

func awaitSnapshotOf(b *testing.B, log *journal.MapLog, revision uint64) {
	b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for newest := uint64(0); newest < revision; <-tick.C {
		var err error
		if newest, err = log.Snapshot(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
