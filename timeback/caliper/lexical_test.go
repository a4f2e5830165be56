package caliper

import (
	"math/big"
	"strings"
	"testing"
	"time"
)

func TestIRIs(t *testing.T) {
	good := []string{
		"https://example.edu", "http://example.edu/", "https://user@example.edu:8080/a%20b?c=d&e#f",
		"urn:uuid:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01", "urn:tag:auto-attach", "mailto:ada@example.edu",
		"tag:example.edu,2026:x", "HTTPS://EXAMPLE.EDU", "https://例え.テスト/ü", "a+b-c.1:x", "file:///a/b",
		"http://ada:x@[2001:db8::1]:80?q#f", "https://example.edu/#epubcfi(/6/4[chap01]!/4)", "https://example.edu/%28a%2F",
	}
	bad := []string{
		"", ":", "a:", "http:", "https://", "https:///path", "http:/one", "http:example.edu", "urn:", "urn:x", "urn:x:", "urn::x",
		"free text", "text", "/path", "//host/path", "?q", "#f", "1a:b", "é:b", "_:b0", "Note: a text",
		"https://example.edu/a b", "https://example.edu/<a>", "https://example.edu/{id}", "https://example.edu/a\\b",
		"https://example.edu/\n", "https://example.edu/\x7f", "https://example.edu/`", "https://example.edu/|", " https://example.edu",
		"https://example.edu/100%", "https://example.edu/%2", "https://example.edu/%zz", "urn:x:%", "http://:80/", "http://ada@", "http://ada@/x", "https://@?q",
	}
	tryAll(t, IsIRI, good, bad)
}

func TestBlankNodes(t *testing.T) {
	tryAll(t, isBlankNode[string], []string{"_:b0", "_:x.y"}, []string{"", "_:", "_b0", ":_b", "_:a b"})
}

func TestUUIDURNs(t *testing.T) {
	good := []string{
		"urn:uuid:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01", "urn:uuid:2F1E7A34-90AB-1F7B-8A54-0D5F2C0A9E01",
		"urn:uuid:00000000-0000-0000-0000-000000000000",
	}
	bad := []string{
		"", "2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01", "urn:uuid:2f1e7a3490ab4f7b8a540d5f2c0a9e01",
		"urn:uuid:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e0", "urn:uuid:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e011",
		"urn:uuid:2g1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01", "urn:uuid:2f1e7a34_90ab-4f7b-8a54-0d5f2c0a9e01",
		"urn:uuid:{2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e0}", "uuid:urn:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01",
	}
	tryAll(t, isUUIDURN[string], good, bad)
}

func TestDateTimes(t *testing.T) {
	good := []string{
		"2026-01-31T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "2000-02-29T12:00:00.000Z",
		"1969-12-31T23:59:59.001Z", "9999-12-31T23:59:59.999Z", "2026-04-30T01:02:03.004Z",
	}
	bad := []string{
		"", "2026-01-31", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00.0Z", "2026-01-31T00:00:00.000000Z",
		"2026-01-31T00:00:00.000", "2026-01-31T00:00:00.000z", "2026-01-31t00:00:00.000Z", "2026-01-31 00:00:00.000Z",
		"2026-01-31T00:00:00.000+00:00", "2026-01-31T00:00:00,000Z", "2026-02-29T00:00:00.000Z", "1900-02-29T00:00:00.000Z",
		"2026-04-31T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-01-00T00:00:00.000Z",
		"2026-01-32T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z", "2026-01-01T00:00:60.000Z",
		"+026-01-01T00:00:00.000Z", "2026-1-31T00:00:00.0000Z",
	}
	tryAll(t, isDateTime[string], good, bad)
}

func TestDurations(t *testing.T) {
	good := []string{
		"PT0S", "PT3000S", "PT1H30M", "P1D", "P1Y2M3DT4H5M6S", "P2W", "PT0.5S", "PT1,5H", "P0.5Y", "P1M", "PT1M", "P1DT12H",
		"PT90.250S", "P3Y6M4DT12H30M5S",
	}
	bad := []string{
		"", "P", "PT", "P1", "PT1", "1H", "P1H", "PT1D", "P1S", "PT1S2M", "PT1H1H", "P1YT", "PT1HT1M", "P1W2D", "P1D2W", "PT1W",
		"PT.5S", "PT1.S", "PT0.5H30M", "-PT1S", "P-1D", "PT1H ", "pt1h", "P1Y1Y", "PTS", "PT1.5.5S", "P0001-01-01T00:00:00", "01:30:00",
	}
	tryAll(t, isDuration[string], good, bad)
}

func TestWholeNumbers(t *testing.T) {
	good := []string{"0", "-0", "5", "-5", "5.0", "5.00", "0.0", "1e3", "1E+3", "1.5e1", "0.05e2", "100e-2", "1000.0e-3", "0e-999999999999", "0.0e5", "123456789012345678901234567890"}
	bad := []string{"0.5", "-0.5", "5.01", "1e-1", "1.55e1", "10e-2", "100.5e-1", "1e-99999999999999999999"}
	tryAll(t, isWhole[string], good, bad)
}

func TestNaturalNumbers(t *testing.T) {
	good := []string{"0", "-0", "-0.0", "-0e5", "5", "5.0", "1E3", "100e-2"}
	bad := []string{"-1", "-5.0", "-1e3", "-0.1e1", "0.5", "-0.5"}
	tryAll(t, isNatural[string], good, bad)
}

func tryAll(t *testing.T, accepts func(string) bool, good, bad []string) {
	t.Helper()
	for _, s := range good {
		if !accepts(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range bad {
		if accepts(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}

// FuzzLexical holds the hand-written forms against the standard library.
func FuzzLexical(f *testing.F) {
	for _, s := range []string{"2024-02-29T23:59:59.999Z", "PT1H30M", "1.5e1", "-0.5", "https://example.edu", eventID, ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := time.Parse("2006-01-02T15:04:05.000Z", s)
		plain := err == nil && parsed.Format("2006-01-02T15:04:05.000Z") == s
		if isDateTime(s) != plain {
			t.Errorf("isDateTime(%q) = %v", s, !plain)
		}
		if isJSONNumber(s) {
			if r, ok := new(big.Rat).SetString(s); ok && r.IsInt() != isWhole(s) {
				t.Errorf("isWhole(%q) = %v", s, isWhole(s))
			}
		}
		if isDuration(s) && (s[0] != 'P' || strings.ContainsAny(s, " -:+")) {
			t.Errorf("isDuration(%q)", s)
		}
		if IsIRI(s) && !strings.Contains(s, ":") || isUUIDURN(s) && !IsIRI(s) {
			t.Errorf("IsIRI(%q) = %v", s, IsIRI(s))
		}
	})
}

// isJSONNumber keeps to numbers whose exact value is cheap to compute.
func isJSONNumber(s string) bool {
	digits, rest, _ := strings.Cut(strings.TrimPrefix(s, "-"), "e")
	whole, fraction, point := strings.Cut(digits, ".")
	return isDigits(whole) && (!point || isDigits(fraction)) && (rest == "" && !strings.HasSuffix(s, "e") || isDigits(rest) && len(rest) < 4)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
