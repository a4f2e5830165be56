package adapter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// longAgo is before everything that a test posts.
func longAgo() time.Time { return time.Now().Add(-time.Hour) }

func replayBody(t testing.TB, request admin.ReplayRequest) string {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// plan returns what a replay would do at the rig's destination.
func (r *rig) plan(request admin.ReplayRequest) admin.ReplayPlan {
	r.t.Helper()
	var plans []admin.ReplayPlan
	r.call(http.MethodPost, admin.PathReplayPlan, replayBody(r.t, request), &plans)
	if len(plans) != 1 || plans[0].Destination != "lrs" {
		r.t.Fatalf("planned %+v", plans)
	}
	return plans[0]
}

// startReplay begins a replay.
func (r *rig) startReplay(request admin.ReplayRequest) {
	r.t.Helper()
	var names admin.ReplayNames
	r.call(http.MethodPost, admin.PathReplay, replayBody(r.t, request), &names)
	if len(names.Destinations) != 1 || names.Destinations[0] != "lrs" {
		r.t.Fatalf("started %+v", names)
	}
}

// replayed waits until the replay that was begun has ended.
func (r *rig) replayed() (status admin.ReplayStatus) {
	r.t.Helper()
	eventually(r.t, "the replay has ended", func() bool {
		now := r.destinationStatus().Replay
		if now != nil {
			status = *now
		}
		return now != nil && now.Done
	})
	if status.Ended.Before(status.Started) || status.By == "" {
		r.t.Errorf("the replay is %+v", status)
	}
	return status
}

// replay plans a replay, carries it out, demands that it did what was planned, and returns what it sent.
func (r *rig) replay(request admin.ReplayRequest) []collector.Event {
	r.t.Helper()
	before := len(r.collector.Events())
	plan := r.plan(request)
	r.startReplay(request)
	status := r.replayed()
	sent := r.collector.Events()[before:]
	if status.Delivered != plan.Events || status.Unmapped != plan.Unmapped || status.Skipped != plan.Skipped ||
		status.Untranslatable != plan.Untranslatable || uint64(len(sent)) != plan.Events {
		r.t.Errorf("planned %+v, done %+v, sent %d", plan, status, len(sent))
	}
	for _, first := range plan.First {
		if !isAmong(sent, "urn:uuid:"+first.EventID) || first.Source != "myschool" || first.Received.IsZero() {
			r.t.Errorf("%+v was to be sent", first)
		}
	}
	return sent
}

// isAmong says whether an event has arrived. Those of different people arrive in any order.
func isAmong(sent []collector.Event, id string) bool {
	return slices.ContainsFunc(sent, func(e collector.Event) bool { return e.ID == id && e.Type != "" })
}

// checkSame demands that events were sent before, with the same bytes.
func checkSame(t *testing.T, sent []collector.Event) {
	t.Helper()
	for _, e := range sent {
		if e.RepeatOf == 0 || !e.SameBytes {
			t.Errorf("event %s repeats %d with the same bytes: %v", e.ID, e.RepeatOf, e.SameBytes)
		}
	}
}

// TestReplaySendsTheSame sends everything twice: with the same bytes, each person's events in order, and without a trace
// in the counts.
func TestReplaySendsTheSame(t *testing.T) {
	const people, each = 10, 30
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	r.importCSV(mappingCSV(users))
	for events := l.shuffled(users, each); len(events) > 0; events = events[each:] {
		r.mustPost(envelope(events[:each]...))
	}
	r.settled(want{Delivered: people * each})
	sent := r.replay(admin.ReplayRequest{Since: longAgo()})
	checkSame(t, sent)
	l.check(t, sent, nil)
	r.settled(want{Delivered: people * each})
	const line = `bbcaliper_replayed_events_total{destination="lrs",outcome="delivered"} 300`
	if metrics := string(r.metrics()); !strings.Contains(metrics, line+"\n") {
		t.Errorf("metrics lack %s", line)
	}
	r.restart()
	r.settled(want{Delivered: people * each})
	if again := r.destinationStatus().Replay; again == nil || again.Delivered != people*each {
		t.Errorf("after a restart the replay is %+v", again)
	}
	if n := len(r.collector.Events()); n != 2*people*each {
		t.Errorf("%d events arrived", n)
	}
}

// TestReplayLeavesOutWhatHasNoPlaceInIt has dead, duplicate, skipped and unmapped events.
func TestReplayLeavesOutWhatHasNoPlaceInIt(t *testing.T) {
	r := newRig(t, collector.Options{}, "    skip: [{ type: ContentEvent }]\n")
	l, u, gone, late := newLedger(), newUser(), newUser(), newUser()
	r.set(u, uuid.New())
	r.set(gone, uuid.New())
	twice := l.next(u)
	r.mustPost(envelope(twice, l.next(gone), "17", `{"type":"ContentEvent","id":"`+uuid.NewString()+`"}`))
	r.mustPost(envelope(twice, l.next(u), l.next(late)))
	r.finished()
	r.unset(gone)
	plan := r.plan(admin.ReplayRequest{Since: longAgo()})
	if plan.Events != 2 || plan.Unmapped != 2 || plan.Skipped < 2 || plan.Untranslatable != 0 {
		t.Errorf("planned %+v", plan)
	}
	checkSame(t, r.replay(admin.ReplayRequest{Since: longAgo()}))
	if sent := r.replay(admin.ReplayRequest{Since: time.Now().Add(time.Hour)}); len(sent) > 0 {
		t.Errorf("%d events of the future", len(sent))
	}
	if got := r.finished(); got.Held != 1 || got.Dead == 0 {
		t.Errorf("ended as %+v", got)
	}
}

// TestReplayOfSome selects events by all that they can be selected by.
func TestReplayOfSome(t *testing.T) {
	const envelopes = 5
	r := newRig(t, collector.Options{}, "")
	l, u, other := newLedger(), newUser(), newUser()
	platform := uuid.New()
	r.set(u, platform)
	_, err := r.People("myschool").Set(t.Context(), mapping.Record{PlatformID: uuid.New(), ExternalID: "x-" + other.hex(), UserUUID: other.uuid}, mapping.Edit{By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for range envelopes {
		r.mustPost(envelope(l.next(u)))
		r.mustPost(envelope(l.next(other)))
	}
	r.settled(want{Delivered: 2 * envelopes})
	all := r.collector.Events()
	for _, person := range []string{platform.String(), u.hex(), u.iri(), u.uuid.String()} {
		sent := r.replay(admin.ReplayRequest{Since: longAgo(), Person: person})
		checkSame(t, sent)
		if len(sent) != envelopes || sent[0].Actor != "urn:uuid:"+platform.String() {
			t.Errorf("%d events of %s", len(sent), person)
		}
	}
	if sent := r.replay(admin.ReplayRequest{Since: longAgo(), Person: "x-" + other.hex(), Source: "myschool"}); len(sent) != envelopes {
		t.Errorf("%d events of the other", len(sent))
	}
	named := []uuid.UUID{eventUUID(t, all[3].ID), eventUUID(t, all[0].ID), uuid.New()}
	if sent := r.replay(admin.ReplayRequest{Events: named}); len(sent) != 2 || !isAmong(sent, all[0].ID) || !isAmong(sent, all[3].ID) {
		t.Errorf("sent %+v", sent)
	}
	first := r.plan(admin.ReplayRequest{Since: longAgo()}).First
	if len(first) != admin.MaxReplayFirst {
		t.Fatalf("%d first", len(first))
	}
	since, until := first[1].Received, first[4].Received
	expected := 0
	for _, e := range first {
		if !e.Received.Before(since) && e.Received.Before(until) {
			expected++
		}
	}
	if sent := r.replay(admin.ReplayRequest{Since: since, Until: until, Source: "myschool"}); expected == 0 || len(sent) != expected {
		t.Errorf("%d events in the window, want %d", len(sent), expected)
	}
}

func eventUUID(t *testing.T, iri string) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(iri)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestReplayGoesOnAfterARestart stops the adapter several times while it replays. New events arrive meanwhile.
func TestReplayGoesOnAfterARestart(t *testing.T) {
	const people, each, perEnvelope = 20, 60, 40
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	r.importCSV(mappingCSV(users))
	for events := l.shuffled(users, each); len(events) > 0; events = events[perEnvelope:] {
		r.mustPost(envelope(events[:perEnvelope]...))
	}
	const all = people * each
	r.settled(want{Delivered: all})
	first := r.collector.Events()
	r.play("slow:20ms*")
	r.startReplay(admin.ReplayRequest{Since: longAgo()})
	for n := all / 4; n < all; n += all / 4 {
		r.wait(all + n)
		r.restart()
		r.mustPost(envelope(l.next(users[0])))
	}
	r.play("")
	status := r.replayed()
	if status.Failed != "" || status.Delivered < all {
		t.Errorf("the replay is %+v", status)
	}
	r.settled(want{Delivered: all + 3})
	times := map[string]int{}
	for _, e := range r.collector.Events() {
		times[e.ID]++
		if e.RepeatOf > 0 && !e.SameBytes {
			t.Errorf("event %s has other bytes", e.ID)
		}
	}
	for i := range first {
		if times[first[i].ID] < 2 {
			t.Errorf("event %s was not sent again", first[i].ID)
		}
	}
}

// TestOneReplayAtATime refuses a second one until the first has ended or was stopped.
func TestOneReplayAtATime(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	r.mustPost(envelope(l.events(u, 50)...))
	r.settled(want{Delivered: 50})
	r.call(http.MethodPost, admin.PathPause("lrs"), "", nil)
	request := admin.ReplayRequest{Since: longAgo()}
	r.startReplay(request)
	for range 2 {
		text := r.denied(http.StatusConflict, http.MethodPost, admin.PathReplay, replayBody(t, request))
		if !strings.Contains(text, "lrs replays already") {
			t.Errorf("refused: %s", text)
		}
		r.restart()
		eventually(t, "it goes on", func() bool { now := r.destinationStatus().Replay; return now != nil && !now.Done })
	}
	r.stopReplay("lrs")
	if status := r.replayed(); !strings.HasPrefix(status.Failed, "stopped by ") || len(status.Failed) == len("stopped by ") {
		t.Errorf("the replay is %+v", status)
	}
	r.stopReplay()
	r.call(http.MethodPost, admin.PathResume("lrs"), "", nil)
	r.startReplay(request)
	if status := r.replayed(); status.Failed != "" || status.Delivered != 50 {
		t.Errorf("the next replay is %+v", status)
	}
	r.settled(want{Delivered: 50})
}

// stopReplay stops replays, which have to be those of these destinations.
func (r *rig) stopReplay(destinations ...string) {
	r.t.Helper()
	var names admin.ReplayNames
	r.call(http.MethodPost, admin.PathReplayStop, "", &names)
	if fmt.Sprint(names.Destinations) != fmt.Sprint(destinations) {
		r.t.Errorf("stopped %v, want %v", names.Destinations, destinations)
	}
}

// TestReplayIsRefused asks for what there is not.
func TestReplayIsRefused(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	secret := "nobody-of-this-name"
	a, b := newUser(), newUser()
	for _, record := range []mapping.Record{
		{PlatformID: uuid.New(), UserUUID: a.uuid, ExternalID: "twin"}, {PlatformID: uuid.New(), UserUUID: b.uuid, UserID: "twin"},
	} {
		if _, err := r.People("myschool").Set(t.Context(), record, mapping.Edit{By: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{admin.PathReplay, admin.PathReplayPlan} {
		for status, requests := range map[int][]admin.ReplayRequest{
			http.StatusUnprocessableEntity: {{}},
			http.StatusConflict:            {{Since: longAgo(), Person: "twin"}},
			http.StatusNotFound: {
				{Since: longAgo(), Person: secret}, {Since: longAgo(), Source: "nowhere"}, {Since: longAgo(), Destination: "nowhere"},
			},
		} {
			for _, request := range requests {
				if text := r.denied(status, http.MethodPost, path, replayBody(t, request)); strings.Contains(text, secret) {
					t.Errorf("%s: %s", path, text)
				}
			}
		}
	}
}
