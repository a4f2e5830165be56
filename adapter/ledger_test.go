package adapter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// ledger numbers the events of each person as they are made, so that what arrives can be checked for completeness and
// order. Safe for concurrent use.
type ledger struct {
	mu     sync.Mutex
	places map[string]place // by the id that leaves
	made   map[user]int     // how many events of a user there are
}

// place is one event's: whose it is, and which of theirs.
type place struct {
	user   user
	number int
}

func newLedger() *ledger { return &ledger{places: map[string]place{}, made: map[user]int{}} }

// next makes the next event of a user: logins and logouts of one session in turn.
func (l *ledger) next(u user) string {
	id := uuid.New()
	l.mu.Lock()
	n := l.made[u]
	l.made[u]++
	l.places["urn:uuid:"+id.String()] = place{u, n}
	l.mu.Unlock()
	event := u.login(id, time.Date(2026, 1, 2, 8, 0, n, 0, time.UTC))
	if n%2 == 1 {
		event = strings.Replace(event, `"LoggedIn"`, `"LoggedOut"`, 1)
	}
	return event
}

// events makes the next n events of a user.
func (l *ledger) events(u user, n int) []string {
	events := make([]string, n)
	for i := range events {
		events[i] = l.next(u)
	}
	return events
}

func (l *ledger) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.places)
}

// missing is how many of the events have not arrived yet.
func (l *ledger) missing(arrived []collector.Event) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := make(map[string]bool, len(arrived))
	for i := range arrived {
		seen[arrived[i].ID] = true
	}
	return len(l.places) - len(seen)
}

// check demands that everything has arrived, conformant and by person in order, and that nothing came twice but where
// again, if that is given, allows it.
func (l *ledger) check(t testing.TB, arrived []collector.Event, again func(first, second collector.Event) bool) {
	t.Helper()
	l.checkBut(t, arrived, nil, again)
}

// checkBut is check, but for events that are dead, by the id that leaves: they need not have arrived.
func (l *ledger) checkBut(t testing.TB, arrived []collector.Event, dead map[string]bool, again func(first, second collector.Event) bool) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	missing := l.alive(dead)
	last := map[string]collector.Event{}
	due := map[user]int{}
	for _, e := range arrived {
		if t.Failed() {
			return // one is enough to read
		}
		p, known := l.places[e.ID]
		if !known || e.Failure != "" {
			t.Errorf("event %s: known %v, %s", e.ID, known, e.Failure)
			continue
		}
		if before, twice := last[e.ID]; twice {
			l.checkAgain(t, before, e, again)
		} else if p.number < due[p.user] {
			t.Errorf("user %s: event %d came when %d was due", p.user.hex(), p.number, due[p.user])
		} else {
			l.checkGap(t, p.user, due[p.user], p.number, missing)
			due[p.user] = p.number + 1
		}
		last[e.ID] = e
	}
	for u, n := range l.made {
		l.checkGap(t, u, due[u], n, missing)
	}
}

// alive are the numbers of each user's events that are not dead.
func (l *ledger) alive(dead map[string]bool) map[place]bool {
	alive := make(map[place]bool, len(l.places))
	for id, p := range l.places {
		if !dead[id] {
			alive[p] = true
		}
	}
	return alive
}

// checkGap demands that of a user's events from one number on, and below another, none has to arrive.
func (l *ledger) checkGap(t testing.TB, u user, from, below int, alive map[place]bool) {
	t.Helper()
	for n := from; n < below && !t.Failed(); n++ {
		if alive[place{u, n}] {
			t.Errorf("user %s: event %d of %d did not come before %d", u.hex(), n, l.made[u], below)
		}
	}
}

func (l *ledger) checkAgain(t testing.TB, first, second collector.Event, again func(first, second collector.Event) bool) {
	t.Helper()
	if again == nil || !again(first, second) {
		t.Errorf("event %s came again", first.ID)
	}
	if !bytes.Equal(first.Raw, second.Raw) {
		t.Errorf("event %s came again as\n%s\nafter\n%s", first.ID, second.Raw, first.Raw)
	}
}

// newUsers makes people of the school.
func newUsers(n int) []user {
	users := make([]user, n)
	for i := range users {
		users[i] = newUser()
	}
	return users
}

// mappingCSV is a file that maps users, each to a platform id of their own.
func mappingCSV(users []user) string {
	var b strings.Builder
	b.WriteString("platform_id,user_uuid\n")
	for _, u := range users {
		fmt.Fprintf(&b, "%s,%s\n", uuid.New(), u.hex())
	}
	return b.String()
}

// number is which of a user's events an event that leaves is; -1 if it is none of the ledger's.
func (l *ledger) number(event []byte) int {
	var e struct{ ID string }
	if err := json.Unmarshal(event, &e); err != nil {
		return -1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p, known := l.places[e.ID]; known {
		return p.number
	}
	return -1
}
