package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/sirupsen/logrus"
)

// memoryShare is how much of the machine's or container's memory the Go runtime may fill before it works harder.
const memoryShare = 0.8

// limitMemory gives the runtime a limit, unless GOMEMLIMIT has.
func limitMemory(log logrus.FieldLogger) {
	provider := memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)
	if _, err := memlimit.Set(memlimit.WithRatio(memoryShare), memlimit.WithProvider(provider)); err != nil {
		log.WithError(err).Warn("no memory limit was set")
	}
}

// How much garbage the runtime lets pile up before it collects it, in percent of what is in use. Most of what a daemon
// with a large map has in use holds no pointers, so that it costs little to look at it more often, and a great deal of
// memory not to: it is the import of a million people that decides how large a machine has to be.
const (
	smallGarbage = 100 // Go's default
	largeGarbage = 50
	largeHeap    = 256 << 20 // bytes in use from which on the second one counts
)

// garbagePercent is what a heap with so many bytes in use is given.
func garbagePercent(inUse uint64) int {
	if inUse >= largeHeap {
		return largeGarbage
	}
	return smallGarbage
}

// tameHeap keeps the heap small of a daemon with much in use, until stop, which returns when it has ended.
func tameHeap() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var taming sync.WaitGroup
	taming.Go(func() {
		defer debug.SetGCPercent(debug.SetGCPercent(smallGarbage)) // as it was
		tick := time.NewTicker(time.Second / 4)
		defer tick.Stop()
		inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}} // as of the last collection
		for now := smallGarbage; ; {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			metrics.Read(inUse)
			if next := garbagePercent(inUse[0].Value.Uint64()); next != now {
				debug.SetGCPercent(next)
				now = next
			}
		}
	})
	return func() { cancel(); taming.Wait() }
}
