// Package client speaks to the admin API of a running adapter, for the commands. Its errors say what to do.
package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Options say whom to ask, and as who.
type Options struct {
	// Server is the URL of the admin listener; without a scheme it is http.
	Server string
	// Token is one of admin.tokens. "" sends none.
	Token string
	// Timeout bounds a request that carries no file. Default DefaultTimeout.
	Timeout time.Duration
	// Transport carries the requests. Default: an HTTP transport that respects $HTTP_PROXY.
	Transport http.RoundTripper
}

// DefaultTimeout is longer than the server's own patience, so that its reason arrives.
const DefaultTimeout = 40 * time.Second

// Client asks one adapter. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	token   string
	timeout time.Duration
	http    *http.Client
}

// New returns a client, or an error if the server is no URL. Nothing is asked yet.
func New(o Options) (*Client, error) {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	base, err := parseServer(o.Server)
	if err != nil {
		return nil, err
	}
	return &Client{base: base, token: o.Token, timeout: o.Timeout, http: &http.Client{
		Transport: o.Transport,
		// A redirect is somebody else, who must not get the token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:             http.ProxyFromEnvironment,
		DisableKeepAlives: true, // a command asks once or twice
		// A server that refuses a file says so before the file is sent.
		ExpectContinueTimeout: 5 * time.Second,
	}
}

func parseServer(server string) (*url.URL, error) {
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	base, err := url.Parse(server)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("the server must be a URL such as http://127.0.0.1:8081")
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("the server must be a URL without credentials, query and fragment")
	}
	return base, nil
}

// Status says how everything is doing.
func (c *Client) Status(ctx context.Context) (admin.Status, error) {
	return get[admin.Status](ctx, c, admin.PathStatus, nil)
}

// Held lists events that wait for a mapping.
func (c *Client) Held(ctx context.Context, filter admin.HeldFilter) ([]admin.HeldEvent, error) {
	return get[[]admin.HeldEvent](ctx, c, admin.PathHeld, filter.Query())
}

// PinSite says which Blackboard site a source is; "" unpins it.
func (c *Client) PinSite(ctx context.Context, source, site string) error {
	path := admin.PathSite(source)
	if site == "" {
		return c.brief(ctx, call{method: http.MethodDelete, path: path}, nil)
	}
	return c.brief(ctx, call{method: http.MethodPut, path: path, document: admin.Site{Site: site}}, nil)
}

// Find returns the records of a person; none is no error.
func (c *Client) Find(ctx context.Context, source, person string) ([]mapping.Record, error) {
	return get[[]mapping.Record](ctx, c, admin.PathRecords, admin.PersonQuery(source, person))
}

// Set stores what is stated about one account and returns the record as it is now. A revision other than 0 is the one
// that the record must still be at.
func (c *Client) Set(ctx context.Context, stated admin.Statement, revision uint64) (record mapping.Record, err error) {
	asked := call{method: http.MethodPut, path: admin.PathRecords, document: stated, header: ifMatch(revision)}
	err = c.brief(ctx, asked, &record)
	return record, err
}

// Remove takes the one record of a person out of the map and returns it. A revision other than 0 is the one that the
// record must still be at.
func (c *Client) Remove(ctx context.Context, source, person string, revision uint64) (removed []mapping.Record, err error) {
	query := admin.PersonQuery(source, person)
	asked := call{method: http.MethodDelete, path: admin.PathRecords, query: query, header: ifMatch(revision)}
	err = c.brief(ctx, asked, &removed)
	return removed, err
}

// Merge makes one record of two that stand for the same account. A revision other than 0 is the one that the record which
// stays must still be at.
func (c *Client) Merge(ctx context.Context, request admin.MergeRequest, revision uint64) (merged admin.Merged, err error) {
	asked := call{method: http.MethodPost, path: admin.PathMerge, document: request, header: ifMatch(revision)}
	err = c.brief(ctx, asked, &merged)
	return merged, err
}

// Export writes the map of a source, "" for all, as CSV. An error after the first byte means that the file is not whole.
func (c *Client) Export(ctx context.Context, source string, w io.Writer) error {
	return c.download(ctx, admin.PathExport, admin.SourceQuery(source), w)
}

func ifMatch(revision uint64) http.Header {
	if revision == 0 {
		return nil
	}
	return http.Header{"If-Match": {strconv.Quote(strconv.FormatUint(revision, 10))}}
}

// get asks for a document.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (document T, err error) {
	err = c.brief(ctx, call{method: http.MethodGet, path: path, query: query}, &document)
	return document, err
}

// brief is do for requests that carry no file.
func (c *Client) brief(ctx context.Context, asked call, document any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.do(ctx, asked, document)
}
