package adapter_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// destinationStatus returns what the admin API says of the rig's destination.
func (r *rig) destinationStatus() admin.DestinationStatus {
	r.t.Helper()
	var status admin.Status
	r.call(http.MethodGet, admin.PathStatus, "", &status)
	return status.Destinations[0]
}

// TestPausedDestinationSendsNothing pauses, restarts, and goes on where it was. Intake, holding and burying go on
// meanwhile.
func TestPausedDestinationSendsNothing(t *testing.T) {
	const because = "the collector moves"
	r := newRig(t, collector.Options{}, "")
	l, u, unmapped := newLedger(), newUser(), newUser()
	r.set(u, uuid.New())
	r.mustPost(envelope(l.events(u, 20)...))
	r.settled(want{Delivered: 20})
	r.call(http.MethodPost, admin.PathPause("lrs"), `{"because":"`+because+`"}`, nil)
	posts := len(r.collector.Requests())
	r.mustPost(envelope(append(l.events(u, 60), l.next(unmapped), "17")...))
	eventually(t, "held and dead", func() bool {
		status := r.destinationStatus()
		return status.Waiting.Flight == 60 && status.PeopleWaiting == 1
	})
	r.set(unmapped, uuid.New()) // released, but not sent
	r.checkPaused(because)
	r.restart()
	eventually(t, "everything is ready to be sent", func() bool { return r.destinationStatus().Waiting.Flight == 61 })
	r.checkPaused(because)
	if n := len(r.collector.Requests()); n != posts {
		t.Errorf("%d POSTs while it was paused", n-posts)
	}
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil)
	r.settled(want{Delivered: 81, Dead: 1})
	l.check(t, r.collector.Events(), nil)
	if status := r.destinationStatus(); status.State != "running" || status.PausedBy != "" || status.Reason != "" {
		t.Errorf("afterwards %+v", status)
	}
}

// TestWhoeverIsMappedWaitsForTheDestination holds events of two people, and lets it not release those of the one who is
// mapped then: a paused destination takes no more than is ready to be sent.
func TestWhoeverIsMappedWaitsForTheDestination(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	l, u, late, stranger := newLedger(), newUser(), newUser(), newUser()
	r.set(u, uuid.New())
	r.call(http.MethodPost, admin.PathPause("lrs"), `{"because":"a test"}`, nil)
	waiting := func(people, events int) func() bool {
		return func() bool {
			status := r.destinationStatus()
			return status.PeopleWaiting == people && status.EventsUnmapped == events
		}
	}
	r.mustPost(envelope(l.next(late), l.next(stranger), l.next(stranger)))
	eventually(t, "both wait for a mapping", waiting(2, 3))
	for range 3 {
		r.mustPost(envelope(l.events(u, 1000)...))
	}
	eventually(t, "nothing more is taken", func() bool { return r.destinationStatus().Waiting.Flight >= 2000 })
	r.set(late, uuid.New())
	eventually(t, "one waits for a mapping", waiting(1, 2))
	if n := r.destinationStatus().Waiting.Held; n != 3 {
		t.Errorf("%d events are held", n)
	}
	r.restart()
	eventually(t, "one still waits for a mapping", waiting(1, 2))
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil)
	r.settled(want{Delivered: 3001, Held: 2})
	r.set(stranger, uuid.New())
	eventually(t, "nobody waits", waiting(0, 0))
	r.settled(want{Delivered: 3003})
	l.check(t, r.collector.Events(), nil)
}

// checkPaused looks at every place that shows the state.
func (r *rig) checkPaused(because string) {
	r.t.Helper()
	status := r.destinationStatus()
	if status.State != "paused" || status.PausedBy == "" || status.Reason != because || status.Since.IsZero() || !status.RetryAt.IsZero() {
		r.t.Errorf("status is %+v", status)
	}
	var ready admin.Readiness
	r.call(http.MethodGet, admin.PathReady, "", &ready)
	if !ready.Ready || ready.Destinations["lrs"] != "paused" || ready.Reasons["lrs"] != "paused by hand" {
		r.t.Errorf("readiness is %+v", ready)
	}
	metrics := string(r.metrics())
	for _, line := range []string{
		`bbcaliper_destination_state{destination="lrs",state="paused"} 1`,
		`bbcaliper_destination_state{destination="lrs",state="running"} 0`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			r.t.Errorf("metrics lack %s", line)
		}
	}
}

// oldestDead is an age that is not zero.
var oldestDead = regexp.MustCompile(`(?m)^bbcaliper_oldest_waiting_seconds{destination="lrs",where="dead"} [0-9.e-]*[1-9]`)

// TestLettersOfAPausedDestination are discarded, and retried to the point of being sent.
func TestLettersOfAPausedDestination(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	r.play("422@0/paths")
	r.mustPost(envelope(l.next(u)))
	r.settled(want{Dead: 1})
	r.mustPost(envelope("17"))
	r.settled(want{Dead: 2})
	if counted := r.metrics(); !strings.Contains(string(counted), `bbcaliper_dead_letters{destination="lrs",reason="malformed"} 1`) ||
		!oldestDead.Match(counted) {
		t.Errorf("metrics are %s", counted)
	}
	r.call(http.MethodPost, admin.PathPause("lrs"), "", nil)
	if result := r.discard("reason=malformed", "a number is no event"); result != (admin.DeadResult{Letters: 1}) {
		t.Errorf("discarded %+v", result)
	}
	r.settled(want{Dead: 1, Discarded: 1})
	r.retry("")
	eventually(t, "it is ready to be sent", func() bool { return r.destinationStatus().Waiting.Flight == 1 })
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil)
	r.settled(want{Delivered: 1, Discarded: 1})
}

// TestOnlyDestinationsThatExistArePaused names one that does not.
func TestOnlyDestinationsThatExistArePaused(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	for _, path := range []string{admin.PathPause("nowhere"), admin.PathResume("nowhere")} {
		if text := r.denied(http.StatusNotFound, http.MethodPost, path, ""); !strings.Contains(text, "no destination nowhere") {
			t.Errorf("%s: %s", path, text)
		}
	}
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil) // is no error
}
