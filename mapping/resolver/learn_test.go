package resolver_test

import (
	"net/http"
	"strings"
	"sync"
)

// site is a Learn site: its token endpoint, and its users by uuid and by
// external id, with its form of errors.
type site struct {
	issuer
	faults faults

	mu    sync.Mutex
	users []map[string]any
	paths []string // as they came, escaped
}

func newSite(users ...map[string]any) *site {
	return &site{issuer: issuer{id: "app-key", secret: "app-s3cret", again: true}, users: users}
}

func (s *site) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	which, isUser := strings.CutPrefix(req.URL.Path, "/learn/api/public/v1/users/")
	switch {
	case req.URL.Path == "/learn/api/public/v1/oauth2/token":
		s.issue(w, req)
	case !isUser:
		http.NotFound(w, req)
	case s.faults.serve(w, req):
	case !s.allows(req):
		learnFails(w, http.StatusUnauthorized, "", "Bearer token is invalid: "+canary)
	case req.URL.RawPath != "" && strings.Contains(strings.ToUpper(req.URL.RawPath), "%2F"):
		w.WriteHeader(http.StatusBadRequest) // Tomcat, before Learn sees it
	default:
		s.find(w, req, which)
	}
}

func (s *site) find(w http.ResponseWriter, req *http.Request, which string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths = append(s.paths, req.URL.EscapedPath())
	kind, value, _ := strings.Cut(which, ":")
	for _, u := range s.users {
		if text, _ := u[kind].(string); text != "" && strings.EqualFold(text, value) {
			writeJSON(w, http.StatusOK, only(u, strings.Split(req.URL.Query().Get("fields"), ",")))
			return
		}
	}
	learnFails(w, http.StatusNotFound, "bb-rest-user-not-found", "The user "+value+" was not found.")
}

// only leaves the fields that were asked for, as Learn does; `contact.email` is
// a field of a field.
func only(u map[string]any, fields []string) map[string]any {
	shown := map[string]any{}
	for _, f := range fields {
		outer, _, _ := strings.Cut(f, ".")
		if value, known := u[outer]; known {
			shown[outer] = value
		}
	}
	return shown
}

func (s *site) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.paths...)
}

func learnFails(w http.ResponseWriter, status int, code, message string) {
	body := map[string]any{"status": status, "message": message}
	if code != "" {
		body["code"] = code
	}
	writeJSON(w, status, body)
}
