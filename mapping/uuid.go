package mapping

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/google/uuid"
)

var errNoUUID = errors.New("is not a UUID")

// usersSegment stands before the hex digits in the IRI of a person,
// `…/v1/sites/{site}/users/{hex}`. The host before it is opaque.
const usersSegment = "/users/"

// ParsePlatformID reads a platform id: a UUID with dashes, as 32 hex digits or
// as `urn:uuid:…`. The nil UUID is refused. Errors do not repeat the text.
func ParsePlatformID(text string) (uuid.UUID, error) {
	return parseUUID(strings.TrimSpace(text))
}

// ParseUserUUID reads the user uuid of an account: 32 hex digits, a UUID with
// dashes, or the whole IRI `…/users/{hex}`. The nil UUID is refused. Errors do
// not repeat the text.
func ParseUserUUID(text string) (uuid.UUID, error) {
	text = strings.TrimSpace(text)
	if i := strings.LastIndex(text, usersSegment); i >= 0 {
		text = text[i+len(usersSegment):]
	}
	return parseUUID(text)
}

// parseUUID accepts the plain, dashed and URN forms; uuid.Parse alone would
// also take 38 characters with anything at all in place of the braces.
func parseUUID(text string) (uuid.UUID, error) {
	switch len(text) {
	case 32, 36, len("urn:uuid:") + 36:
	default:
		return uuid.Nil, errNoUUID
	}
	u, err := uuid.Parse(text)
	if err != nil || u == uuid.Nil {
		return uuid.Nil, errNoUUID
	}
	return u, nil
}

// FormatUserUUID writes a user uuid as Learn does in its IRIs, without dashes; the
// nil UUID is "".
func FormatUserUUID(u uuid.UUID) string {
	if u == uuid.Nil {
		return ""
	}
	return hex.EncodeToString(u[:])
}
