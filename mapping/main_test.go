package mapping

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing may be left running: every map ends its follower and its learner.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
