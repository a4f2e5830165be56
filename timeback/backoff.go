package timeback

import "time"

// Defaults of Backoff.
const (
	DefaultBackoffMin = time.Second
	DefaultBackoffMax = time.Minute
)

// Backoff is how long a failing destination waits before its next attempt:
// exponential from Min to Max, half of it random, so that destinations that
// failed together do not come back together. It holds no state: the number of
// failures in a row is the caller's, and survives restarts with it.
type Backoff struct {
	Min  time.Duration  // first wait, default DefaultBackoffMin
	Max  time.Duration  // longest wait without Retry-After, default DefaultBackoffMax
	Rand func() float64 // in [0, 1); nil: no randomness, the longest wait of each step
}

// Next returns the wait after the attempt-th failure in a row (from 1; less
// counts as 1), given the collector's Retry-After or 0. Retry-After up to
// MaxRetryAfter is honoured in full even beyond Max; the random part, at most
// Min, comes on top of it.
func (b Backoff) Next(attempt int, retryAfter time.Duration) time.Duration {
	first, longest, part := b.settings()
	wait := exponential(first, longest, max(attempt, 1)-1)
	wait = wait/2 + jitter(wait-wait/2, part)
	asked := min(max(retryAfter, 0), MaxRetryAfter)
	if asked == 0 || asked < wait {
		return wait
	}
	return asked + jitter(first, part)
}

func (b Backoff) settings() (first, longest time.Duration, part float64) {
	first, longest, part = b.Min, b.Max, 1
	if first <= 0 {
		first = DefaultBackoffMin
	}
	if longest <= 0 {
		longest = DefaultBackoffMax
	}
	if b.Rand != nil {
		part = b.Rand()
	}
	return min(first, longest), longest, part
}
