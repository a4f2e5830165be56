package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Identity is what the stream says of a person. Every field may be empty. White
// space around the texts does not count, as it does not in records.
type Identity struct {
	UserUUID   uuid.UUID // from the IRI `…/users/{hex}`; nil: none
	UserID     string    // `bb:user.id`, as in `_1_1`
	ExternalID string    // `bb:user.externalId`, the batch_uid
	Email      string
}

// alias returns the text of one alias, "" if the identity lacks it; the user
// uuid as 32 hex digits.
func (id *Identity) alias(a Alias) string {
	switch a {
	case UserUUID:
		return FormatUserUUID(id.UserUUID)
	case UserID:
		return strings.TrimSpace(id.UserID)
	case ExternalID:
		return strings.TrimSpace(id.ExternalID)
	case Email:
		return strings.TrimSpace(id.Email)
	default:
		return ""
	}
}

// has says whether the identity carries the alias.
func (id *Identity) has(a Alias) bool {
	if a == UserUUID {
		return id.UserUUID != uuid.Nil
	}
	return id.alias(a) != ""
}

// drop empties one alias.
func (id *Identity) drop(a Alias) {
	switch a {
	case UserUUID:
		id.UserUUID = uuid.Nil
	case UserID:
		id.UserID = ""
	case ExternalID:
		id.ExternalID = ""
	case Email:
		id.Email = ""
	}
}

// sameAlias says whether both carry the same alias, byte for byte, or neither
// carries it.
func (id *Identity) sameAlias(a Alias, other *Identity) bool {
	if a == UserUUID {
		return id.UserUUID == other.UserUUID
	}
	return id.alias(a) == other.alias(a)
}

// Differs returns the alias that shows two identities to be two accounts: Learn's
// own keys, the user uuid and, where it is trusted, the user id, are never those
// of another account. [NoAlias]: nothing shows it.
func (id Identity) Differs(other Identity, trust []Alias) Alias {
	for _, a := range [...]Alias{UserUUID, UserID} {
		trusted := a == UserUUID || slices.Contains(trust, a)
		if trusted && id.has(a) && other.has(a) && !id.sameAlias(a, &other) {
			return a
		}
	}
	return NoAlias
}

// Key is one alias with its value, made comparable: user uuids are 32
// lower-case hex digits, e-mail addresses are case-folded.
type Key struct {
	Alias Alias
	Value string
}

// Keys returns the identity's aliases as comparable keys, the strongest first.
func (id Identity) Keys() []Key {
	var keys []Key
	for a := UserUUID; a < aliasEnd; a++ {
		value := id.alias(a)
		if value == "" {
			continue
		}
		if a == Email {
			value = string(foldText(nil, value))
		}
		keys = append(keys, Key{Alias: a, Value: value})
	}
	return keys
}

// personKeyBytes is half of a SHA-256: 128 bits keep a million people apart
// with a chance of collision below 10⁻²⁶.
const personKeyBytes = 16

// PersonKey returns the key under which everything of one person is kept: 32
// hex digits, fit for a subject token, from which no identity can be read back
// without guessing it. It hashes the source and the user uuid, else the
// external id, else the user id, else the IRI.
func PersonKey(source string, id Identity, iri string) string {
	kind, value := "iri", iri
	for _, a := range [...]Alias{UserUUID, ExternalID, UserID} {
		if id.has(a) {
			kind, value = a.String(), id.alias(a)
			break
		}
	}
	// A zero byte between the parts: names of sources and kinds hold none, so
	// no two triples are written alike.
	sum := sha256.Sum256([]byte(source + "\x00" + kind + "\x00" + value))
	return hex.EncodeToString(sum[:personKeyBytes])
}
