package mapping

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/quick"
)

func setAll(t *testing.T, m *Map, stated ...Record) []error {
	t.Helper()
	refused, err := m.SetAll(t.Context(), stated, Edit{By: "ann", How: How{Command: "resolve", Resolver: "roster"}})
	if err != nil || len(refused) != len(stated) {
		t.Fatalf("%d answers, %v", len(refused), err)
	}
	return refused
}

// Each record is judged alone, those that are accepted are one entry of the log.
func TestSetAllIsOneChange(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	set(t, m, Record{PlatformID: id(2), ExternalID: "s2", UserUUID: account(2)})
	before := len(log.entries)
	refused := setAll(t, m,
		Record{PlatformID: id(1), ExternalID: "s1", UserUUID: account(1)}, // more about somebody
		Record{PlatformID: id(3), ExternalID: "s3"},                       // somebody new
		Record{PlatformID: id(2), ExternalID: "s2"},                       // known already
		Record{PlatformID: id(4), ExternalID: "s2", UserUUID: account(4)}, // an alias of another
		Record{PlatformID: id(5), UserUUID: account(2)},                   // another platform id
		Record{PlatformID: id(6)},                                         // no alias
		Record{PlatformID: id(7), ExternalID: "s7", Source: "college"},    // another map's
	)
	var conflict *ConflictError
	var repoint *RepointError
	var invalid *InvalidError
	for i, err := range refused[:3] {
		if err != nil {
			t.Errorf("record %d is refused: %v", i, err)
		}
	}
	if !errors.As(refused[3], &conflict) || !errors.As(refused[4], &repoint) || !errors.As(refused[5], &invalid) || !errors.As(refused[6], &invalid) {
		t.Errorf("refused %v", refused)
	}
	if n := len(log.entries) - before; n != 1 || m.Index().Len() != 3 {
		t.Errorf("%d entries for one batch, %d records", n, m.Index().Len())
	}
	changes, _, err := m.Log(t.Context(), LogFilter{}, Page{})
	if err != nil || changes[0].Effect != (Effect{New: 1, Changed: 1}) || changes[0].How.Resolver != "roster" {
		t.Errorf("the log says %+v, %v", changes, err)
	}
	if r := m.Index().Find("s1"); len(r) != 1 || r[0].UserUUID != account(1) {
		t.Errorf("extended %+v", r)
	}
	if setAll(t, m, Record{PlatformID: id(3), ExternalID: "s3"}); len(log.entries) != before+1 {
		t.Error("what is known already was written")
	}
}

// Records that concern one another are judged as if they came one by one: the
// first wins.
func TestSetAllOfRecordsThatConcernOneAnother(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "old"})
	refused := setAll(t, m,
		Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "new"},
		Record{PlatformID: id(9), ExternalID: "old"}, // is free by now
		Record{PlatformID: id(5), ExternalID: "s5", UserID: "_5_1"},
		Record{PlatformID: id(6), ExternalID: "s6", UserID: "_5_1"}, // is not any more
		Record{PlatformID: id(5), ExternalID: "s5", Email: "Five@School.test"},
		Record{PlatformID: id(7), Email: "five@school.test", ExternalID: "s7"}, // nor is this
	)
	for i, bad := range []bool{false, false, false, true, false, true} {
		if (refused[i] != nil) != bad {
			t.Errorf("record %d: %v", i, refused[i])
		}
	}
	if got := m.Index().Len(); got != 3 {
		t.Errorf("%d records", got)
	}
}

func TestSetAllRefusesConditionsOfOneRecord(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	for _, edit := range []Edit{{Number: 1}, {IfRevision: 1}, {Take: true}} {
		refused, err := m.SetAll(t.Context(), []Record{{PlatformID: id(1), ExternalID: "s1"}}, edit)
		if !errors.Is(err, errOneRecord) || len(refused) != 1 {
			t.Errorf("%+v: %v", edit, err)
		}
	}
	m.Close()
	if _, err := m.SetAll(t.Context(), []Record{{PlatformID: id(1), ExternalID: "s1"}}, Edit{}); !errors.Is(err, ErrClosed) {
		t.Errorf("of a closed map: %v", err)
	}
	if refused, err := m.SetAll(t.Context(), nil, Edit{}); err != nil || len(refused) != 0 {
		t.Errorf("nothing: %v, %v", refused, err)
	}
}

// Whatever is stated, it ends as if it had been set one by one.
func TestSetAllIsSetOneByOne(t *testing.T) {
	property := func(seed uint64) bool {
		random := rand.New(rand.NewPCG(seed, 1))
		one, all := openMap(t, newMemLog(), Options{}), openMap(t, newMemLog(), Options{})
		defer one.Close()
		defer all.Close()
		for range 4 {
			var stated []Record
			for range 12 {
				stated = append(stated, crowded(random))
			}
			refused := setAll(t, all, stated...)
			for i := range stated {
				if _, err := one.Set(t.Context(), stated[i], Edit{By: "ann"}); fmt.Sprint(err) != fmt.Sprint(refused[i]) {
					t.Logf("record %d: %v one by one, %v together", i, err, refused[i])
					return false
				}
			}
			if !slices.EqualFunc(slices.Collect(one.Index().All()), slices.Collect(all.Index().All()), sameRecord) {
				return false
			}
		}
		return true
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 30}); err != nil {
		t.Error(err)
	}
}

// crowded is a record of one of few people, with few aliases to share.
func crowded(random *rand.Rand) Record {
	r := Record{PlatformID: id(1 + random.IntN(3))}
	if random.IntN(2) == 0 {
		r.UserUUID = account(random.IntN(4))
	}
	if random.IntN(2) == 0 {
		r.UserID = fmt.Sprintf("_%d_1", random.IntN(4))
	}
	if random.IntN(2) == 0 {
		r.Email = fmt.Sprintf("p%d@school.test", random.IntN(4))
	}
	if r.Identity() == (Identity{}) || random.IntN(2) == 0 {
		r.ExternalID = fmt.Sprintf("s%d", random.IntN(4))
	}
	return r
}

func sameRecord(a, b Record) bool { return a.Number == b.Number && a.sameContent(&b) }
