package mapping_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// openOn opens the map of a source on the real engine.
func openOn(t *testing.T, j *journal.Journal, source string) *mapping.Map {
	t.Helper()
	m, err := mapping.Open(t.Context(), source, j.MapLog(source), mapping.Options{SnapshotAfter: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func openJournal(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func planUsers(t *testing.T, m *mapping.Map, n int) *mapping.Plan {
	t.Helper()
	var file strings.Builder
	file.WriteString("sourcedId;username;note\n")
	for i := range n {
		fmt.Fprintf(&file, "%s;%s%d;\"two\nlines\"\n", uuid.NewSHA1(uuid.NameSpaceOID, []byte{byte(i), byte(i >> 8)}), m.Index().Source(), i)
	}
	csv, err := mapping.ReadFile(strings.NewReader(file.String()), mapping.FileOptions{
		Columns: map[string]string{"platform_id": "sourcedId", "external_id": "username"},
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := mapping.NewPlan(t.Context(), csv.Rows(), []*mapping.Index{m.Index()}, mapping.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// The maps of two sources and three members on one engine, with imports and
// edits at the same time; afterwards everybody, and who opens the folder again,
// has the same.
func TestMapsOnTheEngine(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, dir)
	one, two, college := openOn(t, j, "school"), openOn(t, j, "school"), openOn(t, j, "college")
	var members sync.WaitGroup
	members.Go(func() { importUsers(t, one, 2500) })
	members.Go(func() { importUsers(t, college, 1500) })
	members.Go(func() { setUsers(t, two, 50) })
	members.Wait()
	importUsers(t, one, 2500)
	awaitSnapshot(t, j.MapLog("school"))
	want := slices.Collect(one.Index().All())
	if len(want) != 2550 || college.Index().Len() != 1500 {
		t.Fatalf("%d and %d records", len(want), college.Index().Len())
	}
	for _, m := range []*mapping.Map{one, two, college} {
		m.Close()
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openJournal(t, dir)
	again := openOn(t, j, "school")
	if l := again.Loading(); l.Snapshot == 0 || l.SnapshotErr != nil {
		t.Errorf("loading %+v", l)
	}
	if got := slices.Collect(again.Index().All()); !slices.Equal(got, want) {
		t.Errorf("after a restart: %d records, or others", len(got))
	}
	again.Close()
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// awaitSnapshot waits until a log has one.
func awaitSnapshot(t testing.TB, log *journal.MapLog) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		revision, err := log.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if revision > 0 {
			return
		}
		<-tick.C
	}
}

func importUsers(t *testing.T, m *mapping.Map, n int) {
	plan := planUsers(t, m, n)
	if _, err := m.Import(t.Context(), plan, mapping.Edit{By: "ann", How: mapping.How{Command: "map import"}}); err != nil {
		t.Errorf("import: %v", err)
	}
}

func setUsers(t *testing.T, m *mapping.Map, n int) {
	for i := range n {
		r := mapping.Record{PlatformID: uuid.New(), UserID: fmt.Sprintf("_%d_1", i)}
		stored, err := m.Set(t.Context(), r, mapping.Edit{By: "bob"})
		if err != nil || stored.PlatformID != r.PlatformID {
			t.Errorf("set: %+v, %v", stored, err)
		}
	}
	var conflict *mapping.ConflictError
	_, err := m.Set(t.Context(), mapping.Record{PlatformID: uuid.New(), UserUUID: uuid.New(), ExternalID: "x", UserID: "_1_1"}, mapping.Edit{AllowRepoint: true})
	if err != nil {
		t.Errorf("extend: %v", err)
	}
	_, err = m.Set(t.Context(), mapping.Record{PlatformID: uuid.New(), UserUUID: uuid.New(), ExternalID: "x"}, mapping.Edit{})
	if !errors.As(err, &conflict) {
		t.Errorf("robbing: %v", err)
	}
}

// The log of changes, history and undo read what lies between the entries of
// other sources and the chunks of snapshots.
func TestChangesOnTheEngine(t *testing.T) {
	j := openJournal(t, t.TempDir())
	defer j.Close()
	school, college := openOn(t, j, "school"), openOn(t, j, "college")
	defer school.Close()
	defer college.Close()
	for round := range 3 {
		for i := range 20 {
			r := mapping.Record{PlatformID: uuid.UUID{1, byte(i)}, UserID: fmt.Sprint(i), Note: fmt.Sprint(round)}
			if _, err := school.Set(t.Context(), r, mapping.Edit{By: "bob"}); err != nil {
				t.Fatal(err)
			}
		}
		importUsers(t, college, 1500)
		importUsers(t, school, 2500)
		awaitSnapshot(t, j.MapLog("school"))
	}
	changes, next, err := school.Log(t.Context(), mapping.LogFilter{}, mapping.Page{Limit: 1000})
	if err != nil || next != 0 || len(changes) != 61 {
		t.Fatalf("%d changes, next %d, %v", len(changes), next, err)
	}
	for _, c := range changes {
		if _, err := school.PlanUndo(t.Context(), c.Number); err != nil {
			t.Errorf("plan to undo %+v: %v", c, err)
		}
	}
	imported, _, err := school.Log(t.Context(), mapping.LogFilter{By: "ann"}, mapping.Page{})
	imported = slices.DeleteFunc(imported, func(c mapping.ChangeInfo) bool { return c.How.Command != "map import" })
	if err != nil || len(imported) != 1 || imported[0].Effect.New != 2500 {
		t.Fatalf("imports %+v, %v", imported, err)
	}
	before := school.Index().Len()
	undone, err := school.Undo(t.Context(), imported[0].Number, mapping.Edit{By: "ann"})
	if err != nil || undone.Effect.Removed != 2500 || school.Index().Len() != before-2500 {
		t.Errorf("%+v, %v", undone, err)
	}
	versions, err := school.History(t.Context(), "school7")
	if err != nil || len(versions) != 2 || !versions[1].Removed || versions[1].How.Undoes != imported[0].Number {
		t.Errorf("%+v, %v", versions, err)
	}
}
