package adapter_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// Nothing is imported of a file that changed between the look and the end of the reading, or between its two readings.
func TestMapFileThatChangesWhileItIsRead(t *testing.T) {
	w := newWatched(t, "")
	w.rename(row(1))
	settled, err := os.Stat(w.file)
	if err != nil {
		t.Fatal(err)
	}
	writeRoster(t, w.file, rowsOf(1, 2)...) // in place
	if err := w.BringMapFile(t.Context(), settled); !errors.Is(err, adapter.ErrMoving) {
		t.Errorf("a file that grew: %v", err)
	}
	if err := w.PlanMapFile(t.Context(), strings.Repeat("0", 64)); !errors.Is(err, adapter.ErrMoving) {
		t.Errorf("a file of which another content was read: %v", err)
	}
	if w.people() != 0 {
		t.Errorf("%d people", w.people())
	}
	w.settles(admin.MapFileCurrent)
}

// A map that takes no writes is tried again with growing pauses, and said to fail; nobody is named.
func TestMapFileThatCannotBeWritten(t *testing.T) {
	w := newWatched(t, "")
	w.People("myschool").Close()
	w.rename(rowsOf(1, 3)...)
	s := w.settles(admin.MapFileFailed)
	if s.Reason != "the store takes no writes" || s.Remedy != "it is tried again by itself" || s.Imported != nil {
		t.Errorf("it is %+v", s)
	}
	for _, pause := range []time.Duration{10, 20, 40, 80, 160, 300, 300} {
		before := w.status().Looked
		w.clock.Advance(pause*time.Second - 1)
		if looked := w.status().Looked; !looked.Equal(before) {
			t.Fatalf("it is tried %s after the last time, before %ds have passed", looked.Sub(before), pause)
		}
		w.clock.Advance(1)
		w.until("it is tried again", func(s admin.MapFileStatus) bool { return s.Looked.After(before) })
	}
	if n := w.logged("is not imported"); n != 2 { // missing, failed
		t.Errorf("logged %d times:\n%s", n, w.logs.Bytes())
	}
	w.restart()
	w.firstLook()
	w.settles(admin.MapFileCurrent)
}

// Members of a fleet look at the same file, at the same time; it is imported once.
func TestMembersWatchTheSameFile(t *testing.T) {
	store := externalEngine(t)
	one, other := makeWatched(t), makeWatched(t)
	one.rename(rowsOf(1, 3)...)
	for _, w := range []*watched{one, other} {
		w.store = store
		w.extra = watching(fmt.Sprintf("path: %q, sync: true", one.file))
		w.start()
		w.firstLook()
	}
	members := []*watched{one, other}
	eventually(t, "both have it", func() bool {
		for _, w := range members {
			w.clock.Advance(10 * time.Second)
		}
		return one.status().State == admin.MapFileCurrent && other.status().State == admin.MapFileCurrent
	})
	one.rename(rowsOf(2, 3)...)
	for _, w := range members {
		w.settles(admin.MapFileCurrent)
		eventually(t, "it is in the map", func() bool { return w.people() == 2 })
		if n := len(w.changes()); n != 2 {
			t.Errorf("%d changes of two contents", n)
		}
	}
}

// TestStopEndsTheWatching looks for what outlives an adapter that watches a file.
func TestStopEndsTheWatching(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("watch", func(t *testing.T) {
		w := newWatched(t, "")
		w.rename(row(1))
		w.settles(admin.MapFileCurrent)
		w.reload("path: roster/users.csv, every: 1h")
		w.restart()
		w.firstLook()
	})
	http.DefaultClient.CloseIdleConnections()
	noneIsLeft(t, before)
}

// However the configuration is named, the file is the same.
func TestMapFileIsKnownByItsPath(t *testing.T) {
	w := newWatched(t, "")
	w.rename(rowsOf(1, 2)...)
	w.settles(admin.MapFileCurrent)
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(dir, w.file)
	if err != nil {
		t.Fatal(err)
	}
	c := w.config()
	c.Mapping.Files[0].Path = relative
	if err := w.Reload(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if s := w.statuses(); len(s) != 1 || s[0].Path != w.file || s[0].State != admin.MapFileCurrent {
		t.Errorf("another way to say the path: %+v", s)
	}
}
