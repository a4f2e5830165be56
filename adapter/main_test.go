package adapter_test

import (
	"os"
	"testing"
)

// TestMain lets the test binary be the adapter of a child process as well: see startChild.
func TestMain(m *testing.M) {
	if given := os.Getenv(childEnv); given != "" {
		os.Exit(runChild(given))
	}
	os.Exit(m.Run())
}
