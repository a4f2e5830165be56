package adapter_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestSilentSourceDoesNotFillTheJournal: a destination whose source says nothing any more has finished with everything,
// so what others send can be removed when the journal is nearly full.
func TestSilentSourceDoesNotFillTheJournal(t *testing.T) {
	t.Parallel()
	c, url := newCollector(t, collector.Options{Keep: -1})
	r := &rig{
		t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, log: quiet(),
		sources: `{ name: silent, keys: [the-key-of-a-silent-site] }, ` + oneSource,
		extra: fmt.Sprintf(`    sources: [myschool]
  - { name: second, url: %q, app_id: %s, sources: [silent] }
journal: { max_bytes: 1MiB }`, url, testApp),
	}
	r.start()
	u := newUser()
	r.set(u, uuid.New())
	r.mustPost(envelope(u.login(uuid.New(), time.Now())))
	const envelopes = 75 // three times what there is room for
	for range envelopes {
		body := u.bulk()
		eventually(t, "there is room in the journal", func() bool {
			if r.post(body) == http.StatusOK {
				return true
			}
			r.Clean(t.Context())
			return false
		})
	}
	r.settled(want{Delivered: envelopes*bulkEvents + 1})
}
