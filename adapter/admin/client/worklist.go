package client

import (
	"context"
	"io"
	"iter"
	"net/http"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// UnmappedPage is a page of the work list: those whom a filter selects, the longest waiting first.
func (c *Client) UnmappedPage(ctx context.Context, filter admin.UnmappedFilter) (page admin.UnmappedPage, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: admin.PathUnmapped, query: filter.Query()}, &page)
	return page, err
}

// Unmapped lists the work list in pages of filter.Limit, the longest waiting first. There is always a first page. After
// an error there is no further one.
func (c *Client) Unmapped(ctx context.Context, filter admin.UnmappedFilter) iter.Seq2[admin.UnmappedPage, error] {
	return func(yield func(admin.UnmappedPage, error) bool) {
		for {
			page, err := c.UnmappedPage(ctx, filter)
			if !yield(page, err) || err != nil {
				return
			}
			if page.Next.Compare(filter.After) <= 0 {
				return // there is none, or the server does not go on, which would never end
			}
			filter.After = page.Next
		}
	}
}

// ExportUnmapped writes the people of the work list whom a filter selects as CSV. An error after the first byte means
// that the file is not whole.
func (c *Client) ExportUnmapped(ctx context.Context, filter admin.UnmappedFilter, w io.Writer) error {
	filter.Limit, filter.After = 0, admin.UnmappedCursor{}
	return c.download(ctx, admin.PathUnmappedExport, filter.Query(), w)
}

// Accept maps people as it was suggested or, in a dry run, says whether that would be done. Who accepts it is up to the
// token.
func (c *Client) Accept(ctx context.Context, request admin.AcceptRequest) (done admin.Accepted, err error) {
	err = c.do(ctx, call{
		method: http.MethodPost, path: admin.PathAccept, query: request.Query(), document: admin.Acceptance{People: request.People},
	}, &done)
	return done, err
}
