// Package mapping keeps the ID map: which platform UUID stands for which
// Blackboard account.
//
// A [Record] is one account of one source with its aliases. An [Index] holds
// the records of one source in memory and answers [Index.Lookup] in well under
// a microsecond. A [Map] is an index with its [Log]: the durable, ordered list
// of everything that was ever changed, from which every member of a fleet
// builds the same index.
//
//	Set, Merge, Remove, Import,           Lookup, Find, All
//	Undo, Learn
//	       │ validate against                    ▲
//	       ▼ the index                           │
//	  ┌─────────┐  append after    ┌─────┐  apply in order  ┌───────┐
//	  │ writer  │ ───revision────▶ │ Log │ ───────────────▶ │ Index │
//	  └─────────┘                  └─────┘                  └───────┘
//	       ▲───── conflict: catch up, validate anew ─────────────┘
//
// A write is appended only directly behind the state that it was validated
// against, so two editors cannot both win and no alias has two owners.
//
// The log is never shortened: [Map.Log], [Map.History] and [Map.Undo] read it.
// Loading does not, beyond the newest of the [Snapshots] beside it.
//
// The package imports nothing of this module. Errors never carry an e-mail
// address; identifiers and line numbers they do carry.
package mapping
