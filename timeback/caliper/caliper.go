// Package caliper is Caliper 1.2 (v1p2) as this project needs it: a model to
// write events with, and a conformance check over raw JSON.
//
// The two halves share the vocabulary (vocabulary_*.go), which is data: one
// table of event types, one of entity types, one of terms. [Checker] is a small
// interpreter of those tables; [Event] and the entity structs write documents
// that it accepts.
//
// The package is pure: no I/O, no clock, no logger, and nothing of a document
// is kept after a call has returned.
//
// Sources: Caliper 1.2 final release (1EdTech, 2020-03-27). Where the official
// material contradicts itself the check accepts what the specification allows
// and the model writes the form that every known collector takes.
package caliper

const (
	// Context is the only value of @context that the model writes, and what the
	// last (or only) context of every document must be: http, no trailing slash.
	Context = "http://purl.imsglobal.org/ctx/caliper/v1p2"

	// DataVersion is the dataVersion of an envelope whose data is v1p2.
	DataVersion = Context

	// AutoAttachSession is TimeBack's IRI for "the session that the platform
	// knows of": it goes where a Session stands in an event.
	AutoAttachSession IRI = "urn:tag:auto-attach"
)
