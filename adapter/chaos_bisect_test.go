package adapter_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestOneBadEventOfFifty lets a collector refuse one event of an envelope of fifty: it alone is dead, with what the
// collector says, after as few requests as halving takes, or two if the collector names it.
func TestOneBadEventOfFifty(t *testing.T) {
	const events, message = 50, "not this one"
	for _, form := range collector.RefusalForms() {
		t.Run(string(form), func(t *testing.T) {
			var bad atomic.Int64
			l := newLedger()
			r := newFifties(t, collector.Options{RefuseForm: form, Refuse: func(event []byte) string {
				if int64(l.number(event)) == bad.Load() {
					return message
				}
				return ""
			}})
			u := newUser()
			r.set(u, uuid.New())
			for round, at := range []int{0, events / 2, events - 1} {
				bad.Store(int64(round*events + at))
				before := len(r.collector.Requests())
				r.mustPost(envelope(l.events(u, events)...))
				r.settled(want{Delivered: uint64((round + 1) * (events - 1)), Dead: uint64(round + 1)})
				most := int(2*math.Log2(events) + 1)
				if form == collector.FormPaths || form == collector.FormKeys {
					most = 2
				}
				if n := len(r.collector.Requests()) - before; n > most {
					t.Errorf("event %d: it took %d requests, want %d at most", at, n, most)
				}
			}
			r.checkBad(t, l, form, message)
		})
	}
}

// newFifties is a rig that sends fifty events at a time.
func newFifties(t *testing.T, options collector.Options) *rig {
	options.Keep, options.KeepBodies = -1, true
	c, url := newCollector(t, options)
	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource, log: quiet()}
	r.extra = "    batch: { max_events: 50, max_wait: 60s }"
	r.start()
	return r
}

// checkBad looks at the three that are dead, and at what arrived.
func (r *rig) checkBad(t *testing.T, l *ledger, form collector.Form, message string) {
	t.Helper()
	letters := r.dead()
	dead := map[string]bool{}
	for _, d := range letters {
		dead["urn:uuid:"+d.ID.String()] = true
		if d.Reason != pipeline.ReasonRefused || d.Status != http.StatusBadRequest {
			t.Errorf("dead as %s, %d", d.Reason, d.Status)
		}
		if said := fmt.Sprintf("%s %s", d.Detail, d.Reply); isTold(form) && !strings.Contains(said, wording(form, message)) {
			t.Errorf("the letter says %q and quotes %q", d.Detail, d.Reply)
		}
	}
	e := readEvidence(t, r.collector)
	e.checkDead(letters)
	e.checkBytes()
	l.checkBut(t, e.arrived, dead, nil)
}

// isTold says whether a refusal of this form has any words in it.
func isTold(form collector.Form) bool {
	return !slices.Contains([]collector.Form{collector.FormHTML, collector.FormEmpty}, form)
}

// wording is how a message is put.
func wording(form collector.Form, message string) string {
	if form == collector.FormKeys {
		return "Unrecognized key(s) in object"
	}
	return message
}
