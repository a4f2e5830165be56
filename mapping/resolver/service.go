package resolver

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/jonboulle/clockwork"
)

// Connection is how a resolver reaches its service and its token endpoint. The
// zero value will do.
type Connection struct {
	// TLS has authorities of the user's own, and a client certificate. nil: the
	// system's, and none.
	TLS *tls.Config
	// Proxy says which proxy a request takes; nil: as HTTPS_PROXY, HTTP_PROXY and
	// NO_PROXY say.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport carries the requests in place of one that TLS and Proxy make,
	// which is a pool of the resolver's own.
	Transport http.RoundTripper
	UserAgent string          // default bbcaliper
	Clock     clockwork.Clock // nil: the real one
}

// maxReply bounds a reply, in bytes and after decompression: a hundred users
// with everything that OneRoster says of them stay well below it.
const maxReply = 1 << 20

// service is an HTTP API that answers GET.
type service struct {
	display    string // where it is, fit to be shown
	client     *http.Client
	userAgent  string
	clock      clockwork.Clock
	credential credential
}

func newService(display string, c Connection, auth Auth) (*service, error) {
	if c.Transport == nil {
		c.Transport = newTransport(c.TLS, c.Proxy)
	}
	if c.UserAgent == "" {
		c.UserAgent = "bbcaliper"
	}
	if c.Clock == nil {
		c.Clock = clockwork.NewRealClock()
	}
	s := &service{
		display: display, userAgent: c.UserAgent, clock: c.Clock,
		// A redirect leads to a login page, or takes the credential elsewhere.
		client: &http.Client{Transport: c.Transport, CheckRedirect: neverFollow},
	}
	var err error
	s.credential, err = auth.credential(s.client, c.Clock)
	return s, err
}

func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// reply is what a service answered.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// get asks for a URL. A 401 renews the credential once. The reply of 200, 204
// and 404 is an answer; with any other comes a *Fault.
func (s *service) get(ctx context.Context, url string) (reply, error) {
	resp, sent, err := s.try(ctx, url)
	if err != nil {
		return reply{}, err
	}
	defer discard(resp)
	if resp.StatusCode != http.StatusUnauthorized || !s.credential.renew(sent) {
		return s.read(ctx, resp)
	}
	again, _, err := s.try(ctx, url)
	if err != nil {
		return reply{}, err
	}
	defer discard(again)
	return s.read(ctx, again)
}

// try sends once, and returns the request as it was sent.
func (s *service) try(ctx context.Context, url string) (*http.Response, *http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil { // its text would quote the URL
		return nil, nil, badReply(s.who(), "the URL cannot be asked for")
	}
	req.Header.Set("Accept", "application/json, text/plain;q=0.5")
	req.Header.Set("User-Agent", s.userAgent)
	if err := s.credential.authorize(ctx, req); err != nil {
		return nil, req, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, req, unreachable(ctx, s.who(), "url", err)
	}
	return resp, req, nil
}

// closeIdle drops connections that nobody uses now. The service stays usable.
func (s *service) closeIdle() { s.client.CloseIdleConnections() }

// discard closes a reply after reading the little that may be left of it, so
// that the connection can be used again.
func discard(resp *http.Response) {
	const little = 16 << 10
	_, _ = io.CopyN(io.Discard, resp.Body, little)
	resp.Body.Close()
}

func (s *service) who() string { return "GET " + s.display }

// read reads the reply, also where it is no answer.
func (s *service) read(ctx context.Context, resp *http.Response) (reply, error) {
	r := reply{status: resp.StatusCode, header: resp.Header}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	r.body = body[:min(len(body), maxReply)]
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent, http.StatusNotFound:
		return r, nil
	default:
		return r, answered(s.who(), resp, s.clock.Now())
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return r, badReply(s.who(), "the reply broke off")
	case err != nil:
		return r, unreachable(ctx, s.who(), "url", err)
	case len(body) > maxReply:
		return r, badReply(s.who(), "the reply is longer than 1 MiB")
	}
	return r, nil
}
