package journal_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// smallDisk mounts a file system of a few megabytes.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("cannot mount a small file system here (it needs root): %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(block)
	}
}

func TestFullDiskStopsTheIntakeAndRecovers(t *testing.T) {
	disk := smallDisk(t)
	j, err := journal.Open(t.Context(), journal.Options{Dir: filepath.Join(disk, "data"), PublishTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	stored := 0
	waitFor(t, "unhealthy", func() bool {
		if j.Append(t.Context(), envelope("a", 20)) == nil {
			stored++
		}
		return j.Healthy() != nil
	})
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "healthy again", func() bool { return j.Healthy() == nil && j.Append(t.Context(), envelope("a", 1)) == nil })
	// Everything that was acknowledged is there; what was refused may be.
	if n := len(read(t, j, "a", 0, 20*stored)); n < 20*stored {
		t.Errorf("%d events of %d are left", n, 20*stored)
	}
}

// waitFor waits until a condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still not %s", what)
		}
	}
}
