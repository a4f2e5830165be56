// Package resolver asks others who a person is whom the ID map does not know: a
// OneRoster service, Blackboard's REST API, a directory of the institution, or
// a rule that needs nobody.
//
// A [Chain] asks its resolvers in the order in which they are configured, aside
// from whoever asks: [Chain.Ask] returns at once, and a mapping that is found is
// handed to [Options.Found].
//
//	Ask ─▶ question ─▶ resolver 1 ── no ──▶ resolver 2 ── no ──▶ … ── no ──▶ nobody knows
//	(one a person)     │  │                 │  │
//	                   │  └ known: cache,   │  └ yes ──▶ Found
//	                   │    circuit, rule   │
//	                   ▼                    ▼
//	                   lane: a queue and    lane
//	                   workers of its own
//
// Each resolver has a lane of its own, so one that is slow or dead costs the
// others nothing: its lane fills up, its circuit opens, and questions pass it
// by. What was answered is remembered for a while, that nobody is known too.
// Failures are not remembered: who could not be asked about is asked about
// again when the caller asks again.
//
// A resolver that is passed by has not said no, and one that is asked in its
// stead may know the person under the same id. A rule that has an id for
// everybody does not: it is to be the last resort ([Entry.LastResort]), which is
// asked only where all before it have said no.
//
// What a resolver tells of a person serves twice: the map is looked up by it
// ([Options.Known]), and the resolvers that follow are asked by it.
//
// Nothing here is durable, and nothing has to be. A question that is dropped, an
// answer that could not be stored, a process that ends: the person's events are
// still held, and the caller asks again.
//
// Errors, evidence and statistics never carry a value of a person, a secret, or
// the query of a URL: they name scheme, host and the path as it was configured.
package resolver
