package receive

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
)

// Reason says why a request was not answered 200. It is the value of a metric label.
type Reason string

// The reasons. There are no others.
const (
	ReasonUnauthorized  Reason = "unauthorized"    // no key, or none that is known
	ReasonNotFound      Reason = "not_found"       // another path
	ReasonMethod        Reason = "method"          // another method
	ReasonTimeout       Reason = "timeout"         // the body did not come in time
	ReasonIncomplete    Reason = "incomplete"      // the sender went away, or its chunks are malformed
	ReasonTooLarge      Reason = "too_large"       // the body, as sent or after gunzip
	ReasonTooManyEvents Reason = "too_many_events" // in one envelope
	ReasonEncoding      Reason = "encoding"        // a Content-Encoding other than gzip
	ReasonGzip          Reason = "gzip"            // damaged gzip; the bytes are kept
	ReasonSyntax        Reason = "syntax"          // not JSON, or a repeated envelope key; the bytes are kept
	ReasonMemory        Reason = "memory"          // too many large bodies at once
	ReasonNotReady      Reason = "not_ready"       // the store is unhealthy
	ReasonFull          Reason = "full"            // the journal has reached its limit
	ReasonStore         Reason = "store"           // the journal did not take it
)

// reply is how a reason is answered.
type reply struct {
	status int
	title  string
	after  time.Duration // for Retry-After; 0 for none
	unread bool          // some of the body has not been read, nor will it be
}

// reply is the one table from reasons to answers.
func (r Reason) reply() reply {
	switch r {
	case ReasonUnauthorized:
		return reply{status: http.StatusUnauthorized, title: "send a configured key in the Authorization header", unread: true}
	case ReasonNotFound:
		return reply{status: http.StatusNotFound, title: "envelopes are posted to " + Path, unread: true}
	case ReasonMethod:
		return reply{status: http.StatusMethodNotAllowed, title: "use POST, or GET for the endpoint's configuration", unread: true}
	case ReasonTimeout:
		return reply{status: http.StatusRequestTimeout, title: "the body did not arrive in time", unread: true}
	case ReasonIncomplete:
		return reply{status: http.StatusBadRequest, title: "the body did not arrive whole", unread: true}
	case ReasonTooLarge:
		return reply{status: http.StatusRequestEntityTooLarge, title: "the body is too large", unread: true}
	case ReasonTooManyEvents:
		return reply{status: http.StatusRequestEntityTooLarge, title: "the envelope has too many events"}
	case ReasonEncoding:
		return reply{status: http.StatusUnsupportedMediaType, title: "send the body as it is, or with Content-Encoding: gzip", unread: true}
	case ReasonGzip:
		return reply{status: http.StatusBadRequest, title: "the body is damaged gzip"}
	case ReasonSyntax:
		return reply{status: http.StatusBadRequest, title: "the body is not a Caliper envelope in JSON"}
	case ReasonMemory:
		return reply{status: http.StatusServiceUnavailable, title: "too many large bodies at once", after: 2 * time.Second, unread: true}
	case ReasonFull:
		return reply{status: http.StatusServiceUnavailable, title: "the journal is full", after: time.Minute}
	case ReasonNotReady:
		return reply{status: http.StatusServiceUnavailable, title: "the store is not ready", after: 10 * time.Second, unread: true}
	default:
		return reply{status: http.StatusServiceUnavailable, title: "the envelope could not be stored", after: 5 * time.Second}
	}
}

// refusal is the error of an endpoint that has decided how to answer.
type refusal struct {
	source string // empty if not authenticated
	reason Reason
	detail string // where and what, without anything of the payload
}

// Error gives the reason and the detail.
func (r *refusal) Error() string {
	if r.detail == "" {
		return fmt.Sprintf("refused: %s", r.reason)
	}
	return fmt.Sprintf("refused: %s: %s", r.reason, r.detail)
}

func refuse(reason Reason) *refusal { return &refusal{reason: reason} }

func refuseAt(reason Reason, detail string) *refusal { return &refusal{reason: reason, detail: detail} }

// ofSource says whose request was refused.
func ofSource(err error, source string) error {
	var r *refusal
	if errors.As(err, &r) {
		r.source = source
	}
	return err
}

// answer counts a refusal and writes it, as a problem of RFC 9457.
func (h *Handler) answer(w http.ResponseWriter, err error) {
	r := &refusal{reason: ReasonStore}
	_ = errors.As(err, &r)
	h.metrics.refused.WithLabelValues(r.source, string(r.reason)).Inc()
	h.refused.count(r.source, r.reason)
	rep := r.reason.reply()
	setHeaders(w.Header(), r.reason, rep)
	w.WriteHeader(rep.status)
	_ = json.MarshalWrite(w, problem{Title: rep.title, Status: rep.status, Reason: r.reason, Detail: r.detail})
}

// problem is the body of a refusal.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

func setHeaders(header http.Header, reason Reason, rep reply) {
	header.Set("Content-Type", "application/problem+json")
	if rep.after > 0 {
		header.Set("Retry-After", strconv.Itoa(int(rep.after.Seconds())))
	}
	if rep.unread {
		// Otherwise the server would wait for the rest of the body before it sends the answer.
		header.Set("Connection", "close")
	}
	switch reason {
	case ReasonUnauthorized:
		header.Set("WWW-Authenticate", `Bearer realm="bbcaliper"`)
	case ReasonMethod:
		header.Set("Allow", "GET, HEAD, POST")
	case ReasonEncoding:
		header.Set("Accept-Encoding", "gzip") // RFC 9110 section 12.5.3: what a request may be sent with
	}
}
