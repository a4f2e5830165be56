package resolver_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
)

// issuer is a token endpoint for client credentials, and what knows its tokens.
type issuer struct {
	id, secret, scope string
	again             bool // hands out one token until it is withdrawn, as Learn does
	form              bool // wants id and secret in the form
	tokenFaults       faults

	lock      sync.Mutex
	issued    int
	expiresIn int // seconds; 0: an hour
	good      string
}

func (i *issuer) issue(w http.ResponseWriter, req *http.Request) {
	if i.tokenFaults.serve(w, req) {
		return
	}
	id, secret, _ := req.BasicAuth()
	if i.form {
		id, secret = req.FormValue("client_id"), req.FormValue("client_secret")
	}
	switch {
	case req.Method != http.MethodPost || req.FormValue("grant_type") != "client_credentials":
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type"})
	case id != i.id || secret != i.secret:
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "no " + secret})
	case req.FormValue("scope") != i.scope:
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_scope"})
	default:
		writeJSON(w, http.StatusOK, map[string]any{"access_token": i.next(), "token_type": "bearer", "expires_in": i.life()})
	}
}

func (i *issuer) next() string {
	i.lock.Lock()
	defer i.lock.Unlock()
	if i.good == "" || !i.again {
		i.issued++
		i.good = fmt.Sprintf("t0ken-%d", i.issued)
	}
	return i.good
}

func (i *issuer) life() int {
	i.lock.Lock()
	defer i.lock.Unlock()
	if i.expiresIn == 0 {
		return 3600
	}
	return i.expiresIn
}

// withdraw makes the token bad before its time.
func (i *issuer) withdraw() {
	i.lock.Lock()
	defer i.lock.Unlock()
	i.good = ""
}

func (i *issuer) allows(req *http.Request) bool {
	i.lock.Lock()
	defer i.lock.Unlock()
	return i.good != "" && req.Header.Get("Authorization") == "Bearer "+i.good
}

func (i *issuer) tokens() int {
	i.lock.Lock()
	defer i.lock.Unlock()
	return i.issued
}

// faults are what a server does instead of its work, one after the other.
type faults struct {
	lock sync.Mutex
	next []http.HandlerFunc
	all  http.HandlerFunc // when there are no more; nil: the work
}

func (f *faults) serve(w http.ResponseWriter, req *http.Request) bool {
	f.lock.Lock()
	fault := f.all
	if len(f.next) > 0 {
		fault, f.next = f.next[0], f.next[1:]
	}
	f.lock.Unlock()
	if fault != nil {
		fault(w, req)
	}
	return fault != nil
}

func (f *faults) queue(next ...http.HandlerFunc) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.next = append(f.next, next...)
}

func (f *faults) always(all http.HandlerFunc) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.all = all
}

// canary stands for data of a person or a secret in what servers write.
const canary = "c4nary-4f1e"

// answering is a handler that answers always the same; headers come in pairs.
func answering(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// hanging answers nothing until the client has gone, which a server notices only
// once it has read the body.
func hanging(_ http.ResponseWriter, req *http.Request) {
	_, _ = io.Copy(io.Discard, req.Body)
	<-req.Context().Done()
}

// trickling begins an answer, and sends no more until the client has gone.
func trickling(w http.ResponseWriter, req *http.Request) {
	_, _ = w.Write([]byte(`{"users":[`))
	w.(http.Flusher).Flush()
	hanging(w, req)
}

// breaking promises more than it sends.
func breaking(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"users":[{"email":"` + canary))
}

// endless sends without end.
func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	chunk := make([]byte, 64<<10)
	for i := range chunk {
		chunk[i] = ' '
	}
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// nonsense is no HTTP.
func nonsense(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_, _ = conn.Write([]byte("HTTP/1.1 " + canary + "\r\n\r\n"))
		conn.Close()
	}
}
