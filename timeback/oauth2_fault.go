package timeback

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// errTokenCharacters is a token that no header can carry. Were it kept, it
// would fail every envelope until it expires.
var errTokenCharacters = errors.New("the token holds a control character")

// until is e with how long the endpoint is left alone, for a failure that
// passes.
func (e *credentialError) until(pause time.Duration) *credentialError {
	told := *e
	if told.class == Retry {
		told.after = pause
	}
	return &told
}

// fault turns a failed fetch into what to do about it. The endpoint's own
// words are not repeated: they may hold the request.
func (a *oauth2Auth) fault(err error, scrub scrubber) *credentialError {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return a.refusal(refused)
	}
	what := "fetch a token from " + a.tokenURL
	var call *url.Error
	if !errors.As(err, &call) {
		return &credentialError{
			class: Retry, what: what + ": the reply holds no token",
			remedy: remedy{[]string{"auth.token_url"}, "if this stays: something else answers there"},
		}
	}
	class, after := classifyError(err)
	return &credentialError{
		class: class, after: after, what: what + ": " + scrub.text(call.Err.Error()),
		remedy: remedyForError(err, "auth.token_url"),
	}
}

// refusal classifies the token endpoint's own error reply: what is no passing
// trouble is a fault of the settings, and the settings are named.
func (a *oauth2Auth) refusal(refused *oauth2.RetrieveError) *credentialError {
	status := refused.Response.StatusCode
	what := fmt.Sprintf("token endpoint %s answered %s", a.tokenURL, statusText(status))
	class, after := Classify(status, refused.Response.Header, nil, time.Now())
	if class == Retry {
		return &credentialError{class: Retry, after: after, what: what}
	}
	settings := settingsForCode(refused.ErrorCode)
	if settings != nil {
		what += " (" + refused.ErrorCode + ")"
	} else {
		settings = settingsForStatus(status)
	}
	return &credentialError{class: Pause, what: what, remedy: remedyForTokenStatus(status, settings)}
}

func remedyForTokenStatus(status int, settings []string) remedy {
	if status == http.StatusProxyAuthRequired {
		return remedy{nil, hintProxy}
	}
	return remedy{settings, ""}
}

// settingsForCode names the settings behind an error code of RFC 6749 section
// 5.2; none for a code that is not one of them.
func settingsForCode(code string) []string {
	switch code {
	case "invalid_client", "unauthorized_client":
		return []string{"auth.client_id", "auth.client_secret", "auth.style"}
	case "invalid_scope":
		return []string{"auth.scopes"}
	case "invalid_request", "invalid_grant", "unsupported_grant_type":
		return []string{"auth.token_url", "auth.style", "auth.scopes"}
	default:
		return nil
	}
}

func settingsForStatus(status int) []string {
	switch status {
	case http.StatusBadRequest:
		return []string{"auth.client_id", "auth.client_secret", "auth.style", "auth.scopes"}
	case http.StatusUnauthorized, http.StatusForbidden:
		return []string{"auth.client_id", "auth.client_secret", "auth.style"}
	default:
		return []string{"auth.token_url"}
	}
}
