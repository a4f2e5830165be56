package collector

import (
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// TokenPath is where the token endpoint stands unless OAuth2.Path says else.
const TokenPath = "/token"

// DefaultTokenLife is the expires_in of a token.
const DefaultTokenLife = time.Hour

// OAuth2 configures the token endpoint (RFC 6749 section 4.4). The events
// endpoint then demands one of its tokens.
type OAuth2 struct {
	ClientID     string // required
	ClientSecret string // required
	// Style is "basic" or "form" if only that one is taken; "" takes both.
	Style string
	// Scope that a request must ask for, among others; "" asks for none.
	Scope string
	// Life of a token, default DefaultTokenLife; whole seconds are told.
	Life time.Duration
	// Dies is after how long a token is refused, whatever was told: it
	// expires early. 0: after Life.
	Dies time.Duration
	// Path of the token endpoint, default TokenPath.
	Path string
}

func (o OAuth2) withDefaults() OAuth2 {
	if o.Life == 0 {
		o.Life = DefaultTokenLife
	}
	if o.Dies == 0 {
		o.Dies = o.Life
	}
	if o.Path == "" {
		o.Path = TokenPath
	}
	return o
}

func (o OAuth2) validate() error {
	switch {
	case o.ClientID == "" || o.ClientSecret == "":
		return errors.New("oauth2: client id and client secret must not be empty")
	case o.Style != "" && o.Style != "basic" && o.Style != "form":
		return errors.New("oauth2: style: want basic, form or nothing")
	case o.Life < 0 || o.Dies < 0:
		return errors.New("oauth2: life: must not be negative")
	case o.Path != "" && (o.Path == "/" || !strings.HasPrefix(o.Path, "/") || strings.ContainsAny(o.Path, "{}?#")):
		return errors.New("oauth2: path: want one such as " + TokenPath)
	}
	return nil
}

// tokens are the live access tokens with the time each expires.
type tokens struct {
	options OAuth2

	mu     sync.Mutex
	expiry map[string]time.Time
}

func newTokens(o OAuth2) *tokens {
	return &tokens{options: o.withDefaults(), expiry: make(map[string]time.Time)}
}

// access looks for a live token.
func (t *tokens) access(r *http.Request) access {
	token, ok := bearer(r)
	if !ok {
		return access{false, absent(r, "the token (Authorization: Bearer)")}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	expires, known := t.expiry[token]
	switch {
	case !known:
		return access{false, "the token is unknown or revoked"}
	case !time.Now().Before(expires):
		return access{false, "the token has expired"}
	}
	return access{true, "token"}
}

// secrets lists what must not be shown.
func (t *tokens) secrets() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(slices.Collect(maps.Keys(t.expiry)), t.options.ClientSecret)
}

func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.expiry)
}

// issue makes a token and forgets those that have expired.
func (t *tokens) issue() string {
	token, now := rand.Text(), time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for old, expires := range t.expiry {
		if !now.Before(expires) {
			delete(t.expiry, old)
		}
	}
	t.expiry[token] = now.Add(t.options.Dies)
	return token
}

// grant is a successful token reply (RFC 6749 section 5.1).
type grant struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope,omitempty"`
}

// answerToken plays the step, then hands out a token.
func (c *Collector) answerToken(x *exchange) reply {
	s := x.step
	x.access = access{how: "not looked at"}
	switch {
	case s.isFault() || s.act == actLost:
		return scripted(s)
	case x.bodyErr != nil:
		return refuseBody(x.bodyErr)
	}
	r := c.tokens.answer(x)
	if r.status == http.StatusOK && s.act == actStatus {
		return s.token(r)
	}
	return r
}

// token is the reply of a step in the place of the one with the token: its
// body is the grant unless the step gives it a form.
func (s step) token(grant reply) reply {
	switch {
	case s.index >= 0: // there are no events here to name
		return grant
	case s.form == "":
		grant.status = s.status
		return s.decorate(grant)
	default:
		return s.decorate(s.form.reply(s.status, content{}))
	}
}

// answer handles one token request, whose body has been read.
func (t *tokens) answer(x *exchange) reply {
	form, errForm := url.ParseQuery(string(x.body))
	id, secret, style, errClient := clientOf(x.Request, form)
	switch {
	case errForm != nil || errClient != nil:
		return x.refuseToken(http.StatusBadRequest, "invalid_request", "the form or the Basic credentials cannot be read")
	case form.Get("grant_type") != "client_credentials":
		return x.refuseToken(http.StatusBadRequest, "unsupported_grant_type", "want grant_type=client_credentials in a form")
	case id == "" && secret == "":
		return x.refuseToken(http.StatusUnauthorized, "invalid_client", "the client's id and secret are missing")
	case t.options.Style != "" && style != t.options.Style:
		return x.refuseToken(http.StatusUnauthorized, "invalid_client", "want the client's credentials as "+t.options.Style+", got "+style)
	case !equal(id, t.options.ClientID):
		return x.refuseToken(http.StatusUnauthorized, "invalid_client", "the client id is wrong ("+style+")")
	case !equal(secret, t.options.ClientSecret):
		return x.refuseToken(http.StatusUnauthorized, "invalid_client", "the client secret is wrong ("+style+")")
	}
	x.access = access{true, "client (" + style + ")"}
	if !t.scopeAsked(form.Get("scope")) {
		return x.refuseToken(http.StatusBadRequest, "invalid_scope", "the scope is missing that is demanded")
	}
	return t.grant()
}

func (t *tokens) grant() reply {
	r := jsonReply(http.StatusOK, grant{
		AccessToken: t.issue(), TokenType: "Bearer",
		ExpiresIn: int64(t.options.Life / time.Second), Scope: t.options.Scope,
	}).with("Cache-Control", "no-store")
	r.secret = true
	return r
}

func (t *tokens) scopeAsked(scopes string) bool {
	if t.options.Scope == "" {
		return true
	}
	for scope := range strings.FieldsSeq(scopes) {
		if scope == t.options.Scope {
			return true
		}
	}
	return false
}

// clientOf reads the client's credentials and where they stood. In Basic they
// are form-encoded first (RFC 6749 section 2.3.1).
func clientOf(r *http.Request, form url.Values) (id, secret, style string, err error) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return form.Get("client_id"), form.Get("client_secret"), "form", nil
	}
	id, errID := url.QueryUnescape(user)
	secret, errSecret := url.QueryUnescape(password)
	return id, secret, "basic", errors.Join(errID, errSecret)
}

// refuseToken answers as RFC 6749 section 5.2 says. The description is for the
// person who looks for the fault.
func (x *exchange) refuseToken(status int, code, description string) reply {
	if !x.access.ok {
		x.access.how = description
	}
	r := jsonReply(status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
	r.reason = code + ": " + description
	if status == http.StatusUnauthorized {
		return r.with("WWW-Authenticate", "Basic")
	}
	return r
}
