package resolver

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Person is who is asked about.
type Person struct {
	// Key names the person: questions with one key are one question. It is
	// [mapping.PersonKey]; "" makes one of the source and the strongest alias.
	Key      string
	Source   string
	Identity mapping.Identity
	// UserName is Learn's. The stream never says it; a Blackboard resolver
	// learns it for those that come after it.
	UserName string
}

// String names the person by the key, which tells nothing of who it is.
func (p Person) String() string { return "person " + p.Key }

// GoString is String: %#v shows nobody's data either.
func (p Person) GoString() string { return p.String() }

// withKey returns the person with a key. A person without user uuid, external
// id and user id is told apart by the e-mail address, in lower case.
func (p Person) withKey() Person {
	if p.Key == "" {
		p.Key = mapping.PersonKey(p.Source, p.Identity, "mailto:"+strings.ToLower(strings.TrimSpace(p.Identity.Email)))
	}
	return p
}

// value returns what is known of a field, "" for nothing.
func (p *Person) value(f Field) string {
	switch f {
	case UserUUID:
		return mapping.FormatUserUUID(p.Identity.UserUUID)
	case UserID:
		return strings.TrimSpace(p.Identity.UserID)
	case ExternalID:
		return strings.TrimSpace(p.Identity.ExternalID)
	case Email:
		return realEmail(strings.TrimSpace(p.Identity.Email))
	case UserName:
		return strings.TrimSpace(p.UserName)
	case Source:
		return p.Source
	default:
		return ""
	}
}

// isIn says whether a text tells anything of the person.
func (p *Person) isIn(text string) bool {
	text = strings.ToLower(text)
	for f := range Source {
		if value := strings.ToLower(p.value(f)); value != "" && strings.Contains(text, value) {
			return true
		}
	}
	return false
}

// placeholderNames stand before the @ of addresses that Learn makes up where an
// institution lets no e-mail address out. They are nobody's.
var placeholderNames = [...]string{"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"}

func realEmail(address string) string {
	name, _, found := strings.Cut(address, "@")
	if !found || name == "" {
		return ""
	}
	for _, placeholder := range placeholderNames {
		if strings.EqualFold(name, placeholder) {
			return ""
		}
	}
	return address
}

// Learned is what a resolver found out about a person besides a mapping. What
// is empty was not learned.
type Learned struct {
	Identity mapping.Identity
	UserName string
}

// String shows nothing: it is all personal data.
func (l Learned) String() string { return "learned" }

// GoString is String.
func (l Learned) GoString() string { return l.String() }

// with returns the person with what was learned, which is newer than what the
// stream said, and tells which fields it changed.
func (p Person) with(l Learned) (Person, []Field) {
	before := p
	id := &p.Identity
	if l.Identity.UserUUID != uuid.Nil {
		id.UserUUID = l.Identity.UserUUID
	}
	overwrite(&id.UserID, l.Identity.UserID)
	overwrite(&id.ExternalID, l.Identity.ExternalID)
	overwrite(&id.Email, l.Identity.Email)
	overwrite(&p.UserName, l.UserName)
	var changed []Field
	for f := range Source {
		if f == UserUUID && id.UserUUID != before.Identity.UserUUID || f != UserUUID && p.value(f) != before.value(f) {
			changed = append(changed, f)
		}
	}
	return p, changed
}

func overwrite(field *string, value string) {
	if value != "" {
		*field = value
	}
}

// digest is what a cache knows a question by: half of a SHA-256, as in
// [mapping.PersonKey]. No identity can be read back from it.
type digest [16]byte

// digest covers the source and the fields with their values. Each part carries
// its length, so no two questions are written alike.
func (p *Person) digest(by []Field) digest {
	var buffer [256]byte
	text := appendPart(buffer[:0], p.Source)
	for _, f := range by {
		text = append(text, byte(f))
		if f == UserUUID {
			text = append(text, p.Identity.UserUUID[:]...)
			continue
		}
		text = appendPart(text, p.value(f))
	}
	sum := sha256.Sum256(text)
	return digest(sum[:16])
}

func appendPart(text []byte, part string) []byte {
	text = binary.AppendUvarint(text, uint64(len(part)))
	return append(text, part...)
}
