package adapter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// explain returns what the admin API tells of an event.
func (r *rig) explain(event uuid.UUID) admin.Explanation {
	r.t.Helper()
	var e admin.Explanation
	r.call(http.MethodGet, admin.PathEvent(event.String()), "", &e)
	if e.EventID != event.String() || len(e.Receipts) == 0 {
		r.t.Fatalf("explained %+v", e)
	}
	return e
}

// fate returns what became of an event at the rig's destination, and demands where it is.
func (r *rig) fate(event uuid.UUID, place string) admin.Fate {
	r.t.Helper()
	e := r.explain(event)
	if len(e.Destinations) != 1 || e.Destinations[0].Destination != "lrs" {
		r.t.Fatalf("explained %+v", e)
	}
	f := e.Destinations[0]
	if f.Place != place {
		r.t.Fatalf("it is %s, want %s: %+v", f.Place, place, f)
	}
	return f
}

// TestExplainDelivered follows an event that was tried twice, sent by Learn again, and replayed.
func TestExplainDelivered(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u, id, platform := newUser(), uuid.New(), uuid.New()
	r.set(u, platform)
	event := u.login(id, time.Now())
	r.play("500")
	r.mustPost(envelope(newUser().login(uuid.New(), time.Now()), event)) // the other is held, so the 500 is for this one
	r.settled(want{Delivered: 1, Held: 1})
	r.mustPost(envelope(event))
	r.settled(want{Delivered: 1, Held: 1, Duplicate: 1})
	r.replay(admin.ReplayRequest{Events: []uuid.UUID{id}})

	e := r.explain(id)
	first, again := e.Receipts[0], e.Receipts[1]
	if len(e.Receipts) != 2 || e.Note != "" || first.Source != "myschool" || first.Type != "SessionEvent" || first.Number != 1 ||
		first.Frame == 0 || string(first.Raw) != event || first.Stored.IsZero() || first.Received.IsZero() || again.Frame <= first.Frame {
		t.Errorf("received %+v", e.Receipts)
	}
	f := r.fate(id, admin.PlaceDelivered)
	if f.Person == nil || f.Person.UserUUID != u.uuid || f.Person.ExternalID != "x-"+u.hex() || len(f.Person.Key) != 32 {
		t.Errorf("the person is %+v", f.Person)
	}
	if f.Record == nil || f.Record.PlatformID != platform || f.MapRevision != r.People("myschool").Revision() || f.RecordThen != nil {
		t.Errorf("named by %+v of revision %d, then %+v", f.Record, f.MapRevision, f.RecordThen)
	}
	sent := r.collector.Events()
	if string(f.Translated) != string(sent[len(sent)-1].Raw) {
		t.Errorf("translated to %s", f.Translated)
	}
	var story []string
	for i, a := range f.Attempts {
		story = append(story, fmt.Sprintf("%d %s %v", a.Status, a.Class, a.Replay))
		if a.RequestID == "" || a.At.IsZero() || a.Refused || i > 0 && a.At.Before(f.Attempts[i-1].At) {
			t.Errorf("attempt %d is %+v", i, a)
		}
	}
	if got := strings.Join(story, ", "); got != "500 retry false, 200 accepted false, 200 accepted true" {
		t.Errorf("attempts: %s", got)
	}
}

// TestExplainEveryPlace has an event in each of the places.
func TestExplainEveryPlace(t *testing.T) {
	r := newRig(t, collector.Options{}, "    skip: [{ type: SessionEvent, action: LoggedOut }]\n")
	u, unmapped := newUser(), newUser()
	r.set(u, uuid.New())
	heldID, deadID, skippedID, thrownID, waitingID := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	out := strings.Replace(u.login(skippedID, time.Now()), `"LoggedIn"`, `"LoggedOut"`, 1)
	r.mustPost(envelope(unmapped.login(heldID, time.Now()), out))
	r.settled(want{Held: 1, Skipped: 1})
	r.play("422@0/paths,422@0/paths")
	for i, id := range []uuid.UUID{deadID, thrownID} {
		r.mustPost(envelope(u.login(id, time.Now())))
		r.settled(want{Held: 1, Skipped: 1, Dead: uint64(i + 1)})
	}
	r.discard("id="+thrownID.String(), "the vendor knows")
	r.settled(want{Held: 1, Skipped: 1, Dead: 1, Discarded: 1})

	if f := r.fate(heldID, admin.PlaceHeld); f.Reason != admin.ReasonUnmapped || f.Person == nil || f.Person.UserUUID != unmapped.uuid || f.Record != nil || f.At.IsZero() {
		t.Errorf("held: %+v", f)
	}
	if f := r.fate(skippedID, admin.PlaceSkipped); f.Reason != "policy" || len(f.Attempts) > 0 {
		t.Errorf("skipped: %+v", f)
	}
	f := r.fate(deadID, admin.PlaceDead)
	if f.Reason != "refused" || f.Detail == "" || f.Letter != r.listDead("")[0].Letter || f.At.IsZero() || len(f.Translated) == 0 {
		t.Errorf("dead: %+v", f)
	}
	if len(f.Attempts) != 1 || !f.Attempts[0].Refused || f.Attempts[0].Status != 422 || f.MapRevision == 0 {
		t.Errorf("dead after %+v of revision %d", f.Attempts, f.MapRevision)
	}
	if f := r.fate(thrownID, admin.PlaceDiscarded); f.Reason != "refused" || f.Detail != "by admin: the vendor knows" || f.At.IsZero() {
		t.Errorf("discarded: %+v", f)
	}
	r.call(http.MethodPost, admin.PathPause("lrs"), "", nil)
	r.mustPost(envelope(u.login(waitingID, time.Now())))
	if f := r.fate(waitingID, admin.PlaceWaiting); f.Record == nil || len(f.Translated) == 0 {
		t.Errorf("waiting: %+v", f)
	}
	r.set(unmapped, uuid.New())
	if f := r.fate(heldID, admin.PlaceHeld); f.Reason != admin.ReasonMapped || f.Detail == "" || f.Record == nil {
		t.Errorf("held, and mapped by now: %+v", f)
	}
	r.play("500*")
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil)
	eventually(t, "it was tried", func() bool { return len(r.explain(waitingID).Destinations[0].Attempts) > 0 })
	r.fate(waitingID, admin.PlaceInFlight)
}

// TestDeadLetterCountsEveryPOST searches for the one bad event of an envelope.
func TestDeadLetterCountsEveryPOST(t *testing.T) {
	u, id := newUser(), uuid.New()
	together := "    batch: { max_events: 16, max_wait: 60s }\n"
	r := newRig(t, collector.Options{Refuse: refuseID(id), RefuseForm: collector.FormEmpty}, together)
	r.set(u, uuid.New())
	l := newLedger()
	r.mustPost(envelope(append([]string{u.login(id, time.Now())}, l.events(u, 15)...)...))
	r.settled(want{Delivered: 15, Dead: 1})
	f, letter := r.fate(id, admin.PlaceDead), r.letter(id.String())[0]
	last := len(f.Attempts) - 1
	if last != 4 || letter.Attempts != last+1 || letter.RequestID != f.Attempts[last].RequestID {
		t.Fatalf("the letter says %d attempts, the last %s; explained are %+v", letter.Attempts, letter.RequestID, f.Attempts)
	}
	for i, a := range f.Attempts {
		if a.Refused != (i == last) {
			t.Errorf("attempt %d is %+v", i, a)
		}
	}
}

// TestExplainAtSeveralDestinations has one that refuses, one that is new, and one that does not read the source.
func TestExplainAtSeveralDestinations(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u, early, late := newUser(), uuid.New(), uuid.New()
	r.set(u, uuid.New())
	r.mustPost(envelope(u.login(early, time.Now())))
	r.settled(want{Delivered: 1})
	id := late
	_, url := newCollector(t, collector.Options{Refuse: refuseID(id)})
	r.extra = fmt.Sprintf("  - { name: annex, url: %q, app_id: %s, batch: { max_wait: 20ms } }", url, testApp)
	r.restart()
	r.mustPost(envelope(u.login(late, time.Now())))
	r.settled(want{Delivered: 2})
	r.settledAt("annex", want{Dead: 1})
	for event, places := range map[uuid.UUID][2]string{
		early: {admin.PlaceDelivered, admin.PlaceUnknown}, late: {admin.PlaceDelivered, admin.PlaceDead},
	} {
		fates := r.explain(event).Destinations
		if len(fates) != 2 || fates[0].Destination != "lrs" || fates[0].Place != places[0] || fates[1].Destination != "annex" || fates[1].Place != places[1] {
			t.Errorf("its fates are %+v", fates)
		}
	}
	if detail := r.explain(early).Destinations[1].Detail; !strings.Contains(detail, "before this destination began") {
		t.Errorf("what is not known: %s", detail)
	}
}

// TestExplainNamesTheRecordOfThatTime changes the map after an event was sent.
func TestExplainNamesTheRecordOfThatTime(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u, id, before, after := newUser(), uuid.New(), uuid.New(), uuid.New()
	set := func(platform uuid.UUID, edit mapping.Edit) {
		edit.By, edit.AllowRepoint = "test", true
		record := mapping.Record{PlatformID: platform, ExternalID: "x-" + u.hex()}
		if _, err := r.People("myschool").Set(t.Context(), record, edit); err != nil {
			t.Fatal(err)
		}
	}
	set(before, mapping.Edit{})
	r.mustPost(envelope(u.login(id, time.Now())))
	r.settled(want{Delivered: 1})
	eventually(t, "the record has learned the user uuid", func() bool { return len(r.People("myschool").Index().Find(u.hex())) == 1 })
	sentWith := r.fate(id, admin.PlaceDelivered).MapRevision
	set(after, mapping.Edit{})
	f := r.fate(id, admin.PlaceDelivered)
	if f.MapRevision != sentWith || f.RecordThen == nil || f.RecordThen.PlatformID != before || f.Record == nil || f.Record.PlatformID != after {
		t.Errorf("now %+v, at revision %d %+v", f.Record, f.MapRevision, f.RecordThen)
	}
	if !strings.Contains(string(f.Translated), after.String()) {
		t.Errorf("now it would be %s", f.Translated)
	}
	r.unset(u)
	if f := r.fate(id, admin.PlaceDelivered); f.Record != nil || f.RecordThen == nil || f.RecordThen.PlatformID != before {
		t.Errorf("now %+v, at revision %d %+v", f.Record, f.MapRevision, f.RecordThen)
	}
}

// TestExplainWhatTheJournalHasLost lets the journal forget events that are held, dead or discarded.
func TestExplainWhatTheJournalHasLost(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u, unmapped := newUser(), newUser()
	r.set(u, uuid.New())
	heldID, deadID, thrownID, goneID := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	held := unmapped.login(heldID, time.Now())
	r.mustPost(envelope(held, u.login(goneID, time.Now())))
	r.settled(want{Held: 1, Delivered: 1})
	r.play("422@0/paths,422@0/paths")
	for i, id := range []uuid.UUID{deadID, thrownID} {
		r.mustPost(envelope(u.login(id, time.Now())))
		r.settled(want{Held: 1, Delivered: 1, Dead: uint64(i + 1)})
	}
	r.discard("id="+thrownID.String(), "the vendor knows")
	r.settled(want{Held: 1, Delivered: 1, Dead: 1, Discarded: 1})
	r.forget()

	e := r.explain(heldID)
	if string(e.Receipts[0].Raw) != held || !e.Receipts[0].Stored.IsZero() || !strings.Contains(e.Note, "no longer") {
		t.Errorf("explained %+v", e)
	}
	if f := r.fate(heldID, admin.PlaceHeld); f.Person == nil || f.Person.UserUUID != unmapped.uuid {
		t.Errorf("held: %+v", f)
	}
	if f := r.fate(deadID, admin.PlaceDead); f.Person == nil || f.Record == nil || len(f.Attempts) != 1 {
		t.Errorf("dead: %+v", f)
	}
	if f := r.fate(thrownID, admin.PlaceDiscarded); f.Person != nil || f.Translated != nil {
		t.Errorf("discarded: %+v", f)
	}
	for _, id := range []uuid.UUID{goneID, uuid.New()} {
		if text := r.denied(http.StatusNotFound, http.MethodGet, admin.PathEvent(id.String()), ""); !strings.HasPrefix(text, "not in the journal") {
			t.Errorf("refused: %s", text)
		}
	}
	r.denied(http.StatusBadRequest, http.MethodGet, admin.PathEvent("x"), "")
}

// forget makes the journal drop everything that was delivered.
func (r *rig) forget() {
	r.t.Helper()
	last, err := r.Journal().Last(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.Journal().Clean(r.t.Context(), last, time.Now().Add(365*24*time.Hour)); err != nil {
		r.t.Fatal(err)
	}
}

// TestExplainIsJSON holds the form of the answer: who writes a program against it reads names, not Go.
func TestExplainIsJSON(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u, id := newUser(), uuid.New()
	r.set(u, uuid.New())
	r.mustPost(envelope(u.login(id, time.Now())))
	r.settled(want{Delivered: 1})
	var document map[string]json.RawMessage
	r.call(http.MethodGet, admin.PathEvent(id.String()), "", &document)
	var fates []map[string]json.RawMessage
	if err := json.Unmarshal(document["destinations"], &fates); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"destination", "place", "at", "person", "record", "map_revision", "translated", "attempts"} {
		if len(fates[0][name]) == 0 {
			t.Errorf("the fate lacks %s: %s", name, document["destinations"])
		}
	}
}
