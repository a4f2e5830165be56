// Package pipeline takes one destination's events from the journal to its collector.
//
//	journal ─▶ reader ─▶ loop: duplicate? decode, other site? skip? whose? ─▶ translate ─▶ check ─▶ queue ─▶ collector
//	                      │ ▲        │                │                                       │
//	                      │ │        └──▶ dead ◀──────┼───────────────────────────────────────┘ refused
//	                      ▼ │                         ▼
//	                   position                     held ── a mapping arrives: released in order, before newer ones
//
// One loop per destination decides about hold, release, expiry and position, so nothing races. Reading, fetching held
// events and sending run beside it and report to it. Every engine error ends the loop; whoever runs the pipeline runs
// it again, and it goes on from what was saved: that is the one way of recovery, taken after a crash as well.
package pipeline
