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

// pages answers with dead events numbered from 1 on, as many as it has, in the way of the admin API.
func pages(t *testing.T, letters int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.Atoi(r.URL.Query().Get("after"))
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil || r.URL.Query().Get("reason") != "refused" {
			t.Errorf("asked %s", r.URL)
		}
		var page []string
		for n := after + 1; n <= letters && len(page) < limit; n++ {
			page = append(page, fmt.Sprintf(`{"letter":%d}`, n))
		}
		_, _ = io.WriteString(w, "["+strings.Join(page, ",")+"]")
	}
}

func TestPagesOfDeadEvents(t *testing.T) {
	for letters, want := range map[int]int{0: 1, 1: 1, 3: 2, 4: 2, 6: 3, 7: 3} {
		c, _ := newClient(t, "t", pages(t, letters))
		asked, got := 0, 0
		for page, err := range c.Dead(t.Context(), admin.DeadFilter{Reason: "refused", Limit: 3}) {
			if err != nil {
				t.Fatal(err)
			}
			asked++
			for _, e := range page {
				if got++; e.Letter != uint64(got) {
					t.Errorf("letter %d came as number %d", e.Letter, got)
				}
			}
		}
		if got != letters || asked > want {
			t.Errorf("%d letters came in %d pages, want %d in at most %d", got, asked, letters, want)
		}
	}
}

func TestPagesEnd(t *testing.T) {
	c, _ := newClient(t, "t", pages(t, 100))
	for range c.Dead(t.Context(), admin.DeadFilter{Reason: "refused", Limit: 3}) {
		break
	}
	// A server that does not know of pages answers with the same again and again.
	asked := 0
	c, _ = newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, `[{"event_id":"x"}]`)
	})
	for _, err := range c.Dead(t.Context(), admin.DeadFilter{Limit: 1}) {
		if err != nil || asked > 1 {
			t.Fatalf("page %d: %v", asked, err)
		}
	}
	c, _ = newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"no destination x"}`)
	})
	failed := 0
	for _, err := range c.Dead(t.Context(), admin.DeadFilter{}) {
		if failed++; err == nil || err.Error() != "no destination x" {
			t.Errorf("error is %v", err)
		}
	}
	if failed != 1 {
		t.Errorf("%d errors", failed)
	}
}

func TestExportOfLettersThatBreaksOff(t *testing.T) {
	c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{}\n")
	})
	err := c.ExportDead(t.Context(), admin.DeadFilter{}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "not whole") {
		t.Errorf("error is %v", err)
	}
}

// Names of destinations, events and letters stand in paths: whatever they are, they stay one part of it.
func TestNamesInPaths(t *testing.T) {
	var asked string
	c, _ := newClient(t, "t", func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.EscapedPath()
		_, _ = io.WriteString(w, "{}")
	})
	_ = c.PauseDestination(t.Context(), "a/b?c", "")
	if want := "POST /api/v1/destinations/a%2Fb%3Fc/pause"; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
	if _, err := c.Explain(t.Context(), "../status"); err != nil || asked != "GET /api/v1/events/..%2Fstatus" {
		t.Errorf("asked %s: %v", asked, err)
	}
	if err := c.PinSite(t.Context(), "a b", ""); err != nil || asked != "DELETE /api/v1/sources/a%20b/site" {
		t.Errorf("asked %s: %v", asked, err)
	}
}
