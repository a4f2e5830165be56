package adapter_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// The table "One person, several accounts and names" of docs/map.md, row by row, over HTTP: what becomes of records, and
// of events that wait for them.

// story is an adapter with a ledger of the events that accounts have sent.
type story struct {
	*rig
	*ledger
}

func newStory(t *testing.T) *story {
	t.Helper()
	return &story{newRig(t, collector.Options{}, ""), newLedger()}
}

// learnAccount is one of Learn's, with the names that its events have of it.
type learnAccount struct {
	user
	id, external string
}

func newAccount(id, external string) learnAccount { return learnAccount{newUser(), id, external} }

// sends posts the next n events of an account.
func (s *story) sends(a learnAccount, n int) {
	s.t.Helper()
	events := s.events(a.user, n)
	for i := range events {
		events[i] = strings.NewReplacer(`"_7_1"`, `"`+a.id+`"`, "x-"+a.hex(), a.external).Replace(events[i])
	}
	s.mustPost(envelope(events...))
}

// left demands that exactly so many events of an account have left under one platform id after the other, in the order in
// which they were sent.
func (s *story) left(a learnAccount, want ...leaving) {
	s.t.Helper()
	var as []uuid.UUID
	for _, w := range want {
		as = append(as, slices.Repeat([]uuid.UUID{w.as}, w.events)...)
	}
	var events []string
	eventually(s.t, "the account's events have left", func() bool { events = s.arrived(a); return len(events) >= len(as) })
	if len(events) != len(as) {
		s.t.Fatalf("%d events of the account have left, want %d", len(events), len(as))
	}
	for i, event := range events {
		if !strings.Contains(event, `"actor":{"id":"urn:uuid:`+as[i].String()+`"`) {
			s.t.Errorf("an event that should have left as %s is %s", as[i], event)
		}
		if n := s.number([]byte(event)); n != i {
			s.t.Errorf("event %d of the account came as number %d", n, i)
		}
	}
}

// arrived are the events of an account that the collector has.
func (s *story) arrived(a learnAccount) (events []string) {
	for _, e := range s.collector.Events() {
		if s.places[e.ID].user == a.user {
			events = append(events, string(e.Raw))
		}
	}
	return events
}

// leaving is a number of events that left as a person's.
type leaving struct {
	as     uuid.UUID
	events int
}

// states sets a record, which must be accepted.
func (s *story) states(stated admin.Statement) mapping.Record {
	s.t.Helper()
	record, err := s.asks().Set(s.t.Context(), stated, 0)
	if err != nil {
		s.t.Fatalf("set %+v: %v", stated, err)
	}
	return record
}

// merges makes one record of two, which must be accepted.
func (s *story) merges(request admin.MergeRequest) admin.Merged {
	s.t.Helper()
	merged, err := s.asks().Merge(s.t.Context(), request, 0)
	if err != nil {
		s.t.Fatalf("merge %+v: %v", request, err)
	}
	return merged
}

// refused demands that a change was refused with a status and a text, and that it changed nothing.
func (s *story) refused(change func() error, want int, says ...string) {
	s.t.Helper()
	before := s.People("myschool").Revision()
	status, text := refusal(change())
	if status != want {
		s.t.Errorf("answered %d %s, want %d", status, text, want)
	}
	for _, part := range says {
		if !strings.Contains(text, part) {
			s.t.Errorf("%q does not say %q", text, part)
		}
	}
	if now := s.People("myschool").Revision(); now != before {
		s.t.Errorf("a refusal changed the map: revision %d, was %d", now, before)
	}
}

// learned waits until a record has the user uuid of an account.
func (s *story) learned(a learnAccount) {
	s.t.Helper()
	eventually(s.t, "the user uuid is learned", func() bool { return len(s.People("myschool").Index().Find(a.hex())) == 1 })
}

// records are the numbers of those that a text names.
func (s *story) records(person string) (numbers []uint32) {
	s.t.Helper()
	found, err := s.asks().Find(s.t.Context(), "", person)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range found {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

func (s *story) find(person string, want ...uint32) {
	s.t.Helper()
	if got := s.records(person); !slices.Equal(got, want) {
		s.t.Errorf("records of %s are %v, want %v", person, got, want)
	}
}

func TestOnePersonHasTwoAccounts(t *testing.T) {
	t.Parallel()
	s, p := newStory(t), uuid.New()
	student, tutor := newAccount("_1_1", "s1"), newAccount("_2_1", "s1-tutor")
	s.sends(student, 2)
	s.sends(tutor, 3)
	s.settled(want{Held: 5})
	s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s1"})
	s.settled(want{Delivered: 2, Held: 3})
	s.states(admin.Statement{PlatformID: p.String(), UserID: "_2_1"})
	s.settled(want{Delivered: 5})
	s.learned(tutor)
	s.learned(student)
	s.find(p.String(), 1, 2)
	s.refused(func() error {
		_, err := s.asks().Merge(t.Context(), admin.MergeRequest{Into: "#1", From: "#2"}, 0)
		return err
	}, http.StatusConflict, "two accounts", "share a platform id")

	// Both share the platform id, so one of them is removed by its number.
	if _, err := s.asks().Remove(t.Context(), "", p.String(), 0); !isStatus(err, http.StatusConflict) {
		t.Errorf("removing either: %v", err)
	}
	if removed, err := s.asks().Remove(t.Context(), "", "#2", 0); err != nil || removed[0].UserUUID != tutor.uuid {
		t.Errorf("removed %+v: %v", removed, err)
	}
	s.sends(tutor, 1)
	s.sends(student, 1)
	s.settled(want{Delivered: 6, Held: 1})
	s.left(student, leaving{p, 3})
	s.left(tutor, leaving{p, 3})
	s.states(admin.Statement{PlatformID: p.String(), UserID: "_2_1"})
	s.settled(want{Delivered: 7})
	s.check(t, s.collector.Events(), nil)
}

func TestTwoRecordsOfOneAccount(t *testing.T) {
	t.Parallel()
	s, p, q := newStory(t), uuid.New(), uuid.New()
	a, other := newAccount("_1_1", "s1"), newAccount("_2_1", "s2")
	roster := s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s1"})
	typed := s.states(admin.Statement{PlatformID: q.String(), UserID: "_1_1", Note: "typed"})
	s.sends(a, 2)
	s.sends(other, 2)
	s.settled(want{Delivered: 2, Held: 2})
	s.learned(a) // by the record of the roster, for the external id is asked first

	merge := func(request admin.MergeRequest, revision uint64) func() error {
		return func() error { _, err := s.asks().Merge(t.Context(), request, revision); return err }
	}
	s.refused(merge(admin.MergeRequest{Into: "_1_1", From: "s1"}, 0), http.StatusConflict, "record 1 changes from "+p.String()+" to "+q.String(), "allowed")
	allowed := admin.MergeRequest{Into: "_1_1", From: "s1", AllowRepoint: true}
	s.refused(merge(allowed, typed.Revision+1), http.StatusPreconditionFailed, "record 2 is at revision")
	stale := allowed
	stale.FromRevision = roster.Revision // before it learned
	s.refused(merge(stale, typed.Revision), http.StatusPreconditionFailed, "record 1 is at revision")
	s.refused(merge(admin.MergeRequest{Into: "#1", From: "s1"}, 0), http.StatusUnprocessableEntity, "both names are those of record 1")
	s.refused(merge(admin.MergeRequest{Into: "#1", From: "nobody"}, 0), http.StatusNotFound, "from: ")

	merged := s.merges(allowed)
	if r := merged.Record; r.Number != 2 || r.PlatformID != q || r.UserUUID != a.uuid || r.ExternalID != "s1" || r.UserID != "_1_1" || r.Note != "typed" {
		t.Errorf("merged %+v", r)
	}
	if r := merged.Removed; r.Number != 1 || r.PlatformID != p || r.UserUUID != a.uuid {
		t.Errorf("removed %+v", r)
	}
	s.find("s1", 2)
	s.sends(a, 2)
	s.settled(want{Delivered: 4, Held: 2})
	s.left(a, leaving{p, 2}, leaving{q, 2})

	change := s.changes(admin.ChangeFilter{Limit: 1})[0]
	if change.Effect != (mapping.Effect{Changed: 1, Removed: 1}) || change.How.Command != "map merge" {
		t.Errorf("the change is %+v", change)
	}
	s.undo(change.Number)
	s.find("s1", 1)
	s.sends(a, 1)
	s.settled(want{Delivered: 5, Held: 2})
	s.left(a, leaving{p, 2}, leaving{q, 2}, leaving{p, 1})
}

// TestMergingDropsWhatBothHave merges records with an external id each: the one that is dropped names nobody any more, so
// its account waits until the merging is undone.
func TestMergingDropsWhatBothHave(t *testing.T) {
	t.Parallel()
	s, p := newStory(t), uuid.New()
	a := newAccount("_1_1", "s2")
	s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s1"})
	s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s2"})
	s.merges(admin.MergeRequest{Into: "s1", From: "s2"})
	s.find("s2")
	s.sends(a, 3)
	s.settled(want{Held: 3})
	s.undo(s.changes(admin.ChangeFilter{Limit: 1})[0].Number)
	s.settled(want{Delivered: 3})
	s.find("s2", 2)
	s.left(a, leaving{p, 3})
	s.check(t, s.collector.Events(), nil)
}

func TestAccountIsGivenToAnotherPerson(t *testing.T) {
	t.Parallel()
	s, p, q := newStory(t), uuid.New(), uuid.New()
	a := newAccount("_1_1", "s1")
	before := s.states(admin.Statement{PlatformID: p.String(), UserUUID: a.hex(), ExternalID: "s1"})
	s.sends(a, 2)
	s.settled(want{Delivered: 2})
	stated := admin.Statement{PlatformID: q.String(), ExternalID: "s1"}
	s.refused(func() error {
		_, err := s.asks().Set(t.Context(), stated, 0)
		return err
	}, http.StatusConflict, "record 1 changes from "+p.String()+" to "+q.String())
	s.refused(func() error {
		_, err := s.asks().Import(t.Context(), admin.ImportRequest{Body: strings.NewReader("platform_id,external_id\n" + q.String() + ",s1\n")})
		return err
	}, http.StatusUnprocessableEntity, "line 2", p.String(), q.String())

	stated.AllowRepoint = true
	after := s.states(stated)
	if after.Number != before.Number || after.UserUUID != a.uuid || after.PlatformID != q {
		t.Errorf("re-pointed to %+v", after)
	}
	s.sends(a, 3)
	s.settled(want{Delivered: 5})
	s.left(a, leaving{p, 2}, leaving{q, 3})
	s.undo(after.Revision)
	s.sends(a, 1)
	s.settled(want{Delivered: 6})
	s.left(a, leaving{p, 2}, leaving{q, 3}, leaving{p, 1})
	s.check(t, s.collector.Events(), nil)
}

func TestExternalIDChangesInLearn(t *testing.T) {
	t.Parallel()
	s, p, q := newStory(t), uuid.New(), uuid.New()
	a, newcomer := newAccount("_1_1", "s1"), newAccount("_2_1", "s1")
	s.states(admin.Statement{PlatformID: p.String(), UserUUID: a.hex(), ExternalID: "s1"})
	s.sends(a, 1)
	a.external = "s1-new"
	s.sends(a, 2)
	s.settled(want{Delivered: 3})
	s.find("s1", 1)
	s.find("s1-new")

	s.sends(newcomer, 2)
	s.settled(want{Delivered: 3, Held: 2})
	s.states(admin.Statement{PlatformID: p.String(), UserUUID: a.hex(), ExternalID: "s1-new"})
	s.find("s1-new", 1)
	s.find("s1")
	s.states(admin.Statement{PlatformID: q.String(), ExternalID: "s1"}) // is free now
	s.settled(want{Delivered: 5})
	s.sends(a, 1)
	s.settled(want{Delivered: 6})
	s.left(a, leaving{p, 4})
	s.left(newcomer, leaving{q, 2})
	s.check(t, s.collector.Events(), nil)
}

func TestOldExternalIDIsGivenToAnotherAccount(t *testing.T) {
	t.Parallel()
	for name, stated := range map[string]func(newcomer learnAccount) admin.Statement{
		"known by it alone":           func(learnAccount) admin.Statement { return admin.Statement{} },
		"known by the user uuid, too": func(newcomer learnAccount) admin.Statement { return admin.Statement{UserUUID: newcomer.hex()} },
	} {
		t.Run(name, func(t *testing.T) {
			s, p, q := newStory(t), uuid.New(), uuid.New()
			a, newcomer := newAccount("_1_1", "s1"), newAccount("_2_1", "s1")
			s.states(admin.Statement{PlatformID: p.String(), UserUUID: a.hex(), ExternalID: "s1"})
			a.external = "s1-new"
			s.sends(a, 1)
			s.sends(newcomer, 3)
			s.settled(want{Delivered: 1, Held: 3})

			taking := stated(newcomer)
			taking.PlatformID, taking.ExternalID, taking.Take = q.String(), "s1", true
			taken := s.states(taking)
			if taken.Number != 2 || taken.ExternalID != "s1" {
				t.Errorf("taken by %+v", taken)
			}
			s.settled(want{Delivered: 4})
			s.sends(a, 1)
			s.sends(newcomer, 1)
			s.settled(want{Delivered: 6})
			s.left(a, leaving{p, 2})
			s.left(newcomer, leaving{q, 4})
			s.find(a.hex(), 1)

			change := s.changes(admin.ChangeFilter{Limit: 100})
			if taking := change[slices.IndexFunc(change, func(c admin.MapChange) bool { return c.Number == taken.Revision })]; taking.Effect != (mapping.Effect{New: 1, Changed: 1}) {
				t.Errorf("the change is %+v", taking)
			}
			s.check(t, s.collector.Events(), nil)
		})
	}
}

func TestNewExternalIDIsAnotherRecords(t *testing.T) {
	t.Parallel()
	for name, resolve := range map[string]struct {
		do   func(*story, admin.Statement)
		into uint32 // the record that stays
	}{
		"taken": {func(s *story, stated admin.Statement) {
			stated.Take = true
			s.states(stated)
		}, 1},
		"merged": {func(s *story, _ admin.Statement) { s.merges(admin.MergeRequest{Into: "#2", From: "#1"}) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStory(t), uuid.New()
			a, twin := newAccount("_1_1", "s1"), newAccount("_1_1", "s2")
			twin.user = a.user
			s.states(admin.Statement{PlatformID: p.String(), UserUUID: a.hex(), ExternalID: "s1"})
			s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s2"})
			s.sends(a, 1)
			s.sends(twin, 1)
			s.settled(want{Delivered: 2})
			stated := admin.Statement{PlatformID: p.String(), UserUUID: a.hex(), ExternalID: "s2"}
			s.refused(func() error {
				_, err := s.asks().Set(t.Context(), stated, 0)
				return err
			}, http.StatusConflict, `external_id "s2" of record 1`, "belongs to record 2")
			resolve.do(s, stated)
			s.find("s2", resolve.into)
			s.find(a.hex(), resolve.into)
			s.find(p.String(), resolve.into)
			s.find("s1") // nobody's: free for another account
			s.sends(twin, 2)
			s.settled(want{Delivered: 4})
			s.left(a, leaving{p, 4})
			s.check(t, s.collector.Events(), nil)
		})
	}
}
