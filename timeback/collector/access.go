package collector

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// access is whether a request carried what is demanded, and in words how, or
// what is wrong. No words hold a value.
type access struct {
	ok  bool
	how string
}

// NoneAsked is the Access of a request where nothing is demanded.
const NoneAsked = "none is asked for"

// access looks for what is demanded: a live token where the token endpoint is
// configured, else the key, else nothing.
func (c *Collector) access(r *http.Request) access {
	switch {
	case c.tokens != nil:
		return c.tokens.access(r)
	case c.key != "":
		return keyAccess(r, c.key)
	default:
		return access{true, NoneAsked}
	}
}

// keyAccess looks for the key in the places that senders use: a header as it
// is, Bearer, the password of Basic, or the query.
func keyAccess(r *http.Request, key string) access {
	found := ""
	see := func(value, place string) {
		if equal(value, key) {
			found = place
		}
	}
	for name, values := range r.Header {
		for _, v := range values {
			see(v, "header "+name)
		}
	}
	if token, ok := bearer(r); ok {
		see(token, "bearer")
	}
	if _, password, ok := r.BasicAuth(); ok {
		see(password, "basic")
	}
	for _, values := range r.URL.Query() {
		for _, v := range values {
			see(v, "query")
		}
	}
	if found != "" {
		return access{true, "key (" + found + ")"}
	}
	return access{false, absent(r, "the key")}
}

// absent says what is wrong with a request that does not carry what it should.
func absent(r *http.Request, what string) string {
	switch {
	case r.Header.Get("Authorization") == "" && r.URL.RawQuery == "":
		return what + " is missing"
	default:
		return what + " is wrong"
	}
}

func bearer(r *http.Request) (token string, ok bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// equal compares in constant time, lengths included.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// unauthorized is the reply to a request that does not carry what it should.
func unauthorized(a access) reply {
	return refuse(http.StatusUnauthorized, a.how).with("WWW-Authenticate", "Bearer")
}

// minSecret is how long a secret has to be to be found in a text: a shorter
// one is a part of many words.
const minSecret = 4

// Redact replaces the collector's own secrets in a text: the key, the
// client's secret and the tokens that it has handed out. For showing what
// others wrote.
func (c *Collector) Redact(text string) string {
	for _, secret := range c.secrets() {
		if len(secret) >= minSecret {
			text = strings.ReplaceAll(text, secret, "<redacted>")
		}
	}
	return text
}

func (c *Collector) secrets() []string {
	var all []string
	if c.key != "" {
		all = append(all, c.key)
	}
	if c.tokens != nil {
		all = append(all, c.tokens.secrets()...)
	}
	return all
}
