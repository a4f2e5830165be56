package blackboard

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// SyntaxError says that a body is no JSON text, or an envelope that repeats one
// of its own members. It quotes nothing of the body.
type SyntaxError struct {
	Offset int64  // in bytes from the start of the body, at or after which it is wrong
	Detail string // what is wrong
}

// Error gives the detail and where.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("split body: %s at byte %d", e.Detail, e.Offset)
}

// syntaxDetails are our words for the decoder's, which may quote the payload,
// by how those begin.
var syntaxDetails = []struct{ prefix, detail string }{
	{"invalid UTF-8", "invalid UTF-8"},
	{"exceeded max depth", "nested too deep"},
	{"invalid escape sequence", "invalid escape sequence"},
	{"invalid surrogate pair", "invalid escape sequence"},
	{"invalid character", "invalid character"},
	{"missing value", "missing value"},
	{"mismatching structural token", "mismatched bracket"},
}

// syntaxDetail says what is wrong without quoting anything.
func syntaxDetail(err *jsontext.SyntacticError) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "truncated"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "repeated member name"
	case errors.Is(err, jsontext.ErrNonStringName):
		return "member name that is not a string"
	}
	for _, d := range syntaxDetails {
		if strings.HasPrefix(err.Err.Error(), d.prefix) {
			return d.detail
		}
	}
	return "not JSON"
}
