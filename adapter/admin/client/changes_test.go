package client_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// changePages answers with changes of the map, numbered down to 1, in the way of the admin API.
func changePages(t *testing.T, changes int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		before, err := strconv.Atoi(r.URL.Query().Get("before"))
		if err != nil {
			before = changes + 1
		}
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil || r.URL.Query().Get("by") != "stream" {
			t.Errorf("asked %s", r.URL)
		}
		var page []string
		for n := before - 1; n > 0 && len(page) < limit; n-- {
			page = append(page, fmt.Sprintf(`{"number":%d}`, n))
		}
		_, _ = io.WriteString(w, "["+strings.Join(page, ",")+"]")
	}
}

func TestPagesOfChanges(t *testing.T) {
	for changes, want := range map[int]int{0: 1, 1: 1, 3: 1, 4: 2, 6: 2, 7: 3} {
		c, _ := newClient(t, "t", changePages(t, changes))
		asked, due := 0, changes
		for page, err := range c.Changes(t.Context(), admin.ChangeFilter{By: "stream", Limit: 3}) {
			if err != nil {
				t.Fatal(err)
			}
			asked++
			for _, one := range page {
				if one.Number != uint64(due) {
					t.Errorf("change %d came, %d was due", one.Number, due)
				}
				due--
			}
		}
		if due != 0 || asked > want {
			t.Errorf("of %d changes %d did not come in %d pages, want at most %d", changes, due, asked, want)
		}
	}
}

func TestPagesOfChangesEnd(t *testing.T) {
	// A server that does not know of pages answers with the same again and again.
	asked := 0
	c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, `[{"number":7}]`)
	})
	for _, err := range c.Changes(t.Context(), admin.ChangeFilter{Limit: 1}) {
		if err != nil || asked > 2 {
			t.Fatalf("page %d: %v", asked, err)
		}
	}
	c, _ = newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"no source x"}`)
	})
	failed := 0
	for _, err := range c.Changes(t.Context(), admin.ChangeFilter{}) {
		if failed++; err == nil || err.Error() != "no source x" {
			t.Errorf("error is %v", err)
		}
	}
	if failed != 1 {
		t.Errorf("%d errors", failed)
	}
}
