package blackboard

import (
	"encoding/hex"
	"strings"
)

// userCollections are the path segments after which Learn names a user, in
// lower case. (minimalUser is v1p0's form in course group events.)
var userCollections = []string{"/users/", "/members/", "/minimaluser/"}

// maxEscapes is how often escapes are taken off: a return URL in a query in a
// query is escaped three times.
const maxEscapes = 3

// ContainsUserIRI tells whether an identifier of a user, or of a member (which
// ends in the user), stands anywhere in s: alone, in a text or in a URL's query,
// in any case, escaped for URLs or JSON or not. s may be a whole document.
func ContainsUserIRI(s string) bool {
	for range maxEscapes {
		if hasUserPath(s) {
			return true
		}
		plain := unescape(s)
		if plain == s {
			return false
		}
		s = plain
	}
	return hasUserPath(s)
}

// endsIRI are the characters that separate IRIs in a text.
const endsIRI = " \t\r\n\"'<>,;|"

// hasUserPath tells whether a user stands in s as it is.
func hasUserPath(s string) bool {
	for {
		i := indexFold(s, sitesPath)
		if i < 0 {
			return false
		}
		s = s[i+len(sitesPath):]
		path := s
		if end := strings.IndexAny(s, endsIRI); end >= 0 {
			path = s[:end]
		}
		if namesUser(strings.ToLower(path)) {
			return true
		}
	}
}

// namesUser tells whether the path below /v1/sites/ has a user in it.
func namesUser(path string) bool {
	for _, collection := range userCollections {
		if _, id, ok := strings.Cut(path, collection); ok && id != "" {
			return true
		}
	}
	return false
}

// indexFold is strings.Index for an ASCII path, without regard to case.
func indexFold(s, path string) int {
	for i := 0; ; i++ {
		slash := strings.IndexByte(s[i:], '/')
		if slash < 0 || i+slash+len(path) > len(s) {
			return -1
		}
		i += slash
		if strings.EqualFold(s[i:i+len(path)], path) {
			return i
		}
	}
}

// unescape takes one layer of URL and JSON escapes off s, as far as they can
// hide a path.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '\\') < 0 {
		return s
	}
	s = strings.NewReplacer(`\/`, "/", `\u002f`, "/", `\u002F`, "/").Replace(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b.WriteByte(c[0])
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
