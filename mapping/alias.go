package mapping

import "fmt"

// Alias is a kind of name by which Blackboard knows an account. Its values
// are ordered from the strongest to the weakest.
type Alias uint8

const (
	// NoAlias is the zero value: nothing.
	NoAlias Alias = iota
	// UserUUID is Learn's own key of an account, the 32 hex digits of its IRI.
	// It never changes, and every look-up asks it first.
	UserUUID
	// UserID is the primary key `_1_1`: unique in a site, never used twice.
	UserID
	// ExternalID is the batch_uid that the institution gave the account. It can
	// be changed, and given to another account later.
	ExternalID
	// Email is the e-mail address: several people may share one, so it counts
	// only where the configuration trusts it.
	Email

	aliasEnd
)

// aliasNames are the names used in configuration files, CSV headers and JSON.
var aliasNames = [aliasEnd]string{"", "user_uuid", "user_id", "external_id", "email"}

// DefaultTrust returns the aliases that a look-up asks, in this order, after
// the user uuid and where the configuration says nothing: the external id and
// the user id.
func DefaultTrust() []Alias { return []Alias{ExternalID, UserID} }

// ParseAlias returns the alias called name, as in `external_id`.
func ParseAlias(name string) (Alias, error) {
	for a := UserUUID; a < aliasEnd; a++ {
		if aliasNames[a] == name {
			return a, nil
		}
	}
	return NoAlias, fmt.Errorf("unknown alias: want user_uuid, user_id, external_id or email")
}

// String returns the alias's name, as in `external_id`.
func (a Alias) String() string {
	if a >= aliasEnd {
		return fmt.Sprintf("alias(%d)", uint8(a))
	}
	return aliasNames[a]
}

// MarshalText writes the alias's name.
func (a Alias) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the alias's name; any other text is an error.
func (a *Alias) UnmarshalText(text []byte) error {
	parsed, err := ParseAlias(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
