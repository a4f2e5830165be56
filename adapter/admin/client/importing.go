package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// ErrBrokenOff means that the answer to an import ended before its result.
var ErrBrokenOff = errors.New("the answer broke off, so it is not known whether the file was imported: `bbcaliper map log` says")

// Import sends a file, as it is read. Who imports it is up to the token. Progress and Rejected of the request, if they
// are set, are called from this goroutine before Import returns.
func (c *Client) Import(ctx context.Context, file admin.ImportRequest) (result admin.ImportResult, err error) {
	resp, err := c.send(ctx, importCall(&file))
	if err != nil {
		return result, err
	}
	defer resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), admin.TypeLines) {
		if err := json.UnmarshalRead(resp.Body, &result); err != nil {
			return result, fmt.Errorf("read the answer of %s: %w", c.base, err)
		}
		return result, nil
	}
	return c.importLines(resp.Body, &file)
}

func importCall(file *admin.ImportRequest) call {
	header := http.Header{"Content-Type": {"application/octet-stream"}, "Expect": {"100-continue"}}
	if file.Approved != "" {
		header.Set("If-Match", strconv.Quote(file.Approved))
	}
	if file.Progress != nil || file.Rejected != nil {
		header.Set("Accept", admin.TypeLines)
	}
	return call{method: http.MethodPost, path: admin.PathImport, query: file.Query(), body: file.Body, header: header}
}

// importLines reads a streamed answer up to its result.
func (c *Client) importLines(answer io.Reader, file *admin.ImportRequest) (admin.ImportResult, error) {
	lines := jsontext.NewDecoder(answer)
	for {
		var line admin.ImportLine
		if err := json.UnmarshalDecode(lines, &line); err != nil {
			return admin.ImportResult{}, fmt.Errorf("%w (%w)", ErrBrokenOff, err)
		}
		switch {
		case line.Result != nil:
			return *line.Result, nil
		case line.Failure != nil:
			f := line.Failure
			return admin.ImportResult{}, &Error{Status: f.Status, Message: f.Error, Problems: f.Problems}
		case line.Progress != nil && file.Progress != nil:
			file.Progress(*line.Progress)
		case line.Rejected != nil && file.Rejected != nil:
			file.Rejected(*line.Rejected)
		}
	}
}

// IsStale says whether something was refused because it is not any more what it was when somebody looked at it.
func IsStale(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Status == http.StatusPreconditionFailed
}
