package timeback_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be a sender in a process of its own as well:
// see startSender.
func TestMain(m *testing.M) {
	if os.Getenv(senderURL) != "" {
		os.Exit(runSender())
	}
	goleak.VerifyTestMain(m)
}
