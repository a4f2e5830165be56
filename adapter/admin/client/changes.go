package client

import (
	"context"
	"iter"
	"net/http"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// History returns every version that the records of a person ever had, oldest first; none is no error. It takes as long
// as it takes to read the map's log.
func (c *Client) History(ctx context.Context, source, person string) (versions []mapping.Version, err error) {
	asked := call{method: http.MethodGet, path: admin.PathHistory, query: admin.PersonQuery(source, person)}
	err = c.do(ctx, asked, &versions)
	return versions, err
}

// Changes lists changes of the map in pages of filter.Limit, newest first. After an error there is no further page.
func (c *Client) Changes(ctx context.Context, filter admin.ChangeFilter) iter.Seq2[[]admin.MapChange, error] {
	return func(yield func([]admin.MapChange, error) bool) {
		if filter.Limit == 0 {
			filter.Limit = admin.DefaultChangesLimit
		}
		for more := true; more; {
			var page []admin.MapChange
			err := c.do(ctx, call{method: http.MethodGet, path: admin.PathChanges, query: filter.Query()}, &page)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page, nil) || len(page) == 0 {
				return
			}
			// What does not go on would never end.
			last := page[len(page)-1].Number
			more = len(page) == filter.Limit && last > 1 && (filter.Before == 0 || last < filter.Before)
			filter.Before = last
		}
	}
}

// Undo puts back what a change of the map did or, in a dry run, says what that would do. Who undoes it is up to the
// token.
func (c *Client) Undo(ctx context.Context, request admin.UndoRequest) (done admin.Undoing, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: admin.PathUndo(request.Change), query: request.Query()}, &done)
	return done, err
}
