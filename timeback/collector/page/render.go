package page

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// view is what a page shows and what the API answers: the same, so that the
// two cannot differ.
type view interface {
	// template is the name of the page; title stands in its head.
	template() string
	title() string
}

// frame is what every page has around a view.
type frame struct {
	Title   string
	Section string // of the navigation
	Live    bool   // the page loads itself again
	LiveURL string // turns that on or off; "": it cannot be
	View    view
}

// httpError is an answer other than a view.
type httpError struct {
	status int
	text   string
}

func (e *httpError) Error() string { return e.text }

// show answers a GET with a view, as a page or as JSON.
func (p *Page) show(what func(*http.Request) (view, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := what(r)
		if refused := (*httpError)(nil); errors.As(err, &refused) {
			p.fail(w, r, refused.status, refused.text)
			return
		}
		p.answer(w, r, http.StatusOK, v)
	})
}

func (p *Page) answer(w http.ResponseWriter, r *http.Request, status int, v view) {
	if !wantsHTML(r) {
		writeJSON(w, status, v)
		return
	}
	f := frame{Title: v.title(), Section: v.template(), View: v}
	if live, ok := v.(interface {
		live(*http.Request) (bool, string)
	}); ok && status == http.StatusOK {
		f.Live, f.LiveURL = live.live(r)
	}
	if f.Live {
		w.Header().Set("Refresh", "5")
	}
	p.writeHTML(w, status, f)
}

// writeHTML renders first, so that an error cannot leave half a page.
func (p *Page) writeHTML(w http.ResponseWriter, status int, f frame) {
	var page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&page, f.View.template()+".html", f); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // a client that left takes no page
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		http.Error(w, "the answer cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// problem is the view of what went wrong.
type problem struct {
	Status int    `json:"status"`
	Text   string `json:"error"`
}

func (problem) template() string { return "problem" }
func (p problem) title() string  { return http.StatusText(p.Status) }

func (p *Page) fail(w http.ResponseWriter, r *http.Request, status int, text string) {
	p.answer(w, r, status, problem{status, text})
}
