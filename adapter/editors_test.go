package adapter_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestEditorsOfOneRecord lets four editors change a record at the same time who have all seen the same revision: one of
// them does, whole, and the others are told.
func TestEditorsOfOneRecord(t *testing.T) {
	const rounds = 15
	r := newRig(t, collector.Options{}, "")
	ctx, api := t.Context(), r.asks()
	for round := range rounds {
		stated := admin.Statement{PlatformID: uuid.NewString(), UserID: "_" + strconv.Itoa(round) + "_1", Note: "seen by all"}
		mail := strconv.Itoa(round) + ".example"
		seen := must(api.Set(ctx, stated, 0))(t)
		twin := must(api.Set(ctx, admin.Statement{PlatformID: stated.PlatformID, ExternalID: "x-" + stated.UserID}, 0))(t)
		edits := map[string]func() error{
			"ann": func() error {
				_, err := api.Set(ctx, admin.Statement{Number: seen.Number, PlatformID: stated.PlatformID, UserID: stated.UserID, Email: "ann@" + mail, Note: "ann"}, seen.Revision)
				return err
			},
			"bob": func() error {
				_, err := api.Set(ctx, admin.Statement{PlatformID: stated.PlatformID, UserID: stated.UserID, Email: "bob@" + mail, Note: "bob"}, seen.Revision)
				return err
			},
			"merged": func() error {
				_, err := api.Merge(ctx, admin.MergeRequest{Into: stated.UserID, From: mapping.FormatNumber(twin.Number)}, seen.Revision)
				return err
			},
			"removed": func() error {
				_, err := api.Remove(ctx, "", stated.UserID, seen.Revision)
				return err
			},
		}
		before := r.People("myschool").Revision()
		winner := race(t, edits)
		changes, _, err := r.People("myschool").Log(ctx, mapping.LogFilter{}, mapping.Page{Limit: 2}) // revisions have gaps
		if err != nil || len(changes) != 2 || changes[1].Number != before {
			t.Errorf("%s: %+v after %d, %v: something else was written", winner, changes, before, err)
		}
		found := must(api.Find(ctx, "", stated.UserID))(t)
		if winner == "removed" {
			if len(found) > 0 {
				t.Errorf("removed, and there: %+v", found)
			}
			continue
		}
		want := map[string]mapping.Record{
			"ann": {Note: "ann", Email: "ann@" + mail}, "bob": {Note: "bob", Email: "bob@" + mail},
			"merged": {Note: "seen by all", ExternalID: twin.ExternalID},
		}[winner]
		if got := found[0]; got.Note != want.Note || got.Email != want.Email || got.ExternalID != want.ExternalID || got.Number != seen.Number {
			t.Errorf("%s won, and the record is %+v", winner, got)
		}
	}
}

// race starts edits together and names the one that was made; the others must be told that they came late.
func race(t *testing.T, edits map[string]func() error) (winner string) {
	t.Helper()
	begin, errs := make(chan struct{}), map[string]error{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for name, edit := range edits {
		all.Go(func() {
			<-begin
			err := edit()
			mu.Lock()
			defer mu.Unlock()
			errs[name] = err
		})
	}
	close(begin)
	all.Wait()
	for name, err := range errs {
		switch {
		case err == nil && winner != "":
			t.Fatalf("%s and %s have both changed the record", winner, name)
		case err == nil:
			winner = name
		case !isStatus(err, http.StatusPreconditionFailed) && !isStatus(err, http.StatusNotFound):
			t.Errorf("%s was told %v", name, err)
		}
	}
	if winner == "" {
		t.Fatalf("nobody has changed the record: %v", errs)
	}
	return winner
}

// must returns what was answered, or ends the test.
func must[T any](answer T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}
