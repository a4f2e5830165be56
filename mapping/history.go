package mapping

import (
	"context"

	"github.com/google/uuid"
)

// Version is what one change made of a record.
type Version struct {
	// Record is as it was after the change. Of one that the change removed only
	// number and revision are left, and who removed it when.
	Record Record `json:"record"`
	// Before is as it was before; its number is 0 if it was not there.
	Before  Record    `json:"before,omitzero"`
	Removed bool      `json:"removed,omitempty"`
	Change  uuid.UUID `json:"change"` // the id of the change set
	// ChangeNumber is the change's number in [Map.Log], which [Map.Undo] takes.
	ChangeNumber uint64 `json:"change_number"`
	How          How    `json:"how"`
}

// History returns all versions of the records that the text names, or ever
// named, oldest first; a removed record is named by what it was. The text is one
// that [Index.Find] takes.
//
// It reads the whole log, twice if the text is a name that a record got later
// and has lost again: a million changes take about a second.
func (m *Map) History(ctx context.Context, text string) ([]Version, error) {
	h := historian{source: m.index.source, who: parsePerson(text), last: make(map[uint32]Record)}
	for _, r := range m.index.Find(text) {
		h.last[r.Number] = Record{}
	}
	for h.again = true; h.again; {
		h.restart()
		if err := m.readLog(ctx, h.visit); err != nil {
			return nil, err
		}
	}
	return h.versions, nil
}

// historian collects the versions of those records that a text names.
type historian struct {
	source   string
	who      person
	last     map[uint32]Record // the last version of each of them, zero: it is not there
	versions []Version
	again    bool // versions of a record came before it was named so
}

func (h *historian) restart() {
	h.again, h.versions = false, nil
	for number := range h.last {
		h.last[number] = Record{}
	}
}

func (h *historian) visit(v *visible, seq uint64, set *ChangeSet, c *Change) {
	number := c.Record.Number
	before, known := h.last[number]
	if !known && !h.who.names(&c.Record) {
		return
	}
	h.again = h.again || !known && c.Prior != 0
	after := c.Record
	after.Source, after.Revision, after.ChangedBy, after.ChangedAt = h.source, seq, set.By, set.At
	h.versions = append(h.versions, Version{
		Record: after, Before: before, Removed: c.Op == Remove, Change: set.ID, ChangeNumber: v.seq, How: set.How,
	})
	if c.Op == Remove {
		after = Record{}
	}
	h.last[number] = after
}
