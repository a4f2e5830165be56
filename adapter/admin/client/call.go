package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json"
)

// call is one request.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	document     any       // to be sent as JSON
	body         io.Reader // or as it is
}

// do sends a request and decodes the answer into document, unless that is nil.
func (c *Client) do(ctx context.Context, asked call, document any) error {
	resp, err := c.send(ctx, asked)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if document == nil {
		return nil
	}
	if err := json.UnmarshalRead(resp.Body, document); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.base.Redacted(), err)
	}
	return nil
}

// send sends a request and returns the answer, if that is 2xx.
func (c *Client) send(ctx context.Context, asked call) (*http.Response, error) {
	req, err := c.request(ctx, asked)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, c.refused(resp)
	}
	return resp, nil
}

func (c *Client) request(ctx context.Context, asked call) (*http.Request, error) {
	header := http.Header{}
	if asked.document != nil {
		text, err := json.Marshal(asked.document)
		if err != nil {
			return nil, fmt.Errorf("write request: %w", err)
		}
		asked.body = bytes.NewReader(text)
		header.Set("Content-Type", "application/json")
	}
	target := c.base.JoinPath(asked.path)
	target.RawQuery = asked.query.Encode()
	req, err := http.NewRequestWithContext(ctx, asked.method, target.String(), asked.body)
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	maps.Copy(header, asked.header)
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
	req.Header = header
	return req, nil
}
