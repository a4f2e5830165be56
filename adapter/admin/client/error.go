package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// EnvToken is where the commands look for a token that no flag gives.
const EnvToken = "BBCALIPER_ADMIN_TOKEN"

// maxFailure bounds what is read of the answer of somebody who may not be bbcaliper, in bytes. Every line of a large
// file may be wrong.
const maxFailure = 256 << 20

// Error is an answer that is not 2xx.
type Error struct {
	Status int
	// Message says what is wrong, and what to do about it.
	Message string
	// Problems are its parts, where there are several.
	Problems []admin.Problem
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

// refused reads an answer that is not 2xx.
func (c *Client) refused(resp *http.Response) error {
	var failure admin.Failure
	err := json.UnmarshalRead(io.LimitReader(resp.Body, maxFailure), &failure)
	if err != nil || failure.Error == "" {
		text := fmt.Sprintf("%s answered %s, which is not how bbcaliper answers: is it the admin listener?", c.base, resp.Status)
		return &Error{Status: resp.StatusCode, Message: text}
	}
	return &Error{Status: resp.StatusCode, Message: c.advise(resp.StatusCode, failure.Error), Problems: failure.Problems}
}

// advise adds what the server cannot know: where a command gets its token from.
func (c *Client) advise(status int, message string) string {
	switch {
	case status == http.StatusUnauthorized && c.token == "":
		return fmt.Sprintf("no token: give --token or set $%s to one of admin.tokens of the configuration (%s)", EnvToken, message)
	case status == http.StatusUnauthorized:
		return fmt.Sprintf("%s: check --token or $%s", message, EnvToken)
	case status == http.StatusForbidden:
		return fmt.Sprintf("%s: give another one with --token or $%s", message, EnvToken)
	default:
		return message
	}
}

// unreachable says why there is no answer.
func (c *Client) unreachable(ctx context.Context, err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // without the method and the URL with its query
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no bbcaliper answers at %s: is `bbcaliper serve` running? Use --server for another address", c.base)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%s did not answer in time", c.base)
	default:
		return fmt.Errorf("ask %s: %w", c.base, err)
	}
}
