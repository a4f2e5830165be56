package receive

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
)

// Source is somebody who may post.
type Source struct {
	// Name is the name under which its envelopes are stored.
	Name string
	// Keys are the SHA-256 of the keys that it may present; several during a rotation.
	Keys [][sha256.Size]byte
}

// keyring knows which key belongs to whom. It is immutable.
type keyring struct {
	sums  [][sha256.Size]byte
	names []string // of the source of each sum
}

func newKeyring(sources []Source) (*keyring, error) {
	k := &keyring{}
	owner := map[[sha256.Size]byte]string{}
	for _, s := range sources {
		if s.Name == "" {
			return nil, errors.New("a source has no name")
		}
		for _, sum := range s.Keys {
			if first, twice := owner[sum]; twice {
				return nil, fmt.Errorf("sources %s and %s have the same key", first, s.Name)
			}
			owner[sum] = s.Name
			k.sums, k.names = append(k.sums, sum), append(k.names, s.Name)
		}
	}
	return k, nil
}

// find returns the source of the key in an Authorization header. Learn sends the key with no scheme; "Bearer <key>"
// and any other scheme of one token are taken too. A key may itself contain blanks, so the whole header is tried as
// well as what follows its first word. All keys are compared, in constant time each, whatever is found.
func (k *keyring) find(header string) (source string, ok bool) {
	header = strings.TrimSpace(header)
	_, credentials, hasScheme := strings.Cut(header, " ")
	if !hasScheme {
		credentials = header
	}
	whole, rest := sha256.Sum256([]byte(header)), sha256.Sum256([]byte(strings.TrimLeft(credentials, " ")))
	found := -1
	for i := range k.sums {
		match := subtle.ConstantTimeCompare(k.sums[i][:], whole[:]) | subtle.ConstantTimeCompare(k.sums[i][:], rest[:])
		found = subtle.ConstantTimeSelect(match, i, found)
	}
	if header == "" || found < 0 {
		return "", false
	}
	return k.names[found], true
}
