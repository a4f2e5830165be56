package mapping

import (
	"math"
	"testing"
)

func FuzzParseNumber(f *testing.F) {
	for _, text := range []string{"#12", "12", " #1 ", "", "#", "##1", "#0", "-1", "+1", "1.0", "#4294967295", "#4294967296", "_1_1", "#١"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, err := ParseNumber(text)
		if (err == nil) != (number != 0) {
			t.Fatalf("%q is %d, %v", text, number, err)
		}
		if err != nil {
			return
		}
		if again, err := ParseNumber(FormatNumber(number)); again != number || err != nil {
			t.Errorf("%q is %d, and written as %s it is %d, %v", text, number, FormatNumber(number), again, err)
		}
	})
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]uint32{
		"#12": 12, "12": 12, " #7\n": 7, "#4294967295": math.MaxUint32, "#4294967296": 0, "#0": 0, "##1": 0, "#": 0, "": 0, "# 1": 0, "+1": 0,
	} {
		if got, _ := ParseNumber(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}
