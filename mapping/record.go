package mapping

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The longest values, in bytes. Learn's own columns are shorter; the bound
// keeps a change set within a message of the engine.
const (
	MaxUserID     = 64
	MaxExternalID = 256
	MaxEmail      = 320
	MaxNote       = 1000
)

// Record says which platform UUID stands for one Blackboard account. It has at
// least one alias. Two records may share a platform id (two accounts of one
// person); an alias belongs to one record of a source.
//
// User ids and external ids are compared exactly, byte for byte: an external id
// is free text of the institution, and two accounts may differ in case alone. To
// miss a match costs a wait, to make a wrong one gives a student's events to
// another. E-mail addresses are compared without regard to case, because Learn
// shows them as people typed them.
type Record struct {
	// Number names the record in its map for all time: it is given at the first
	// put, 1 or more, and never used again. 0: not stored yet.
	Number     uint32    `json:"number"`
	PlatformID uuid.UUID `json:"platform_id"`
	Source     string    `json:"source"`

	UserUUID   uuid.UUID `json:"user_uuid,omitzero"`
	UserID     string    `json:"user_id,omitempty"`
	ExternalID string    `json:"external_id,omitempty"`
	Email      string    `json:"email,omitempty"`

	Note      string    `json:"note,omitempty"`
	ChangedBy string    `json:"changed_by,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"` // UTC, to the millisecond
	// Revision is the sequence of the log message that holds the record's last
	// change; 0: not stored yet.
	Revision uint64 `json:"revision"`
}

// Identity returns the record's aliases.
func (r *Record) Identity() Identity {
	return Identity{UserUUID: r.UserUUID, UserID: r.UserID, ExternalID: r.ExternalID, Email: r.Email}
}

func (r *Record) setIdentity(id *Identity) {
	r.UserUUID, r.UserID, r.ExternalID, r.Email = id.UserUUID, id.UserID, id.ExternalID, id.Email
}

// Fault is what is wrong with one value, without the value.
type Fault struct {
	Column string `json:"column,omitempty"` // the CSV name of the field, "" for the whole record
	Reason string `json:"reason"`
}

func (f Fault) String() string {
	if f.Column == "" {
		return f.Reason
	}
	return f.Column + " " + f.Reason
}

// InvalidError says why a record cannot be stored.
type InvalidError struct{ Faults []Fault }

func (e *InvalidError) Error() string {
	reasons := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		reasons[i] = f.String()
	}
	return "invalid record: " + strings.Join(reasons, "; ")
}

// Normalize trims the record's values and says what is wrong with them. Line
// ends within the note become \n, the one form that a CSV file keeps.
func (r Record) Normalize() (Record, []Fault) {
	r.UserID = strings.TrimSpace(r.UserID)
	r.ExternalID = strings.TrimSpace(r.ExternalID)
	r.Email = strings.TrimSpace(r.Email)
	r.Note = strings.TrimSpace(lineEnds.Replace(r.Note))
	return r, r.faults()
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// noPlatformID is the fault of records without one.
var noPlatformID = Fault{columnPlatformID, "is required"}

func (r *Record) faults() []Fault {
	var faults []Fault
	if r.PlatformID == uuid.Nil {
		faults = append(faults, noPlatformID)
	}
	id := r.Identity()
	if id == (Identity{}) {
		faults = append(faults, Fault{"", "has no alias: one of user_uuid, user_id, external_id and email is required"})
	}
	faults = appendFault(faults, UserID.String(), r.UserID, MaxUserID, unicode.IsControl)
	faults = appendFault(faults, ExternalID.String(), r.ExternalID, MaxExternalID, unicode.IsControl)
	faults = appendFault(faults, Email.String(), r.Email, MaxEmail, unicode.IsControl)
	return appendFault(faults, columnNote, r.Note, MaxNote, func(c rune) bool { return c == 0 })
}

func appendFault(faults []Fault, column, value string, limit int, forbidden func(rune) bool) []Fault {
	switch {
	case len(value) > limit:
		return append(faults, Fault{column, fmt.Sprintf("is longer than %d bytes", limit)})
	case !utf8.ValidString(value):
		return append(faults, Fault{column, "is not UTF-8"})
	case strings.ContainsFunc(value, forbidden):
		return append(faults, Fault{column, "holds a control character"})
	default:
		return faults
	}
}

// extend returns the record with everything that stated says; what stated
// leaves empty stays as it is.
func (r Record) extend(stated *Record) Record {
	r.PlatformID = stated.PlatformID
	if stated.UserUUID != uuid.Nil {
		r.UserUUID = stated.UserUUID
	}
	overwrite(&r.UserID, stated.UserID)
	overwrite(&r.ExternalID, stated.ExternalID)
	overwrite(&r.Note, stated.Note)
	if !strings.EqualFold(r.Email, stated.Email) {
		overwrite(&r.Email, stated.Email)
	}
	return r
}

// replace returns the record with exactly what stated says.
func (r Record) replace(stated *Record) Record {
	r.PlatformID, r.UserUUID = stated.PlatformID, stated.UserUUID
	r.UserID, r.ExternalID, r.Email, r.Note = stated.UserID, stated.ExternalID, stated.Email, stated.Note
	return r
}

func overwrite(field *string, stated string) {
	if stated != "" {
		*field = stated
	}
}

// sameContent compares what an editor can set.
func (r *Record) sameContent(o *Record) bool {
	return r.PlatformID == o.PlatformID && r.Identity() == o.Identity() && r.Note == o.Note
}
