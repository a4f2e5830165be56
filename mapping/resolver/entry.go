package resolver

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Defaults of an [Entry].
const (
	DefaultTimeout      = 10 * time.Second
	DefaultRate         = 10 // questions a second
	DefaultConcurrency  = 4
	DefaultQueue        = 10_000
	DefaultCacheEntries = 100_000
	DefaultCacheLife    = time.Hour
	DefaultMissLife     = 15 * time.Minute
	DefaultFailures     = 5
	DefaultPause        = 10 * time.Second
	DefaultMaxPause     = 5 * time.Minute
)

// Entry is a resolver with how it is asked. Zero values are defaults.
type Entry struct {
	Name     string // unique in the chain: a-z, 0-9, - and _, at most 32
	Resolver Resolver
	Sources  []string // whose people it is asked about; none: all sources'

	// LastResort asks it only where every resolver before it has said no. A
	// resolver that could not be asked has said nothing: it was down, or the
	// person lacks what it is asked by. It is for rules that have an answer for
	// everybody, who must not answer for a roster that is only away.
	LastResort bool

	Timeout     time.Duration // of one question, all its requests together
	Rate        float64       // questions a second; below 0: no limit
	Concurrency int           // questions at once
	Queue       int           // questions that wait

	Cache   CacheLimits // of answers that tell something
	Misses  CacheLimits // of answers that are a no
	Breaker BreakerLimits
}

// CacheLimits bound a cache.
type CacheLimits struct {
	Entries int           // below 0: nothing is remembered
	Life    time.Duration // how long an answer is remembered
}

// BreakerLimits say when a resolver that fails is left alone.
type BreakerLimits struct {
	Failures int           // in a row; a credential that is refused opens at once
	Pause    time.Duration // the first; each that follows without an answer is twice as long
	MaxPause time.Duration // the longest
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

func (e Entry) validate() error {
	switch {
	case !nameForm.MatchString(e.Name):
		return errors.New("name: want a-z, 0-9, - and _, at most 32")
	case e.Resolver == nil:
		return fmt.Errorf("resolver %s: is missing", e.Name)
	case e.Timeout < 0, e.Concurrency < 0, e.Queue < 0, e.Cache.Life < 0, e.Misses.Life < 0,
		e.Breaker.Failures < 0, e.Breaker.Pause < 0, e.Breaker.MaxPause < 0:
		return fmt.Errorf("resolver %s: a limit is below 0", e.Name)
	}
	return nil
}

func (e Entry) withDefaults() Entry {
	e.Timeout = cmp.Or(e.Timeout, DefaultTimeout)
	e.Rate = cmp.Or(e.Rate, DefaultRate)
	e.Concurrency = cmp.Or(e.Concurrency, DefaultConcurrency)
	e.Queue = cmp.Or(e.Queue, DefaultQueue)
	e.Cache.Entries = cmp.Or(e.Cache.Entries, DefaultCacheEntries)
	e.Cache.Life = cmp.Or(e.Cache.Life, DefaultCacheLife)
	e.Misses.Entries = cmp.Or(e.Misses.Entries, DefaultCacheEntries)
	e.Misses.Life = cmp.Or(e.Misses.Life, DefaultMissLife)
	e.Breaker.Failures = cmp.Or(e.Breaker.Failures, DefaultFailures)
	e.Breaker.Pause = cmp.Or(e.Breaker.Pause, DefaultPause)
	e.Breaker.MaxPause = cmp.Or(e.Breaker.MaxPause, max(DefaultMaxPause, e.Breaker.Pause))
	return e
}
