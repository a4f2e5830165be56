package timeback

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Class says what to do with an envelope after one attempt to send it.
type Class int

// The classes. The zero Class is none of them.
const (
	// Accepted: any 2xx. The collector took the envelope; whether it has
	// processed it is not known (202 is common).
	Accepted Class = iota + 1
	// Permanent: the collector refuses this envelope for what is in it and
	// will refuse it again. Find the event that it refuses (Worklist).
	Permanent
	// TooLarge: 413. Send the same events in smaller envelopes (Worklist).
	TooLarge
	// Retry: nothing is wrong with the envelope. Send it again later.
	Retry
	// RefreshToken: 401. Renew the credential and send once more. Client.Send
	// does so itself and never returns this class.
	RefreshToken
	// Pause: the destination's settings are wrong, or somebody at the
	// collector has to act. No envelope will do better than this one; the
	// reply's error, a *Fault, says what to change.
	Pause
)

// String returns the class as it is written in logs and metrics.
func (c Class) String() string {
	switch c {
	case Accepted:
		return "accepted"
	case Permanent:
		return "permanent"
	case TooLarge:
		return "too_large"
	case Retry:
		return "retry"
	case RefreshToken:
		return "refresh_token"
	case Pause:
		return "pause"
	default:
		return "unknown"
	}
}

// MaxRetryAfter caps what a collector may ask for in Retry-After. One hour is
// beyond every sensible pause; larger values seen in the wild were mistakes.
const MaxRetryAfter = time.Hour

// Classify decides what one attempt means. err is the error of the HTTP
// exchange (nil if there was a reply; status and header do not count
// otherwise). The duration is the collector's Retry-After, in [0,
// MaxRetryAfter], for the class Retry and 0 for all others; now is what a
// Retry-After date is measured from.
//
// The table follows RFC 9110 section 15 and the Caliper 1.2 endpoint rules
// (section "HTTP response": 400 no or malformed envelope, 401, 415, 422):
//
//	2xx                        Accepted, whatever the body says
//	3xx                        Pause: a redirected POST would lose its body
//	401                        RefreshToken
//	408 421 423 425 429 5xx    Retry, after Retry-After
//	413                        TooLarge
//	402 403 404 405 406 407    Pause: about the address, the client, the
//	410 411 412 414 417 426    request's head, never about an event
//	428 431 451
//	any other 4xx              Permanent: 400, 409, 415, 422; and what nobody
//	                           has defined, so that one event which a
//	                           collector refuses in words of its own does not
//	                           stop all others
//	no TLS, or not trusted     Pause
//	refused by the proxy       Pause, 5xx of it Retry
//	any other error            Retry
func Classify(status int, header http.Header, err error, now time.Time) (Class, time.Duration) {
	if err != nil {
		return classifyError(err)
	}
	class := classifyStatus(status)
	if class != Retry {
		return class, 0
	}
	after, _ := retryAfter(header, now)
	return Retry, after
}

// classifyError tells faults of the settings from faults of the network. A
// context that ended is a retry: the envelope may or may not have arrived.
func classifyError(err error) (Class, time.Duration) {
	var credential *credentialError
	if errors.As(err, &credential) {
		return credential.class, credential.after
	}
	var proxy *proxyError
	if errors.As(err, &proxy) {
		return proxy.class(), 0
	}
	if isCertificateFault(err) || isSchemeFault(err) || isRemoteAlert(err) || errors.Is(err, errProxySetting) {
		return Pause, 0
	}
	return Retry, 0
}

func classifyStatus(status int) Class {
	switch status {
	case http.StatusUnauthorized:
		return RefreshToken
	case http.StatusRequestEntityTooLarge:
		return TooLarge
	case http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusLocked,
		http.StatusTooEarly, http.StatusTooManyRequests:
		return Retry
	case http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable,
		http.StatusProxyAuthRequired, http.StatusGone, http.StatusLengthRequired,
		http.StatusPreconditionFailed, http.StatusRequestURITooLong,
		http.StatusExpectationFailed, http.StatusUpgradeRequired,
		http.StatusPreconditionRequired, http.StatusRequestHeaderFieldsTooLarge,
		http.StatusUnavailableForLegalReasons:
		return Pause
	}
	switch status / 100 {
	case 2:
		return Accepted
	case 4:
		return Permanent
	case 5:
		return Retry
	default: // 1xx cannot end an exchange, 3xx is not followed, the rest is no HTTP
		return Pause
	}
}

// retryAfter reads Retry-After (RFC 9110 section 10.2.3): seconds or a date.
// The second result is false if there is none or it is neither.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if isDigits(value) {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(MaxRetryAfter/time.Second) {
			return MaxRetryAfter, true // more digits than an integer holds is still a number
		}
		return time.Duration(seconds) * time.Second, true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return min(max(date.Sub(now), 0), MaxRetryAfter), true
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
