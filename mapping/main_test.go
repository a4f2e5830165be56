package mapping

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Nothing may be left running: every map ends its follower and its learner.
func TestMain(m *testing.M) { goleak.VerifyTestMain(patient{m}) }

// patient gives what has been told to end the time that a busy machine needs;
// goleak gives it less than half a second.
type patient struct{ *testing.M }

func (p patient) Run() int {
	code := p.M.Run()
	for end := time.Now().Add(time.Minute); goleak.Find() != nil && time.Now().Before(end); {
	}
	return code
}
