package client_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// Lines are asked for by whoever wants to be told, and the last one decides.
func TestImportAsLines(t *testing.T) {
	const progress = `{"progress":{"stage":"writing","done":1,"total":2}}` + "\n"
	for name, tt := range map[string]struct {
		kind, body string
		want       error
		status     int
	}{
		"result":             {admin.TypeLines, progress + `{"result":{"applied":true}}` + "\n", nil, 0},
		"a line that is new": {admin.TypeLines, progress + `{"weather":{}}` + "\n" + `{"result":{"applied":true}}`, nil, 0},
		"no lines":           {"application/json", `{"applied":true}`, nil, 0},
		"failure":            {admin.TypeLines, progress + `{"failure":{"status":412,"error":"no","problems":[{"kind":"invalid","text":"line 3"}]}}`, nil, 412},
		"broken off":         {admin.TypeLines, progress, client.ErrBrokenOff, 0},
		"broken in a line":   {admin.TypeLines, progress + `{"resu`, client.ErrBrokenOff, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newClient(t, "t", func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept") != admin.TypeLines || r.Header.Get("If-Match") != `"plan"` || r.URL.Query().Get("reasons") != "" {
					t.Errorf("asked %s with %v", r.URL, r.Header)
				}
				w.Header().Set("Content-Type", tt.kind)
				_, _ = io.WriteString(w, tt.body)
			})
			told := 0
			result, err := c.Import(t.Context(), admin.ImportRequest{
				Body: strings.NewReader("x"), Approved: "plan", Progress: func(p admin.ImportProgress) { told += p.Done },
			})
			var refused *client.Error
			if errors.As(err, &refused) != (tt.status > 0) || refused != nil && (refused.Status != tt.status || len(refused.Problems) != 1) {
				t.Fatalf("error is %v", err)
			}
			if client.IsStale(err) != (tt.status == http.StatusPreconditionFailed) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error is %v", err)
			}
			if result.Applied != (err == nil) || told != strings.Count(tt.body, "writing") {
				t.Errorf("%v: result is %+v, told %d", err, result, told)
			}
		})
	}
}

// Whoever does not want to be told gets a document.
func TestImportIsOneDocumentByDefault(t *testing.T) {
	c, _ := newClient(t, "t", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "" || r.Header.Get("If-Match") != "" {
			t.Errorf("asked with %v", r.Header)
		}
		_, _ = io.WriteString(w, `{"applied":true}`)
	})
	if result, err := c.Import(t.Context(), admin.ImportRequest{Body: strings.NewReader("x")}); err != nil || !result.Applied {
		t.Errorf("%+v, %v", result, err)
	}
}
