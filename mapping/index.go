package mapping

import (
	"iter"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// Index holds the records of one source in memory. Any number of goroutines
// may read it while one applies changes. A million records with three aliases
// take about 160 MB, next to nothing of it pointers.
type Index struct {
	source string

	mu       sync.RWMutex
	revision uint64
	// horizon is the highest record number that readers see. Beyond it lie the
	// records of a large set that is being added while they read on.
	horizon uint32
	count   int // of the records up to horizon
	records store
	keys    keyring
	people  table // platform id → records; the one table with several numbers a key
}

// NewIndex returns the empty index of a source.
func NewIndex(source string) *Index {
	return &Index{source: source, keys: newKeyring()}
}

// Source returns the name of the source whose records these are.
func (x *Index) Source() string { return x.source }

// Len returns the number of records.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.count
}

// Revision returns the sequence of the last change that can be seen here, 0 if
// there was none.
func (x *Index) Revision() uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.revision
}

// Match is the answer of a look-up.
type Match struct {
	PlatformID uuid.UUID
	By         Alias  // the alias that matched
	Number     uint32 // of the record
	// LearnsUUID says that the identity carries a user uuid which the record
	// lacks: [Map.Learn] adds it.
	LearnsUUID bool
}

// Lookup finds the record of an identity: by the user uuid, else by the first
// alias of trust that matches. It does not allocate.
//
// An alias does not match a record that is known to be another account: one
// with another user uuid, or, if user ids are trusted, with another user id.
// Institutions give an external id to a new account when the old one is gone;
// without this rule the new student's events would leave as the old student's.
func (x *Index) Lookup(id Identity, trust []Alias) (Match, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if number := x.owner(UserUUID, &id); number != 0 {
		return x.match(number, UserUUID), true
	}
	byUserID := slices.Contains(trust, UserID)
	for _, alias := range trust {
		number := x.owner(alias, &id)
		if number == 0 || x.otherAccount(number, &id, byUserID) {
			continue
		}
		m := x.match(number, alias)
		m.LearnsUUID = id.UserUUID != uuid.Nil && x.records.at(number).user == uuid.Nil
		return m, true
	}
	return Match{}, false
}

// owner returns the number of the visible record that has the alias, else 0.
func (x *Index) owner(a Alias, id *Identity) uint32 {
	return x.keys.owner(&x.records, a, id, x.horizon)
}

func (x *Index) match(number uint32, by Alias) Match {
	p := x.records.at(number)
	return Match{PlatformID: p.platform, By: by, Number: number}
}

// otherAccount says whether a record [Identity.Differs] from an identity, without
// allocating.
func (x *Index) otherAccount(number uint32, id *Identity, byUserID bool) bool {
	p := x.records.at(number)
	if id.UserUUID != uuid.Nil && p.user != uuid.Nil && p.user != id.UserUUID {
		return true
	}
	known, userID := x.records.text(p, textUserID), id.alias(UserID)
	return byUserID && userID != "" && len(known) > 0 && string(known) != userID
}

// Get returns the record of that number.
func (x *Index) Get(number uint32) (Record, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.visible(number)
}

// visible returns a record that readers see.
func (x *Index) visible(number uint32) (Record, bool) {
	if number > x.horizon {
		return Record{}, false
	}
	return x.get(number)
}

func (x *Index) get(number uint32) (Record, bool) {
	p := x.records.get(number)
	if p == nil {
		return Record{}, false
	}
	r := x.records.record(number, p)
	r.Source = x.source
	return r, true
}

// Find returns the records of a person, who is named by a platform id, by any
// alias (a user uuid also as an IRI) or by the number of a record, as in #12, in
// the order of their numbers. One text may name several: the platform id of two
// accounts, or an external id that is another account's user id.
func (x *Index) Find(person string) []Record {
	who := parsePerson(person)
	id := who.identity()
	x.mu.RLock()
	defer x.mu.RUnlock()
	numbers := x.accounts(who.platform)
	for _, number := range x.owners(&id) {
		if number != 0 {
			numbers = append(numbers, number)
		}
	}
	if who.number != 0 && who.number <= x.horizon {
		numbers = append(numbers, who.number)
	}
	slices.Sort(numbers)
	return x.collect(slices.Compact(numbers))
}

// accounts returns the numbers of the records with that platform id.
func (x *Index) accounts(platform uuid.UUID) []uint32 {
	var numbers []uint32
	x.people.candidates(x.keys.hash(platform[:]), func(number uint32) bool {
		if number <= x.horizon && x.records.at(number).platform == platform {
			numbers = append(numbers, number)
		}
		return false
	})
	return numbers
}

func (x *Index) collect(numbers []uint32) []Record {
	var records []Record
	for _, number := range numbers {
		if r, ok := x.get(number); ok {
			records = append(records, r)
		}
	}
	return records
}

// allAtOnce is how many records All reads under one lock: few enough that
// neither the writer nor, behind it, look-ups wait long.
const allAtOnce = 256

// All returns the records in the order of their numbers, which is that in which
// they first came. Changes that arrive meanwhile may or may not be seen.
func (x *Index) All() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for from := uint32(1); ; from += allAtOnce {
			page, more := x.page(from)
			for _, r := range page {
				if !yield(r) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

func (x *Index) page(from uint32) (page []Record, more bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for number := from; number < from+allAtOnce && number <= x.horizon; number++ {
		if r, ok := x.get(number); ok {
			page = append(page, r)
		}
	}
	return page, from+allAtOnce <= x.horizon
}
