package config

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// hashPrefix introduces the hash of a key in the file, so that the key itself need not stand there.
const hashPrefix = "sha256:"

// Key is a secret that others present and that is only compared: Learn's API keys, tokens of the admin API. It is
// kept as its SHA-256, so the text is not in memory. In the file it is env:NAME, file:PATH, the text itself, or
// sha256: and 64 hexadecimal digits, which may also be what the variable or the file holds. It prints as
// "<redacted>". Two keys are equal (==) if their texts are.
type Key struct{ sum [sha256.Size]byte }

// NewKey returns the key with a text.
func NewKey(text string) Key { return Key{sum: sha256.Sum256([]byte(text))} }

// Match says in constant time whether candidate is the text of the key.
func (k Key) Match(candidate []byte) bool {
	sum := sha256.Sum256(candidate)
	return subtle.ConstantTimeCompare(k.sum[:], sum[:]) == 1
}

// Sum returns the SHA-256 of the text.
func (k Key) Sum() [sha256.Size]byte { return k.sum }

// IsSet says whether there is a key at all.
func (k Key) IsSet() bool { return k != Key{} }

// String returns "<redacted>".
func (k Key) String() string {
	if !k.IsSet() {
		return ""
	}
	return redacted
}

// Format prints "<redacted>" for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// MarshalText is what JSON, YAML and structured loggers show.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

func (r converter) keyOf(from reflect.Value) (any, error) {
	text, err := r.textOf(from)
	if err != nil {
		return nil, err
	}
	if digits, ok := strings.CutPrefix(text, hashPrefix); ok {
		return keyFromHash(digits)
	}
	// HTTP strips blanks around a header value and cannot carry control characters: such a key could never match.
	if strings.TrimSpace(text) != text || strings.ContainsFunc(text, isControl) {
		return nil, errors.New("begins or ends with a blank or holds a control character, which HTTP does not carry: use another key")
	}
	return NewKey(text), nil
}

func keyFromHash(digits string) (any, error) {
	var k Key
	if n, err := hex.Decode(k.sum[:], []byte(digits)); len(digits) != hex.EncodedLen(sha256.Size) || err != nil || n != sha256.Size {
		return nil, errors.New("must have 64 hexadecimal digits after sha256: (bbcaliper source key prints them)")
	}
	return k, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
