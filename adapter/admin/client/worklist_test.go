package client_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func TestPagesOfTheWorkListEnd(t *testing.T) {
	for name, test := range map[string]struct {
		next  func(asked int) string // the next of a page, in JSON
		pages int
	}{
		"one page":                   {func(int) string { return "" }, 1},
		"three":                      {func(asked int) string { return map[int]string{1: `,"next":"1-a"`, 2: `,"next":"1-b"`}[asked] }, 3},
		"a server that goes nowhere": {func(int) string { return `,"next":"1-a"` }, 2},
		"a server that goes back":    {func(asked int) string { return fmt.Sprintf(`,"next":"%d-a"`, 9-asked) }, 2},
	} {
		asked := 0
		c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
			asked++
			_, _ = io.WriteString(w, `{"people":[{"key":"k"}]`+test.next(asked)+`}`)
		})
		pages := 0
		for page, err := range c.Unmapped(t.Context(), admin.UnmappedFilter{}) {
			if pages++; err != nil || len(page.People) != 1 || pages > 9 {
				t.Fatalf("%s: page %d: %v", name, pages, err)
			}
		}
		if pages != test.pages || asked != test.pages {
			t.Errorf("%s: %d pages, asked %d times", name, pages, asked)
		}
	}
	c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"no source x"}`)
	})
	failed := 0
	for _, err := range c.Unmapped(t.Context(), admin.UnmappedFilter{}) {
		if failed++; err == nil || err.Error() != "no source x" {
			t.Errorf("error is %v", err)
		}
	}
	if failed != 1 {
		t.Errorf("%d errors", failed)
	}
}
