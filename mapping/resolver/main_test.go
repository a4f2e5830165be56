package resolver_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing may be left running: Close waits for every worker.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
