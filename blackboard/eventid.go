package blackboard

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// contentNamespace is the fixed namespace of the ids of events that bring none:
// UUIDv5(URL namespace, "https://github.com/bbcaliper/bbcaliper#event-content").
// It must never change, or resends stop being recognised as such.
var contentNamespace = uuid.MustParse("4fbf0efb-cb8b-5d39-93e4-12dc753c1169")

// maxDepth bounds the nesting of what is put into canonical form or decoded the
// slow way: both copy every level's text, so that the cost grows with size times
// depth. Learn's events nest less than ten deep.
const maxDepth = 32

// parseEventID reads an event id the way Learn writes it, a bare UUID, or the
// way Caliper wants it, urn:uuid:, in any case. The nil UUID is a placeholder
// and no identity.
func parseEventID(s string) (uuid.UUID, bool) {
	const bare, urn = 36, 45
	if len(s) != bare && len(s) != urn {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(s)
	return id, err == nil && id != uuid.Nil
}

// contentID is the identity of an event that has no id (all of v1p0) or one
// that is no UUID: the UUIDv5, within [contentNamespace], of its canonical form.
//
// The canonical form is RFC 8785 (JSON Canonicalization Scheme) but for two
// things: integers keep their digits, since numbers above 2^53 would collide,
// and the members of a repeated name are sorted by their values. A resend with
// other white space, key order or string escapes has the same id. Text nested
// deeper than [maxDepth] is taken byte for byte.
func contentID(raw []byte) uuid.UUID {
	canonical := jsontext.Value(raw)
	if depth(raw) <= maxDepth {
		canonical = bytes.Clone(raw)
		err := canonical.Canonicalize(jsontext.AllowDuplicateNames(true), jsontext.CanonicalizeRawInts(false))
		if err != nil {
			canonical = raw
		}
	}
	return uuid.NewSHA1(contentNamespace, canonical)
}

// depth is the deepest nesting of arrays and objects in valid JSON.
func depth(raw []byte) int {
	deepest, open := 0, 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = skipString(raw, i) - 1
		case '{', '[':
			open++
			deepest = max(deepest, open)
		case '}', ']':
			open--
		}
	}
	return deepest
}
