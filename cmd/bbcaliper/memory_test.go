package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// TestLargeHeapIsTamed gives a heap less room while much of it is in use, and as much as before when it is not.
func TestLargeHeapIsTamed(t *testing.T) {
	before := debug.SetGCPercent(80)
	defer debug.SetGCPercent(before)
	stop := tameHeap()
	awaitGarbage(t, smallGarbage)
	func() {
		much := make([]byte, 2*largeHeap)
		awaitGarbage(t, largeGarbage)
		runtime.KeepAlive(much)
	}()
	awaitGarbage(t, smallGarbage)
	stop()
	if got := debug.SetGCPercent(80); got != 80 {
		t.Errorf("afterwards it is %d, was 80", got)
	}
}

// awaitGarbage collects garbage until that much may pile up.
func awaitGarbage(t *testing.T, want int) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for got := 0; got != want; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("garbage may be %d percent, want %d", got, want)
		}
		runtime.GC()
		metric := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(metric)
		got = int(metric[0].Value.Uint64())
	}
}
