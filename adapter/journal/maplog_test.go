package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// chunksOf names n chunks of a snapshot.
func chunksOf(name string, n int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		buffer := make([]byte, 0, 64)
		for i := range n {
			buffer = fmt.Appendf(buffer[:0], "%s %d", name, i)
			if !yield(buffer) {
				return
			}
		}
	}
}

func loadChunks(t *testing.T, l *MapLog) ([]string, error) {
	t.Helper()
	var chunks []string
	err := l.LoadSnapshot(t.Context(), func(chunk []byte) error {
		chunks = append(chunks, string(chunk))
		return nil
	})
	return chunks, err
}

func wantChunks(t *testing.T, l *MapLog, name string, n int, revision uint64) {
	t.Helper()
	var want []string
	for chunk := range chunksOf(name, n) {
		want = append(want, string(chunk))
	}
	got, err := loadChunks(t, l)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
	if newest, err := l.Snapshot(t.Context()); err != nil || newest != revision {
		t.Errorf("revision %d, %v; want %d", newest, err, revision)
	}
}

// mapLogWith returns a log with some entries, and its last sequence.
func mapLogWith(t *testing.T, j *Journal, source string, entries int) (*MapLog, uint64) {
	t.Helper()
	l, last := j.MapLog(source), uint64(0)
	for range entries {
		seq, err := l.Append(t.Context(), last, []byte("entry"))
		if err != nil {
			t.Fatal(err)
		}
		last = seq
	}
	return l, last
}

func TestMapSnapshotsReplaceOneAnother(t *testing.T) {
	dir := t.TempDir()
	j := openFor(t, dir)
	l, last := mapLogWith(t, j, "a", 3)
	other, _ := mapLogWith(t, j, "b", 1)
	wantChunks(t, l, "", 0, 0)
	for i, name := range []string{"first", "second"} {
		if err := l.SaveSnapshot(t.Context(), uint64(i+1), chunksOf(name, 3-i)); err != nil {
			t.Fatal(err)
		}
		wantChunks(t, l, name, 3-i, uint64(i+1))
	}
	wantChunks(t, other, "", 0, 0)
	if seq, err := l.Append(t.Context(), last, []byte("next")); err != nil || seq <= last {
		t.Errorf("appended %d, %v", seq, err)
	}
	if n := storedUnder(t, j, "map.a.*"); n != 2+1 {
		t.Errorf("%d messages are kept for a snapshot of 2 chunks", n)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openFor(t, dir)
	wantChunks(t, j.MapLog("a"), "second", 2, 2)
}

func storedUnder(t *testing.T, j *Journal, subject string) (n uint64) {
	t.Helper()
	stream, err := j.stream(t.Context(), streamMap)
	if err != nil {
		t.Fatal(err)
	}
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(subject))
	if err != nil {
		t.Fatal(err)
	}
	for _, count := range info.State.Subjects {
		n += count
	}
	return n
}

// The log itself hides nothing of the snapshots beside it, and nothing of them
// is taken for an entry.
func TestMapSnapshotsAreNoEntries(t *testing.T) {
	j := openFor(t, t.TempDir())
	l, last := mapLogWith(t, j, "a", 2)
	if err := l.SaveSnapshot(t.Context(), last, chunksOf("x", 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), last, []byte("entry")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	entries := 0
	err := l.Follow(ctx, 0, func(_ uint64, _ time.Time, entry []byte) error {
		entries++
		if !bytes.Equal(entry, []byte("entry")) {
			t.Errorf("%q", entry)
		}
		return nil
	}, cancel)
	if !errors.Is(err, context.Canceled) || entries != 3 {
		t.Errorf("%d entries, %v", entries, err)
	}
}

// While one member stores a snapshot another leaves it alone; what was left
// half-written is replaced, and read by nobody.
func TestMapSnapshotHasOneWriter(t *testing.T) {
	j := openFor(t, t.TempDir())
	l, _ := mapLogWith(t, j, "a", 2)
	if err := l.SaveSnapshot(t.Context(), 1, chunksOf("whole", 2)); err != nil {
		t.Fatal(err)
	}
	ctx, crash := context.WithCancel(t.Context())
	err := l.SaveSnapshot(ctx, 2, func(yield func([]byte) bool) {
		if !yield([]byte("half 0")) {
			t.Error("the first chunk is refused")
		}
		if err := j.MapLog("a").SaveSnapshot(t.Context(), 2, chunksOf("other", 1)); !errors.Is(err, mapping.ErrConflict) {
			t.Errorf("another member: %v", err)
		}
		crash()
		yield([]byte("half 1"))
	})
	if err == nil {
		t.Fatal("it was stored nevertheless")
	}
	wantChunks(t, l, "whole", 2, 1)
}

// A snapshot that another member began meanwhile ends this one.
func TestMapSnapshotYields(t *testing.T) {
	j := openFor(t, t.TempDir())
	l, _ := mapLogWith(t, j, "a", 2)
	err := l.SaveSnapshot(t.Context(), 2, func(yield func([]byte) bool) {
		if _, err := l.store(t.Context(), l.subject+tokenChunk, 0, []byte("theirs")); err != nil {
			t.Fatal(err)
		}
		yield([]byte("mine"))
	})
	if !errors.Is(err, mapping.ErrConflict) {
		t.Errorf("error %v", err)
	}
}

func TestDamagedMapSnapshotsAreErrors(t *testing.T) {
	for name, harm := range map[string]func(l *MapLog, s *mapSnapshot){
		"a chunk is gone": func(l *MapLog, s *mapSnapshot) {
			if err := mapStream(t, l.journal).DeleteMsg(t.Context(), s.Last); err != nil {
				t.Fatal(err)
			}
		},
		"all chunks are gone": func(l *MapLog, s *mapSnapshot) {
			err := mapStream(t, l.journal).Purge(t.Context(), jetstream.WithPurgeSubject(l.subject+tokenChunk))
			if err != nil {
				t.Fatal(err)
			}
		},
		"the log is shorter": func(l *MapLog, s *mapSnapshot) {
			if err := mapStream(t, l.journal).Purge(t.Context(), jetstream.WithPurgeSubject(l.subject)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := openFor(t, t.TempDir())
			l, last := mapLogWith(t, j, "a", 2)
			if err := l.SaveSnapshot(t.Context(), last, chunksOf("x", 3)); err != nil {
				t.Fatal(err)
			}
			s, _, err := l.newestSnapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			harm(l, &s)
			if chunks, err := loadChunks(t, l); err == nil {
				t.Errorf("loaded %q", chunks)
			}
		})
	}
}

func mapStream(t *testing.T, j *Journal) jetstream.Stream {
	t.Helper()
	stream, err := j.stream(t.Context(), streamMap)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func openFor(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return j
}
