package adapter_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// settle waits until everything has happened that will, if only one waits, and holds it against the model.
func (r *trial) settle() {
	r.t.Helper()
	r.did("settle")
	r.world.rest()
	r.world.still()
	var got, want string
	if !r.await(func() bool { got, want = r.state(); return got == want }) {
		r.t.Fatalf("is\n%s\nis to be\n%s", got, want)
	}
	r.checkOwners()
	r.checkDelivered()
}

func (r *trial) await(holds func() bool) bool {
	return (&rig{t: r.t}).await(holds)
}

// state is what map and counts are, and what they are to be, for people.
func (r *trial) state() (got, want string) {
	r.t.Helper()
	status, err := r.client().Status(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	var texts []string
	for _, record := range r.recordsNow() {
		texts = append(texts, show(record))
	}
	slices.Sort(texts)
	d := status.Destinations[0]
	duplicate := d.Outcomes.Duplicate
	if r.life.mortal() { // what was posted may have been there before
		duplicate = r.duplicates
	}
	sent, waiting := r.world.counts()
	const form = "%s\n%sdelivered %d, held %d, duplicate %d, waiting %d, under way %d, dead or skipped %d"
	got = fmt.Sprintf(form, strings.Join(texts, "\n"), r.heldNow(), d.Outcomes.Delivered, d.Waiting.Held, duplicate,
		d.Waiting.Journal, d.Waiting.Flight, d.Waiting.Dead+d.Outcomes.Dead+d.Outcomes.Skipped)
	want = fmt.Sprintf(form, strings.Join(r.world.texts(), "\n"), r.heldToBe(), sent, waiting, r.duplicates, 0, 0, 0)
	return got, want
}

// recordsNow are the records of the map.
func (r *trial) recordsNow() (all []mapping.Record) {
	r.t.Helper()
	for n := 1; n <= modelPlatform; n++ {
		found, err := r.client().Find(r.t.Context(), "", platformID(n).String())
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

// checkOwners demands that no alias belongs to two records, and that each finds its record.
func (r *trial) checkOwners() {
	r.t.Helper()
	owners := map[mapping.Key]uint32{}
	for _, record := range r.recordsNow() {
		for _, key := range record.Identity().Keys() {
			if owner, twice := owners[key]; twice {
				r.t.Errorf("%s belongs to records %d and %d", key.Value, owner, record.Number)
			}
			owners[key] = record.Number
		}
	}
	for key, owner := range owners {
		found, err := r.client().Find(r.t.Context(), "", key.Value)
		if err != nil || len(found) != 1 || found[0].Number != owner {
			r.t.Errorf("%s is of record %d, but finds %v, %v", key.Value, owner, found, err)
		}
	}
}

// checkDelivered demands that of each account the collector has what the model sent, in order and as the right person.
// What an adapter sent that was killed may be there twice.
func (r *trial) checkDelivered() {
	r.t.Helper()
	got := map[uuid.UUID][]string{} // by account
	of := map[string]uuid.UUID{}
	for _, a := range r.world.people {
		for _, e := range a.sent {
			of["urn:uuid:"+e.id.String()] = a.user.uuid
		}
	}
	for _, e := range r.collector.Events() {
		who, known := of[e.ID]
		switch {
		case !known || e.Failure != "":
			r.t.Errorf("event %s: known %v, %s", e.ID, known, e.Failure)
		case e.RepeatOf > 0 && (!r.life.repeats() || !e.SameBytes):
			r.t.Errorf("event %s came twice, the same to the byte: %v", e.ID, e.SameBytes)
		case e.RepeatOf == 0:
			got[who] = append(got[who], e.ID+" as "+e.Actor)
		}
	}
	for _, a := range r.world.people {
		var want []string
		for _, e := range a.sent {
			want = append(want, "urn:uuid:"+e.id.String()+" as urn:uuid:"+e.platform.String())
		}
		if !slices.Equal(got[a.user.uuid], want) {
			r.t.Errorf("of %s arrived\n%s\nwanted\n%s", a.name, strings.Join(got[a.user.uuid], "\n"), strings.Join(want, "\n"))
		}
	}
}

// heldNow tells which events of each account wait, in order, and how many the work list counts. What was released is
// listed until it has been swept.
func (r *trial) heldNow() string {
	r.t.Helper()
	held, err := r.client().Held(r.t.Context(), admin.HeldFilter{})
	if err != nil {
		r.t.Fatal(err)
	}
	ids := map[uuid.UUID][]string{}
	for _, h := range held {
		ids[h.Person.UserUUID] = append(ids[h.Person.UserUUID], h.EventID)
	}
	listed := map[uuid.UUID]int{}
	for page, err := range r.client().Unmapped(r.t.Context(), admin.UnmappedFilter{}) {
		if err != nil {
			r.t.Fatal(err)
		}
		for _, p := range page.People {
			listed[p.UserUUID] = p.Events
		}
	}
	return r.tellHeld(func(a *account) ([]string, int) { return ids[a.user.uuid], listed[a.user.uuid] })
}

func (r *trial) heldToBe() string {
	return r.tellHeld(func(a *account) (ids []string, listed int) {
		for _, e := range a.waiting {
			ids = append(ids, e.id.String())
		}
		return ids, len(ids)
	})
}

func (r *trial) tellHeld(of func(*account) (ids []string, listed int)) string {
	var b strings.Builder
	for _, a := range r.world.people {
		ids, listed := of(a)
		fmt.Fprintf(&b, "of %s wait %d: %v\n", a.name, listed, ids)
	}
	return b.String()
}

// checkChange holds a change in the map's log against the model's.
func (r *trial) checkChange(got admin.MapChange, want *change) {
	r.t.Helper()
	var undoes uint64
	if want.undoes != nil {
		undoes = want.undoes.number
	}
	if got.Number != want.number || got.How.Command != want.command || got.Effect != want.effect || got.How.Undoes != undoes {
		r.t.Errorf("change is %+v, want %d: %s of %+v, undoes %d", got, want.number, want.command, want.effect, undoes)
	}
}

// checkChanges demands that the map's log has every change of an editor, and no other.
func (r *trial) checkChanges() {
	r.t.Helper()
	var all []admin.MapChange
	for page, err := range r.client().Changes(r.t.Context(), admin.ChangeFilter{By: "admin", Limit: 7}) {
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, page...)
	}
	if len(all) != len(r.world.changes) {
		r.t.Errorf("the log has %d changes, want %d", len(all), len(r.world.changes))
		return
	}
	for i, want := range r.world.changes {
		r.checkChange(all[len(all)-1-i], want)
	}
}

// checkHistory demands that history tells every version of every record: who, by what, what it was and what it became.
func (r *trial) checkHistory() {
	r.t.Helper()
	stories := map[uint32]string{}
	for n := 1; n <= modelPlatform; n++ {
		told := map[uint32]string{}
		versions, err := r.client().History(r.t.Context(), "", platformID(n).String())
		if err != nil {
			r.t.Fatal(err)
		}
		for _, v := range versions {
			told[v.Record.Number] += r.tell(&v)
		}
		for number, story := range told {
			if before, again := stories[number]; again && before != story {
				r.t.Errorf("record %d was told as\n%s\nand as\n%s", number, before, story)
			}
			stories[number] = story
		}
	}
	var got, want []string
	for _, story := range stories {
		got = append(got, story)
	}
	for _, versions := range r.world.versions {
		story := ""
		for _, v := range versions {
			story += tell(v)
		}
		want = append(want, story)
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		r.t.Errorf("history is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func tell(v version) string {
	by := "admin"
	if v.command == "learn" {
		by = mapping.ByStream
	}
	return fmt.Sprintf("%s, %s: %s → %s\n", by, v.command, show(v.before), show(v.after))
}

func (r *trial) tell(v *mapping.Version) string {
	after := v.Record
	if v.Removed {
		after = mapping.Record{}
	}
	return fmt.Sprintf("%s, %s: %s → %s\n", v.Record.ChangedBy, v.How.Command, show(v.Before), show(after))
}

// checkExplanations demands that it is known of events why they left as whose: the record that named the account then,
// were it changed since. The log of POSTs is not synced: what was sent just before a kill may be missing there.
func (r *trial) checkExplanations() {
	r.t.Helper()
	for _, a := range r.world.people {
		if len(a.sent) == 0 {
			continue
		}
		e := a.sent[r.random.IntN(len(a.sent))]
		var told admin.Explanation
		ask(r.t, r.where.api(), "GET", admin.PathEvent(e.id.String()), "", &told)
		fate := told.Destinations[0]
		record := fate.RecordThen
		if record == nil {
			record = fate.Record
		}
		if r.life.mortal() && fate.Place == admin.PlaceUnknown {
			continue
		}
		if fate.Place != admin.PlaceDelivered || fate.MapRevision == 0 || record == nil || record.PlatformID != e.platform {
			r.t.Errorf("event %s of %s left as P%d; explained as %+v: %+v", e.id, a.name, e.platform[15], fate, record)
		}
	}
}
