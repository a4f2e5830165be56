package blackboard

import (
	"testing"

	"github.com/go-json-experiment/json"
)

func TestScalar(t *testing.T) {
	for in, want := range map[string]scalar{
		`"x"`: "x", `"\u00e9"`: "é", `""`: "", `5`: "5", `1.50`: "1.50", `1e400`: "1e400", `12345678901234567890`: "12345678901234567890",
		`true`: "true", `false`: "false", `null`: "", `[]`: "", `{}`: "", `[1,{"a":[]}]`: "", `{"a":"b"}`: "",
	} {
		var s struct {
			A, B scalar
		}
		if err := json.Unmarshal([]byte(`{"A":`+in+`,"B":"b"}`), &s); err != nil || s.A != want || s.B != "b" {
			t.Errorf("%s is read as %q, %v", in, s.A, err)
		}
	}
}

func TestScalarAsNumber(t *testing.T) {
	for in, want := range map[scalar]struct {
		number, positive float64
		integer, ordinal int
	}{
		"0":                {0, none, 0, none},
		"-0":               {0, none, 0, none},
		"0.0":              {0, none, 0, none},
		"3":                {3, 3, 3, 3},
		"3.0":              {3, 3, 3, 3},
		"3e2":              {300, 300, 300, 300},
		"39.45205":         {39.45205, 39.45205, none, none},
		"-2":               {-2, none, none, none},
		"9007199254740993": {9007199254740992, 9007199254740992, 9007199254740992, 9007199254740992},
		"1e30":             {1e30, 1e30, none, none},
		"":                 {none, none, none, none},
		"1e999":            {none, none, none, none},
		"NaN":              {none, none, none, none},
		"Infinity":         {none, none, none, none},
		"0x10":             {none, none, none, none},
		"1_000":            {none, none, none, none},
		" 1":               {none, none, none, none},
		"1 ":               {none, none, none, none},
		"true":             {none, none, none, none},
		"one":              {none, none, none, none},
	} {
		if got := in.number(); !pointsTo(got, want.number) {
			t.Errorf("number of %q is %v", in, got)
		}
		if got := in.positive(); !pointsTo(got, want.positive) {
			t.Errorf("positive of %q is %v", in, got)
		}
		if got := in.integer(); !pointsTo(got, want.integer) {
			t.Errorf("integer of %q is %v", in, got)
		}
		if got := in.ordinal(); !pointsTo(got, want.ordinal) {
			t.Errorf("ordinal of %q is %v", in, got)
		}
	}
}

// none stands for nil.
const none = -99

func pointsTo[T int | float64](p *T, want T) bool {
	if p == nil {
		return want == none
	}
	return *p == want
}

func TestScalarAsTruth(t *testing.T) {
	for in, want := range map[scalar]bool{"true": true, "false": false} {
		if got := in.truth(); got == nil || *got != want {
			t.Errorf("truth of %q is %v", in, got)
		}
	}
	for _, in := range []scalar{"", "True", "1", "0", "no"} {
		if got := in.truth(); got != nil {
			t.Errorf("truth of %q is %v", in, *got)
		}
	}
}
