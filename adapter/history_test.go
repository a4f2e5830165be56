package adapter_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// asks returns a client of the rig's admin API.
func (r *rig) asks() *client.Client {
	r.t.Helper()
	c, err := client.New(client.Options{Server: r.AdminAddr(), Token: testToken, Transport: heldToContract(r.t)})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// changes lists the changes of the map that a filter selects.
func (r *rig) changes(f admin.ChangeFilter) (all []admin.MapChange) {
	r.t.Helper()
	for page, err := range r.asks().Changes(r.t.Context(), f) {
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, page...)
	}
	return all
}

// undo undoes a change and returns the number of the one that did.
func (r *rig) undo(change uint64) uint64 {
	r.t.Helper()
	done, err := r.asks().Undo(r.t.Context(), admin.UndoRequest{Change: change})
	if err != nil || done.UndoneBy <= change || done.Refused {
		r.t.Fatalf("undo %d: %+v, %v", change, done, err)
	}
	return done.UndoneBy
}

// refusal is the status and the parts of an answer that is none of 2xx.
func refusal(err error) (status int, texts string) {
	refused, ok := err.(*client.Error)
	if !ok {
		return 0, fmt.Sprint(err)
	}
	for _, p := range refused.Problems {
		texts += p.Text + "\n"
	}
	return refused.Status, texts + refused.Message
}

// TestUndoHoldsAndReleases maps people, takes that back, and takes the taking back: their newer events wait meanwhile
// and leave in order, across restarts.
func TestUndoHoldsAndReleases(t *testing.T) {
	const people = 20
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	file := mappingCSV(users)
	imported, err := r.asks().Import(t.Context(), admin.ImportRequest{File: "people.csv", Body: strings.NewReader(file)})
	if err != nil || imported.Counts.New != people {
		t.Fatalf("imported %+v: %v", imported, err)
	}
	change := r.changes(admin.ChangeFilter{})[0].Number
	r.mustPost(envelope(l.shuffled(users, 2)...))
	r.settled(want{Delivered: 2 * people})

	undone := r.undo(change)
	r.mustPost(envelope(l.shuffled(users, 3)...))
	r.settled(want{Delivered: 2 * people, Held: 3 * people})
	r.restart()
	r.settled(want{Delivered: 2 * people, Held: 3 * people})

	r.undo(undone)
	r.settled(want{Delivered: 5 * people})
	r.mustPost(envelope(l.shuffled(users, 1)...))
	r.settled(want{Delivered: 6 * people})
	l.check(t, r.collector.Events(), nil)
	for _, u := range users {
		if got := r.People("myschool").Index().Find(u.hex()); len(got) != 1 {
			t.Errorf("user %s has %d records", u.hex(), len(got))
		}
	}
	log := r.changes(admin.ChangeFilter{Limit: 1})
	if len(log) != 3 || log[0].How.Undoes != undone || log[1].How.Undoes != change || log[0].How.Command != "map undo" ||
		log[0].By != "admin" || log[0].Source != "myschool" || log[1].Effect.Removed != people || log[0].Effect.New != people ||
		log[2].How.File != "people.csv" || len(log[2].How.SHA256) != 64 {
		t.Errorf("log is %+v", log)
	}
}

// TestUndoBesideLaterChanges refuses to undo what somebody has corrected since, and puts back the rest if that is wanted.
func TestUndoBesideLaterChanges(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	users := newUsers(2)
	corrected := uuid.New()
	r.importCSV(mappingCSV(users))
	change := r.changes(admin.ChangeFilter{})[0].Number
	record := r.People("myschool").Index().Find(users[1].hex())[0]
	_, err := r.People("myschool").Set(t.Context(), mapping.Record{PlatformID: corrected, UserUUID: users[1].uuid, Email: "a@b.example"},
		mapping.Edit{By: "test", AllowRepoint: true})
	if err != nil {
		t.Fatal(err)
	}

	before := r.People("myschool").Revision()
	for _, request := range []admin.UndoRequest{{Change: change}, {Change: change, Source: "myschool"}} {
		_, err := r.asks().Undo(t.Context(), request)
		status, texts := refusal(err)
		if status != http.StatusConflict || !strings.Contains(texts, fmt.Sprintf("record %d ", record.Number)) || strings.Contains(texts, "a@b") {
			t.Errorf("answered %d %s", status, texts)
		}
	}
	plan, err := r.asks().Undo(t.Context(), admin.UndoRequest{Change: change, DryRun: true})
	if err != nil || !plan.Refused || plan.Blocked != 1 || len(plan.Problems) != 1 || plan.Effect.Removed != 1 || plan.UndoneBy != 0 ||
		len(plan.First) != 1 || plan.First[0].Becomes != admin.BecomesRemoved || plan.First[0].Record == nil || plan.First[0].Record.UserUUID != users[0].uuid ||
		plan.Change.Source != "myschool" || plan.Change.By != "test" {
		t.Errorf("would be %+v: %v", plan, err)
	}
	if now := r.People("myschool").Revision(); now != before {
		t.Errorf("a refusal and a dry run changed the map: revision %d, was %d", now, before)
	}

	done, err := r.asks().Undo(t.Context(), admin.UndoRequest{Change: change, Partial: true})
	if err != nil || done.Refused || done.Blocked != 1 || done.Effect.Removed != 1 || done.UndoneBy <= before {
		t.Errorf("undone %+v: %v", done, err)
	}
	if got := r.People("myschool").Index().Find(users[0].hex()); len(got) > 0 {
		t.Errorf("still there: %v", got)
	}
	if got := r.People("myschool").Index().Find(users[1].hex()); len(got) != 1 || got[0].PlatformID != corrected {
		t.Errorf("the corrected record is %v", got)
	}
	done, err = r.asks().Undo(t.Context(), admin.UndoRequest{Change: change, Partial: true})
	if err != nil || done.Blocked != 2 || done.UndoneBy != 0 {
		t.Errorf("undone again %+v: %v", done, err)
	}
}

// TestChangesOfSeveralSources lists them as one, in pages of all sizes, and lets a number stand for one source's.
func TestChangesOfSeveralSources(t *testing.T) {
	r := &rig{t: t, dir: t.TempDir(), store: embedded, log: quiet(), extra: "    sources: [myschool, other]\n",
		sources: oneSource + ", { name: other, keys: [another-key-of-another-source] }"}
	r.collector, r.url = newCollector(t, collector.Options{})
	r.start()
	for i := range 6 {
		stated := admin.Statement{Source: []string{"myschool", "other"}[i%2], PlatformID: uuid.NewString(), UserID: fmt.Sprintf("_%d_1", i/2)}
		if _, err := r.asks().Set(t.Context(), stated, 0); err != nil {
			t.Fatal(err)
		}
	}
	all := r.changes(admin.ChangeFilter{})
	if len(all) != 6 || !slices.IsSortedFunc(all, func(a, b admin.MapChange) int { return int(b.Number) - int(a.Number) }) {
		t.Fatalf("changes are %+v", all)
	}
	for size := 1; size <= 7; size++ {
		if got := r.changes(admin.ChangeFilter{Limit: size}); !slices.Equal(got, all) {
			t.Errorf("in pages of %d: %+v", size, got)
		}
	}
	if got := r.changes(admin.ChangeFilter{Source: "other"}); len(got) != 3 || got[0] != all[0] || got[0].Source != "other" {
		t.Errorf("changes of other are %+v", got)
	}
	if got := r.changes(admin.ChangeFilter{Since: all[0].At.Add(1)}); len(got) > 0 {
		t.Errorf("changes after the last are %+v", got)
	}
	if got := r.changes(admin.ChangeFilter{By: "nobody"}); len(got) > 0 {
		t.Errorf("changes by nobody are %+v", got)
	}

	number := all[0].Number
	for _, request := range []admin.UndoRequest{
		{Change: number, Source: "myschool"}, {Change: number + 1000}, {Change: 1<<64 - 1}, {Change: number, Source: "nope"},
	} {
		for _, request.DryRun = range []bool{true, false} {
			if _, err := r.asks().Undo(t.Context(), request); !isStatus(err, http.StatusNotFound) {
				t.Errorf("undo %+v: %v", request, err)
			}
		}
	}
	r.undo(number)
	if got := r.history("other", "_2_1"); len(got) != 2 || !got[1].Removed || got[1].How.Undoes != number || got[1].Before.UserID != "_2_1" {
		t.Errorf("history is %+v", got)
	}
	if got := r.history("", "_2_1"); len(got) != 3 || got[0].Record.Source != "myschool" || got[2].Record.Source != "other" {
		t.Errorf("history of both is %+v", got)
	}
}

func isStatus(err error, want int) bool {
	status, _ := refusal(err)
	return status == want
}

func (r *rig) history(source, person string) []mapping.Version {
	r.t.Helper()
	versions, err := r.asks().History(r.t.Context(), source, person)
	if err != nil {
		r.t.Fatal(err)
	}
	return versions
}

// TestRepointingByHandIsUndone gives a record another platform id, which has to be allowed, and takes that back.
func TestRepointingByHandIsUndone(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	before, after := uuid.NewString(), uuid.New()
	stated := admin.Statement{PlatformID: before, UserID: "_7_1"}
	if _, err := r.asks().Set(t.Context(), stated, 0); err != nil {
		t.Fatal(err)
	}
	stated.PlatformID = after.String()
	_, err := r.asks().Set(t.Context(), stated, 0)
	if status, text := refusal(err); status != http.StatusConflict || !strings.Contains(text, "has to be allowed") {
		t.Errorf("answered %d %s", status, text)
	}
	stated.AllowRepoint = true
	if record, err := r.asks().Set(t.Context(), stated, 0); err != nil || record.PlatformID != after {
		t.Errorf("set %+v: %v", record, err)
	}
	r.undo(r.changes(admin.ChangeFilter{})[0].Number)
	if got := r.history("", "_7_1"); len(got) != 3 || got[2].Record.PlatformID.String() != before || got[2].Before.PlatformID != after {
		t.Errorf("history is %+v", got)
	}
}

// TestPlanShowsTheFirstRecords of a change in one entry of the log, and of one in several.
func TestPlanShowsTheFirstRecords(t *testing.T) {
	for _, people := range []int{3, 2*mapping.MaxChanges + 7} {
		r := newRig(t, collector.Options{}, "")
		users := newUsers(people)
		r.importCSV(mappingCSV(users))
		change := r.changes(admin.ChangeFilter{})[0]
		shown := r.planUndo(change.Number)
		if len(shown) != min(people, admin.MaxFirstUndone) {
			t.Fatalf("of %d records %d are shown", people, len(shown))
		}
		for i, first := range shown {
			if first.Becomes != admin.BecomesRemoved || first.Record == nil || first.Record.UserUUID != users[i].uuid {
				t.Errorf("of %d records the first are %+v", people, first)
			}
		}
		undone := r.undo(change.Number)
		shown = r.planUndo(undone)
		if len(shown) != min(people, admin.MaxFirstUndone) || shown[0].Becomes != admin.BecomesThere || shown[0].Number == 0 || shown[0].Record != nil {
			t.Errorf("of %d records there would be again %+v", people, shown)
		}
		r.undo(undone)
		repointed := mapping.Record{PlatformID: uuid.New(), UserUUID: users[0].uuid}
		if _, err := r.People("myschool").Set(t.Context(), repointed, mapping.Edit{By: "test", AllowRepoint: true}); err != nil {
			t.Fatal(err)
		}
		if shown = r.planUndo(r.changes(admin.ChangeFilter{Limit: 1})[0].Number); len(shown) != 1 || shown[0].Becomes != admin.BecomesRepointed {
			t.Errorf("would be re-pointed: %+v", shown)
		}
	}
}

func (r *rig) planUndo(change uint64) []admin.UndoneRecord {
	r.t.Helper()
	plan, err := r.asks().Undo(r.t.Context(), admin.UndoRequest{Change: change, DryRun: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return plan.First
}
