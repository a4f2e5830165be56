package pipeline

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// lease says until when this member may send: in a fleet another member may take the destination once the record has
// stood still for longer than that. Safe for concurrent use.
type lease struct {
	embedded bool // the folder's lock is the lease
	renewed  atomic.Int64
}

func (l *lease) renew(at time.Time) { l.renewed.Store(at.UnixNano()) }

// wait blocks while the lease is too old to start a POST.
func (l *lease) wait(ctx context.Context) error {
	const look = 100 * time.Millisecond
	for !l.embedded && time.Since(time.Unix(0, l.renewed.Load())) > journal.LeaseUse {
		if err := pause(ctx, clockwork.NewRealClock(), look); err != nil {
			return fmt.Errorf("wait for lease: %w", err)
		}
	}
	return nil
}
