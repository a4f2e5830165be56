package admin

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// The size of a page of dead events.
const (
	DefaultDeadLimit = 1000
	MaxDeadLimit     = 10_000
)

// MaxNamed bounds how many events and letters a filter names one by one: they stand in a URL.
const MaxNamed = 500

// DeadFilter selects dead events, and bodies refused at the door; an empty field selects all.
type DeadFilter struct {
	Destination, Source, Type, Reason string
	// Since and Until bound when it was refused (DeadEvent.At): not before Since, and before Until.
	Since, Until time.Time
	// Events and Letters name them one by one: an event by its UUID, at whatever destination it is dead, a letter by its
	// number. Where either is given, what neither names is not selected.
	Events  []uuid.UUID
	Letters []uint64
	// After and Last bound the letters' numbers: beyond After, up to and including Last; 0 is no bound.
	After, Last uint64
	// Limit is how many a list has at most; 0 is no limit. Only lists are limited.
	Limit int
}

// Names says whether the filter names events or letters one by one.
func (f *DeadFilter) Names() bool { return len(f.Events)+len(f.Letters) > 0 }

// Empty says whether the filter selects everything.
func (f *DeadFilter) Empty() bool { return len(f.Query()) == 0 }

// Name adds an event or a letter to those that the filter names: the UUID of an event, as urn:uuid: or without, or the
// number of a letter. The error does not hold the text.
func (f *DeadFilter) Name(text string) error {
	if len(f.Events)+len(f.Letters) >= MaxNamed {
		return newError(ClassBadRequest, "more than %d are named one by one: select them by destination, type, reason or time", MaxNamed)
	}
	if number, err := strconv.ParseUint(text, 10, 64); err == nil && number > 0 {
		f.Letters = append(f.Letters, number)
		return nil
	}
	event, err := ParseEventID(text)
	if err != nil {
		return newError(ClassBadRequest, "a dead letter is named by its number, or by the UUID of its event")
	}
	f.Events = append(f.Events, event)
	return nil
}

// ParseEventID reads the UUID of an event, as Learn writes it or as urn:uuid:. The error does not hold the text.
func ParseEventID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id == uuid.Nil {
		return uuid.Nil, newError(ClassBadRequest, "an event is named by its UUID")
	}
	return id, nil
}

// Matches says whether the filter selects an event. Of the event only Letter, EventID, Destination, Source, Type,
// Reason and At count; Limit does not.
func (f *DeadFilter) Matches(e *DeadEvent) bool {
	return same(f.Destination, e.Destination) && same(f.Source, e.Source) && same(f.Type, e.Type) && same(f.Reason, e.Reason) &&
		!e.At.Before(f.Since) && (f.Until.IsZero() || e.At.Before(f.Until)) &&
		e.Letter > f.After && (f.Last == 0 || e.Letter <= f.Last) &&
		(!f.Names() || f.named(e))
}

// same says whether a filter lets a value through.
func same(filter, value string) bool { return filter == "" || filter == value }

func (f *DeadFilter) named(e *DeadEvent) bool {
	if slices.Contains(f.Letters, e.Letter) {
		return true
	}
	id, err := uuid.Parse(e.EventID)
	return err == nil && slices.Contains(f.Events, id)
}

// Query is the filter as a query.
func (f *DeadFilter) Query() url.Values {
	query := queryOf(queryDestination, f.Destination, querySource, f.Source, queryType, f.Type, queryReason, f.Reason,
		querySince, timestamp(f.Since), queryUntil, timestamp(f.Until),
		queryAfter, count(f.After), queryLast, count(f.Last), queryLimit, count(uint64(max(0, f.Limit))))
	for _, number := range f.Letters {
		query.Add(queryID, strconv.FormatUint(number, 10))
	}
	for _, event := range f.Events {
		query.Add(queryID, event.String())
	}
	return query
}

// deadFilter reads the filter of a request.
func (r *request) deadFilter() (DeadFilter, error) {
	f := DeadFilter{
		Destination: r.query.Get(queryDestination), Source: r.query.Get(querySource),
		Type: r.query.Get(queryType), Reason: r.query.Get(queryReason),
	}
	for _, text := range r.query[queryID] {
		if err := f.Name(text); err != nil {
			return f, err
		}
	}
	var err error
	if f.Since, f.Until, err = r.period(); err != nil {
		return f, err
	}
	if f.After, err = r.count(queryAfter); err != nil {
		return f, err
	}
	f.Last, err = r.count(queryLast)
	return f, err
}

// deadPage reads the filter of a list.
func (r *request) deadPage() (DeadFilter, error) {
	f, err := r.deadFilter()
	if err != nil {
		return f, err
	}
	f.Limit, err = r.limit(DefaultDeadLimit, MaxDeadLimit)
	return f, err
}
