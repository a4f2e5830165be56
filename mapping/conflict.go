package mapping

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Claim is one side of a conflict: a line of a file, a record, or a line that
// stands for a record.
type Claim struct {
	Line       int       `json:"line,omitempty"`   // of the file, whose first line is 1; 0: no file
	Number     uint32    `json:"number,omitempty"` // of the record; 0: it would be a new one
	PlatformID uuid.UUID `json:"platform_id"`
}

func (c Claim) String() string {
	var who string
	switch {
	case c.Line != 0:
		who = fmt.Sprintf("line %d", c.Line)
	case c.Number != 0:
		who = fmt.Sprintf("record %d", c.Number)
	default:
		who = "the new record"
	}
	return fmt.Sprintf("%s (platform id %s)", who, c.PlatformID)
}

// Conflict is an alias that two claim, or, without an alias, two lines that
// change one record.
type Conflict struct {
	Alias Alias `json:"alias,omitempty"`
	// Value is the alias's value, "" for e-mail addresses and for external ids
	// that look like one.
	Value string `json:"value,omitempty"`
	One   Claim  `json:"one"`
	Other Claim  `json:"other"` // was there first
}

func newConflict(a Alias, id *Identity, one, other Claim) Conflict {
	value := id.alias(a)
	if a == Email || strings.Contains(value, "@") {
		value = ""
	}
	return Conflict{Alias: a, Value: value, One: one, Other: other}
}

func (c Conflict) String() string {
	if c.Alias == NoAlias {
		return fmt.Sprintf("%s and %s change the same record", c.Other, c.One)
	}
	alias := c.Alias.String()
	if c.Value != "" {
		alias = fmt.Sprintf("%s %q", alias, c.Value)
	}
	if c.Other.Line != 0 {
		return fmt.Sprintf("%s is claimed by %s and by %s", alias, c.Other, c.One)
	}
	return fmt.Sprintf("%s of %s belongs to %s", alias, c.One, c.Other)
}

// ConflictError refuses a change that would give an alias a second owner.
type ConflictError struct{ Conflicts []Conflict }

func (e *ConflictError) Error() string {
	texts := make([]string, len(e.Conflicts))
	for i, c := range e.Conflicts {
		texts[i] = c.String()
	}
	return "conflict: " + strings.Join(texts, "; ")
}
