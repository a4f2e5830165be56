package adapter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// world is what an adapter is to be, without an engine, HTTP or any haste: the map, the people of the school and what
// became of their events. Every rule is a walk over all records. Numbers of records are its own.
type world struct {
	records  map[int]mapping.Record // contents only: no number, revision, editor or time
	versions map[int][]version      // of each record that ever was, oldest first
	changes  []*change              // of editors, in order
	people   []*account
	lessons  []lesson // user uuids that the map is about to learn
	// unclear says that what happens next depends on what is faster: no step may lead there.
	unclear bool
}

// version is what one change made of a record; a zero record is one that is not there.
type version struct {
	command       string // or, of what was learned, "learn"
	before, after mapping.Record
}

// change is what one editor did at once.
type change struct {
	command       string
	effect        mapping.Effect
	undoes        *change
	before, after map[int]mapping.Record
	number        uint64 // that of the map's log
}

// account is an account at Learn.
type account struct {
	name          string
	user          user
	userID        string
	externalID    string // Learn may change it
	waiting, sent []event
	moving        []mapping.Identity // by what events are looked up whose end has not been awaited
}

// event is one of an account.
type event struct {
	id       uuid.UUID
	identity mapping.Identity // what it says of the account
	platform uuid.UUID        // as whose it left
}

// lesson is that a record learns the user uuid of an account whose event it was found for.
type lesson struct {
	number  int
	account *account
}

func newWorld(people int) *world {
	w := &world{records: map[int]mapping.Record{}, versions: map[int][]version{}}
	for n := range people {
		w.people = append(w.people, &account{
			name: string(rune('a' + n)), user: user{uuid.UUID{0: 0xac, 6: 0x40, 8: 0x80, 15: byte(n + 1)}},
			userID: fmt.Sprintf("_%d_1", n+1), externalID: externalID(n + 1),
		})
	}
	return w
}

// platformID is that of the n-th person of the platform.
func platformID(n int) uuid.UUID { return uuid.UUID{0: 0xb0, 6: 0x40, 8: 0x80, 15: byte(n)} }

func externalID(n int) string { return fmt.Sprint("x", n) }

// show writes a record for people: P2 stands for a platform id, a for the account with that user uuid.
func show(r mapping.Record) string {
	if r.PlatformID == uuid.Nil {
		return "nobody"
	}
	text := fmt.Sprint("P", r.PlatformID[15])
	if r.UserUUID != uuid.Nil {
		text += " " + string(rune('a'+r.UserUUID[15]-1))
	}
	return strings.TrimRight(text+" "+r.UserID+" "+r.ExternalID, " ")
}

// clone is a world to try things in. The accounts are its own; who changes a record replaces it.
func (w *world) clone() *world {
	c := &world{
		records: maps.Clone(w.records), versions: maps.Clone(w.versions), changes: slices.Clone(w.changes),
		lessons: slices.Clone(w.lessons),
	}
	twin := map[*account]*account{}
	for _, a := range w.people {
		other := *a
		other.waiting, other.sent, other.moving = slices.Clone(a.waiting), slices.Clone(a.sent), slices.Clone(a.moving)
		twin[a] = &other
		c.people = append(c.people, &other)
	}
	for i := range c.lessons {
		c.lessons[i].account = twin[c.lessons[i].account]
	}
	for number, versions := range c.versions {
		c.versions[number] = slices.Clip(versions)
	}
	return c
}

// owner is the number of the record that has one of an identity's aliases, 0 if none has.
func (w *world) owner(key mapping.Key) int {
	for number, r := range w.records {
		if slices.Contains(r.Identity().Keys(), key) {
			return number
		}
	}
	return 0
}

// lookup finds the record of an account: by its user uuid, else by the external id, else by the user id, unless that
// record is known to be another account's. learns says that the record is to get the user uuid.
func (w *world) lookup(id mapping.Identity) (number int, learns bool) {
	keys := id.Keys() // the strongest first: user uuid, user id, external id
	if number := w.owner(keys[0]); number != 0 {
		return number, false
	}
	for _, key := range slices.Backward(keys[1:]) {
		number := w.owner(key)
		r := w.records[number]
		other := r.UserUUID != uuid.Nil || r.UserID != "" && id.UserID != "" && r.UserID != id.UserID
		if number != 0 && !other {
			return number, true
		}
	}
	return 0, false
}

// identity is what an event says of the account: all that Learn knows, or only its user uuid.
func (a *account) identity(bare bool) mapping.Identity {
	if bare {
		return mapping.Identity{UserUUID: a.user.uuid}
	}
	return mapping.Identity{UserUUID: a.user.uuid, UserID: a.userID, ExternalID: a.externalID}
}

// gate is by what an account is looked up whose events wait: the newest that they say.
func (a *account) gate() mapping.Identity {
	for _, e := range slices.Backward(a.waiting) {
		if e.identity.UserID != "" {
			return e.identity
		}
	}
	return a.waiting[0].identity
}

// receive takes an event.
func (w *world) receive(a *account, e event) {
	a.waiting = append(a.waiting, e)
	a.moving = append(a.moving, e.identity)
	w.flow(a)
}

// flow sends what can be sent of an account's events, in order.
func (w *world) flow(a *account) {
	for len(a.waiting) > 0 {
		if w.match(a, a.gate()) == 0 {
			return
		}
		e := a.waiting[0]
		number := w.match(a, e.identity)
		if number == 0 {
			return
		}
		e.platform = w.records[number].PlatformID
		a.waiting, a.sent = a.waiting[1:], append(a.sent, e)
		a.moving = append(a.moving, e.identity)
	}
}

// match looks an account up and notes what the map learns by that: one thing at a time of an account. Two accounts that
// teach one record, and one that two records could learn of, end in either way.
func (w *world) match(a *account, id mapping.Identity) int {
	number, learns := w.lookup(id)
	if !learns {
		return number
	}
	for _, l := range w.lessons {
		if l.account == a || l.number == number {
			w.unclear = w.unclear || l != lesson{number, a}
			return number
		}
	}
	w.lessons = append(w.lessons, lesson{number, a})
	return number
}

// rest lets everything happen that will, if only one waits.
func (w *world) rest() {
	for again := true; again; again = len(w.lessons) > 0 {
		lessons := w.lessons
		w.lessons = nil
		for _, l := range lessons {
			r := w.records[l.number]
			r.UserUUID = l.account.user.uuid
			w.put("learn", l.number, r)
		}
		for _, a := range w.people {
			w.flow(a)
		}
	}
}

// put makes a record what it is to be; a zero record is removed.
func (w *world) put(command string, number int, r mapping.Record) {
	w.versions[number] = append(w.versions[number], version{command, w.records[number], r})
	if w.records[number] = r; r.PlatformID == uuid.Nil {
		delete(w.records, number)
	}
}

// near is what the map says of those whose events are moving, and of those who are to be learned.
func (w *world) near() (said []string) {
	for _, a := range w.people {
		for _, id := range a.moving {
			number, _ := w.lookup(id)
			said = append(said, fmt.Sprint(a.name, number, show(w.records[number])))
		}
	}
	for _, l := range w.lessons {
		said = append(said, fmt.Sprint(l.number))
	}
	return said
}

// still forgets what moved: its end was awaited.
func (w *world) still() {
	for _, a := range w.people {
		a.moving = nil
	}
}

func (w *world) counts() (sent, waiting uint64) {
	for _, a := range w.people {
		sent += uint64(len(a.sent))
		waiting += uint64(len(a.waiting))
	}
	return sent, waiting
}

// texts are the records for people, sorted.
func (w *world) texts() []string {
	var texts []string
	for _, r := range w.records {
		texts = append(texts, show(r))
	}
	slices.Sort(texts)
	return texts
}
