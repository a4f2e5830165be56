package page

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// Path is below which everything of the page stands; "/" aside.
const Path = "/inspect"

// Options configure a Page.
type Options struct {
	// Password that the page demands (HTTP Basic, any user name). "": it is
	// shown on this machine only.
	Password string
}

// Page is the collector with its page: an http.Handler for both.
type Page struct {
	collector *collector.Collector
	password  string
	templates *template.Template
	origin    *http.CrossOriginProtection
	router    *mux.Router
}

//go:embed assets
var assets embed.FS

// New puts a page before a collector.
func New(c *collector.Collector, o Options) (*Page, error) {
	templates, err := template.New("").Funcs(functions()).ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the page's templates: %w", err)
	}
	p := &Page{
		collector: c, password: o.Password, templates: templates,
		origin: http.NewCrossOriginProtection(),
	}
	p.router = p.routes()
	return p, nil
}

// ServeHTTP answers one request.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.router.ServeHTTP(w, r) }

// routes lists every path and method flat; what is left over is the
// collector's.
func (p *Page) routes() *mux.Router {
	router := mux.NewRouter().SkipClean(true)
	get := func(path string, h http.Handler) {
		router.Path(path).Methods(http.MethodGet, http.MethodHead).Handler(p.guard(h))
	}
	post := func(path string, do action) {
		router.Path(path).Methods(http.MethodPost).Handler(p.guard(p.act(do)))
	}
	router.Path("/").Methods(http.MethodGet, http.MethodHead).MatcherFunc(asksForHTML).Handler(p.guard(p.show(p.overview)))
	get(Path, p.show(p.overview))
	get(Path+"/requests", p.show(p.requests))
	get(Path+"/requests/{number:[0-9]+}", p.show(p.request))
	get(Path+"/events", p.show(p.events))
	get(Path+"/events/{number:[0-9]+}", p.show(p.event))
	get(Path+"/actors", p.show(p.actors))
	get(Path+"/style.css", asset("assets/style.css", "text/css; charset=utf-8"))
	get(Path+"/icon.svg", asset("assets/icon.svg", "image/svg+xml"))
	post(Path+"/script", p.setScript)
	post(Path+"/clear", p.clear)
	post(Path+"/revoke", p.revoke)
	router.Path(Path).Handler(p.guard(http.HandlerFunc(p.leftOver)))
	router.PathPrefix(Path + "/").Handler(p.guard(http.HandlerFunc(p.leftOver)))
	router.PathPrefix("/").Handler(p.collector)
	return router
}

// asksForHTML tells a browser from a client that wants the endpoint's
// configuration.
func asksForHTML(r *http.Request, _ *mux.RouteMatch) bool { return wantsHTML(r) }

func wantsHTML(r *http.Request) bool {
	for _, accept := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(accept, ",") {
			name, _, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), "text/html") {
				return true
			}
		}
	}
	return false
}

func asset(name, contentType string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		http.ServeFileFS(w, r, assets, name)
	})
}

// leftOver answers what is below Path and is nothing of the page.
func (p *Page) leftOver(w http.ResponseWriter, r *http.Request) {
	p.fail(w, r, http.StatusNotFound, "there is no such page")
}
