//go:build !race

package translate_test

// underRace says that the race detector watches.
const underRace = false
