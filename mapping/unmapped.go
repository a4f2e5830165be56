package mapping

import (
	"fmt"

	"github.com/google/uuid"
)

// Unmapped is the policy for a person whom the map does not know. The zero
// value is no policy; [Hold] is the default of the configuration.
type Unmapped string

const (
	// Hold keeps the person's events until a mapping arrives.
	Hold Unmapped = "hold"
	// DeriveID makes the platform id from Blackboard's own, see [Derive].
	DeriveID Unmapped = "derive"
	// Drop skips the person's events.
	Drop Unmapped = "drop"
)

// ParseUnmapped returns the policy of that name.
func ParseUnmapped(name string) (Unmapped, error) {
	switch policy := Unmapped(name); policy {
	case Hold, DeriveID, Drop:
		return policy, nil
	default:
		return "", fmt.Errorf("unknown policy for unmapped people: want %s, %s or %s", Hold, DeriveID, Drop)
	}
}

// Derive makes a platform id without a map: the Blackboard uuid as it is, for
// platforms that minted their ids so, or, where there is none, the UUIDv5 of
// the IRI in the URL namespace (RFC 9562, section 5.5). The same person always
// gets the same id.
func Derive(id Identity, iri string) uuid.UUID {
	if id.UserUUID != uuid.Nil {
		return id.UserUUID
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(iri))
}
