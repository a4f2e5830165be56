package caliper

import "strings"

// The lexical forms of Caliper's literals. Each function reads bytes or a
// string, allocates nothing and accepts anything as input.

type chars interface{ ~string | ~[]byte }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isHex(c byte) bool    { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// IsIRI reports whether s is an absolute IRI in the sense of the specification
// ("containing a scheme, path and optional query and fragment"): a scheme, a
// colon, and something that has none of the characters that RFC 3987 excludes
// and no percent sign without its two digits. An http or https IRI needs a host,
// a URN a namespace and a name.
func IsIRI(s string) bool { return isIRI(s) }

func isIRI[T chars](s T) bool {
	colon := schemeEnd(s)
	if colon < 0 || colon+1 == len(s) {
		return false
	}
	for i := colon + 1; i < len(s); i++ {
		if !isIRIChar(s[i]) || s[i] == '%' && !isEscape(s[i+1:]) {
			return false
		}
	}
	switch scheme, rest := s[:colon], s[colon+1:]; {
	case equalFold(scheme, "http"), equalFold(scheme, "https"):
		return hasAuthority(rest)
	case equalFold(scheme, "urn"):
		return hasNamespace(rest)
	}
	return true
}

// schemeEnd is the index of the colon behind a URI scheme, -1 for none.
func schemeEnd[T chars](s T) int {
	if len(s) == 0 || !isLetter(s[0]) {
		return -1
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			return i
		case !isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.':
			return -1
		}
	}
	return -1
}

// isIRIChar excludes controls, space and the delimiters that RFC 3987 leaves
// out; bytes above 0x7f belong to characters that an IRI may have.
func isIRIChar(c byte) bool {
	return iriChars[c]
}

var iriChars = func() (allowed [256]bool) {
	for c := ' ' + 1; c < 256; c++ {
		allowed[c] = !strings.ContainsRune("<>\"{}|\\^`\x7f", c)
	}
	return allowed
}()

// isEscape reports whether what follows a percent sign are two hexadecimal digits.
func isEscape[T chars](s T) bool {
	return len(s) >= 2 && isHex(s[0]) && isHex(s[1])
}

// hasAuthority wants "//" and a host, which user information may come before
// and a port behind.
func hasAuthority[T chars](rest T) bool {
	if len(rest) < 3 || rest[0] != '/' || rest[1] != '/' {
		return false
	}
	host := 2
	for i := host; i < len(rest) && !isAuthorityEnd(rest[i]); i++ {
		if rest[i] == '@' {
			host = i + 1
		}
	}
	return host < len(rest) && rest[host] != ':' && !isAuthorityEnd(rest[host])
}

func isAuthorityEnd(c byte) bool { return c == '/' || c == '?' || c == '#' }

func hasNamespace[T chars](rest T) bool {
	for i := range len(rest) {
		if rest[i] == ':' {
			return i > 0 && i+1 < len(rest)
		}
	}
	return false
}

// equalFold compares with a lower-case ASCII word.
func equalFold[T chars](s T, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i := range len(word) {
		if s[i]|0x20 != word[i] {
			return false
		}
	}
	return true
}

// isBlankNode reports whether s is a blank node identifier, which the
// specification allows for an entity "if an IRI is deemed inappropriate".
func isBlankNode[T chars](s T) bool {
	if len(s) < 3 || s[0] != '_' || s[1] != ':' {
		return false
	}
	for i := 2; i < len(s); i++ {
		if !isIRIChar(s[i]) {
			return false
		}
	}
	return true
}

// isUUIDURN reports whether s is urn:uuid: and a UUID of any version, in upper
// or lower case (RFC 4122; version 4 is only a SHOULD).
func isUUIDURN[T chars](s T) bool {
	const prefix = "urn:uuid:"
	if len(s) != len(prefix)+36 || string(s[:len(prefix)]) != prefix {
		return false
	}
	for i := range 36 {
		c := s[len(prefix)+i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	return true
}

// isDateTime reports whether s has the one form that is allowed,
// YYYY-MM-DDTHH:mm:ss.SSSZ, and names a real point in time.
func isDateTime[T chars](s T) bool {
	const form = "0000-00-00T00:00:00.000Z"
	if len(s) != len(form) {
		return false
	}
	for i := range len(form) {
		if form[i] == '0' && !isDigit(s[i]) || form[i] != '0' && s[i] != form[i] {
			return false
		}
	}
	year := 100*pair(s, 0) + pair(s, 2)
	month, day := pair(s, 5), pair(s, 8)
	return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) &&
		pair(s, 11) < 24 && pair(s, 14) < 60 && pair(s, 17) < 60
}

// pair is the number that two digits at i make.
func pair[T chars](s T, i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// isDuration reports whether s is an ISO 8601 duration by designators: PnW, or
// PnYnMnDTnHnMnS with at least one part, in this order, and with a fraction in
// the last part only.
func isDuration[T chars](s T) bool {
	if len(s) < 3 || s[0] != 'P' {
		return false
	}
	units, inTime, i := "YMWD", false, 1
	for i < len(s) {
		if s[i] == 'T' && !inTime {
			units, inTime = "HMS", true
			if i++; i == len(s) {
				return false
			}
			continue
		}
		end, fraction := number(s, i)
		if end == i || end == len(s) {
			return false
		}
		rest, ok := unitAfter(units, s[end])
		last := end+1 == len(s)
		if !ok || fraction && !last || s[end] == 'W' && (i != 1 || !last) {
			return false
		}
		units, i = rest, end+1
	}
	return true
}

// unitAfter is what may follow the unit c, if c is one of the units.
func unitAfter(units string, c byte) (rest string, ok bool) {
	for i := range len(units) {
		if units[i] == c {
			return units[i+1:], true
		}
	}
	return "", false
}

// number finds the end of a decimal number at i; a comma is a decimal mark, too.
func number[T chars](s T, i int) (end int, fraction bool) {
	start := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == start || i == len(s) || s[i] != '.' && s[i] != ',' {
		return i, false
	}
	mark := i
	for i++; i < len(s) && isDigit(s[i]); {
		i++
	}
	if i == mark+1 {
		return start, false
	}
	return i, true
}

// isWhole reports whether a JSON number is a whole one, however it is written:
// 5, 5.0, 0.5e1.
func isWhole[T chars](s T) bool {
	scale, zeros := 0, 0 // digits behind the point; zeros at the end of all digits
	point, any := false, false
	i := 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			if point {
				scale++
			}
			if c == '0' {
				zeros++
			} else {
				zeros, any = 0, true
			}
		case c == '.':
			point = true
		case c == 'e' || c == 'E':
			scale -= exponent(s[i+1:])
			i = len(s)
		}
	}
	return !any || zeros >= scale
}

// isNatural reports whether a JSON number is a whole one and not negative; -0 is
// zero.
func isNatural[T chars](s T) bool {
	return isWhole(s) && (s[0] != '-' || isZero(s))
}

// isZero reports whether all digits of a JSON number before its exponent are 0.
func isZero[T chars](s T) bool {
	for i := 0; i < len(s) && s[i]|0x20 != 'e'; i++ {
		if isDigit(s[i]) && s[i] != '0' {
			return false
		}
	}
	return true
}

// exponent is the value of a JSON exponent, capped far beyond any document.
func exponent[T chars](s T) int {
	const limit = 1 << 30
	sign, n := 1, 0
	for i := range len(s) {
		switch {
		case s[i] == '-':
			sign = -1
		case isDigit(s[i]) && n < limit:
			n = n*10 + int(s[i]-'0')
		}
	}
	return sign * n
}
