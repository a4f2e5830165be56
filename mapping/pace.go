package mapping

import (
	"runtime"
	"time"
)

// pace keeps large files from taking the processors away from the stream. What
// plans, writes or applies a hundred thousand rows would keep one busy without a
// break, while an envelope on its way to its 200 is handed from goroutine to
// goroutine a dozen times, and from the disk to one of them: with two
// processors it would have to wait each time. The zero value is ready for use.
type pace struct {
	steps int
	begun time.Time // when the present stint did
}

const (
	// paceEvery is how many rows or changes pass between two chances for others:
	// some 100 µs.
	paceEvery = 32
	// paceStint is how long work goes on before it rests for as long: with half of
	// one processor, a million rows take twice the seconds that they have to.
	paceStint = 2 * time.Millisecond
)

// step is to be called for each row or change. It now and then rests.
func (p *pace) step() {
	if !p.yield() {
		return
	}
	now := time.Now()
	switch {
	case p.begun.IsZero():
		p.begun = now
	case now.Sub(p.begun) >= paceStint:
		<-time.After(paceStint)
		p.begun = time.Now()
	}
}

// yield is step for those who hold a lock that others wait for: it never rests,
// but now and then lets others go first. It says whether it did.
func (p *pace) yield() bool {
	p.steps++
	if p.steps%paceEvery != 0 {
		return false
	}
	runtime.Gosched()
	return true
}
