package client

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// Dead lists events that were refused for good, and bodies refused at the door, in pages, oldest first. After an error
// there is no further page.
func (c *Client) Dead(ctx context.Context, filter admin.DeadFilter) iter.Seq2[[]admin.DeadEvent, error] {
	return func(yield func([]admin.DeadEvent, error) bool) {
		if filter.Limit == 0 {
			filter.Limit = admin.DefaultDeadLimit
		}
		for more := true; more; {
			page, err := get[[]admin.DeadEvent](ctx, c, admin.PathDead, filter.Query())
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page, nil) || len(page) == 0 {
				return
			}
			// What does not go on would never end.
			last := page[len(page)-1].Letter
			more = len(page) == filter.Limit && last > filter.After
			filter.After = last
		}
	}
}

// CountDead counts dead letters by destination and reason.
func (c *Client) CountDead(ctx context.Context, filter admin.DeadFilter) (counts admin.DeadCounts, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: admin.PathDeadCounts, query: filter.Query()}, &counts)
	return counts, err
}

// DeadLetters returns the letter that a number names, or those that an event has, at one destination or, with "", at
// all. There is at least one.
func (c *Client) DeadLetters(ctx context.Context, id, destination string) ([]admin.DeadLetter, error) {
	return get[[]admin.DeadLetter](ctx, c, admin.PathLetter(id), admin.DestinationQuery(destination))
}

// ExportDead writes dead letters as JSON lines. An error after the first byte means that the file is not whole.
func (c *Client) ExportDead(ctx context.Context, filter admin.DeadFilter, w io.Writer) error {
	return c.download(ctx, admin.PathDeadExport, filter.Query(), w)
}

// RetryDead sends dead events through their pipelines again.
func (c *Client) RetryDead(ctx context.Context, filter admin.DeadFilter) (result admin.DeadResult, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: admin.PathDeadRetry, query: filter.Query()}, &result)
	return result, err
}

// DiscardDead drops dead letters for good. Who does it is up to the token.
func (c *Client) DiscardDead(ctx context.Context, filter admin.DeadFilter, because string) (result admin.DeadResult, err error) {
	asked := call{
		method: http.MethodPost, path: admin.PathDeadDiscard, query: filter.Query(),
		document: admin.Discard{Because: because},
	}
	err = c.do(ctx, asked, &result)
	return result, err
}

// PauseDestination stops the sending to a destination until it is resumed. because may be "".
func (c *Client) PauseDestination(ctx context.Context, name, because string) error {
	asked := call{method: http.MethodPost, path: admin.PathPause(name), document: admin.Pause{Because: because}}
	return c.brief(ctx, asked, nil)
}

// ResumeDestination ends a pause, and has a destination try at once.
func (c *Client) ResumeDestination(ctx context.Context, name string) error {
	return c.brief(ctx, call{method: http.MethodPost, path: admin.PathResume(name)}, nil)
}

// PlanReplay says what a replay would do.
func (c *Client) PlanReplay(ctx context.Context, request admin.ReplayRequest) (plans []admin.ReplayPlan, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: admin.PathReplayPlan, document: request}, &plans)
	return plans, err
}

// StartReplay begins a replay and names the destinations. Who asks for it is up to the token.
func (c *Client) StartReplay(ctx context.Context, request admin.ReplayRequest) ([]string, error) {
	var started admin.ReplayNames
	err := c.brief(ctx, call{method: http.MethodPost, path: admin.PathReplay, document: request}, &started)
	return started.Destinations, err
}

// StopReplay ends the replay of a destination, "" for all, and names those that replayed.
func (c *Client) StopReplay(ctx context.Context, destination string) ([]string, error) {
	var stopped admin.ReplayNames
	query := admin.DestinationQuery(destination)
	err := c.brief(ctx, call{method: http.MethodPost, path: admin.PathReplayStop, query: query}, &stopped)
	return stopped.Destinations, err
}

// Explain tells the way of the event with a UUID. It takes as long as it takes to read the journal.
func (c *Client) Explain(ctx context.Context, event string) (told admin.Explanation, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: admin.PathEvent(event)}, &told)
	return told, err
}

// download copies a file.
func (c *Client) download(ctx context.Context, path string, query url.Values, w io.Writer) error {
	resp, err := c.send(ctx, call{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("the file is not whole: %w", err)
	}
	return nil
}
