package mapping

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func importRows(t testing.TB, m *Map, n int) Result {
	t.Helper()
	plan := planRows(t, sampleRows(n), PlanOptions{}, m.Index())
	result, err := m.Import(t.Context(), plan, Edit{By: "ann", How: How{Command: "map import", File: "users.csv"}})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestImport(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1001, 3000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			log := newMemLog()
			m := openMap(t, log, Options{})
			result := importRows(t, m, n)
			if result.Counts != (Counts{New: n}) || m.Index().Len() != n || m.Index().Revision() != result.Revision {
				t.Fatalf("%+v, %d records", result, m.Index().Len())
			}
			last := log.last()
			if again := importRows(t, m, n); again.Counts != (Counts{Same: n}) || log.last() != last {
				t.Errorf("once more: %+v", again)
			}
		})
	}
}

func TestImportRefusesABadPlan(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	plan := planFile(t, header6+line(1, "", "", "s1", "", "")+"x,,,,,\n", PlanOptions{}, m.Index())
	var refused *PlanError
	if _, err := m.Import(t.Context(), plan, Edit{}); !errors.As(err, &refused) || log.last() != 0 {
		t.Fatalf("error %v, log at %d", err, log.last())
	}
}

func TestImportRefusesAPlanOfAnotherIndex(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	plan := planRows(t, sampleRows(1), PlanOptions{}, NewIndex("school"))
	if _, err := m.Import(t.Context(), plan, Edit{}); !errors.Is(err, errOtherIndex) || m.Index().Len() != 0 {
		t.Errorf("error %v", err)
	}
	elsewhere := planRows(t, func(func(Row, error) bool) {}, PlanOptions{}, NewIndex("college"))
	if result, err := m.Import(t.Context(), elsewhere, Edit{}); err != nil || result.Counts != (Counts{}) {
		t.Errorf("a plan without rows for this source: %+v, %v", result, err)
	}
}

// What changed after the plan was made counts when it is imported.
func TestImportComparesAnew(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(4), ExternalID: "s4"})
	rows := line(1, "", "_1_1", "s1", "", "") + line(2, "", "_2_1", "s2", "", "") + line(3, "", "_3_1", "s3", "", "") +
		line(4, "", "_4_1", "s4", "", "")
	strict := planFile(t, header6+rows, PlanOptions{}, m.Index())
	partial := planFile(t, header6+rows, PlanOptions{Partial: true}, m.Index())
	set(t, m, Record{PlatformID: id(9), UserID: "_9_1", ExternalID: "s9"})
	set(t, m, Record{PlatformID: id(7), UserID: "_1_1"})                       // line 2 now re-points
	set(t, m, Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2"})     // line 3 is the same
	set(t, m, Record{PlatformID: id(8), ExternalID: "s3"})                     // line 4 …
	set(t, m, Record{PlatformID: id(8), UserID: "_3_1", Email: "x@b.test"})    // … is in conflict
	set(t, m, Record{PlatformID: id(4), ExternalID: "s4", Note: "in between"}) // line 5 keeps the note
	_, err := m.Import(t.Context(), strict, Edit{})
	var refused *PlanError
	if !errors.As(err, &refused) || !slices.Equal(refused.Lines(), []int{2, 4}) {
		t.Fatalf("error %v", err)
	}
	result, err := m.Import(t.Context(), partial, Edit{})
	if err != nil || result.Counts != (Counts{Changed: 1, Same: 1, Repointed: 1, Conflicting: 1}) {
		t.Fatalf("%+v, %v", result, err)
	}
	if r := m.Index().Find("_1_1")[0]; r.PlatformID != id(7) || r.ExternalID != "" {
		t.Errorf("line 2 made %+v", r)
	}
	if r := m.Index().Find("s3")[0]; r.PlatformID != id(8) || r.UserID != "" {
		t.Errorf("line 4 made %+v", r)
	}
	if r := m.Index().Find("s4")[0]; r.UserID != "_4_1" || r.Note != "in between" {
		t.Errorf("line 5 made %+v", r)
	}
}

// An import that somebody else interrupts is begun anew, and visible once.
func TestImportBeginsAnewWhenInterrupted(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	appends := 0
	log.beforeAppend = func(uint64) {
		if appends++; appends == 3 {
			set := ChangeSet{Kind: Single, Changes: []Change{put(Record{PlatformID: id(1), ExternalID: "theirs"})}}
			log.force(set.Encode(), time.Now())
		}
	}
	if result := importRows(t, m, 2500); result.New != 2500 || m.Index().Len() != 2501 {
		t.Fatalf("%+v, %d records", result, m.Index().Len())
	}
}

var errCrash = errors.New("crash")

// crashLog fails for good after a number of appends.
type crashLog struct {
	*memLog
	left int
}

func (l *crashLog) Append(ctx context.Context, after uint64, entry []byte) (uint64, error) {
	if l.left == 0 {
		return 0, errCrash
	}
	l.left--
	return l.memLog.Append(ctx, after, entry)
}

// Wherever an import crashes, nothing of it is visible, here or elsewhere, now
// or later; and the next write goes on.
func TestCrashedImportIsNeverVisible(t *testing.T) {
	const entries = 5 // begin, three parts, end
	for crash := range entries {
		t.Run(fmt.Sprint(crash), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := &crashLog{memLog: newMemLog(), left: crash}
				m := openMap(t, log, Options{})
				plan := planRows(t, sampleRows(2500), PlanOptions{}, m.Index())
				if _, err := m.Import(t.Context(), plan, Edit{}); !errors.Is(err, errCrash) {
					t.Fatalf("error %v", err)
				}
				other := openMap(t, log.memLog, Options{})
				if n := m.Index().Len() + other.Index().Len(); n != 0 {
					t.Fatalf("%d records are visible", n)
				}
				set(t, other, Record{PlatformID: id(1), ExternalID: "next"})
				last := openMap(t, log.memLog, Options{})
				if n := last.Index().Len(); n != 1 {
					t.Errorf("%d records after the next write", n)
				}
			})
		})
	}
}

// A write of another member does not undo an import that goes on; it waits, but
// only as long as the import shows signs of life.
func TestWritersLeaveARunningImportAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		m := openMap(t, log, Options{Patience: 10 * time.Second})
		entries := entriesOf(2500, 0)
		begun := time.Now()
		var writer sync.WaitGroup
		log.force(entries[0], time.Now())
		synctest.Wait()
		writer.Go(func() { set(t, m, Record{PlatformID: id(1), ExternalID: "mine"}) })
		for _, entry := range entries[1:] {
			time.Sleep(9 * time.Second)
			log.force(entry, time.Now())
		}
		writer.Wait()
		if took := time.Since(begun); took != 36*time.Second || m.Index().Len() != 2501 {
			t.Errorf("%d records after %s", m.Index().Len(), took)
		}
		log.force(entriesOf(1001, 5000)[0], time.Now())
		synctest.Wait()
		set(t, m, Record{PlatformID: id(2), ExternalID: "mine too"})
		if took := time.Since(begun); took != 46*time.Second {
			t.Errorf("an abandoned import is respected until %s", took)
		}
	})
}

// A draft that takes long does not lose for ever against members that write
// often: after two tries it asks them to wait.
func TestLongDraftsAreLetThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		m, other := openMap(t, log, Options{}), openMap(t, log, Options{})
		var waiting sync.WaitGroup
		tries, waited := 0, false
		_, err := m.commit(t.Context(), Edit{By: "ann"}, func() (iter.Seq[Change], error) {
			if tries++; tries <= optimism {
				set(t, other, sampleRecord(tries))
				return slices.Values([]Change{put(sampleRecord(100))}), nil
			}
			waiting.Go(func() { set(t, other, sampleRecord(tries)) })
			time.Sleep(9 * time.Second)
			waited = other.Index().Len() == optimism
			return slices.Values([]Change{put(sampleRecord(100))}), nil
		})
		if waiting.Wait(); err != nil || tries != optimism+1 || !waited || other.Index().Len() != optimism+2 {
			t.Errorf("%v after %d tries, waited %t, %d records", err, tries, waited, other.Index().Len())
		}
		synctest.Wait() // until the map has followed the last one, which the other wrote
		if changes := logOf(t, m, LogFilter{By: "ann"}, 10); len(changes) != 4 || changes[1].Effect != (Effect{New: 1}) {
			t.Errorf("%+v", changes)
		}
	})
}

// If there is nothing to write after all, nobody waits for long, and the log of
// changes does not show it.
func TestNeedlessReservationsAreClosed(t *testing.T) {
	for name, outcome := range map[string]error{"nothing to change": nil, "refused": errors.New("refused")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newMemLog()
				m, other := openMap(t, log, Options{}), openMap(t, log, Options{})
				tries := 0
				_, err := m.commit(t.Context(), Edit{}, func() (iter.Seq[Change], error) {
					if tries++; tries <= optimism {
						set(t, other, sampleRecord(tries))
						return slices.Values([]Change{put(sampleRecord(100))}), nil
					}
					return nil, outcome
				})
				begun := time.Now()
				last := set(t, other, sampleRecord(50))
				if !errors.Is(err, outcome) || time.Since(begun) > 0 {
					t.Errorf("%v, the next waited %s", err, time.Since(begun))
				}
				if changes := logOf(t, other, LogFilter{}, 10); len(changes) != 3 || changes[0].Number != last.Revision {
					t.Errorf("%+v", changes)
				}
				if _, err := other.Undo(t.Context(), last.Revision-2, Edit{}); !errors.Is(err, ErrNoChange) {
					t.Errorf("undoing nothing: %v", err)
				}
			})
		})
	}
}
