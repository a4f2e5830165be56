package admin

import (
	"net/http"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// authorize returns the token of a request if its role covers what is needed. All tokens are compared, whichever
// matches.
func (h *Handler) authorize(r *http.Request, needed config.Role) (config.Token, error) {
	tokens := *h.tokens.Load()
	if len(tokens) == 0 {
		return config.Token{}, newError(ClassUnauthorized, "no token is configured: set admin.tokens in the configuration")
	}
	presented, ok := bearer(r)
	if !ok {
		return config.Token{}, newError(ClassUnauthorized, "send a token of admin.tokens: Authorization: Bearer TOKEN")
	}
	var found config.Token
	for _, t := range tokens {
		if t.Token.Match(presented) {
			found = t
		}
	}
	switch {
	case !found.Token.IsSet():
		return config.Token{}, newError(ClassUnauthorized, "the token is none of admin.tokens")
	case !found.Role.Covers(needed):
		return config.Token{}, newError(ClassForbidden, "this needs a token with the role %s; this one has the role %s", needed, found.Role)
	default:
		return found, nil
	}
}

// bearer returns the token that a request presents. The scheme's case does not matter (RFC 9110 section 11.1).
func bearer(r *http.Request) ([]byte, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return []byte(token), ok && strings.EqualFold(scheme, "Bearer") && token != ""
}
