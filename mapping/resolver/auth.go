package resolver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/jonboulle/clockwork"
)

// AuthType is how requests are authorised.
type AuthType string

// The types.
const (
	AuthNone   AuthType = "none"
	AuthBearer AuthType = "bearer" // a fixed token
	AuthHeader AuthType = "header" // a fixed value in a header
	AuthBasic  AuthType = "basic"  // HTTP Basic (RFC 7617)
	AuthOAuth2 AuthType = "oauth2" // client credentials (RFC 6749 section 4.4)
)

// AuthStyle is where the token request carries the client's id and secret (RFC
// 6749 section 2.3.1).
type AuthStyle string

// The styles. StylePost is `post` as in the configuration of destinations.
const (
	StyleBasic AuthStyle = "basic"
	StylePost  AuthStyle = "post"
)

// Auth is a credential. The zero value is none. Only the fields of its type may
// be set.
type Auth struct {
	Type AuthType

	Token string // bearer

	Name, Value string // header

	Username, Password string // basic

	TokenURL, ClientID, ClientSecret string   // oauth2
	Scopes                           []string // oauth2; none: the parameter is left out
	Style                            AuthStyle
}

// String names the type only.
func (a Auth) String() string {
	if a.Type == "" {
		return string(AuthNone)
	}
	return string(a.Type)
}

// GoString is String: %#v shows no secret either.
func (a Auth) GoString() string { return a.String() }

// credential authorises requests. It is safe for concurrent use.
type credential interface {
	authorize(ctx context.Context, req *http.Request) error
	// renew is told that the service answered 401 to refused. It says whether
	// authorize would now use something else.
	renew(refused *http.Request) bool
}

// credential makes what the settings describe. Errors name settings, never
// their values.
func (a Auth) credential(client *http.Client, clock clockwork.Clock) (credential, error) {
	switch a.Type {
	case AuthNone, "":
		return fixed{}, nil
	case AuthBearer:
		return newFixed("auth.token", "Authorization", "Bearer ", a.Token)
	case AuthHeader:
		if !isToken(a.Name) {
			return nil, errors.New("auth.name: is no name of a header")
		}
		return newFixed("auth.value", a.Name, "", a.Value)
	case AuthBasic:
		return newBasic(a)
	case AuthOAuth2:
		return newTokens(a, client, clock)
	default:
		return nil, fmt.Errorf("auth.type: want %s, %s, %s, %s or %s", AuthNone, AuthBearer, AuthHeader, AuthBasic, AuthOAuth2)
	}
}

// fixed is a value in a header; none without a name.
type fixed struct{ name, value string }

func newFixed(setting, name, prefix, value string) (credential, error) {
	if value == "" {
		return nil, fmt.Errorf("%s: must not be empty", setting)
	}
	if !sendable(value) {
		return nil, fmt.Errorf("%s: holds a control character (a line break at its end?)", setting)
	}
	return fixed{name, prefix + value}, nil
}

func newBasic(a Auth) (credential, error) {
	if a.Username == "" || strings.Contains(a.Username, ":") {
		return nil, errors.New("auth.username: must not be empty or hold a colon")
	}
	req := http.Request{Header: http.Header{}}
	req.SetBasicAuth(a.Username, a.Password)
	return fixed{"Authorization", req.Header.Get("Authorization")}, nil
}

func (f fixed) authorize(_ context.Context, req *http.Request) error {
	if f.name != "" {
		req.Header.Set(f.name, f.value)
	}
	return nil
}

func (fixed) renew(*http.Request) bool { return false }

// sendable says whether net/http would send the value in a header.
func sendable(value string) bool {
	return !strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// isToken says whether s can be a header's name (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return s != "" && strings.Trim(s, alphanumeric+"!#$%&'*+-.^_`|~") == ""
}
