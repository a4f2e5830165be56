package blackboard

import "bytes"

// The functions of this file look ahead in JSON text that a real decoder will
// read, and check, right afterwards. They never fail: on text that is not JSON
// they stop early and find nothing.

// peekType finds the value of the first "type" or "@type" member of the object
// that b begins with (white space and a colon may stand before it), and which
// of the two it was. The value comes without its quotes. ok is false if there
// is no such member, or its value is no string, or is written with escapes.
func peekType(b []byte) (value []byte, gen Generation, ok bool) {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return nil, 0, false
	}
	for i = skipSpace(b, i+1); i < len(b) && b[i] == '"'; i = skipSpace(b, i) {
		end := skipString(b, i)
		gen = typeKey(b[i:end])
		start := skipSpace(b, end)
		i = skipValue(b, start)
		if gen != 0 {
			value, ok = plainString(b[start:i])
			return value, gen, ok
		}
	}
	return nil, 0, false
}

// typeKey says which generation spells the type of a thing with this quoted
// member name.
func typeKey(name []byte) Generation {
	switch string(name) {
	case `"type"`:
		return V1P1
	case `"@type"`:
		return V1P0
	}
	return 0
}

// plainString takes the quotes off a string that has no escapes.
func plainString(quoted []byte) ([]byte, bool) {
	end := len(quoted) - 1
	if end < 1 || quoted[0] != '"' || quoted[end] != '"' || bytes.IndexByte(quoted, '\\') >= 0 {
		return nil, false
	}
	return quoted[1:end], true
}

// skipSpace gives the index of the first byte from i on that is neither white
// space nor the punctuation between members.
func skipSpace(b []byte, i int) int {
	for i < len(b) {
		switch b[i] {
		case ' ', '\t', '\r', '\n', ':', ',':
			i++
		default:
			return i
		}
	}
	return i
}

// skipString gives the index after the string whose opening quote is at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			break
		}
		i += n + 1
		if !escaped(b, i-1) {
			return i
		}
	}
	return len(b)
}

// escaped tells whether the quote at i has an odd number of backslashes before it.
func escaped(b []byte, i int) bool {
	n := 0
	for i > n && b[i-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// skipValue gives the index after the value that begins at i.
func skipValue(b []byte, i int) int {
	for open := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = skipString(b, i)
		case '{', '[':
			open++
			i++
		case '}', ']':
			open--
			i++
		default:
			i++
			if open > 0 || !endsScalar(b, i) {
				continue
			}
		}
		if open <= 0 {
			return i
		}
	}
	return len(b)
}

// endsScalar tells whether a number or literal ends before i.
func endsScalar(b []byte, i int) bool {
	return i >= len(b) || bytes.IndexByte([]byte(" \t\r\n,:]}"), b[i]) >= 0
}
