package adapter

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// mapFiles are the watched files: each is looked at by a goroutine of its own, so that one on a file system that hangs
// keeps no other waiting.
//
// In a fleet every member looks. All of them plan the same rows; one is first, and what the others find then changes
// nothing. The state of the engine says what was imported, so most of them do not even plan.
type mapFiles struct {
	turn chan struct{} // holds one token while nobody imports: a plan takes memory

	mu      sync.Mutex
	files   []*mapFile // in the order of the configuration
	running sync.WaitGroup
}

func newMapFiles() *mapFiles {
	m := &mapFiles{turn: make(chan struct{}, 1)}
	m.turn <- struct{}{}
	return m
}

// startMapFiles begins to look at the files. The maps are loaded by then.
func (a *Adapter) startMapFiles(context.Context) error {
	a.useMapFiles(a.config().Mapping.Files)
	a.onStop("stop watching files", func(ctx context.Context) error {
		a.useMapFiles(nil)
		return a.mapFiles.wait(ctx)
	})
	return nil
}

// useMapFiles looks at these files from now on. Those that are configured as before are looked at once, at once; what
// was refused is tried again, for a reload may follow something that was mended.
func (a *Adapter) useMapFiles(wanted []config.MapFile) {
	m := a.mapFiles
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-a.stopping: // nobody would stop them
		wanted = nil
	default:
	}
	before := map[config.MapFile]*mapFile{}
	for _, f := range m.files {
		before[f.config] = f
	}
	m.files = make([]*mapFile, len(wanted))
	for i, c := range wanted {
		c.Path = absolute(c.Path)
		f, there := before[c]
		if there {
			f.lookAgain()
			delete(before, c)
		} else {
			f = a.watch(c)
		}
		m.files[i] = f
	}
	for _, f := range before {
		f.stop()
	}
}

// absolute is a path as it can be typed anywhere; it is also what a file is remembered by.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path // the working folder is gone: then it is looked for there
}

// watch starts to look at a file.
func (a *Adapter) watch(c config.MapFile) *mapFile {
	ctx, stop := context.WithCancel(context.Background())
	f := newMapFile(a, c, stop)
	a.mapFiles.running.Go(func() { f.run(ctx) })
	return f
}

// wait waits for those who were told to stop. A read that hangs in a file system cannot be ended: it is left behind when
// ctx ends, and changes nothing any more.
func (m *mapFiles) wait(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		m.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("a file is still being read: %w", context.Cause(ctx))
	}
}

// statuses says how it goes with each file.
func (m *mapFiles) statuses() []admin.MapFileStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]admin.MapFileStatus, len(m.files))
	for i, f := range m.files {
		out[i] = f.current()
	}
	return out
}
