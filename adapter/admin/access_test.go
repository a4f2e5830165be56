package admin

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/mux"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// example is a request that a route takes: path with query, and body.
func example(route route) (path, body string) {
	path = strings.ReplaceAll(route.path, "{name}", "myschool")
	switch route.name {
	case "dead letter", "explain":
		return strings.ReplaceAll(route.path, "{name}", somebody.String()), ""
	case "dead discard":
		return path, `{"because":"nobody wants it"}`
	case "replay plan", "replay start":
		return path, `{"since":"2026-03-04T00:00:00Z"}`
	case "map set":
		return path, `{"platform_id":"` + somebody.String() + `","user_id":"_7_1"}`
	case "map merge":
		return path, `{"into":"#1","from":"#2"}`
	case "map accept":
		return path, `{"people":[{"person":"_7_1","mark":"5f0c1c1e6b434d0e"},{"person":"_8_1","mark":"5f0c1c1e6b434d0e"}]}`
	case "map undo":
		return strings.ReplaceAll(route.path, "{name}", "41"), ""
	case "map show", "map remove", "map history":
		return path + "?person=_7_1", ""
	case "map import":
		return path, "platform_id,user_id\n"
	case "source pin":
		return path, `{"site":"` + somebody.String() + `"}`
	default:
		return path, ""
	}
}

func TestEveryRouteWithEveryRole(t *testing.T) {
	r := newRig(t, nil)
	r.stub.letters = []DeadLetter{oneLetter()}
	roles := []config.Role{config.RoleViewer, config.RoleMapper, config.RoleAdmin}
	for _, route := range routes() {
		path, body := example(route)
		check := func(token string, want int) {
			t.Helper()
			got := r.ask(token, route.method, path, body)
			asked := len(r.stub.calls()) > 0
			allowed := want == http.StatusOK
			if (got.StatusCode/100 == 2) != allowed || (!allowed && got.StatusCode != want) {
				t.Errorf("%s with token %q: %d %s, want %d", route.name, token, got.StatusCode, got.body, want)
			}
			if asked != allowed && route.name != "metrics" && !strings.HasPrefix(route.name, "openapi") {
				t.Errorf("%s with token %q: the service was asked: %v", route.name, token, asked)
			}
			if !allowed {
				r.failure(got)
			}
			if (got.Header.Get("WWW-Authenticate") != "") != (want == http.StatusUnauthorized) {
				t.Errorf("%s with token %q: WWW-Authenticate is %q", route.name, token, got.Header.Get("WWW-Authenticate"))
			}
		}
		if route.role == open {
			check("", http.StatusOK)
			continue
		}
		check("", http.StatusUnauthorized)
		check("nonsense", http.StatusUnauthorized)
		for _, role := range roles {
			if role.Covers(route.role) {
				check(string(role), http.StatusOK)
			} else {
				check(string(role), http.StatusForbidden)
			}
		}
	}
}

// What tells of people, or changes something, is never a viewer's.
func TestRolesOfRoutes(t *testing.T) {
	for _, route := range routes() {
		isOpen := route.path == PathHealth || route.path == PathReady || route.path == PathMetrics
		switch {
		case isOpen != (route.role == open):
			t.Errorf("%s: role %q", route.name, route.role)
		case strings.HasPrefix(route.path, "/api/v1/map/") && route.role != config.RoleMapper:
			t.Errorf("%s: role %q, want mapper", route.name, route.role)
		case route.method != http.MethodGet && route.role == config.RoleViewer:
			t.Errorf("%s: a viewer changes something", route.name)
		case slices.Contains([]string{pathLetter, PathDeadExport, pathEvent, PathReplayPlan}, route.path) && route.role != config.RoleMapper:
			t.Errorf("%s: role %q, want mapper: it shows events", route.name, route.role)
		case slices.Contains([]string{PathDeadRetry, PathDeadDiscard, pathPause, pathResume, PathReplay, PathReplayStop}, route.path) && route.role != config.RoleAdmin:
			t.Errorf("%s: role %q, want admin", route.name, route.role)
		}
	}
}

func TestRoutesAreSound(t *testing.T) {
	h := newRig(t, nil).handler
	seen := map[string]bool{}
	named := 0
	err := h.router.Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		if r.GetError() != nil {
			t.Errorf("route %s: %v", r.GetName(), r.GetError())
		}
		if name := r.GetName(); name != "" {
			named++
			if seen[name] {
				t.Errorf("two routes are called %s", name)
			}
			seen[name] = true
		}
		return nil
	})
	if err != nil || named != len(routes()) {
		t.Errorf("%d of %d routes are registered: %v", named, len(routes()), err)
	}
}

func TestAuthorizationHeader(t *testing.T) {
	r := newRig(t, nil)
	for header, want := range map[string]int{
		"Bearer viewer":   200,
		"bearer viewer":   200,
		"Bearer  viewer ": 200,
		"viewer":          401,
		"Basic viewer":    401,
		"Bearer":          401,
		"Bearer ":         401,
		"Bearer viewerx":  401,
		"Bearer VIEWER":   401,
	} {
		if got := r.ask("", http.MethodGet, PathStatus, "", "Authorization", header); got.StatusCode != want {
			t.Errorf("%q: %d, want %d", header, got.StatusCode, want)
		}
	}
}

func TestWithoutTokensNothingAnswers(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Tokens = nil })
	for _, token := range []string{"", "admin"} {
		got := r.ask(token, http.MethodGet, PathStatus, "")
		if got.StatusCode != http.StatusUnauthorized || !strings.Contains(r.failure(got).Error, "admin.tokens") {
			t.Errorf("token %q: %d %s", token, got.StatusCode, got.body)
		}
	}
	if got := r.ask("", http.MethodGet, PathHealth, ""); got.StatusCode != http.StatusOK {
		t.Errorf("health: %d", got.StatusCode)
	}
}

func TestTokensAreSwapped(t *testing.T) {
	r := newRig(t, nil)
	r.handler.SetTokens([]config.Token{{Token: config.NewKey("new"), Role: config.RoleViewer}})
	if got := r.ask("admin", http.MethodGet, PathStatus, ""); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old token: %d", got.StatusCode)
	}
	if got := r.ask("new", http.MethodGet, PathStatus, ""); got.StatusCode != http.StatusOK {
		t.Errorf("the new token: %d", got.StatusCode)
	}
}

func TestTokensAreSwappedWhileAsked(t *testing.T) {
	r := newRig(t, nil)
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 20 {
				if got := r.ask("viewer", http.MethodGet, PathStatus, ""); got.StatusCode != http.StatusOK {
					t.Errorf("answered %d", got.StatusCode)
				}
			}
		})
	}
	for range 200 {
		r.handler.SetTokens(tokens())
	}
	asking.Wait()
}

// A name in the history is that of the token, else its role.
func TestWhoChangedIt(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Tokens = append(o.Tokens, config.Token{Token: config.NewKey("nameless"), Role: config.RoleMapper})
	})
	for token, want := range map[string]string{"admin": "Ms admin", "nameless": "mapper"} {
		r.ask(token, http.MethodDelete, PathRecords+"?person=x", "")
		if r.stub.edit.By != want {
			t.Errorf("token %s: by %q, want %q", token, r.stub.edit.By, want)
		}
	}
}
