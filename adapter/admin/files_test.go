package admin

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestExport(t *testing.T) {
	r := newRig(t, nil)
	got := r.ask("mapper", http.MethodGet, PathExport, "")
	if got.body != "platform_id\n" || got.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("answered %d %q %s", got.StatusCode, got.body, got.Header.Get("Content-Type"))
	}
	r.stub.export = func(io.Writer) error { return NotFound("no such source") }
	if got := r.ask("mapper", http.MethodGet, PathExport, ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("an error before the first byte is %d", got.StatusCode)
	}
}

// A file that is not whole must not look as if it were.
func TestExportBrokenOff(t *testing.T) {
	r := newRig(t, nil)
	r.stub.export = func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Repeat("x", 1<<20))
		return errors.Join(err, errors.New("the store is gone"))
	}
	req, err := http.NewRequest(http.MethodGet, r.url+PathExport, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer mapper")
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("the file ended as if it were whole")
	}
}

// deadlines notes the deadlines that a handler sets.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error  { d.read = t; return nil }
func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

// Only who may send a file has the time for it.
func TestFilesHaveTheirTime(t *testing.T) {
	h := newRig(t, nil).handler
	for _, test := range []struct {
		token, method, path string
		long                bool
	}{
		{"mapper", http.MethodPost, PathImport, true},
		{"mapper", http.MethodGet, PathExport, true},
		{"mapper", http.MethodGet, PathUnmapped, true},
		{"viewer", http.MethodPost, PathImport, false},
		{"", http.MethodPost, PathImport, false},
	} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequest(test.method, test.path, strings.NewReader("x"))
		r.Header.Set("Authorization", "Bearer "+test.token)
		h.ServeHTTP(w, r)
		least := time.Now().Add(longRequest - time.Minute)
		if w.read.After(least) != test.long || w.write.After(least) != test.long {
			t.Errorf("%s %s with token %q: until %s and %s", test.method, test.path, test.token, w.read, w.write)
		}
	}
}
