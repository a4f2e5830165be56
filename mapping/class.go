package mapping

import "fmt"

// Class is what a row of a file means for the map.
type Class uint8

const (
	// ClassNew makes a record.
	ClassNew Class = iota + 1
	// ClassChanged changes a record, but not its platform id.
	ClassChanged
	// ClassSame leaves a record as it is.
	ClassSame
	// ClassRepointed gives a record another platform id, allowed or not.
	ClassRepointed
	// ClassConflicting claims an alias that another row or record has.
	ClassConflicting
	// ClassInvalid is a row that cannot be used.
	ClassInvalid
	// ClassRemoved is not a row: it is a record that a file for [PlanOptions].Sync
	// does not name.
	ClassRemoved

	classEnd
)

var classNames = [classEnd]string{"", "new", "changed", "same", "repointed", "conflicting", "invalid", "removed"}

// String returns the class's name, which is also its key in JSON.
func (c Class) String() string {
	if c >= classEnd {
		return fmt.Sprintf("class(%d)", uint8(c))
	}
	return classNames[c]
}

// MarshalText writes the class's name.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Counts are the rows of a file by what they mean for the map; a row counts
// once.
type Counts struct {
	New         int `json:"new"`
	Changed     int `json:"changed"`
	Same        int `json:"same"`
	Repointed   int `json:"repointed"` // allowed or not
	Conflicting int `json:"conflicting"`
	Invalid     int `json:"invalid"`
	// Removed is how many records go because the file does not name them.
	Removed int `json:"removed,omitzero"`
}

// of returns the count of a class.
func (c *Counts) of(class Class) *int {
	switch class {
	case ClassNew:
		return &c.New
	case ClassChanged:
		return &c.Changed
	case ClassSame:
		return &c.Same
	case ClassRepointed:
		return &c.Repointed
	case ClassInvalid:
		return &c.Invalid
	case ClassRemoved:
		return &c.Removed
	default:
		return &c.Conflicting
	}
}

// LeftOut is how many rows an import leaves out, with or without leave to
// re-point.
func (c *Counts) LeftOut(allowRepoint bool) int {
	n := c.Invalid + c.Conflicting
	if !allowRepoint {
		n += c.Repointed
	}
	return n
}

// Add adds counts.
func (c *Counts) Add(more Counts) {
	for class := ClassNew; class < classEnd; class++ {
		*c.of(class) += *more.of(class)
	}
}
