package resolver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Class says what to do about a fault.
type Class uint8

const (
	// Unavailable passes, or so it seems: the network, a 5xx, a reply that is
	// none. Several in a row open the circuit.
	Unavailable Class = iota
	// Misconfigured does not pass by itself: a setting is wrong, here or at the
	// service.
	Misconfigured
	// Limited is a service that asks to be left alone for a while.
	Limited
)

// String returns the class's name.
func (c Class) String() string {
	switch c {
	case Unavailable:
		return "unavailable"
	case Misconfigured:
		return "misconfigured"
	case Limited:
		return "limited"
	default:
		return fmt.Sprintf("class(%d)", uint8(c))
	}
}

// Fault says why a resolver gave no answer, and what to do. It holds nothing
// that a service wrote but a status and a code, and nothing of a person.
type Fault struct {
	Class    Class
	Status   int           // of the reply; 0: there was none
	After    time.Duration // how long the service wants to be left alone; 0: it did not say
	Settings []string      // the keys to look at, of the resolver's entry in the configuration
	// everybody is set where the next question would fare no better: the
	// credential is refused.
	everybody bool
	what      string
}

func (f *Fault) Error() string { return f.At("") }

// At is the error with the settings in full. prefix is where the resolver stands
// in the configuration, with its final dot, or "".
func (f *Fault) At(prefix string) string {
	if len(f.Settings) == 0 {
		return f.what
	}
	return f.what + "; look at " + prefix + strings.Join(f.Settings, ", "+prefix)
}

// maxRetryAfter bounds how long a service can send the resolver away: what is
// longer may be a mistake, and one question an hour hurts nobody.
const maxRetryAfter = time.Hour

// answered makes the fault of a reply that is no answer.
func answered(who string, reply *http.Response, now time.Time) *Fault {
	status := reply.StatusCode
	f := &Fault{Status: status, what: fmt.Sprintf("%s answered %s", who, statusText(status)), After: retryAfter(reply.Header, now)}
	switch {
	case status == http.StatusTooManyRequests:
		f.Class = Limited
	case status == http.StatusProxyAuthRequired:
		f.Class, f.everybody = Misconfigured, true
		f.what += "; " + hintProxy
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		f.Class, f.everybody, f.Settings = Misconfigured, true, []string{"auth"}
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= http.StatusInternalServerError:
		f.Class = Unavailable
	default:
		f.Class, f.Settings = Misconfigured, []string{"url"}
	}
	return f
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}

// retryAfter reads Retry-After (seconds or a date; RFC 9110 section 10.2.3),
// else X-Rate-Limit-Reset where it can be seconds; some services write a date
// of one form or another there.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		text = strings.TrimSpace(header.Get("X-Rate-Limit-Reset"))
	}
	if at, err := http.ParseTime(text); err == nil {
		return clamp(at.Sub(now))
	}
	const day = 24 * 60 * 60 // beyond it, it is a date in some form
	seconds, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seconds > day {
		return 0
	}
	return clamp(time.Duration(seconds) * time.Second)
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), maxRetryAfter) }

// badReply is the fault of a reply that cannot be understood.
func badReply(who, why string) *Fault {
	return &Fault{Class: Unavailable, what: who + ": " + why}
}

// faultOf takes the fault out of an error. What is none is not shown: nobody
// knows what its text holds.
func faultOf(err error) *Fault {
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.Is(err, errTimeout):
		return &Fault{what: errTimeout.Error()}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrClosed):
		return &Fault{what: "given up before there was an answer"}
	default:
		return &Fault{what: "the resolver failed"}
	}
}
