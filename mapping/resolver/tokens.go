package resolver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// A token is renewed one minute, or a quarter of its life if that is less,
// before it expires: it must not expire on its way. Learn hands out one token to
// all who ask until it expires, so its life may be short from the start.
const (
	maxTokenMargin     = time.Minute
	tokenMarginDivisor = 4
)

// tokenURL is the setting with the address of the token endpoint.
const tokenURL = "auth.token_url"

// tokens gets bearer tokens by client credentials. At most one fetch is in
// flight; who waits meanwhile shares its token, or tries next.
type tokens struct {
	who    string // "token endpoint https://host/path"
	client *http.Client
	clock  clockwork.Clock
	config func() *clientcredentials.Config

	// fetching holds a value while a fetch is in flight. The fetcher sends and
	// receives; it is never closed.
	fetching chan struct{}

	mu      sync.Mutex
	token   string    // "": none, or refused
	renewAt time.Time // zero: when it is refused
}

func newTokens(a Auth, client *http.Client, clock clockwork.Clock) (credential, error) {
	endpoint, err := parseBase(a.TokenURL)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tokenURL, err)
	}
	style := oauth2.AuthStyleInHeader
	switch {
	case a.ClientID == "":
		return nil, errors.New("auth.client_id: must not be empty")
	case a.ClientSecret == "":
		return nil, errors.New("auth.client_secret: must not be empty")
	case a.Style == StylePost:
		style = oauth2.AuthStyleInParams
	case a.Style != "" && a.Style != StyleBasic:
		return nil, fmt.Errorf("auth.style: want %s or %s", StyleBasic, StylePost)
	}
	return &tokens{
		who: "token endpoint " + endpoint.String(), client: client, clock: clock, fetching: make(chan struct{}, 1),
		config: func() *clientcredentials.Config {
			return &clientcredentials.Config{
				ClientID: a.ClientID, ClientSecret: a.ClientSecret, TokenURL: a.TokenURL, Scopes: a.Scopes, AuthStyle: style,
			}
		},
	}, nil
}

func (t *tokens) authorize(ctx context.Context, req *http.Request) error {
	token, err := t.current(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// renew drops the token if it is still the one that was refused.
func (t *tokens) renew(refused *http.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if refused.Header.Get("Authorization") == "Bearer "+t.token {
		t.token = ""
	}
	return true
}

func (t *tokens) current(ctx context.Context) (string, error) {
	if token := t.known(); token != "" {
		return token, nil
	}
	select {
	case t.fetching <- struct{}{}:
	case <-ctx.Done():
		return "", unreachable(ctx, t.who, tokenURL, ctx.Err())
	}
	defer func() { <-t.fetching }()
	if token := t.known(); token != "" { // fetched meanwhile
		return token, nil
	}
	return t.fetch(ctx)
}

func (t *tokens) known() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.renewAt.IsZero() || t.clock.Now().Before(t.renewAt) {
		return t.token
	}
	return ""
}

func (t *tokens) fetch(ctx context.Context) (string, error) {
	token, err := t.config().Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		return "", t.fault(ctx, err)
	}
	if !sendable(token.AccessToken) {
		return "", badReply(t.who, "the token holds a control character")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.renewAt = token.AccessToken, time.Time{}
	if life := time.Duration(token.ExpiresIn) * time.Second; life > 0 {
		t.renewAt = t.clock.Now().Add(life - min(maxTokenMargin, life/tokenMarginDivisor))
	}
	return t.token, nil
}

// fault turns a failed fetch into what to do. The endpoint's own words are not
// repeated: they may hold the request.
func (t *tokens) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil { // within the reply, it would look like a bad one
		return unreachable(ctx, t.who, tokenURL, ctx.Err())
	}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode >= http.StatusMultipleChoices {
		return t.refusal(refused)
	}
	if call := (*url.Error)(nil); errors.As(err, &call) {
		return unreachable(ctx, t.who, tokenURL, call.Err)
	}
	f := badReply(t.who, "the reply holds no token")
	f.Settings = []string{tokenURL}
	return f
}

func (t *tokens) refusal(refused *oauth2.RetrieveError) *Fault {
	f := answered(t.who, refused.Response, t.clock.Now())
	if f.Class != Misconfigured || f.Status == http.StatusProxyAuthRequired {
		return f
	}
	switch refused.ErrorCode { // RFC 6749 section 5.2
	case "invalid_client", "unauthorized_client":
		f.what += " (" + refused.ErrorCode + ")"
		f.Settings = []string{"auth.client_id", "auth.client_secret"}
	case "invalid_scope":
		f.what += " (" + refused.ErrorCode + ")"
		f.Settings = []string{"auth.scopes"}
	default:
		f.Settings = settingsForStatus(f.Status)
	}
	f.everybody = f.Status == http.StatusBadRequest || f.everybody
	return f
}

func settingsForStatus(status int) []string {
	switch status {
	case http.StatusBadRequest:
		return []string{"auth.client_id", "auth.client_secret", "auth.style", "auth.scopes"}
	case http.StatusUnauthorized, http.StatusForbidden:
		return []string{"auth.client_id", "auth.client_secret", "auth.style"}
	default:
		return []string{tokenURL}
	}
}
