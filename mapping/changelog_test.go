package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// logOf reads all pages of a log.
func logOf(t testing.TB, m *Map, filter LogFilter, limit int) []ChangeInfo {
	t.Helper()
	var all []ChangeInfo
	page := Page{Limit: limit}
	for {
		changes, next, err := m.Log(t.Context(), filter, page)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, changes...)
		if next == 0 {
			return all
		}
		if len(changes) != limit || next != changes[limit-1].Number {
			t.Fatalf("a page of %d, next %d", len(changes), next)
		}
		page.Before = next
	}
}

func TestLog(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	first := set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	imported := importRows(t, m, 2500)
	for _, entry := range entriesAfter(2501, 1500, 9000)[:2] { // never finished
		log.force(entry, time.Now().Add(-time.Hour))
	}
	if err := m.follower.await(t.Context(), log.last()); err != nil {
		t.Fatal(err)
	}
	changed := set(t, m, Record{PlatformID: id(1), ExternalID: "s1", Note: "x"})
	repointed, err := m.Set(t.Context(), Record{PlatformID: id(2), ExternalID: "s1"},
		Edit{By: "bob", AllowRepoint: true, How: How{Command: "map set", Resolver: "sis"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Remove(t.Context(), first.Number, Edit{By: "bob"}); err != nil {
		t.Fatal(err)
	}
	all := logOf(t, m, LogFilter{}, 50)
	wantNumbers := []uint64{m.Revision(), repointed.Revision, changed.Revision, imported.Revision, first.Revision}
	wantEffects := []Effect{{Removed: 1}, {Repointed: 1}, {Changed: 1}, {New: 2500}, {New: 1}}
	if len(all) != len(wantNumbers) {
		t.Fatalf("%d changes: %+v", len(all), all)
	}
	for i, c := range all {
		if c.Number != wantNumbers[i] || c.Effect != wantEffects[i] || c.ID == uuid.Nil || c.At.IsZero() || c.By == "" {
			t.Errorf("change %d is %+v, want %d, %+v", i, c, wantNumbers[i], wantEffects[i])
		}
	}
	if all[1].By != "bob" || all[1].How.Resolver != "sis" || all[3].How.File != "users.csv" {
		t.Errorf("%+v and %+v", all[1], all[3])
	}
	for limit := 1; limit <= 6; limit++ {
		if paged := logOf(t, m, LogFilter{}, limit); !slices.Equal(paged, all) {
			t.Errorf("in pages of %d: %+v", limit, paged)
		}
	}
}

func TestLogFilters(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	if changes, next, err := m.Log(t.Context(), LogFilter{}, Page{}); len(changes) != 0 || next != 0 || err != nil {
		t.Fatalf("an empty log has %v, %d, %v", changes, next, err)
	}
	for i := range 300 {
		edit := Edit{By: []string{"ann", "bob"}[i%2], How: How{Command: []string{"map set", "learn", "map import"}[i%3], File: fmt.Sprint(i % 100)}}
		if _, err := m.Set(t.Context(), sampleRecord(i), edit); err != nil {
			t.Fatal(err)
		}
	}
	hour := time.Hour
	for _, tt := range []struct {
		filter LogFilter
		want   int
	}{
		{LogFilter{}, 300}, {LogFilter{By: "ann"}, 150}, {LogFilter{By: "eve"}, 0},
		{LogFilter{Since: time.Now().Add(-hour)}, 300}, {LogFilter{Since: time.Now().Add(hour)}, 0},
		{LogFilter{Until: time.Now().Add(-hour)}, 0}, {LogFilter{Until: time.Now().Add(hour)}, 300},
	} {
		found := logOf(t, m, tt.filter, 20)
		if len(found) != tt.want || !slices.IsSortedFunc(found, func(a, b ChangeInfo) int { return int(b.Number) - int(a.Number) }) {
			t.Errorf("%+v: %d changes, want %d", tt.filter, len(found), tt.want)
		}
	}
}

func TestLogPassesErrorsOn(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, sampleRecord(1))
	log.breakOff(errors.New("connection lost"))
	if _, _, err := m.Log(t.Context(), LogFilter{}, Page{}); err == nil || !strings.Contains(err.Error(), "connection lost") {
		t.Errorf("error %v", err)
	}
}
