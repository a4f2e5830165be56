package blackboard

import (
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// scalar is a member that is read as text whether it was sent as a text, a
// number or a boolean: Learn writes "false" for false, and documentation and
// payloads disagree on more. Anything else reads as absent, "".
type scalar string

// UnmarshalJSONFrom reads any value.
func (s *scalar) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case 'n', '{', '[':
		return dec.SkipValue()
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	*s = scalar(tok.String())
	return nil
}

// number is nil for what is no finite JSON number.
func (s scalar) number() *float64 {
	if s == "" {
		return nil
	}
	v := jsontext.Value(s)
	if v.Kind() != '0' || !v.IsValid() {
		return nil
	}
	n, err := strconv.ParseFloat(string(s), 64)
	if err != nil || math.IsInf(n, 0) {
		return nil
	}
	return &n
}

// positive is number where 0 means that it is not set (reference notes on the
// stream, section 3: Learn's library writes its zeros).
func (s scalar) positive() *float64 {
	if n := s.number(); n != nil && *n > 0 {
		return n
	}
	return nil
}

// maxInteger is the largest integer below which float64 has all.
const maxInteger = 1 << 53

// integer is nil for what is no whole number, or a negative one.
func (s scalar) integer() *int {
	n := s.number()
	if n == nil || *n != math.Trunc(*n) || *n < 0 || *n > maxInteger {
		return nil
	}
	i := int(*n)
	return &i
}

// ordinal is integer where 0 means that it is not set.
func (s scalar) ordinal() *int {
	if n := s.integer(); n != nil && *n > 0 {
		return n
	}
	return nil
}

// truth is nil for what is neither true nor false.
func (s scalar) truth() *bool {
	if s != "true" && s != "false" {
		return nil
	}
	b := s == "true"
	return &b
}

// time is zero for what is no time.
func (s scalar) time() time.Time {
	if s == "" {
		return time.Time{}
	}
	t, _ := parseTime(string(s))
	return t
}
