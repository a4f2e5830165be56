package adapter_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

func TestUnmappedPersonIsHeldAndReleased(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u := newUser()
	ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	for i, id := range ids {
		r.mustPost(envelope(u.login(id, time.Now().Add(time.Duration(i)*time.Second))))
	}
	r.settled(want{Held: 3})
	r.set(u, uuid.New())
	events := r.wait(3)
	for i, e := range events {
		if e.ID != "urn:uuid:"+ids[i].String() || e.Failure != "" {
			t.Errorf("event %d is %s (%s), want %s", i, e.ID, e.Failure, ids[i])
		}
	}
	r.settled(want{Delivered: 3})
}

func TestResendIsDeliveredOnceAcrossRestarts(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u := newUser()
	r.set(u, uuid.New())
	body := envelope(u.login(uuid.New(), time.Now()), u.login(uuid.New(), time.Now()))
	r.mustPost(body)
	r.wait(2)
	r.mustPost(body)
	r.settled(want{Delivered: 2, Duplicate: 2})
	r.restart()
	r.mustPost(body)
	r.settled(want{Delivered: 2, Duplicate: 4})
	if n := len(r.collector.Events()); n != 2 {
		t.Errorf("%d events arrived, want 2", n)
	}
}

func TestHeldEventsSurviveARestart(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u := newUser()
	for range 3 {
		r.mustPost(envelope(u.login(uuid.New(), time.Now()), u.login(uuid.New(), time.Now())))
	}
	r.settled(want{Held: 6})
	r.restart()
	r.settled(want{Held: 6})
	r.set(u, uuid.New())
	r.mustPost(envelope(u.login(uuid.New(), time.Now())))
	r.wait(7)
	r.settled(want{Delivered: 7})
	r.restart()
	r.settled(want{Delivered: 7})
	if n := len(r.collector.Events()); n != 7 {
		t.Errorf("%d events arrived, want 7", n)
	}
}

func TestBadEventHarmsNoOther(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u := newUser()
	r.set(u, uuid.New())
	r.mustPost(envelope(`{"type":"SessionEvent"}`, u.login(uuid.New(), time.Now()), `17`, `{"id":1,"id":2}`))
	r.wait(1)
	r.settled(want{Delivered: 1, Dead: 3})
	r.restart()
	r.settled(want{Delivered: 1, Dead: 3})
}

func TestBodyThatIsNoJSONIsKept(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	if status := r.post([]byte(`{"data":[`)); status != http.StatusBadRequest {
		t.Fatalf("answered %d", status)
	}
	var kept []journal.RefusedBody
	err := r.Journal().ListRefused(t.Context(), 0, func(b journal.RefusedBody) bool { kept = append(kept, b); return true })
	if err != nil || len(kept) != 1 || kept[0].Source != "myschool" {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestRefusedEventIsFoundAndBuried(t *testing.T) {
	bad := uuid.New()
	r := newRig(t, collector.Options{Refuse: refuseID(bad)}, "    batch: { max_events: 50, max_wait: 60s }\n") // in one
	u := newUser()
	r.set(u, uuid.New())
	var events []string
	for i := range 50 {
		id := uuid.New()
		if i == 17 {
			id = bad
		}
		events = append(events, u.login(id, time.Now()))
	}
	r.mustPost(envelope(events...))
	r.wait(49)
	r.settled(want{Delivered: 49, Dead: 1})
	if n := len(r.collector.Requests()); n > 12 {
		t.Errorf("%d requests to find one bad event in 50", n)
	}
}
