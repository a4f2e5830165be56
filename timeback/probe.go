package timeback

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"
)

// Probe asks for the collector's endpoint configuration (GET, which Caliper
// 1.2 makes optional), to learn without sending anything whether the collector
// is reached and takes the credential. A collector that has no configuration
// to give (400, 404, 405, 406, 415, 501) was reached: that counts as Accepted,
// since a POST may do better. Only not by http at a port for https.
func (c *Client) Probe(ctx context.Context) Reply {
	reply := c.exchange(ctx, http.MethodGet, nil, "")
	if wantsTLS(reply.Status, reply.Body) {
		return reply
	}
	switch reply.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusNotAcceptable, http.StatusUnsupportedMediaType, http.StatusNotImplemented:
		reply.Class, reply.Err = Accepted, nil
	}
	return reply
}

// Authorize gets a credential and sends nothing to the collector: for OAuth2
// it asks the token endpoint unless a good token is there, the others have
// what they need. A failure has the class, the error and the Retry-After that
// Send would return.
func (c *Client) Authorize(ctx context.Context) Reply {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, c.tokens)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(), nil)
	if err == nil {
		err = c.auth.Authorize(req)
	}
	if err != nil {
		return c.failed("authorize a request to "+c.display, err, c.scrubber())
	}
	return Reply{Class: Accepted}
}
