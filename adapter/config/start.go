package config

import (
	"errors"
	"reflect"
	"time"
)

// Start is where in the journal a destination begins that has never run: at a time, or some time before its first
// start. In the file it is a time such as 2026-03-01T06:00:00Z, or a duration such as 24h. The zero Start is the end of
// the journal: the destination gets what comes from then on.
type Start struct {
	At  time.Time     // in UTC; zero unless a time was given
	Ago time.Duration // 0 unless a duration was given
}

// From returns from when on events are to be sent, seen from the moment of the first start. It is not ok for the zero
// Start.
func (s Start) From(now time.Time) (from time.Time, ok bool) {
	if s.Ago > 0 {
		return now.Add(-s.Ago), true
	}
	return s.At, !s.At.IsZero()
}

func startOf(from reflect.Value) (any, error) {
	if from.Kind() == reflect.String {
		if at, err := time.Parse(time.RFC3339, from.String()); err == nil && !at.IsZero() {
			return Start{At: at.UTC()}, nil
		}
	}
	ago, err := durationOf(from)
	if d, ok := ago.(time.Duration); err == nil && ok && d > 0 {
		return Start{Ago: d}, nil
	}
	return nil, errors.New("must be a time such as 2026-03-01T06:00:00Z, or how long before the first start, such as 24h or 7d")
}
