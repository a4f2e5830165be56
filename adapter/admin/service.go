package admin

import (
	"context"
	"io"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Service is what can be asked of a running adapter. Its methods may be called concurrently.
//
// Errors made with [NotFound], [Invalid], [Conflict], [Ambiguous] and [Unavailable], and those of package mapping, are
// shown to the caller. Any other error is answered 500 and logged, and the caller learns nothing of it.
//
// A source "" means all sources where something is asked, and the only one where something is changed; with several
// configured that is an [Invalid] error. A source that is not configured is a [NotFound] error. Slices are the
// caller's to keep; nil is an empty list.
type Service interface {
	Map
	Delivery

	// Status says how everything is doing. Sources and destinations come in the order of the configuration.
	Status(ctx context.Context) (Status, error)
	// Held lists events that wait for a mapping, those of a destination in the order in which they were received.
	Held(ctx context.Context, filter HeldFilter) ([]HeldEvent, error)
	// Dead lists events that were refused for good, and, under the destination [DestinationReceive], bodies that were
	// refused at the door: in the order of their letters' numbers, at most filter.Limit of them.
	Dead(ctx context.Context, filter DeadFilter) ([]DeadEvent, error)
	// PinSite says which Blackboard site a source is, "" that the next event does. Events that are dead as of
	// another site are retried.
	PinSite(ctx context.Context, source, site string) error

	// Ready returns an error if envelopes cannot be stored or a map is not loaded. How the destinations are doing
	// stands in the Readiness and is no reason for an error.
	Ready(ctx context.Context) (Readiness, error)
	// Healthy exercises the store, and returns an error if it does not work.
	Healthy(ctx context.Context) error
}

// Map is the part of [Service] that concerns the ID map. A person is named by a platform id, by any alias, or by the
// number of a record, as in #12.
type Map interface {
	// Unmapped is a page of the work list: those whose events are held and whom the map does not know, the longest waiting
	// first. It reads the heads of all held events.
	Unmapped(ctx context.Context, filter UnmappedFilter) (UnmappedPage, error)
	// ExportUnmapped writes the people of the work list whom the filter selects as WriteUnmapped does. An error before the
	// first byte is answered like any other.
	ExportUnmapped(ctx context.Context, filter UnmappedFilter, w io.Writer) error
	// Accept maps people as it was suggested to the caller, those of a source in one change. Each suggestion is made anew;
	// whose is another by now, or is no longer unambiguous, is left out and named.
	Accept(ctx context.Context, request AcceptRequest) (Accepted, error)
	// Find returns the records of a person; none is no error.
	Find(ctx context.Context, source, person string) ([]mapping.Record, error)
	// Set stores what is stated about one account, in the way of mapping.Map.Set, and returns the record as it is now.
	Set(ctx context.Context, stated mapping.Record, edit mapping.Edit) (mapping.Record, error)
	// Remove takes the one record of a person out of the map and returns it. No record is a [NotFound] error, several
	// are an [Ambiguous] one.
	Remove(ctx context.Context, source, person string, edit mapping.Edit) ([]mapping.Record, error)
	// Merge makes one record of two, in the way of mapping.Map.Merge. A name that is no record's is a [NotFound] error,
	// that of several an [Ambiguous] one; records of two sources are an [Invalid] one.
	Merge(ctx context.Context, request MergeRequest, edit mapping.Edit) (Merged, error)
	// Import reads a file and applies it whole or, in a dry run, says what it would do. A file that must not be applied is
	// a mapping.PlanError; a dry run gives its problems in the result instead. A file that is no such file is an [Invalid]
	// error, one that would not do what was approved a mapping.ErrStale.
	Import(ctx context.Context, request ImportRequest) (ImportResult, error)
	// History returns every version that the records of a person ever had, oldest first. A person is named by what a
	// record is, or ever was; none is no error. It reads the map's log.
	History(ctx context.Context, source, person string) ([]mapping.Version, error)
	// Changes lists changes of the maps, the newest first, at most filter.Limit of them. It reads no more of their logs
	// than it has to.
	Changes(ctx context.Context, filter ChangeFilter) ([]MapChange, error)
	// Undo puts back what a change did, as a new change. A number that is no change's of the source is a [NotFound]
	// error, one on which later changes stand a mapping.UndoError; a dry run gives these in the result instead.
	Undo(ctx context.Context, request UndoRequest) (Undoing, error)
	// Export writes the CSV that Import reads. An error before the first byte is answered like any other.
	Export(ctx context.Context, source string, w io.Writer) error
}
