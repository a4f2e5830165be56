package adapter_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestPausedCollectorNeedNotStopTheIntake: with on_full: skip, what waits for a collector that is away is given up and
// counted when the journal is full, and the others go on.
func TestPausedCollectorNeedNotStopTheIntake(t *testing.T) {
	t.Parallel()
	away, awayURL := newCollector(t, collector.Options{Key: "a key that nobody has"})
	extra := fmt.Sprintf(`
  - { name: away, url: %s, app_id: %s, on_full: skip, batch: { max_wait: 20ms } }
journal: { max_bytes: 1MiB }`, awayURL, testApp)
	r := newRig(t, collector.Options{}, extra)
	u := newUser()
	r.set(u, uuid.New())
	eventually(t, "the journal is full", func() bool {
		if r.post(u.bulk()) == http.StatusOK {
			return false
		}
		full, err := r.Journal().NearlyFull(t.Context())
		return err == nil && full
	})
	r.allDelivered()
	eventually(t, "the intake has room again", func() bool {
		r.Clean(t.Context())
		return r.post(envelope(u.login(uuid.New(), time.Now()))) == http.StatusOK
	})
	r.allDelivered()
	eventually(t, "the backlog of the other is counted as skipped", func() bool {
		status, all, waiting, err := r.Balance(t.Context(), "away")
		skipped := status.Skipped["backlog"] // not all: the janitor may have looked before the journal was full
		return err == nil && skipped > 0 && skipped+waiting == all
	})
	if n := away.Accepted(); n != 0 {
		t.Errorf("%d events got to the collector that refuses all", n)
	}
}

// TestFullJournalIsNotReady: while envelopes are refused because the journal is full, /readyz and the status say so, though
// smaller writes still find room.
func TestFullJournalIsNotReady(t *testing.T) {
	t.Parallel()
	r := newRig(t, collector.Options{}, "journal: { max_bytes: 1MiB }")
	u := newUser()
	r.set(u, uuid.New())
	r.call(http.MethodPost, admin.PathPause("lrs"), `{}`, nil)
	for r.post(u.bulk()) == http.StatusOK {
	}
	var ready admin.Readiness
	if code := r.api(http.MethodGet, admin.PathReady, "", &ready); code != http.StatusServiceUnavailable || !strings.HasPrefix(ready.Reason, "the journal is full") {
		t.Errorf("/readyz answers %d, %+v", code, ready)
	}
	var status admin.Status
	if r.call(http.MethodGet, admin.PathStatus, "", &status); status.Engine.OK || status.Engine.Reason != ready.Reason {
		t.Errorf("the status is %+v, /readyz says %q", status.Engine, ready.Reason)
	}
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil)
	eventually(t, "it is ready again, without a post", func() bool {
		r.Clean(t.Context())
		return r.api(http.MethodGet, admin.PathReady, "", nil) == http.StatusOK
	})
	r.mustPost(u.bulk())
	r.allDelivered()
}

// allDelivered waits until nothing waits in the journal, and demands that all of it was delivered.
func (r *rig) allDelivered() {
	r.t.Helper()
	if got := r.finished(); got.Delivered == 0 || got != (want{Delivered: got.Delivered}) {
		r.t.Errorf("ended as %+v", got)
	}
}
