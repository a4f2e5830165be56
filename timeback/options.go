package timeback

import (
	"cmp"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/sirupsen/logrus"
)

// Defaults of Options.
const (
	DefaultAttemptTimeout = 30 * time.Second
	DefaultUserAgent      = "bbcaliper"
	DefaultRetries        = 2
	DefaultRetryWaitMin   = 100 * time.Millisecond
	DefaultRetryWaitMax   = time.Second
)

// Options are the settings of one destination.
type Options struct {
	// URL of the collector's events endpoint, absolute, used as written.
	URL string
	// Auth is the credential; nil sends none.
	Auth Auth
	// AttemptTimeout bounds one HTTP exchange, connecting and reading the
	// reply included; a token request has the same bound. Send's context
	// bounds them all together. Default DefaultAttemptTimeout.
	AttemptTimeout time.Duration
	// Retries is how often a blip is retried inline: default DefaultRetries,
	// negative for never.
	Retries int
	// RetryWaitMin and RetryWaitMax bound the wait between inline attempts. A
	// Retry-After beyond RetryWaitMax is not waited for inline.
	RetryWaitMin, RetryWaitMax time.Duration
	// UserAgent names the sender, default DefaultUserAgent.
	UserAgent string
	// Logger gets a warning for each failed attempt; nil logs nothing.
	Logger logrus.FieldLogger
	// TLS is of every connection, to the token endpoint too: whom to trust,
	// and the client certificate. nil: the system's authorities, none.
	TLS *tls.Config
	// Proxy says which proxy a request takes, token requests included; nil:
	// http.ProxyFromEnvironment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).
	Proxy func(*http.Request) (*url.URL, error)
	// Transport carries the requests in place of a pool made from TLS and
	// Proxy, which then do not count.
	Transport http.RoundTripper
}

func (o Options) withDefaults() Options {
	if o.Auth == nil {
		o.Auth = NoAuth()
	}
	o.AttemptTimeout = cmp.Or(o.AttemptTimeout, DefaultAttemptTimeout)
	o.Retries = cmp.Or(o.Retries, DefaultRetries)
	o.RetryWaitMin = cmp.Or(o.RetryWaitMin, DefaultRetryWaitMin)
	o.RetryWaitMax = cmp.Or(o.RetryWaitMax, max(DefaultRetryWaitMax, o.RetryWaitMin))
	o.UserAgent = cmp.Or(o.UserAgent, DefaultUserAgent)
	if o.Logger == nil {
		silent := logrus.New()
		silent.SetOutput(io.Discard)
		o.Logger = silent
	}
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.Transport == nil {
		o.Transport = newTransport(o.TLS, o.Proxy)
	}
	return o
}

func (o Options) validate() error {
	if err := checkURL("url", o.URL); err != nil {
		return err
	}
	switch {
	case o.AttemptTimeout < 0:
		return errors.New("attempt timeout: must not be negative")
	case o.RetryWaitMin < 0 || o.RetryWaitMax < o.RetryWaitMin:
		return errors.New("retry wait: want 0 <= min <= max")
	}
	return checkHeaderValue("user agent", o.UserAgent)
}
