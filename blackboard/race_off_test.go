//go:build !race

package blackboard_test

// underRace says that the race detector watches.
const underRace = false
