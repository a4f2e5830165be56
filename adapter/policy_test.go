package adapter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// skipped is how many events a destination has left out for a reason.
func (r *rig) skipped(reason string) uint64 {
	r.t.Helper()
	status, _, _, err := r.Balance(r.t.Context(), "lrs")
	if err != nil {
		r.t.Fatal(err)
	}
	return status.Skipped[reason]
}

func TestDeriveNeedsNoMap(t *testing.T) {
	r := newRig(t, collector.Options{}, "mapping: { unmapped: derive }")
	u := newUser()
	r.mustPost(envelope(u.login(uuid.New(), time.Now())))
	r.settled(want{Delivered: 1})
	if raw := string(r.collector.Events()[0].Raw); !strings.Contains(raw, "urn:uuid:"+u.uuid.String()) {
		t.Errorf("the actor is not named by the user's own UUID: %s", raw)
	}
}

func TestDropLeavesUnmappedPeopleOut(t *testing.T) {
	r := newRig(t, collector.Options{}, "mapping: { unmapped: drop }")
	mapped, unmapped := newUser(), newUser()
	r.set(mapped, uuid.New())
	r.mustPost(envelope(unmapped.login(uuid.New(), time.Now()), mapped.login(uuid.New(), time.Now())))
	r.settled(want{Delivered: 1, Skipped: 1})
	if n := r.skipped(pipeline.ReasonUnmapped); n != 1 {
		t.Errorf("%d events skipped as unmapped, want 1", n)
	}
}

func TestSkipRulesLeaveEventsOut(t *testing.T) {
	r := newRig(t, collector.Options{}, "    skip: [{ type: SessionEvent, action: LoggedOut }, { type: ForumEvent }]")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	r.mustPost(envelope(l.events(u, 4)...)) // logins and logouts in turn
	r.settled(want{Delivered: 2, Skipped: 2})
	for _, e := range r.collector.Events() {
		if e.Action != "LoggedIn" {
			t.Errorf("a %s has arrived", e.Action)
		}
	}
	if n := r.skipped(translate.SkipPolicy); n != 2 {
		t.Errorf("%d events skipped by policy, want 2", n)
	}
}

// TestHeldEventsExpire lets events wait longer than they may, and tries the dead letters again: first in vain, then
// with a mapping.
func TestHeldEventsExpire(t *testing.T) {
	r := newRig(t, collector.Options{}, "mapping: { hold_for: 1s }")
	l, u := newLedger(), newUser()
	r.mustPost(envelope(l.events(u, 3)...))
	r.settled(want{Dead: 3})
	before := r.dead()
	for _, d := range before {
		if d.Reason != pipeline.ReasonExpired {
			t.Errorf("dead letter %d: %s", d.Seq, d.Reason)
		}
	}
	r.retry("reason=" + pipeline.ReasonExpired)
	r.awaitBuriedAgain(before) // held for a second in between
	r.settled(want{Dead: 3})
	r.set(u, uuid.New())
	r.retry("reason=" + pipeline.ReasonExpired)
	r.settled(want{Delivered: 3})
	l.check(t, r.collector.Events(), nil)
	r.restart()
	r.settled(want{Delivered: 3})
	if letters := r.dead(); len(letters) > 0 {
		t.Errorf("%d dead letters are left", len(letters))
	}
}
