package mapping

import (
	"bytes"
	"hash/maphash"

	"github.com/google/uuid"
)

// keyring finds the records of a store by alias: one table a kind of alias. It
// never lets an alias have two owners.
type keyring struct {
	seed   maphash.Seed
	tables [aliasEnd]table
}

func newKeyring() keyring { return keyring{seed: maphash.MakeSeed()} }

// keyBuffer is room on the stack for any key. Folding makes valid UTF-8 no
// longer; what is not valid may spill to the heap, and matches nothing.
type keyBuffer [MaxEmail]byte

// owner returns the number of the record that has the identity's alias, 0 if
// none up to horizon has. It does not allocate.
func (k *keyring) owner(s *store, a Alias, id *Identity, horizon uint32) uint32 {
	var buffer keyBuffer
	wanted, ok := wantedKey(&buffer, a, id)
	if !ok {
		return 0
	}
	return k.find(s, a, wanted, k.hash(wanted), horizon)
}

func (k *keyring) find(s *store, a Alias, wanted []byte, hash, horizon uint32) uint32 {
	var found uint32
	if k.tables[a].candidates(hash, func(number uint32) bool {
		found = number
		return number <= horizon && ownsKey(s, s.at(number), a, wanted)
	}) {
		return found
	}
	return 0
}

// wantedKey returns the bytes by which the alias is hashed and compared; false
// if the identity lacks it or it is longer than any that a record may have.
func wantedKey(buffer *keyBuffer, a Alias, id *Identity) ([]byte, bool) {
	if a == UserUUID {
		return append(buffer[:0], id.UserUUID[:]...), id.UserUUID != uuid.Nil
	}
	text := id.alias(a)
	switch {
	case text == "" || len(text) > MaxEmail:
		return nil, false
	case a == Email:
		return foldText(buffer[:0], text), true
	default:
		return append(buffer[:0], text...), true
	}
}

// ownsKey says whether the packed record has the alias of that key.
func ownsKey(s *store, p *packed, a Alias, key []byte) bool {
	switch a {
	case UserUUID:
		return bytes.Equal(p.user[:], key)
	case UserID:
		return bytes.Equal(s.text(p, textUserID), key)
	case ExternalID:
		return bytes.Equal(s.text(p, textExternalID), key)
	case Email:
		var buffer keyBuffer
		return bytes.Equal(foldText(buffer[:0], s.text(p, textEmail)), key)
	default:
		return false
	}
}

func (k *keyring) hash(key []byte) uint32 { return uint32(maphash.Bytes(k.seed, key)) }

// claim gives the identity's alias to the record of that number and returns the
// alias's owner: the number itself, or who had it before and keeps it.
func (k *keyring) claim(s *store, a Alias, id *Identity, number uint32) uint32 {
	var buffer keyBuffer
	key, ok := wantedKey(&buffer, a, id)
	if !ok {
		return number
	}
	hash := k.hash(key)
	if owner := k.find(s, a, key, hash, s.last); owner != 0 {
		return owner
	}
	k.tables[a].add(hash, number)
	return number
}

// release takes the identity's alias from the record of that number.
func (k *keyring) release(a Alias, id *Identity, number uint32) {
	var buffer keyBuffer
	if key, ok := wantedKey(&buffer, a, id); ok {
		k.tables[a].remove(k.hash(key), number)
	}
}
