package blackboard

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The reasons for which [Decode] refuses an event: a closed set of short words,
// safe as metric labels and as reasons of dead letters.
const (
	ReasonMalformed         = "malformed"          // not JSON, or not an object
	ReasonDuplicateKey      = "duplicate_key"      // an object repeats a member name
	ReasonUnsupportedType   = "unsupported_type"   // no event type that Decode knows
	ReasonUnsupportedAction = "unsupported_action" // an action that the type does not have
	ReasonMissingField      = "missing_field"      // nothing usable where something must be
	ReasonWrongType         = "wrong_type"         // another JSON type, or entity, than can stand there
	ReasonBadTime           = "bad_time"           // an eventTime that is no time
)

// DecodeError says why an event cannot be used. It quotes no value of the event.
type DecodeError struct {
	Reason string // one of the Reason constants
	Path   string // JSON pointer (RFC 6901) into the event, "" for the event itself
	Detail string // for people
}

// Error gives reason, path and detail.
func (e *DecodeError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("decode event: %s: %s", e.Reason, e.Detail)
	}
	return fmt.Sprintf("decode event: %s at %s: %s", e.Reason, e.Path, e.Detail)
}

// maxPath bounds a path in an error: member names can be of any length.
const maxPath = 200

// syntaxFailure is the DecodeError for an error of the JSON decoder.
func syntaxFailure(err error) *DecodeError {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return &DecodeError{Reason: ReasonMalformed, Detail: "not JSON"}
	}
	reason := ReasonMalformed
	if errors.Is(err, jsontext.ErrDuplicateName) {
		reason = ReasonDuplicateKey
	}
	return &DecodeError{Reason: reason, Path: shorten(string(syntactic.JSONPointer)), Detail: syntaxDetail(syntactic)}
}

func shorten(path string) string {
	if len(path) <= maxPath {
		return path
	}
	return strings.ToValidUTF8(path[:maxPath], "") + "…"
}
