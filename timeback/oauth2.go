package timeback

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// AuthStyle is where the token request carries the client's id and secret.
type AuthStyle string

// The two styles of RFC 6749 section 2.3.1.
const (
	StyleBasic AuthStyle = "basic" // HTTP Basic
	StyleForm  AuthStyle = "form"  // client_id and client_secret in the form
)

// OAuth2Options are the settings of the client credentials grant (RFC 6749
// section 4.4).
type OAuth2Options struct {
	TokenURL     string    // absolute http or https URL
	ClientID     string    // required
	ClientSecret string    // required; never shown
	Scopes       []string  // sent space-separated; none: the parameter is left out
	Style        AuthStyle // default StyleBasic
}

// String names the endpoint only.
func (o OAuth2Options) String() string { return "oauth2 " + RedactURL(o.TokenURL) }

// GoString is String: %#v shows no secret either.
func (o OAuth2Options) GoString() string { return o.String() }

func (o OAuth2Options) validate() error {
	if err := checkURL("auth.token_url", o.TokenURL); err != nil {
		return err
	}
	switch {
	case o.ClientID == "":
		return errors.New("auth.client_id: must not be empty")
	case o.ClientSecret == "":
		return errors.New("auth.client_secret: must not be empty")
	case o.Style != "" && o.Style != StyleBasic && o.Style != StyleForm:
		return fmt.Errorf("auth.style: want %s or %s", StyleBasic, StyleForm)
	}
	return nil
}

// A token is renewed one minute, or a quarter of its life if that is less,
// before it expires: it must not expire on its way.
const (
	maxTokenMargin     = time.Minute
	tokenMarginDivisor = 4
)

// failedPause is how long a token endpoint that failed is left alone. It is the
// lower end of the schedule by which a Backoff with its defaults comes back, so
// such a caller always finds the endpoint free to be asked; many callers, or
// hasty ones, are told of the failure without a request.
func failedPause(failures int, retryAfter time.Duration) time.Duration {
	return Backoff{Rand: func() float64 { return 0 }}.Next(failures, retryAfter)
}

// oauth2Auth caches one access token, or for a while that there is none to be
// had. At most one fetch is in flight; callers that wait meanwhile share its
// outcome.
type oauth2Auth struct {
	tokenURL string // redacted
	config   func() *clientcredentials.Config

	// fetching holds a value while a fetch is in flight. The fetcher sends
	// and receives; it is never closed.
	fetching chan struct{}

	mu       sync.Mutex
	token    *oauth2.Token    // nil: none, or refused by the collector
	renewAt  time.Time        // zero: when it is refused
	failures int              // fetches that failed, in a row
	failure  *credentialError // of the latest of them
	askAt    time.Time        // when the endpoint may be asked again
}

// OAuth2Auth gets bearer tokens by client credentials: renewed before they
// expire, dropped when the collector answers 401. Token requests go through
// the HTTP client that the request's context carries under oauth2.HTTPClient
// (Client.Send sets its own).
func OAuth2Auth(o OAuth2Options) (Auth, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	style := oauth2.AuthStyleInHeader
	if o.Style == StyleForm {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2Auth{
		tokenURL: RedactURL(o.TokenURL),
		fetching: make(chan struct{}, 1),
		config: func() *clientcredentials.Config {
			return &clientcredentials.Config{
				ClientID: o.ClientID, ClientSecret: o.ClientSecret,
				TokenURL: o.TokenURL, Scopes: o.Scopes, AuthStyle: style,
			}
		},
	}, nil
}

func (a *oauth2Auth) String() string { return "oauth2 " + a.tokenURL }

// Authorize sets the bearer token, fetching one if none is good any more.
func (a *oauth2Auth) Authorize(req *http.Request) error {
	token, err := a.current(req.Context())
	if err != nil {
		return err
	}
	token.SetAuthHeader(req)
	return nil
}

// Renew drops the token if it is still the one that was refused. Another may
// have been fetched meanwhile; then that one is worth a try as it is.
func (a *oauth2Auth) Renew(refused *http.Request) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token == nil {
		return true
	}
	probe := http.Request{Header: http.Header{}}
	a.token.SetAuthHeader(&probe)
	if probe.Header.Get("Authorization") == refused.Header.Get("Authorization") {
		a.token = nil
	}
	return true
}

func (a *oauth2Auth) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failures, a.askAt = 0, time.Time{}
}

func (a *oauth2Auth) settings() []string {
	return []string{"auth.scopes", "auth.token_url", "auth.client_id"}
}

func (a *oauth2Auth) secrets() []string {
	secrets := []string{a.config().ClientSecret}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token != nil {
		secrets = append(secrets, a.token.AccessToken)
	}
	return secrets
}

// current returns the cached token, or the outcome of one fetch.
func (a *oauth2Auth) current(ctx context.Context) (*oauth2.Token, error) {
	if token, known, err := a.known(); known {
		return token, err
	}
	select {
	case a.fetching <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a token: %w", ctx.Err())
	}
	defer func() { <-a.fetching }()
	if token, known, err := a.known(); known { // by a fetch that ended meanwhile
		return token, err
	}
	return a.fetch(ctx)
}

// known is the answer without a request: a token that needs no renewal, or one
// that still serves although its renewal failed, or why there is none.
func (a *oauth2Auth) known() (token *oauth2.Token, known bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if a.token != nil && (a.renewAt.IsZero() || now.Before(a.renewAt)) {
		return a.token, true, nil
	}
	if !now.Before(a.askAt) {
		return nil, false, nil
	}
	if a.token != nil && now.Before(a.token.Expiry) {
		return a.token, true, nil
	}
	return nil, true, a.failure.until(a.askAt.Sub(now))
}

// fetch asks the token endpoint. A fetch that its own caller's context ended
// says nothing about the endpoint, so nothing is remembered of it.
func (a *oauth2Auth) fetch(ctx context.Context) (*oauth2.Token, error) {
	config := a.config()
	token, err := config.Token(ctx)
	switch {
	case err == nil && checkHeaderValue("token", token.AccessToken) == nil:
		return a.succeed(token), nil
	case err == nil:
		err = errTokenCharacters
	case ctx.Err() != nil:
		return nil, fmt.Errorf("fetch a token from %s: %w", a.tokenURL, ctx.Err())
	}
	return a.fail(a.fault(err, newScrubber([]string{config.ClientSecret})))
}

func (a *oauth2Auth) succeed(token *oauth2.Token) *oauth2.Token {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token, a.renewAt = token, renewalTime(token, time.Now())
	a.failures, a.failure, a.askAt = 0, nil, time.Time{}
	return token
}

// fail records a failure. A token that is still good outlives the failure of
// its early renewal.
func (a *oauth2Auth) fail(failure *credentialError) (*oauth2.Token, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	a.failures++
	pause := failedPause(a.failures, failure.after)
	a.failure, a.askAt = failure, now.Add(pause)
	if a.token != nil && now.Before(a.token.Expiry) {
		return a.token, nil
	}
	a.token = nil
	return nil, failure.until(pause)
}

// renewalTime is zero for a token that does not say when it expires, or that
// claims to have expired already: such a one is used until it is refused.
func renewalTime(token *oauth2.Token, now time.Time) time.Time {
	life := token.Expiry.Sub(now)
	if token.Expiry.IsZero() || life <= 0 {
		return time.Time{}
	}
	return token.Expiry.Add(-min(maxTokenMargin, life/tokenMarginDivisor))
}
