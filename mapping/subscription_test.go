package mapping

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestLearn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		m := openMap(t, log, Options{})
		set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
		set(t, m, Record{PlatformID: id(2), ExternalID: "s2"})
		taken := set(t, m, Record{PlatformID: id(3), UserUUID: account(3)})
		set(t, m, Record{PlatformID: id(4), ExternalID: "s4", UserUUID: account(4)})
		before := log.last()
		for range 3 {
			m.Learn(Identity{UserUUID: account(1), ExternalID: "s1"}, DefaultTrust())
			m.Learn(Identity{UserUUID: account(2), ExternalID: "s2"}, DefaultTrust())
			m.Learn(Identity{UserUUID: account(3), ExternalID: "s2"}, DefaultTrust()) // is of record 3
			m.Learn(Identity{UserUUID: account(9), ExternalID: "s4"}, DefaultTrust()) // has another
			m.Learn(Identity{ExternalID: "s1"}, DefaultTrust())                       // says none
		}
		time.Sleep(defaultLearnEvery + time.Millisecond)
		synctest.Wait()
		for n := 1; n <= 2; n++ {
			match, ok := m.Lookup(Identity{UserUUID: account(n)}, nil)
			if !ok || match.PlatformID != id(n) {
				t.Errorf("account %d: %+v", n, match)
			}
			if r, _ := m.Index().Get(match.Number); r.ChangedBy != ByStream {
				t.Errorf("changed by %q", r.ChangedBy)
			}
		}
		if r, _ := m.Index().Get(taken.Number); r != taken {
			t.Errorf("record 3 became %+v", r)
		}
		if _, ok := m.Lookup(Identity{UserUUID: account(9)}, DefaultTrust()); ok {
			t.Error("a user uuid was overwritten")
		}
		if written := len(log.entries) - 4; written != 1 || log.last() == before {
			t.Errorf("%d entries were written", written)
		}
	})
}

// Two new accounts claim one record: only one can be right, the first is taken,
// and the other does not match any more.
func TestLearnTakesOneOfTwo(t *testing.T) {
	x := indexOf(t, Record{PlatformID: id(1), ExternalID: "s1"})
	batch := []lesson{
		{Identity{UserUUID: account(1), ExternalID: "s1"}, DefaultTrust()},
		{Identity{UserUUID: account(2), ExternalID: "s1"}, DefaultTrust()},
	}
	changes := slices.Collect(x.learned(batch))
	if len(changes) != 1 || changes[0].Record.UserUUID != account(1) || changes[0].Prior != 1 {
		t.Errorf("changes %+v", changes)
	}
}

func TestChangedTellsWhoIsConcerned(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	sub := m.Changed()
	defer sub.Close()
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1", Email: "A@B.test"})
	set(t, m, Record{PlatformID: id(2), UserUUID: account(2), UserID: "_2_1"})
	<-sub.Ready()
	touched := sub.Take()
	for identity, want := range map[Identity]bool{
		{ExternalID: "s1"}:             true,
		{Email: "a@b.TEST"}:            true,
		{UserUUID: account(2)}:         true,
		{UserID: "_2_1 "}:              true,
		{ExternalID: "S1"}:             false,
		{UserUUID: account(1)}:         false,
		{UserID: "s1", Email: "x@b.c"}: false,
	} {
		if touched.Concerns(identity) != want {
			t.Errorf("%+v: concerned %t, want %t", identity, !want, want)
		}
	}
	if again := sub.Take(); again.Many || len(again.Keys) != 0 {
		t.Errorf("told twice: %+v", again)
	}
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1b", Email: "a@b.test"})
	<-sub.Ready()
	if touched := sub.Take(); !touched.Concerns(Identity{ExternalID: "s1"}) || !touched.Concerns(Identity{ExternalID: "s1b"}) {
		t.Errorf("a renamed record touches %+v", touched)
	}
}

func TestChangedSaysManyBeyondItsLimit(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	sub := m.Changed()
	importRows(t, m, 3000) // 9,000 aliases
	<-sub.Ready()
	if touched := sub.Take(); touched.Many || len(touched.Keys) != 9000 {
		t.Fatalf("many %t, %d keys", touched.Many, len(touched.Keys))
	}
	m2 := openMap(t, newMemLog(), Options{})
	sub2 := m2.Changed()
	importRows(t, m2, 4000)
	<-sub2.Ready()
	if touched := sub2.Take(); !touched.Many || len(touched.Keys) != 0 || !touched.Concerns(Identity{}) {
		t.Fatalf("many %t, %d keys", touched.Many, len(touched.Keys))
	}
	sub.Close()
	set(t, m, Record{PlatformID: id(1), ExternalID: "new"})
	if touched := sub.Take(); len(touched.Keys) != 0 {
		t.Error("a closed subscription is told")
	}
}

// Whoever looks up after Take finds what Take spoke of.
func TestTouchedIsVisible(t *testing.T) {
	log := newMemLog()
	writer, reader := openMap(t, log, Options{}), openMap(t, log, Options{})
	sub := reader.Changed()
	for n := range 200 {
		external := fmt.Sprint("s", n)
		set(t, writer, Record{PlatformID: id(n), ExternalID: external})
		for !sub.Take().Concerns(Identity{ExternalID: external}) {
			<-sub.Ready()
		}
		if _, ok := reader.Lookup(Identity{ExternalID: external}, DefaultTrust()); !ok {
			t.Fatalf("%s was told but does not match", external)
		}
	}
}
