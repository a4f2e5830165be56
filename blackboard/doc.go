// Package blackboard is Blackboard Learn's Caliper stream as Go types.
//
// Learn POSTs Caliper envelopes in one of two wire generations: v1p0 (Caliper
// 1.0: "@id", IRIs for every type and action, null for absent) and v1p1
// (Caliper 1.1: "id", terms, absent members left out). The package offers what
// a receiver needs, in the order in which it needs it:
//
//	body ──Split──▶ Envelope{Items} ──Decode──▶ Event ──Person──▶ who it is about
//
// [Split] finds the events of a body without decoding them: where each begins
// and ends, its id and its type. [Decode] turns the text of one event into an
// [Event] with typed entities. [ParseIRI] and [Person] say whom and what
// Learn's identifiers name. [Event.Person] is whom an event is about,
// [Event.People] everybody in it.
//
// All of [EventTypes] are read, each with the actions that the documentation or
// a payload of either generation has for it; what an event then has for sure is
// said at the Action constants. Everything else may be missing. A count or a
// maximum of 0, with which Learn says that there is none, is nil.
//
// A body that is not JSON is an error of Split. Odd content inside valid JSON
// never is: it becomes an Item that Decode refuses with a [DecodeError], so
// one bad event cannot take its envelope with it.
//
// Decode has two ways to the same Go types. The hot path reads v1p1 straight
// into structs. Whatever those structs do not take (v1p0, an IRI where an
// object is usual, a number for a string) goes through a map that is upgraded
// to v1p1's form first; it is slower and takes much more.
//
// The package is pure: no I/O, no clock, no logger. No error quotes a value of
// a payload, for payloads are full of personal data; JSON pointers and byte
// offsets say where to look.
package blackboard
