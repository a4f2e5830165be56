package adapter_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// dead returns the dead letters of the rig's destination.
func (r *rig) dead() []journal.DeadLetter {
	r.t.Helper()
	var letters []journal.DeadLetter
	err := r.Journal().ReadDead(r.t.Context(), "lrs", journal.DeadFilter{}, func(d journal.DeadLetter) bool {
		letters = append(letters, d)
		return true
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return letters
}

// retry sends the dead letters of a filter through the pipeline again.
func (r *rig) retry(filter string) {
	r.t.Helper()
	if status := r.api(http.MethodPost, admin.PathDeadRetry+"?"+filter, "", nil); status/100 != 2 {
		r.t.Fatalf("retry answered %d", status)
	}
}

// awaitBuriedAgain waits until as many letters as there were have taken the place of those.
func (r *rig) awaitBuriedAgain(before []journal.DeadLetter) {
	r.t.Helper()
	last := before[len(before)-1].Seq
	eventually(r.t, "they are dead again", func() bool {
		letters := r.dead()
		return len(letters) == len(before) && letters[0].Seq > last
	})
}

// TestRefusedEventsAreDeliveredByARetry lets the collector refuse some events until it is mended.
func TestRefusedEventsAreDeliveredByARetry(t *testing.T) {
	t.Parallel()
	const events, every = 240, 3
	var mended atomic.Bool
	l, u := newLedger(), newUser()
	r := newRig(t, collector.Options{Refuse: func(event []byte) string {
		if !mended.Load() && l.number(event)%every == 0 {
			return "not now"
		}
		return ""
	}}, "")
	r.set(u, uuid.New())
	r.mustPost(envelope(l.events(u, events)...))
	r.settled(want{Delivered: events - events/every, Dead: events / every})
	before := r.dead()
	for _, d := range before {
		if d.Reason != pipeline.ReasonRefused || d.Status != http.StatusBadRequest || !strings.Contains(d.Detail, "not now") || len(d.Sent) == 0 {
			t.Fatalf("dead letter: %s, %d, %s, %d bytes sent", d.Reason, d.Status, d.Detail, len(d.Sent))
		}
	}
	r.retry("type=LTIEvent") // concerns none
	r.retry("reason=" + pipeline.ReasonRefused)
	r.awaitBuriedAgain(before)
	r.restart()
	r.settled(want{Delivered: events - events/every, Dead: events / every})
	mended.Store(true)
	r.retry("")
	r.settled(want{Delivered: events})
	if l.missing(r.collector.Events()) != 0 || len(r.collector.Events()) != events {
		t.Errorf("%d events arrived, %d are missing", len(r.collector.Events()), l.missing(r.collector.Events()))
	}
}

// TestThousandsOfBadEventsInOneEnvelope fills more than one write of dead letters.
func TestThousandsOfBadEventsInOneEnvelope(t *testing.T) {
	t.Parallel()
	const bad = 2499
	r := newRig(t, collector.Options{}, "")
	u := newUser()
	r.set(u, uuid.New())
	events := make([]string, bad)
	for i := range events {
		events[i] = "17"
	}
	r.mustPost(envelope(append(events, u.login(uuid.New(), time.Now()))...))
	r.settled(want{Delivered: 1, Dead: 1, Duplicate: bad - 1}) // equal content is the same event
	r.restart()
	for i := range events {
		events[i] = `{"n":"` + uuid.NewString() + `"}`
	}
	r.mustPost(envelope(append(events, u.login(uuid.New(), time.Now()))...))
	r.settled(want{Delivered: 2, Dead: 1 + bad, Duplicate: bad - 1})
	r.restart()
	r.settled(want{Delivered: 2, Dead: 1 + bad, Duplicate: bad - 1})
	if n := len(r.dead()); n != 1+bad {
		t.Errorf("%d dead letters, want %d", n, 1+bad)
	}
}

// TestEventThatIsTooLargeIsKeptInPart buries an event larger than a frame, and delivers its neighbours.
func TestEventThatIsTooLargeIsKeptInPart(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	large := u.login(uuid.New(), time.Now())
	large = strings.Replace(large, `"extensions":{`, `"extensions":{"x":"`+strings.Repeat("x", 600<<10)+`",`, 1)
	r.mustPost(envelope(l.next(u), large, l.next(u)))
	r.settled(want{Delivered: 2, Dead: 1})
	l.check(t, r.collector.Events(), nil)
	d := r.dead()[0]
	sum := sha256.Sum256([]byte(large))
	if d.Reason != pipeline.ReasonTooLarge || d.Bytes != len(large) || len(d.Raw) != 64<<10 || d.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("kept %d of %d bytes as %s, %s", len(d.Raw), d.Bytes, d.Reason, d.SHA256)
	}
	r.retry("") // cannot help
	r.settled(want{Delivered: 2, Dead: 1})
}

func TestFiveThousandEventsInOneEnvelope(t *testing.T) {
	t.Parallel()
	const people, each = 10, 500
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	r.importCSV(mappingCSV(users))
	r.mustPost(envelope(l.shuffled(users, each)...))
	r.settled(want{Delivered: people * each})
	l.check(t, r.collector.Events(), nil)
}
