package admin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	logtest "github.com/sirupsen/logrus/hooks/test"

	"github.com/bbcaliper/bbcaliper/adapter/internal/contract"
)

// Whatever is asked, with whatever token, the answer is never a 5xx, and always one that openapi.yaml has.
func FuzzRequest(f *testing.F) {
	for _, route := range routes() {
		path, body := example(route)
		f.Add(route.method, path, body, "Bearer admin")
	}
	f.Add("GET", "/api/v1/held?type=%00", "", "Bearer")
	f.Add("GET", "/api/v1/%ff", "", "Bearer")
	f.Add("PUT", PathRecords, `{"platform_id":"\ud800"}`, "Bearer admin")
	log, _ := logtest.NewNullLogger()
	h, err := New(Options{Service: &stub{}, Tokens: tokens(), Gatherer: prometheus.NewRegistry(), Log: log})
	if err != nil {
		f.Fatal(err)
	}
	described := document(f)
	f.Fuzz(func(t *testing.T, method, target, body, authorization string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := &http.Request{Method: method, URL: u, Header: http.Header{"Authorization": {authorization}}}
		r.Body = http.NoBody
		if body != "" {
			r = r.WithContext(t.Context())
			r.Body = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)).Body
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %q: %d %s", method, target, w.Code, w.Body)
		}
		if u.RawPath != "" {
			return // a name with an escaped slash is two names to the router
		}
		if err := described.Response(r, contract.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}); err != nil {
			t.Errorf("openapi.yaml: %v", err)
		}
	})
}
