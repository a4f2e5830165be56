package mapping

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// model is the map as one would write it without a thought for memory.
type model struct {
	records []Record // by number - 1; the zero record: removed
	owners  map[Key]uint32
	written int // bytes of text in all records that ever were
}

func (m *model) owner(a Alias, id Identity) uint32 {
	for _, key := range id.Keys() {
		if key.Alias == a {
			return m.owners[key]
		}
	}
	return 0
}

// put gives the record the aliases that nobody else owns.
func (m *model) put(r Record) {
	if r.Number == 0 {
		m.records = append(m.records, Record{})
		r.Number = uint32(len(m.records))
	}
	m.remove(r.Number)
	id := r.Identity()
	for _, key := range id.Keys() {
		if m.owners[key] != 0 {
			id.drop(key.Alias)
			continue
		}
		m.owners[key] = r.Number
	}
	r.setIdentity(&id)
	m.records[r.Number-1] = r
	m.written += len(r.UserID) + len(r.ExternalID) + len(r.Email) + len(r.Note)
}

func (m *model) remove(number uint32) {
	r := &m.records[number-1]
	for _, key := range r.Identity().Keys() {
		delete(m.owners, key)
	}
	*r = Record{}
}

func (m *model) all() []Record {
	var all []Record
	for _, r := range m.records {
		if r.Number != 0 {
			all = append(all, r)
		}
	}
	return all
}

// randomRecord draws from few values, so that aliases meet.
func randomRecord(random *rand.Rand) Record {
	pick := func(format string) string {
		if random.IntN(3) == 0 {
			return ""
		}
		return fmt.Sprintf(format, random.IntN(300))
	}
	r := Record{
		PlatformID: id(random.IntN(200)), Source: "school",
		UserID: pick("_%d_1"), ExternalID: pick("s%d"), Email: pick("P%d@school.test"),
		Note: strings.Repeat("n", random.IntN(400)), ChangedBy: fmt.Sprintf("editor %d", random.IntN(5)),
		ChangedAt: time.UnixMilli(random.Int64N(1 << 40)).UTC(),
	}
	if random.IntN(3) > 0 {
		r.UserUUID = account(random.IntN(300))
	}
	if random.IntN(2) == 0 {
		r.Email = strings.ToLower(r.Email)
	}
	return r
}

func TestIndexAgainstModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	x, m := NewIndex("school"), &model{owners: map[Key]uint32{}}
	for seq := uint64(1); seq <= 4000; seq++ {
		r := randomRecord(random)
		r.Revision = seq
		if len(m.records) > 0 && random.IntN(3) > 0 {
			r.Number = uint32(1 + random.IntN(len(m.records)))
		}
		c := put(r)
		if r.Number != 0 && random.IntN(4) == 0 {
			c = Change{Op: Remove, Record: Record{Number: r.Number}}
			m.remove(r.Number)
		} else {
			m.put(r)
		}
		set := ChangeSet{Kind: Single, By: r.ChangedBy, At: r.ChangedAt, Changes: []Change{c}}
		if err := x.Apply(seq, set); err != nil {
			t.Fatal(err)
		}
		if seq%500 == 0 {
			compareToModel(t, x, m, random)
		}
	}
	if x.records.texts.size >= m.written {
		t.Error("the arena was never compacted: the test has too few texts")
	}
}

func compareToModel(t *testing.T, x *Index, m *model, random *rand.Rand) {
	t.Helper()
	equalRecords(t, slices.Collect(x.All()), m.all())
	if x.Len() != len(m.all()) {
		t.Fatalf("Len = %d, want %d", x.Len(), len(m.all()))
	}
	for range 300 {
		r := randomRecord(random)
		id := r.Identity()
		for a := UserUUID; a < aliasEnd; a++ {
			if got, want := x.owner(a, &id), m.owner(a, id); got != want {
				t.Fatalf("owner of %s of %+v = %d, want %d", a, id, got, want)
			}
		}
		compareFind(t, x, m, r.PlatformID)
	}
	used := 0
	for _, r := range m.all() {
		id := r.Identity()
		used += len(id.Keys())
	}
	for _, table := range x.keys.tables {
		used -= table.used
	}
	if used != 0 || x.people.used != x.Len() {
		t.Fatalf("the tables hold %d aliases too few, and %d of %d platform ids", used, x.people.used, x.Len())
	}
}

func compareFind(t *testing.T, x *Index, m *model, platform uuid.UUID) {
	t.Helper()
	var want []Record
	for _, r := range m.all() {
		if r.PlatformID == platform {
			want = append(want, r)
		}
	}
	equalRecords(t, x.Find(platform.String()), want)
}

func TestIndexRefusesNumbersNeverGiven(t *testing.T) {
	x := indexOf(t, sampleRecord(1))
	err := x.Apply(2, ChangeSet{Kind: Single, Changes: []Change{
		put(sampleRecord(2)), put(Record{Number: 4, PlatformID: id(4), ExternalID: "s4"}),
	}})
	if err == nil || x.Len() != 1 || x.Revision() != 1 {
		t.Fatalf("err %v, %d records, revision %d", err, x.Len(), x.Revision())
	}
}

// A set may take an alias from one record before it gives it to another.
func TestSetIsAppliedInOrder(t *testing.T) {
	x := indexOf(t,
		Record{PlatformID: id(1), UserID: "_1_1", ExternalID: "a"},
		Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "b"},
	)
	applySet(t, x,
		put(Record{Number: 1, PlatformID: id(1), UserID: "_1_1"}),
		put(Record{Number: 2, PlatformID: id(2), UserID: "_2_1", ExternalID: "a"}),
		put(Record{Number: 1, PlatformID: id(1), UserID: "_1_1", ExternalID: "b"}),
	)
	for external, want := range map[string]uint32{"a": 2, "b": 1} {
		if m, _ := x.Lookup(Identity{ExternalID: external}, DefaultTrust()); m.Number != want {
			t.Errorf("%s belongs to %d, want %d", external, m.Number, want)
		}
	}
}

// A removed record can come back under its number, as an undo does it.
func TestRemovedRecordComesBack(t *testing.T) {
	r := sampleRecord(1)
	x := indexOf(t, r)
	applySet(t, x, Change{Op: Remove, Record: Record{Number: 1}})
	if _, ok := x.Get(1); ok || x.Len() != 0 || len(x.Find(r.PlatformID.String())) != 0 {
		t.Fatal("it is still there")
	}
	r.Number = 1
	applySet(t, x, put(r))
	if got, ok := x.Get(1); !ok || got.ExternalID != r.ExternalID {
		t.Fatalf("got %+v", got)
	}
}

func TestIndexConcurrently(t *testing.T) {
	x := NewIndex("school")
	trust := DefaultTrust()
	done := make(chan struct{})
	var readers sync.WaitGroup
	for n := range 4 {
		readers.Go(func() {
			for i := n; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				want := sampleRecord(i % 500)
				if m, ok := x.Lookup(want.Identity(), trust); ok && m.PlatformID != want.PlatformID {
					t.Errorf("record %d has platform id %s", i%500, m.PlatformID)
				}
				for r := range x.All() {
					if r.Source != "school" {
						t.Error("a record without its source")
					}
				}
				x.Find(want.ExternalID)
			}
		})
	}
	for i := range 1000 {
		r := sampleRecord(i % 500)
		if i >= 500 {
			r.Number = uint32(i%500 + 1)
			r.Note = strings.Repeat("x", i)
		}
		applySet(t, x, put(r))
	}
	close(done)
	readers.Wait()
	if x.Len() != 500 {
		t.Errorf("%d records", x.Len())
	}
}

// While a large import of new records is added, readers go on and see nothing
// of it; then they see all of it.
func TestLargeSetsAppearAtOnce(t *testing.T) {
	const before, added, part = 10, 1200, 400
	x := NewIndex("school")
	for i := range before {
		applySet(t, x, put(sampleRecord(added+i)))
	}
	adding := openSet{first: before, last: before + added, changes: added}
	v := adding.end(99)
	if !v.onlyAdds {
		t.Fatal("it does not count as only adding")
	}
	v.sets = func(yield func(uint64, *ChangeSet) bool) {
		for i := range added / part {
			set := ChangeSet{Kind: Part}
			for k := range part {
				set.Changes = append(set.Changes, put(sampleRecord(part*i+k)))
			}
			yield(uint64(50+i), &set)
			if n := visibleRecords(t, x, before+added); n != before || x.Len() != before || x.Revision() != before {
				t.Errorf("%d records are seen after part %d", n, i)
			}
		}
	}
	x.apply(v, nil)
	if n := visibleRecords(t, x, before+added); n != before+added || x.Len() != n || x.Revision() != 99 {
		t.Errorf("%d records are seen in the end", n)
	}
}

// visibleRecords counts in every way that readers have.
func visibleRecords(t *testing.T, x *Index, n int) int {
	t.Helper()
	var all, got, found, people, matched int
	for range x.All() {
		all++
	}
	for i := range n {
		r := sampleRecord(i)
		if _, ok := x.Get(uint32(i + 1)); ok {
			got++
		}
		found += len(x.Find(r.UserID))
		people += len(x.Find(r.PlatformID.String()))
		if _, ok := x.Lookup(Identity{ExternalID: r.ExternalID}, DefaultTrust()); ok {
			matched++
		}
	}
	if got != all || found != all || people != all || matched != all {
		t.Fatalf("All %d, Get %d, Find %d and %d, Lookup %d", all, got, found, people, matched)
	}
	return all
}

func TestAllStopsWhenAsked(t *testing.T) {
	x := indexOf(t, sampleRecord(1), sampleRecord(2), sampleRecord(3))
	n := 0
	for range x.All() {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d records", n)
	}
}
