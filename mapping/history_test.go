package mapping

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestHistory(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	one := set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	for _, entry := range entriesOf(1001, 0)[:2] { // never finished
		log.force(entry, time.Now().Add(-time.Hour))
	}
	two := set(t, m, Record{PlatformID: id(2), ExternalID: "s1", UserUUID: account(1)})
	importRows(t, m, 1500)
	if err := m.Remove(t.Context(), one.Number, Edit{By: "bob", How: How{Command: "map remove"}}); err != nil {
		t.Fatal(err)
	}
	set(t, m, Record{PlatformID: id(3), ExternalID: "s1"})
	for text, want := range map[string]int{"s1": 4, id(1).String(): 3, FormatUserUUID(account(1)): 3, id(3).String(): 1, "s2": 0, "": 0, "_1499_1": 1, "#1": 3, "1": 0, "#9999": 0} {
		versions, err := m.History(t.Context(), text)
		if err != nil || len(versions) != want {
			t.Errorf("%q has %d versions, want %d; %v", text, len(versions), want, err)
		}
	}
	versions, err := m.History(t.Context(), "s1")
	if err != nil {
		t.Fatal(err)
	}
	equalRecords(t, []Record{versions[0].Record, versions[1].Record}, []Record{one, two})
	if first, second := versions[0], versions[1]; first.Before != (Record{}) || second.Before != one {
		t.Errorf("made of %+v and %+v", first.Before, second.Before)
	}
	if gone := versions[2]; gone.Before != two || !gone.Removed || gone.Record.Number != one.Number || gone.Record.ChangedBy != "bob" || gone.How.Command != "map remove" {
		t.Errorf("removed: %+v", gone)
	}
	imported, err := m.History(t.Context(), "_1499_1")
	if err != nil || imported[0].How.File != "users.csv" || imported[0].Record != m.Index().Find("_1499_1")[0] {
		t.Errorf("imported: %+v, %v", imported, err)
	}
}

func TestHistoryEndsWithItsContext(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	log.breakOff(errors.New("connection lost"))
	if _, err := m.History(t.Context(), "s1"); err == nil || !strings.Contains(err.Error(), "connection lost") {
		t.Errorf("error %v", err)
	}
}

// A name that a record got late and has lost again finds its whole history.
func TestHistoryOfAFormerName(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	for _, external := range []string{"first", "second", "third"} {
		set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: external})
	}
	versions, err := m.History(t.Context(), "second")
	if err != nil || len(versions) != 3 {
		t.Fatalf("%d versions, %v", len(versions), err)
	}
	for i, v := range versions {
		if i > 0 && v.Before != versions[i-1].Record || v.ChangeNumber != v.Record.Revision {
			t.Errorf("version %d: %+v", i, v)
		}
	}
}

// The parts of an import have their own revisions, but one number of a change.
func TestHistoryNamesTheChange(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	result := importRows(t, m, 2500)
	versions, err := m.History(t.Context(), "_7_1")
	if err != nil || len(versions) != 1 || versions[0].ChangeNumber != result.Revision || versions[0].Record.Revision >= result.Revision {
		t.Errorf("%+v, %v", versions, err)
	}
}
