package timeback

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// MaxReplyBody is how much of a reply's body is kept, in bytes.
const MaxReplyBody = 8 << 10

// maxDrain is how much more of a body is read so that its connection can be
// used again; a longer body costs the connection.
const maxDrain = 64 << 10

// bodyPatience is how long a body may take after its header. The status has
// said what counts by then, and the envelope's place is wanted by the next one.
const bodyPatience = time.Second

// Reply is what came of sending one envelope.
type Reply struct {
	// Class says what to do next; never RefreshToken.
	Class Class
	// Status of the last HTTP reply; 0 if there was none.
	Status int
	// Body of the last reply, at most MaxReplyBody bytes, credentials
	// removed. It may be anything, or nothing.
	Body []byte
	// RetryAfter is what the collector asked for, or for how long a failing
	// token endpoint is left alone, in [0, MaxRetryAfter]; only with the class
	// Retry.
	RetryAfter time.Duration
	// Attempts counts the envelope's HTTP requests, inline retries included.
	Attempts int
	// Err is nil exactly if Class is Accepted, else a *Fault. Its text is fit
	// for operators: redacted, and with the class Pause it says what to
	// change. errors.Is finds the context's error if that ended the sending.
	Err error
}

func (c *Client) replied(resp *http.Response, scrub scrubber) Reply {
	class, after := Classify(resp.StatusCode, resp.Header, nil, time.Now())
	reply := Reply{Class: class, Status: resp.StatusCode, RetryAfter: after}
	raw := readBody(resp.Body)
	if len(raw) > 0 {
		raw = scrub.bytes(raw)
		reply.Body = raw[:min(len(raw), MaxReplyBody)]
	}
	if class == Accepted {
		return reply
	}
	if wantsTLS(reply.Status, reply.Body) {
		reply.Class = Pause
	}
	reply.Err = c.explain(resp, reply.Body, scrub)
	return reply
}

// readBody reads what is kept of a body, and some more to save the connection.
// An error on the way is none of the reply's: the status has said it all. The
// excess over MaxReplyBody lets a secret at the cut be seen whole.
func readBody(body io.ReadCloser) []byte {
	defer body.Close()
	hurry := time.AfterFunc(bodyPatience, func() { body.Close() })
	defer hurry.Stop()
	raw, err := io.ReadAll(io.LimitReader(body, MaxReplyBody+MaxReplyBody/2))
	if err == nil {
		_, _ = io.CopyN(io.Discard, body, maxDrain)
	}
	return raw
}

// explain says what the collector answered and, where a setting is to blame,
// which.
func (c *Client) explain(resp *http.Response, body []byte, scrub scrubber) *Fault {
	what := fmt.Sprintf("collector %s answered %s", c.display, statusText(resp.StatusCode))
	if resp.StatusCode/100 == 3 {
		if to, err := resp.Location(); err == nil {
			what += " to " + scrub.text(RedactURL(to.String()))
		}
	}
	if wantsTLS(resp.StatusCode, body) {
		return remedy{[]string{"url"}, "the port speaks TLS: https instead of http"}.fault(what)
	}
	return remedyForStatus(resp.StatusCode, c.auth.settings()).fault(what)
}

// wantsTLS reports whether a web server says that http was spoken to a port for
// https. It says so with 400, which would otherwise refuse every event for
// good.
func wantsTLS(status int, body []byte) bool {
	if status != http.StatusBadRequest {
		return false
	}
	text := bytes.ToLower(body)
	for _, said := range []string{
		"client sent an http request to an https server",    // Go
		"the plain http request was sent to https port",     // nginx
		"speaking plain http to an ssl-enabled server port", // Apache
		"this combination of host and port requires tls",    // Tomcat
	} {
		if bytes.Contains(text, []byte(said)) {
			return true
		}
	}
	return false
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
