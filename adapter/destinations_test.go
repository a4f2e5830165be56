package adapter_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestFailingDestinationHarmsNoOther has a second collector that refuses everything, until it recovers.
func TestFailingDestinationHarmsNoOther(t *testing.T) {
	for name, failing := range map[string]string{"down": "503x1000000", "drops connections": "closex1000000", "paused": "401x1000000"} {
		t.Run(name, func(t *testing.T) {
			script, err := collector.ParseScript(failing)
			if err != nil {
				t.Fatal(err)
			}
			second, url := newCollector(t, collector.Options{Keep: -1, Script: script})
			r := newRig(t, collector.Options{}, fmt.Sprintf("  - { name: second, url: %q, app_id: %s, batch: { max_wait: 20ms } }", url, testApp))
			l, u, unmapped := newLedger(), newUser(), newUser()
			r.set(u, uuid.New())
			r.mustPost(envelope(append(l.events(u, 100), l.events(unmapped, 10)...)...))
			r.settled(want{Delivered: 100, Held: 10})
			r.set(unmapped, uuid.New())
			r.settled(want{Delivered: 110})
			l.check(t, r.collector.Events(), nil)
			if n := second.Accepted(); n > 0 {
				t.Errorf("%d events accepted by the failing collector", n)
			}
			r.restart() // it waits there as well
			second.SetScript(collector.Script{})
			if !r.await(func() bool { got, _, rest := r.endedAt("second"); return got == want{Delivered: 110} && rest }) {
				got, _, _ := r.endedAt("second")
				t.Errorf("the second ended as %+v", got)
			}
			l.check(t, second.Events(), nil)
		})
	}
}
