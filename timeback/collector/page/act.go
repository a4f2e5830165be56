package page

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// maxForm bounds what a form may send, in bytes.
const maxForm = 256 << 10

// action does what a form asks for. An error is shown beside the form.
type action func(*http.Request) error

// act answers a POST: a browser is sent back to the overview, a program gets
// it.
func (p *Page) act(do action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := readForm(w, r); err != nil {
			p.fail(w, r, err.status, err.text)
			return
		}
		if err := do(r); err != nil {
			p.refuse(w, r, err)
			return
		}
		if wantsHTML(r) {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		p.answer(w, r, http.StatusOK, p.state(r))
	})
}

// readForm takes forms only, and only so much of them.
func readForm(w http.ResponseWriter, r *http.Request) *httpError {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.ContentLength != 0 && mediaType != "application/x-www-form-urlencoded" {
		return &httpError{http.StatusUnsupportedMediaType, "want a form: application/x-www-form-urlencoded"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	var tooLarge *http.MaxBytesError
	switch err := r.ParseForm(); {
	case errors.As(err, &tooLarge):
		return &httpError{http.StatusRequestEntityTooLarge, "the form is too large"}
	case err != nil:
		return &httpError{http.StatusBadRequest, "the form cannot be read"}
	}
	return nil
}

// refuse shows what is wrong with what was sent, together with that.
func (p *Page) refuse(w http.ResponseWriter, r *http.Request, err error) {
	o := p.state(r)
	o.Problem = err.Error()
	for name, text := range map[string]*string{"script": &o.Script, "token_script": &o.TokenScript} {
		if r.PostForm.Has(name) {
			*text = r.PostForm.Get(name)
		}
	}
	p.answer(w, r, http.StatusUnprocessableEntity, o)
}

// setScript replaces the scripts that the form names; both or none.
func (p *Page) setScript(r *http.Request) error {
	set := []func(){}
	for name, replace := range map[string]func(collector.Script){
		"script": p.collector.SetScript, "token_script": p.collector.SetTokenScript,
	} {
		if !r.PostForm.Has(name) {
			continue
		}
		script, err := collector.ParseScript(r.PostForm.Get(name))
		if err != nil {
			return fmt.Errorf("%s: %w", strings.ReplaceAll(name, "_", " "), err)
		}
		set = append(set, func() { replace(script) })
	}
	if len(set) == 0 {
		return errors.New("want script=REPLIES or token_script=REPLIES")
	}
	for _, replace := range set {
		replace()
	}
	return nil
}

func (p *Page) clear(*http.Request) error {
	p.collector.Reset()
	return nil
}

func (p *Page) revoke(*http.Request) error {
	p.collector.RevokeTokens()
	return nil
}
