package mapping

import (
	"time"

	"github.com/google/uuid"
)

// Op is what a change does with its record.
type Op uint8

const (
	// Put stores the record: in place of what it was, or new, with the number
	// that comes next. (Number 0 stands for that, except in a log.)
	Put Op = iota + 1
	// Remove takes the record and its aliases out of the map. Only the number
	// of the change's record counts.
	Remove
)

// Change is one step of a change set.
//
// Old values are not written again: Prior is the sequence of the log message
// that holds them. From a record's Revision one walks back change by change, a
// message each; a removed record is found by reading the log for its number.
type Change struct {
	Op     Op
	Record Record
	Prior  uint64 // the record's revision before this change; 0: it was not there
	// Repoints says that the change gives a record another platform id.
	Repoints bool
}

// Effect counts what the changes of a change set do; a change counts once.
type Effect struct {
	New       int `json:"new,omitempty"` // or there again
	Changed   int `json:"changed,omitempty"`
	Repointed int `json:"repointed,omitempty"`
	Removed   int `json:"removed,omitempty"`
}

func (e *Effect) add(c *Change) {
	switch {
	case c.Op == Remove:
		e.Removed++
	case c.Repoints:
		e.Repointed++
	case c.Prior == 0:
		e.New++
	default:
		e.Changed++
	}
}

// Sum is how many records changed.
func (e Effect) Sum() int { return e.New + e.Changed + e.Repointed + e.Removed }

// Kind tells how log messages make up one change of the map.
type Kind uint8

const (
	// Single is a whole change set in one message.
	Single Kind = iota + 1
	// Begin opens a change set that is too large for one message.
	Begin
	// Part holds some of its changes.
	Part
	// End closes it: now, and only now, all its parts are visible. If any other
	// message came in between, or a part is missing, they never are.
	End
)

// Limits of one log message, which stays well below the engine's megabyte.
const (
	MaxChanges    = 1000
	maxEntryBytes = 512 << 10 // of changes, before compression
)

// How says by what means a change came.
type How struct {
	Command  string `json:"command,omitempty"`  // `map import`, `map set`, `learn`, …
	File     string `json:"file,omitempty"`     // the name of the imported file, without folders
	SHA256   string `json:"sha256,omitempty"`   // of that file, 64 hex digits
	Resolver string `json:"resolver,omitempty"` // the name of the resolver that answered
	Undoes   uint64 `json:"undoes,omitempty"`   // the number of the change that this one undoes
}

// ChangeSet is what one log message holds: changes that one editor made at
// once. They are applied one after the other, so a set may take an alias from
// one record before it gives it to another.
type ChangeSet struct {
	Kind    Kind
	ID      uuid.UUID // names the change; Begin, Parts and End share it
	At      time.Time // the editor's clock, kept in milliseconds
	By      string    // who: a token's name, or `stream` for what was learned
	How     How
	Parts   int    // in an End: how many parts there are
	Begun   uint64 // in an End: the sequence of its Begin
	Effect  Effect // in a Single and an End: of the whole change set
	Changes []Change
}
