package admin

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// request is one that has been admitted.
type request struct {
	*http.Request
	token config.Token // zero on open routes
	name  string       // that the path names
	query url.Values
}

// by says who asks, for the history of what they change.
func (r *request) by() string {
	if r.token.Name != "" {
		return r.token.Name
	}
	return string(r.token.Role)
}

// changes says whether the request is one of those that are logged.
func (r *request) changes(route route) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && !r.flag(queryDryRun) && route.path != PathReplayPlan
}

// admit checks who asks, and what for.
func (h *Handler) admit(route route, r *http.Request) (*request, error) {
	admitted := &request{Request: r}
	var err error
	if route.role != open {
		if admitted.token, err = h.authorize(r, route.role); err != nil {
			return nil, err
		}
	}
	if admitted.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return nil, newError(ClassBadRequest, "the query cannot be read")
	}
	if err = checkConditions(route, r.Header); err != nil {
		return nil, err
	}
	if err = checkQuery(route, admitted.query); err != nil {
		return nil, err
	}
	return admitted, checkBody(route, r)
}

// takesBody says whether a route reads the body of its requests.
func (r route) takesBody() bool {
	switch r.method {
	case http.MethodPut:
		return true
	case http.MethodPost:
		return slices.Contains([]string{PathDeadDiscard, PathAccept, PathMerge, PathImport, PathReplay, PathReplayPlan, pathPause}, r.path)
	default:
		return false
	}
}

// checkBody refuses a body that would be overlooked: somebody who sends a filter or a dry run in it means it. One that
// says nothing is none.
func checkBody(route route, r *http.Request) error {
	if route.method == http.MethodGet || route.takesBody() {
		return nil
	}
	const nothing = 64 // bytes, of spaces perhaps
	body, err := io.ReadAll(io.LimitReader(r.Body, nothing))
	switch text := string(bytes.TrimSpace(body)); {
	case err != nil:
		return unreadable(err)
	case text != "" && text != "{}", len(body) == nothing:
		return newError(ClassBadRequest, "this takes no body: what is meant belongs into the query")
	default:
		return nil
	}
}

// checkQuery refuses what would be overlooked: a misspelt filter selects everything, a misspelt dry run is none.
func checkQuery(route route, query url.Values) error {
	for name, values := range query {
		if !slices.Contains(route.query, name) {
			return newError(ClassBadRequest, "there is no parameter %q", name)
		}
		if len(values) > 1 && !slices.Contains(repeated(), name) {
			return newError(ClassBadRequest, "%s is given twice", name)
		}
		if _, err := strconv.ParseBool(values[0]); err != nil && slices.Contains(flags(), name) {
			return newError(ClassBadRequest, "%s must be true or false", name)
		}
	}
	return nil
}
