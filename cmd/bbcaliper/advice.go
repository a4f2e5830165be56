package main

import (
	"errors"
	"net/http"
	"slices"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// advisedError is an error with the commands that resolve it.
type advisedError struct {
	err    error
	advice string
}

func (e *advisedError) Error() string { return e.err.Error() }
func (e *advisedError) Unwrap() error { return e.err }

// advised adds to a refusal of the map what can be done about it: the advice for the first of its problems for which
// there is any.
func advised(err error, advice func(*admin.Problem) string) error {
	var refused *client.Error
	if !errors.As(err, &refused) {
		return err
	}
	if refused.Status == http.StatusPreconditionFailed {
		return &advisedError{err, "`bbcaliper map show` shows the record as it is now"}
	}
	for i := range refused.Problems {
		if text := advice(&refused.Problems[i]); text != "" {
			return &advisedError{err, text}
		}
	}
	return err
}

// problemOf returns the first problem of a kind that a refusal has; nil: it has none, or is no refusal.
func problemOf(err error, kind string) *admin.Problem {
	var refused *client.Error
	if !errors.As(err, &refused) {
		return nil
	}
	at := slices.IndexFunc(refused.Problems, func(p admin.Problem) bool { return p.Kind == kind })
	if at < 0 {
		return nil
	}
	return &refused.Problems[at]
}

func noAdvice(*admin.Problem) string { return "" }
