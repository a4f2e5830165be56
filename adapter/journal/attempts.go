package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// Bounds of the log of attempts.
const (
	attemptShare    = 20       // it may take a twentieth of what the journal may
	attemptMinBytes = 64 << 20 // but this much at least,
	attemptAnyBytes = 1 << 30  // and this much beside a journal without a bound
	attemptMinLife  = 24 * time.Hour
)

func attemptLife(keep time.Duration) time.Duration { return max(keep, attemptMinLife) }

func attemptBytes(journal int64) int64 {
	if journal <= 0 {
		return attemptAnyBytes
	}
	return max(journal/attemptShare, attemptMinBytes)
}

func attemptSubject(destination string) string { return streamAttempt + "." + destination }

// LogAttempts stores what was tried since the last time, as one message, or as few as will do. It tries once: whoever
// delivers goes on without it.
func (j *Journal) LogAttempts(ctx context.Context, destination string, attempts []Attempt) error {
	for len(attempts) > 0 {
		data, n := encodeAttempts(attempts)
		if _, err := j.publishOnce(ctx, []*nats.Msg{{Subject: attemptSubject(destination), Data: data}}); err != nil {
			return fmt.Errorf("log attempts: %w", err)
		}
		attempts = attempts[n:]
	}
	return nil
}

// EachAttempt calls each with what a destination has tried since a time, in the order of the log, until it returns
// false.
func (j *Journal) EachAttempt(ctx context.Context, destination string, since time.Time, each func(Attempt) bool) error {
	err := j.eachStored(ctx, streamAttempt, attemptSubject(destination), 1, func(m message) error {
		attempts, err := decodeAttempts(m.Data())
		if err != nil {
			return fmt.Errorf("attempts %d: %w", m.seq, err)
		}
		for i := range attempts {
			if !attempts[i].At.Before(since) && !each(attempts[i]) {
				return errEnough
			}
		}
		return nil
	}, followAround(since))
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("read attempts: %w", err)
	}
	return nil
}

// AttemptsOf returns what a destination has tried with one event since a time, in the order of the log.
func (j *Journal) AttemptsOf(ctx context.Context, destination string, place Place, since time.Time) ([]Attempt, error) {
	var out []Attempt
	err := j.EachAttempt(ctx, destination, since, func(a Attempt) bool {
		if a.Sent(place) {
			out = append(out, a)
		}
		return true
	})
	return out, err
}

// clockSlack is how far the engine's clock, which stamps what is stored, may be from that of a member.
const clockSlack = time.Minute

// followAround starts before anything that a member can have written at a time or later; at the first message for the
// zero time.
func followAround(t time.Time) followOption {
	if t.IsZero() {
		return followFrom(1)
	}
	return followSince(t.Add(-clockSlack))
}

// errEnough ends a listing whose caller has seen enough.
var errEnough = errors.New("seen enough")
