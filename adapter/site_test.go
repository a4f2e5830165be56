package adapter_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestEnvelopeOfAnotherSite pins a source to the site of its first envelope, the wrong one, and corrects the pin.
func TestEnvelopeOfAnotherSite(t *testing.T) {
	const wrong = "0d6a1f3e-41c7-4f7d-8f6b-5e2a9c7b3d10"
	r := newRig(t, collector.Options{}, "")
	l, u, stranger := newLedger(), newUser(), newUser()
	r.set(u, uuid.New())
	r.set(stranger, uuid.New())
	elsewhere := func(text string) string { return strings.ReplaceAll(text, testSite, wrong) }

	first := stranger.login(uuid.New(), time.Now())
	r.mustPost([]byte(elsewhere(string(envelope(first)))))
	r.settled(want{Delivered: 1})
	r.mustPost(envelope(l.events(u, 3)...))
	r.settled(want{Delivered: 1, Dead: 3})
	for _, d := range r.dead() {
		if d.Reason != pipeline.ReasonOtherSite || !strings.Contains(d.Detail, "`bbcaliper source pin myschool "+testSite+"`") {
			t.Errorf("dead letter %d: %s: %s", d.Seq, d.Reason, d.Detail)
		}
	}
	if status := r.api(http.MethodPut, admin.PathSite("myschool"), `{"site":"`+testSite+`"}`, nil); status/100 != 2 {
		t.Fatalf("pin answered %d", status)
	}
	r.settled(want{Delivered: 4})
	r.mustPost(envelope(l.events(u, 2)...))
	r.settled(want{Delivered: 6})
	l.check(t, r.collector.Events()[1:], nil)

	r.mustPost([]byte(elsewhere(string(envelope(stranger.login(uuid.New(), time.Now()))))))
	r.settled(want{Delivered: 6, Dead: 1})
	r.restart()
	r.mustPost(envelope(l.events(u, 1)...))
	r.settled(want{Delivered: 7, Dead: 1})
}

// TestOnlyASiteIsPinned: what somebody posts by hand before Learn does names no site, and does not make the source that of
// nobody.
func TestOnlyASiteIsPinned(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u := newUser()
	r.set(u, uuid.New())
	r.mustPost([]byte(`{"sensor":"a trial","data":[{"type":"SessionEvent","action":"LoggedIn"}]}`))
	r.settled(want{Dead: 1})
	r.mustPost(envelope(u.login(uuid.New(), time.Now())))
	r.settled(want{Delivered: 1, Dead: 1})
	var status admin.Status
	if r.call(http.MethodGet, admin.PathStatus, "", &status); status.Sources[0].Site != testSite {
		t.Errorf("the site is %q", status.Sources[0].Site)
	}
}
