package timeback

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Auth puts one destination's credential on its requests. The constructors of
// this package make the implementations; all are safe for concurrent use and
// print as their kind, never as their value.
type Auth interface {
	fmt.Stringer
	// Authorize adds the credential to req, fetching one first if need be;
	// req's context bounds the fetch. An error is fit to be shown and
	// classifies as what to do (Classify).
	Authorize(req *http.Request) error
	// Renew is told that the collector answered 401 to refused. It reports
	// whether Authorize would now use another credential.
	Renew(refused *http.Request) bool
	// reset makes the next Authorize ask at once, whatever failed before.
	reset()
	// settings are the keys to look at when the collector refuses it.
	settings() []string
	// secrets lists what must not be shown, in every form that is sent.
	secrets() []string
}

// secret hides a string from every verb of fmt, from reflection-based loggers
// and from encoders: a function prints as an address.
type secret func() string

func conceal(s string) secret {
	return func() string { return s }
}

// credentialError says that a credential could not be had, and what to do
// about it. Its text holds no secret.
type credentialError struct {
	class Class
	after time.Duration
	what  string
	remedy
}

func (e *credentialError) Error() string { return e.what }

// NoAuth sends no credential.
func NoAuth() Auth { return noAuth{} }

type noAuth struct{}

func (noAuth) String() string                { return "none" }
func (noAuth) Authorize(*http.Request) error { return nil }
func (noAuth) Renew(*http.Request) bool      { return false }
func (noAuth) reset()                        {}
func (noAuth) settings() []string            { return []string{"auth"} }
func (noAuth) secrets() []string             { return nil }

// headerAuth is a fixed value in a fixed header: bearer, verbatim and basic.
type headerAuth struct {
	kind   string
	name   string
	value  secret
	hidden func() []string // the parts of value that are secret by themselves
	keys   []string        // the settings that it was made from
}

// BearerAuth sends "Authorization: Bearer <token>" (Caliper 1.2, section "HTTP
// request"). The token must not be empty.
func BearerAuth(token string) (Auth, error) {
	if err := checkHeaderValue("auth.token", token); err != nil {
		return nil, err
	}
	return headerAuth{
		kind: "bearer", name: "Authorization", value: conceal("Bearer " + token),
		hidden: func() []string { return []string{token} }, keys: []string{"auth.token"},
	}, nil
}

// HeaderAuth sends value as it is in the header name. OpenLRW, for one, takes
// a bare key in Authorization.
func HeaderAuth(name, value string) (Auth, error) {
	if !isToken(name) {
		return nil, errors.New("auth.name: not a header name")
	}
	if err := checkHeaderValue("auth.value", value); err != nil {
		return nil, err
	}
	return headerAuth{
		kind: "header " + name, name: name, value: conceal(value),
		hidden: func() []string { return []string{value} }, keys: []string{"auth.name", "auth.value"},
	}, nil
}

// BasicAuth sends HTTP Basic credentials (RFC 7617). The user name must not
// be empty or hold a colon.
func BasicAuth(username, password string) (Auth, error) {
	if username == "" || strings.Contains(username, ":") {
		return nil, errors.New("auth.username: must not be empty or hold a colon")
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(username + ":" + password))
	return headerAuth{
		kind: "basic", name: "Authorization", value: conceal("Basic " + encoded),
		hidden: func() []string { return []string{encoded, password} }, keys: []string{"auth.username", "auth.password"},
	}, nil
}

func (a headerAuth) String() string { return a.kind }

func (a headerAuth) Authorize(req *http.Request) error {
	req.Header.Set(a.name, a.value())
	return nil
}

func (a headerAuth) Renew(*http.Request) bool { return false }

func (a headerAuth) reset() {}

func (a headerAuth) settings() []string { return a.keys }

func (a headerAuth) secrets() []string { return a.hidden() }

// queryAuth is a key in the query string.
type queryAuth struct {
	name  string
	value secret
}

// QueryAuth appends name=value to the URL's query, leaving the rest of the
// URL as it was written.
func QueryAuth(name, value string) (Auth, error) {
	if name == "" {
		return nil, errors.New("auth.name: must not be empty")
	}
	if value == "" {
		return nil, errors.New("auth.value: must not be empty")
	}
	return queryAuth{name: name, value: conceal(value)}, nil
}

func (a queryAuth) String() string { return "query " + a.name }

func (a queryAuth) Authorize(req *http.Request) error {
	pair := url.QueryEscape(a.name) + "=" + url.QueryEscape(a.value())
	if req.URL.RawQuery != "" {
		pair = req.URL.RawQuery + "&" + pair
	}
	req.URL.RawQuery = pair
	return nil
}

func (a queryAuth) Renew(*http.Request) bool { return false }

func (a queryAuth) reset() {}

func (a queryAuth) settings() []string { return []string{"auth.name", "auth.value"} }

func (a queryAuth) secrets() []string { return []string{a.value()} }

// checkHeaderValue refuses what net/http would refuse at every request. The
// error names the setting, never the value.
func checkHeaderValue(setting, value string) error {
	if value == "" {
		return fmt.Errorf("%s: must not be empty", setting)
	}
	for i := range len(value) {
		if c := value[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return fmt.Errorf("%s: holds a control character (a line break at its end?)", setting)
		}
	}
	return nil
}

// isToken reports whether s may be a header name (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return s != "" && strings.Trim(s, alphanumeric+"!#$%&'*+-.^_`|~") == ""
}
