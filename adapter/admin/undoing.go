package admin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// UndoRequest asks to put back what a change of the map did.
type UndoRequest struct {
	// Change is its number, or the revision that it gave a record.
	Change uint64
	// Source is the one whose change it must be; "": any.
	Source string
	// Partial leaves those records as they are on which later changes stand, and puts back the others.
	Partial bool
	// DryRun changes nothing.
	DryRun bool
	// By is who asks, for the map's history.
	By string
}

// Edit returns the edit that the undoing makes.
func (r *UndoRequest) Edit() mapping.Edit {
	return mapping.Edit{By: r.By, How: mapping.How{Command: "map undo"}, Partial: r.Partial}
}

// Query is what does not stand in the path.
func (r *UndoRequest) Query() url.Values {
	return queryOf(querySource, r.Source, queryPartial, flag(r.Partial), queryDryRun, flag(r.DryRun))
}

// Undoing is what undoing a change did or, in a dry run, would do.
type Undoing struct {
	// Change is the one that is undone.
	Change MapChange `json:"change"`
	// Effect is what becomes of the records.
	Effect mapping.Effect `json:"effect"`
	// First are the first records that would be put back, MaxFirstUndone at most; only a dry run has them.
	First []UndoneRecord `json:"first,omitempty"`
	// Blocked is how many records cannot be put back, because later changes stand on them. Problems names the first
	// 1,000 of them.
	Blocked  int       `json:"blocked"`
	Problems []Problem `json:"problems"`
	// UndoneBy is the number of the change that put the records back; 0: nothing has changed.
	UndoneBy uint64 `json:"undone_by,omitzero"`
	// Refused says that the change would not be undone as the request stands.
	Refused bool `json:"refused"`
}

// MaxFirstUndone is how many records a dry run shows.
const MaxFirstUndone = 10

// What becomes of a record whose change is undone.
const (
	BecomesRemoved   = "removed"
	BecomesThere     = "there again"
	BecomesRepointed = "re-pointed"
	BecomesChanged   = "changed"
)

// UndoneRecord is a record that an undoing would put back.
type UndoneRecord struct {
	Becomes string `json:"becomes"`
	Number  uint32 `json:"number"`
	// Record is as it is now; nil if it is not there.
	Record *mapping.Record `json:"record,omitzero"`
}

// NewUndoneRecord says what becomes of a record if a change of it is undone. now is the record as it is; nil if it is not
// there.
func NewUndoneRecord(c *mapping.Change, now *mapping.Record) UndoneRecord {
	becomes := BecomesChanged
	switch {
	case c.Op == mapping.Remove:
		becomes = BecomesThere
	case c.Prior == 0:
		becomes = BecomesRemoved
	case c.Repoints:
		becomes = BecomesRepointed
	}
	return UndoneRecord{Becomes: becomes, Number: c.Record.Number, Record: now}
}

// NewUndoing describes what undoing a change of a source does.
func NewUndoing(source string, u *mapping.Undoing, partial bool) Undoing {
	done := Undoing{
		Change: MapChange{Source: source, ChangeInfo: u.Change}, Effect: u.Effect,
		Blocked: u.Blocked, Problems: obstacleProblems(u), Refused: u.Blocked > 0 && !partial,
	}
	if u.Effect.Sum() > 0 { // else there is no such change
		done.UndoneBy = u.Revision
	}
	return done
}

func obstacleProblems(u *mapping.Undoing) []Problem {
	problems := make([]Problem, len(u.Obstacles))
	for i, o := range u.Obstacles {
		problems[i] = Problem{Kind: KindConflict, Text: o.String()}
	}
	return problems
}

// mapUndo undoes a change.
func (h *Handler) mapUndo(w http.ResponseWriter, r *request) error {
	change, err := ParseChange(r.name)
	if err != nil {
		return err
	}
	done, err := h.service.Undo(r.Context(), UndoRequest{
		Change: change, Source: r.query.Get(querySource),
		Partial: r.flag(queryPartial), DryRun: r.flag(queryDryRun), By: r.by(),
	})
	var blocked *mapping.UndoError
	if errors.As(err, &blocked) {
		return refuseUndo(&blocked.Undoing)
	}
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, done)
}

// refuseUndo names the records on which later changes stand.
func refuseUndo(u *mapping.Undoing) *Error {
	e := Conflict("change %d cannot be undone whole: later changes stand on %d of its records. Undo these first, or put back "+
		"the others only (partial)", u.Change.Number, u.Blocked)
	e.Problems = obstacleProblems(u)
	return e
}
