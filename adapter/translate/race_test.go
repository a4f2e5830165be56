//go:build race

package translate_test

import "testing"

// unlessRaced skips a long test that goes on in one goroutine, where the race detector has nothing to detect.
func unlessRaced(t *testing.T) {
	t.Helper()
	t.Skip("one goroutine has no races")
}
