package timeback

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"
)

// Client sends envelopes to one destination. It is safe for concurrent use.
type Client struct {
	url       secret // as written: may hold a password or a key
	display   string // redacted
	hidden    func() []string
	auth      Auth
	userAgent string
	http      *retryablehttp.Client
	tokens    *http.Client // for Auth's own requests
	transport http.RoundTripper
}

// NewClient returns a client, or an error that names the option that makes no
// sense. Nothing is sent yet.
func NewClient(o Options) (*Client, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	single := &http.Client{
		Transport:     shield{o.Transport},
		Timeout:       o.AttemptTimeout,
		CheckRedirect: neverFollow,
	}
	hidden := slices.Concat(urlSecrets(o.URL), proxyFunc(o.Proxy).secrets(o.URL))
	c := &Client{
		url: conceal(o.URL), display: RedactURL(o.URL), hidden: func() []string { return hidden },
		auth: o.Auth, userAgent: o.UserAgent, tokens: single, transport: o.Transport,
	}
	c.http = &retryablehttp.Client{
		HTTPClient:     single,
		Logger:         leveled{log: o.Logger.WithField("url", c.display), scrub: c.scrubber},
		RetryMax:       max(o.Retries, 0),
		RetryWaitMin:   o.RetryWaitMin,
		RetryWaitMax:   o.RetryWaitMax,
		CheckRetry:     inlineRetry(o.RetryWaitMax),
		Backoff:        inlineWait,
		ErrorHandler:   retryablehttp.PassthroughErrorHandler, // keep status and body
		RequestLogHook: countAttempt,
	}
	return c, nil
}

// neverFollow keeps a redirect as the reply: a redirected POST would be
// repeated as a GET, its body lost.
func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// String returns the destination's URL, redacted.
func (c *Client) String() string { return c.display }

// GoString is String.
func (c *Client) GoString() string { return c.display }

// Reset lets the next request ask for a credential at once, however long a
// failing token endpoint was to be left alone. It is for whoever has mended
// something.
func (c *Client) Reset() { c.auth.reset() }

// Close drops the idle connections. The client stays usable.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Send posts one envelope and waits for the reply, retrying blips inline. A
// 401 renews the credential once. requestID (X-Request-ID) names the batch and
// is the same for every attempt; the caller uses it again when it sends the
// same batch again.
//
// ctx bounds everything. body must not be changed afterwards, not even once
// Send has returned: a connection may still be reading it.
func (c *Client) Send(ctx context.Context, body []byte, requestID string) Reply {
	return c.exchange(ctx, http.MethodPost, body, requestID)
}

// exchange is one request with everything around it: blips, a renewed
// credential, the reply.
func (c *Client) exchange(ctx context.Context, method string, body []byte, requestID string) Reply {
	attempts := 0
	ctx = context.WithValue(ctx, attemptsKey{}, &attempts)
	ctx = context.WithValue(ctx, oauth2.HTTPClient, c.tokens)

	reply, sent := c.try(ctx, method, body, requestID)
	if reply.Class == RefreshToken && c.auth.Renew(sent) {
		reply, _ = c.try(ctx, method, body, requestID)
	}
	if reply.Class == RefreshToken {
		reply.Class = Pause
	}
	reply.Attempts = attempts
	return reply
}

// try sends once, blips aside, and returns the request as it was sent.
func (c *Client) try(ctx context.Context, method string, body []byte, requestID string) (Reply, *http.Request) {
	req, err := c.newRequest(ctx, method, body, requestID)
	if err != nil {
		return c.failed("prepare a request to "+c.display, err, c.scrubber()), nil
	}
	if err := c.auth.Authorize(req.Request); err != nil {
		return c.failed("authorize a request to "+c.display, err, c.scrubber()), req.Request
	}
	scrub := c.scrubberFor(req.Request)
	resp, err := c.http.Do(req)
	if err != nil {
		return c.failed(method+" "+c.display, err, scrub), req.Request
	}
	return c.replied(resp, scrub), req.Request
}

func (c *Client) newRequest(ctx context.Context, method string, body []byte, requestID string) (*retryablehttp.Request, error) {
	req, err := retryablehttp.NewRequestWithContext(ctx, method, c.url(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.userAgent)
	if method != http.MethodPost {
		return req, nil
	}
	// Caliper 1.2, "HTTP request": the content type without a charset.
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Request-ID", requestID)
	return req, req.SetBody(body)
}

// failed makes the reply of an exchange that brought none.
func (c *Client) failed(what string, err error, scrub scrubber) Reply {
	class, after := Classify(0, nil, err, time.Now())
	return Reply{Class: class, RetryAfter: after, Err: scrub.safe(what, "url", err)}
}

// scrubber knows what to take out of texts about this destination: the
// credential as it is now, and what the URL itself carries.
func (c *Client) scrubber() scrubber {
	return newScrubber(slices.Concat(c.auth.secrets(), c.hidden()))
}

// scrubberFor also knows the credential that req carries: by the time of its
// reply another may have taken its place.
func (c *Client) scrubberFor(req *http.Request) scrubber {
	_, value, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	return newScrubber(slices.Concat(c.auth.secrets(), c.hidden(), []string{value}))
}

// attemptsKey is the context key of the number of requests made so far.
type attemptsKey struct{}

func countAttempt(_ retryablehttp.Logger, req *http.Request, _ int) {
	if attempts, ok := req.Context().Value(attemptsKey{}).(*int); ok {
		*attempts++
	}
}
