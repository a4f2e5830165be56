package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"
)

// newRouter is the only place that knows the router. Paths are flat and taken as they come (SkipClean): a redirect
// would cost a request its body. What matches no route goes through the same answers as what does, for the router's
// own have neither a body nor an Allow header.
func (h *Handler) newRouter() *mux.Router {
	router := mux.NewRouter().SkipClean(true)
	methods := map[string][]string{}
	for _, route := range routes() {
		accepted := []string{route.method}
		if route.method == http.MethodGet {
			accepted = append(accepted, http.MethodHead)
		}
		router.Handle(route.path, h.handle(route)).Methods(accepted...).Name(route.name)
		methods[route.path] = append(methods[route.path], accepted...)
	}
	// A path is registered again for all methods, behind its own, to say which those are.
	for path, allowed := range methods {
		slices.Sort(allowed)
		router.Handle(path, h.refuseMethod(strings.Join(allowed, ", ")))
	}
	router.NotFoundHandler = h.refusing(func(r *http.Request) error { return NotFound("there is no %s", r.URL.Path) })
	return router
}

func (h *Handler) refuseMethod(allow string) http.Handler {
	refuse := h.refusing(func(*http.Request) error { return newError(ClassMethod, "this path takes %s", allow) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		refuse.ServeHTTP(w, r)
	})
}

func (h *Handler) refusing(why func(*http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.fail(w, "", why(r)) })
}

// handle admits a request to a route and turns the endpoint's error into its answer.
func (h *Handler) handle(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		admitted, err := h.admit(route, r)
		if err == nil {
			admitted.name = mux.Vars(r)["name"]
			err = h.serve(route, w, admitted)
		}
		if err != nil {
			h.fail(w, route.name, err)
		}
	})
}

func (h *Handler) serve(route route, w http.ResponseWriter, r *request) error {
	ctx, cancel := context.WithTimeout(r.Context(), extend(w, route))
	defer cancel()
	r.Request = r.WithContext(ctx)
	if err := route.serve(h, w, r); err != nil {
		return err
	}
	if r.changes(route) {
		h.log.WithField("request", route.name).WithField("by", r.by()).Info("admin request done")
	}
	return nil
}

// How long requests may take.
const (
	shortRequest = 30 * time.Second
	longRequest  = 30 * time.Minute // files, and what reads whole stores
)

// long are the paths of requests that may take long.
func long() []string {
	return []string{PathImport, PathExport, PathDeadCounts, PathDeadExport, PathDeadRetry, PathDeadDiscard, PathReplayPlan, pathEvent,
		PathHistory, PathChanges, pathUndo, PathUnmapped, PathUnmappedExport, PathAccept}
}

// extend gives long requests more time than the server's own time-outs, and returns how long a route has.
func extend(w http.ResponseWriter, route route) time.Duration {
	if !slices.Contains(long(), route.path) {
		return shortRequest
	}
	// A response writer without deadlines has nothing that needs to be extended.
	control, end := http.NewResponseController(w), time.Now().Add(longRequest)
	_ = control.SetReadDeadline(end)
	_ = control.SetWriteDeadline(end)
	return longRequest
}
