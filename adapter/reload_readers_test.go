package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestReloadsWhileEverybodyReads puts one configuration after the other into effect while events come and the pages of
// the admin API are read all the time. It is for the race detector, so the reloads follow one another: any input or output
// between them would put what they write into an order with what was read. Besides, no page may fail, and nothing is lost.
func TestReloadsWhileEverybodyReads(t *testing.T) {
	t.Parallel()
	service := newRoster(t)
	w := makeWatched(t)
	r := w.rig
	r.clock = nil
	w.rename(row(1))
	r.start()
	_, second := newCollector(t, collector.Options{})
	l, mapped, first := newLedger(), newUser(), uuid.New()
	r.set(mapped, uuid.New())
	r.mustPost(envelope(mapped.login(first, testTime), "17"))
	r.settled(want{Delivered: 1, Dead: 1})
	var configs []*config.Config
	for _, extra := range []string{
		"", fmt.Sprintf("  - { name: second, url: %q, app_id: %s, batch: { max_wait: 20ms } }\n", second, testApp),
		service.config(""), watching("path: roster/users.csv"), "    in_flight: 2\n", service.config("      queue: 5\n"),
		"mapping: { unmapped: hold, suggest: [email, external_id] }\n", "    sources: [myschool]\n",
	} {
		r.extra, r.sources = extra, oneSource
		if strings.Contains(extra, "sources:") {
			r.sources += ", { name: college, keys: [another-key-of-a-school] }"
		}
		configs = append(configs, r.config())
	}
	undisturbed := configs[2:4] // which restart no destination, and so take no time
	stop := r.readAll(first)
	done := make(chan struct{})
	var posting sync.WaitGroup
	posting.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if status := r.post(envelope(l.events(mapped, 3)...)); status != http.StatusOK {
				t.Errorf("POST answered %d", status)
				return
			}
		}
	})
	posting.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := r.Look(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	for _, c := range append(configs, slices.Repeat(undisturbed, 50)...) {
		if err := r.Reload(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	close(done)
	posting.Wait()
	stop()
	r.settled(want{Delivered: uint64(1 + l.len()), Dead: 1})
	l.check(t, r.collector.Events()[1:], r.cutOff)
}

// readAll reads the pages of the admin API again and again, until stop is called. None may fail. /healthz, which writes, is
// not among them.
func (r *rig) readAll(event uuid.UUID) (stop func()) {
	r.t.Helper()
	done := make(chan struct{})
	var readers sync.WaitGroup
	pages := []string{
		admin.PathReady, admin.PathMetrics, admin.PathStatus, admin.PathUnmapped, admin.PathUnmappedExport,
		admin.PathExport, admin.PathChanges, admin.PathHeld, admin.PathDead, admin.PathDeadCounts, admin.PathDeadExport,
		admin.PathEvent(event.String()),
	}
	for reader := range 3 {
		readers.Go(func() {
			for n := reader; ; n++ {
				select {
				case <-done:
					return
				default:
					r.readOnce(pages[n%len(pages)])
				}
			}
		})
	}
	stop = sync.OnceFunc(func() { close(done); readers.Wait() })
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) readOnce(path string) {
	req, err := http.NewRequest(http.MethodGet, "http://"+r.AdminAddr()+path, nil)
	if err != nil {
		r.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	resp, err := heldToContract(r.t).RoundTrip(req)
	if err != nil {
		r.t.Error(err)
		return
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		r.t.Errorf("%s: %d %.200s, %v", path, resp.StatusCode, text, err)
	}
}
