package mapping

import (
	"testing"
	"testing/synctest"
	"time"
)

// Work rests as long as it takes, and what holds a lock does not.
func TestWorkRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var working, holding pace
		begun, rested := time.Now(), time.Duration(0)
		for range 100 * paceEvery {
			<-time.After(paceStint / (2 * paceEvery)) // the work
			before := time.Now()
			working.step()
			rested += time.Since(before)
			holding.yield()
		}
		worked := time.Since(begun) - rested
		if rested < worked*9/10 || rested > worked {
			t.Errorf("rested %s of %s of work", rested, worked)
		}
		begun = time.Now()
		for range 100 * paceEvery {
			holding.yield()
		}
		if time.Since(begun) > 0 {
			t.Error("what holds a lock rested")
		}
	})
}
