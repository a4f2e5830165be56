package mapping

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// id makes a UUID that shows its number and is not nil.
func id(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("5eed0000-0000-4000-8000-%012d", n))
}

// account makes the UUID of Learn account n.
func account(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("acc00000-0000-4000-8000-%012d", n))
}

func put(r Record) Change { return Change{Op: Put, Record: r} }

// indexOf returns an index that holds the records, numbered from 1 in order.
func indexOf(t testing.TB, records ...Record) *Index {
	t.Helper()
	x := NewIndex("school")
	for _, r := range records {
		applySet(t, x, put(r))
	}
	return x
}

func applySet(t testing.TB, x *Index, changes ...Change) {
	t.Helper()
	if err := x.Apply(x.Revision()+1, ChangeSet{Kind: Single, Changes: changes}); err != nil {
		t.Fatal(err)
	}
}

func openMap(t testing.TB, log Log, options Options) *Map {
	t.Helper()
	m, err := Open(t.Context(), "school", log, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func set(t testing.TB, m *Map, r Record) Record {
	t.Helper()
	stored, err := m.Set(t.Context(), r, Edit{By: "ann", AllowRepoint: true})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// rowsOf reads a whole file.
func rowsOf(t testing.TB, file string, options FileOptions) []Row {
	t.Helper()
	c, err := ReadFile(strings.NewReader(file), options)
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	for row, err := range c.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func planFile(t testing.TB, file string, options PlanOptions, indexes ...*Index) *Plan {
	t.Helper()
	c, err := ReadFile(strings.NewReader(file), FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return planRows(t, c.Rows(), options, indexes...)
}

func planRows(t testing.TB, rows iter.Seq2[Row, error], options PlanOptions, indexes ...*Index) *Plan {
	t.Helper()
	plan, err := NewPlan(context.Background(), rows, indexes, options)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// contents lists what the editors of a map see: no numbers, times or revisions.
func contents(x *Index) []Record {
	var all []Record
	for r := range x.All() {
		all = append(all, Record{
			PlatformID: r.PlatformID, Source: r.Source, UserUUID: r.UserUUID,
			UserID: r.UserID, ExternalID: r.ExternalID, Email: r.Email, Note: r.Note,
		})
	}
	return all
}

// sampleRows yields n rows of three aliases each.
func sampleRows(n int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for i := range n {
			if !yield(Row{Line: i + 2, Record: sampleRecord(i)}, nil) {
				return
			}
		}
	}
}

func sampleRecord(i int) Record {
	return Record{
		PlatformID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "platform %d", i)),
		UserUUID:   sampleAccount(i),
		UserID:     fmt.Sprintf("_%d_1", i),
		ExternalID: fmt.Sprintf("student%07d", i),
	}
}

func sampleAccount(i int) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "account %d", i))
}

func equalRecords(t testing.TB, got, want []Record) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("records differ:\n got %+v\nwant %+v", got, want)
	}
}

// oneOwnerEach fails if an alias belongs to two records.
func oneOwnerEach(t testing.TB, x *Index) {
	t.Helper()
	owners := map[Key]uint32{}
	for r := range x.All() {
		for _, key := range r.Identity().Keys() {
			if other := owners[key]; other != 0 {
				t.Errorf("%v belongs to %d and to %d", key, other, r.Number)
			}
			owners[key] = r.Number
		}
	}
}
