package resolver

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Reason says why a resolver's answer is no mapping. It is fit to be a label of
// a metric.
type Reason string

// The reasons.
const (
	NotFound    Reason = "not_found"    // it does not know the person
	Ambiguous   Reason = "ambiguous"    // it knows several
	Deleted     Reason = "deleted"      // whom it knows is marked to be deleted
	NotUUID     Reason = "not_uuid"     // whom it knows has an id that is not a UUID
	Unconfirmed Reason = "unconfirmed"  // whom it returned does not carry the value that was asked for
	NoValue     Reason = "no_value"     // it answered, without an id
	Unsafe      Reason = "unsafe_value" // the value cannot be asked for safely, so it was not
	NoAlias     Reason = "no_alias"     // the person lacks what it is asked by, so it was not
	HeldBack    Reason = "held_back"    // it is the last resort, and a resolver before it has not said no
	Enriched    Reason = "enriched"     // it maps nobody, but it told more about the person
)

// reasons are all of them, in the order of the constants.
var reasons = [...]Reason{NotFound, Ambiguous, Deleted, NotUUID, Unconfirmed, NoValue, Unsafe, NoAlias, HeldBack, Enriched}

// Answer is what a resolver says about a person.
type Answer struct {
	PlatformID uuid.UUID // nil: no mapping
	Reason     Reason    // why there is none; "" with a mapping
	Learned    Learned   // for the resolvers that come after
}

func no(why Reason) Answer { return Answer{Reason: why} }

// positive says whether the answer tells anything but no.
func (a *Answer) positive() bool { return a.PlatformID != uuid.Nil || a.Reason == Enriched }

// Evidence says how a mapping was found, without a value of the person.
type Evidence struct {
	Resolver string    // its name in the configuration
	Kind     Kind      // of resolver
	By       []Field   // what it was asked by
	Via      []string  // the resolvers that had learned what it was asked by
	Endpoint string    // scheme, host and path as configured
	At       time.Time // when it said so; earlier than now if it was remembered
}

// String reads like "oneroster roster, by email (via learn), at https://host/users".
func (e Evidence) String() string {
	names := make([]string, len(e.By))
	for i, f := range e.By {
		names[i] = f.String()
	}
	text := fmt.Sprintf("%s %s, by %s", e.Kind, e.Resolver, strings.Join(names, " and "))
	if len(e.Via) > 0 {
		text += " (via " + strings.Join(e.Via, ", ") + ")"
	}
	if e.Endpoint != "" {
		text += ", at " + e.Endpoint
	}
	return text
}

// Finding is a mapping that was found.
type Finding struct {
	Person     Person // as it was asked about
	PlatformID uuid.UUID
	Learned    Learned // what resolvers told about the person on the way
	// KnownBy is the alias that was learned and by which the map had the person
	// already; NoAlias: the platform id comes from the resolver.
	KnownBy  mapping.Alias
	Evidence Evidence
}

// String names person and evidence, not who it is.
func (f Finding) String() string { return f.Person.String() + ": " + f.Evidence.String() }

// GoString is String.
func (f Finding) GoString() string { return f.String() }

// Record returns the finding as the map keeps it: with the aliases that the
// stream said, and the evidence as its note. What was only learned stays out, as
// does an e-mail address beside a stronger alias: the map needs neither to know
// the person again, and an address that two accounts share would be a conflict.
//
// Somebody whom the map has already is stated with the alias by which it does,
// so that this record gets what the stream says, and keeps its own note.
func (f *Finding) Record() mapping.Record {
	id := f.Person.Identity
	r := mapping.Record{
		PlatformID: f.PlatformID, Source: f.Person.Source,
		UserUUID: id.UserUUID, UserID: id.UserID, ExternalID: id.ExternalID,
	}
	if f.KnownBy != mapping.NoAlias {
		f.Learned.name(&r, f.KnownBy)
		return r
	}
	r.Note = f.Evidence.note()
	if id.UserUUID == uuid.Nil && id.UserID == "" && id.ExternalID == "" {
		r.Email = id.Email
	}
	return r
}

// note is the evidence as a record's note.
func (e Evidence) note() string {
	if text := e.String(); len(text) <= mapping.MaxNote {
		return text
	}
	e.Endpoint = ""
	return e.String()
}

// name states a record by an alias that was learned.
func (l *Learned) name(r *mapping.Record, a mapping.Alias) {
	switch a {
	case mapping.UserUUID:
		r.UserUUID = l.Identity.UserUUID
	case mapping.UserID:
		r.UserID = l.Identity.UserID
	case mapping.ExternalID:
		r.ExternalID = l.Identity.ExternalID
	case mapping.Email:
		r.Email = l.Identity.Email
	}
}
