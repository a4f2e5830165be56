//go:build race

package translate_test

// underRace says that the race detector watches. It finds nothing in a test of one goroutine, at ten times the cost.
const underRace = true
