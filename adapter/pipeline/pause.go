package pipeline

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
)

// pause waits, or returns the context's error.
func pause(ctx context.Context, clock clockwork.Clock, d time.Duration) error {
	t := clock.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.Chan():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
