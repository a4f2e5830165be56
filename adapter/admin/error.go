package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Class says what kind of answer an error gets.
type Class uint8

// The classes. The zero Class is an error that is nobody's business but ours.
const (
	ClassInternal     Class = iota
	ClassBadRequest         // the request cannot be read
	ClassUnauthorized       // no token, or none that is known
	ClassForbidden          // the token's role does not cover it
	ClassNotFound           // there is no such thing
	ClassMethod             // the path takes other methods
	ClassConflict           // somebody else has it already, or the request names several
	ClassChanged            // the record is at another revision than the editor saw
	ClassTooLarge           // the body
	ClassInvalid            // it can be read, and must not be done
	ClassUnavailable        // not now
)

// status is the one table from classes to HTTP.
func (c Class) status() int {
	switch c {
	case ClassBadRequest:
		return http.StatusBadRequest
	case ClassUnauthorized:
		return http.StatusUnauthorized
	case ClassForbidden:
		return http.StatusForbidden
	case ClassNotFound:
		return http.StatusNotFound
	case ClassMethod:
		return http.StatusMethodNotAllowed
	case ClassConflict:
		return http.StatusConflict
	case ClassChanged:
		return http.StatusPreconditionFailed
	case ClassTooLarge:
		return http.StatusRequestEntityTooLarge
	case ClassInvalid:
		return http.StatusUnprocessableEntity
	case ClassUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// Error is an error whose text is fit for the caller.
type Error struct {
	Class    Class
	Problems []Problem // one by one, where there are several
	err      error
}

// Error is the text.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap returns what the text was made of.
func (e *Error) Unwrap() error { return errors.Unwrap(e.err) }

// NotFound says that there is no such thing. The text is made as by fmt.Errorf.
func NotFound(format string, args ...any) *Error { return newError(ClassNotFound, format, args...) }

// Invalid says why something must not be done. The text is made as by fmt.Errorf.
func Invalid(format string, args ...any) *Error { return newError(ClassInvalid, format, args...) }

// Conflict says what is in the way. The text is made as by fmt.Errorf.
func Conflict(format string, args ...any) *Error { return newError(ClassConflict, format, args...) }

// Unavailable says what does not work at present. The text is made as by fmt.Errorf.
func Unavailable(format string, args ...any) *Error {
	return newError(ClassUnavailable, format, args...)
}

// Ambiguous refuses to choose between the records of a person, and names them.
func Ambiguous(records []mapping.Record) *Error {
	first := &records[0]
	number := mapping.FormatNumber(first.Number)
	if first.Source != records[len(records)-1].Source {
		number += " of source " + first.Source
	}
	e := Conflict("%d records match: name one by its number, such as %s, or by an alias that only it has", len(records), number)
	for i := range records {
		r := &records[i]
		text := fmt.Sprintf("record %d of source %s (platform id %s)", r.Number, r.Source, r.PlatformID)
		e.Problems = append(e.Problems, Problem{Kind: KindCandidate, Text: text, Records: []uint32{r.Number}})
	}
	return e
}

// About says which part of a request an error concerns, if it is one that the caller is shown.
func About(part string, err error) error {
	var own *Error
	if !errors.As(err, &own) {
		return err
	}
	return &Error{Class: own.Class, Problems: own.Problems, err: fmt.Errorf("%s: %w", part, own.err)}
}

func newError(class Class, format string, args ...any) *Error {
	return &Error{Class: class, err: fmt.Errorf(format, args...)}
}

// shown returns what the caller may know of an error: what is theirs to mend, word for word, and of anything else only
// that it happened.
func shown(err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	if class, problems := classify(err); class != ClassInternal {
		return &Error{Class: class, Problems: problems, err: err}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Unavailable("it took too long: try again")
	}
	return newError(ClassInternal, "internal error: the log of bbcaliper says more")
}

// classify knows the errors of other packages.
func classify(err error) (Class, []Problem) {
	var (
		conflict *mapping.ConflictError
		invalid  *mapping.InvalidError
		plan     *mapping.PlanError
		repoint  *mapping.RepointError
		tooLarge *http.MaxBytesError
	)
	switch {
	case errors.As(err, &conflict):
		return ClassConflict, conflictProblems(conflict.Conflicts)
	case errors.As(err, &invalid):
		return ClassInvalid, faultProblems(invalid.Faults)
	case errors.As(err, &plan):
		return ClassInvalid, planProblems(plan)
	case errors.As(err, &repoint):
		return ClassConflict, []Problem{repointProblem(&repoint.Repoint)}
	case errors.Is(err, mapping.ErrTwoAccounts):
		return ClassConflict, nil
	case errors.As(err, &tooLarge):
		return ClassTooLarge, nil
	case errors.Is(err, mapping.ErrNotFound), errors.Is(err, mapping.ErrNoChange):
		return ClassNotFound, nil
	case errors.Is(err, mapping.ErrRevision), errors.Is(err, mapping.ErrStale):
		return ClassChanged, nil
	case errors.Is(err, mapping.ErrBusy), errors.Is(err, mapping.ErrClosed):
		return ClassUnavailable, nil
	default:
		return ClassInternal, nil
	}
}
