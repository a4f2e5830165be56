package mapping

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/google/uuid"
)

// commandUndo is how an undoing was done where its edit does not say.
const commandUndo = "undo"

// Obstacle is a record that cannot be put back, because a later change stands on
// what the change to be undone made.
type Obstacle struct {
	Number uint32 `json:"number"` // of the record
	// PlatformID and Revision are those of the record as it is now; zero if it is
	// not there any more.
	PlatformID uuid.UUID `json:"platform_id,omitzero"`
	Revision   uint64    `json:"revision,omitempty"`
	// Alias, if it is not [NoAlias], is what the record would get back, but the
	// record Owner has it now. Value is "" for e-mail addresses and what looks
	// like one.
	Alias Alias  `json:"alias,omitempty"`
	Value string `json:"value,omitempty"`
	Owner uint32 `json:"owner,omitempty"`
}

func (o Obstacle) String() string {
	switch {
	case o.Alias != NoAlias && o.Value != "":
		return fmt.Sprintf("%s %q of record %d belongs to record %d now", o.Alias, o.Value, o.Number, o.Owner)
	case o.Alias != NoAlias:
		return fmt.Sprintf("%s of record %d belongs to record %d now", o.Alias, o.Number, o.Owner)
	case o.Revision == 0:
		return fmt.Sprintf("record %d is not there any more", o.Number)
	default:
		return fmt.Sprintf("record %d (platform id %s) has been changed since, in revision %d", o.Number, o.PlatformID, o.Revision)
	}
}

// maxObstacles is how many are named; the others are counted.
const maxObstacles = 1000

// Undoing is what undoing a change does, or would do.
type Undoing struct {
	Change ChangeInfo `json:"change"` // that is undone
	Effect Effect     `json:"effect"`
	// Blocked is how many records cannot be put back; the first 1,000 are named.
	Blocked   int        `json:"blocked"`
	Obstacles []Obstacle `json:"obstacles,omitempty"`
	// Revision is that since which the undoing is visible; 0: it is not done.
	Revision uint64 `json:"revision,omitempty"`
}

// UndoError refuses an undoing of which later changes stand in the way. Nothing
// was changed.
type UndoError struct{ Undoing Undoing }

func (e *UndoError) Error() string {
	const named = 10
	first := e.Undoing.Obstacles[:min(named, len(e.Undoing.Obstacles))]
	texts := make([]string, len(first))
	for i, o := range first {
		texts[i] = o.String()
	}
	if more := e.Undoing.Blocked - len(first); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("later changes stand on change %d: %s", e.Undoing.Change.Number, strings.Join(texts, "; "))
}

// PlanUndo says what undoing a change would do now, and changes nothing. The
// change is named by its number, or by the revision that it gave a record.
func (m *Map) PlanUndo(ctx context.Context, change uint64) (Undoing, error) {
	r, err := m.reverse(ctx, change)
	if err != nil {
		return Undoing{}, fmt.Errorf("undo: %w", err)
	}
	u, blocked := r.against(m.index)
	for c := range r.changes(m.index, blocked.has) {
		u.Effect.add(&c)
	}
	return u, nil
}

// Undo puts back what a change did, as a new change, which is visible whole when
// Undo returns and can itself be undone. The change is named by its number, or
// by the revision that it gave a record.
//
// An [UndoError] names the records on which later changes stand: they are not as
// the change left them any more, or another record has an alias that they would
// get back. With edit.Partial the others are put back, and these are left as they
// are. A change that re-pointed records points them back; that needs no leave.
func (m *Map) Undo(ctx context.Context, change uint64, edit Edit) (Undoing, error) {
	r, err := m.reverse(ctx, change)
	if err != nil {
		return Undoing{}, fmt.Errorf("undo: %w", err)
	}
	if edit.How.Undoes = r.info.Number; edit.How.Command == "" {
		edit.How.Command = commandUndo
	}
	var u Undoing
	seq, err := m.commit(ctx, edit, func() (iter.Seq[Change], error) {
		var blocked marks
		u, blocked = r.against(m.index)
		if u.Blocked > 0 && !edit.Partial {
			return nil, &UndoError{Undoing: u}
		}
		return counted(r.changes(m.index, blocked.has), &u.Effect), nil
	})
	if err != nil {
		return Undoing{}, fmt.Errorf("undo: %w", err)
	}
	u.Revision = seq
	return u, nil
}

// counted adds the changes to the effect as they pass.
func counted(changes iter.Seq[Change], effect *Effect) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for c := range changes {
			effect.add(&c)
			if !yield(c) {
				return
			}
		}
	}
}

// marks are places of steps.
type marks []uint64

func (m marks) has(place uint32) bool { return m[place/64]&(1<<(place%64)) != 0 }
func (m marks) set(place uint32)      { m[place/64] |= 1 << (place % 64) }

// against finds what stands in the way of the reversal in the index as it is now.
// A record that stays as it is may keep an alias from another, so it looks until
// it finds nothing more.
func (r *reversal) against(x *Index) (Undoing, marks) {
	u, blocked := Undoing{Change: r.info}, make(marks, len(r.steps)/64+1)
	var pace pace
	for before := -1; u.Blocked != before; {
		before = u.Blocked
		for place := range r.steps {
			pace.step()
			if blocked.has(uint32(place)) {
				continue
			}
			o, found := r.obstacle(x, &r.steps[place], blocked)
			if !found {
				continue
			}
			blocked.set(uint32(place))
			u.Blocked++
			if len(u.Obstacles) < maxObstacles {
				u.Obstacles = append(u.Obstacles, o)
			}
		}
	}
	return u, blocked
}

// obstacle says what keeps a record from being put back.
func (r *reversal) obstacle(x *Index, s *step, blocked marks) (Obstacle, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	o := Obstacle{Number: s.number}
	now := x.records.get(s.number)
	if now != nil {
		o.PlatformID, o.Revision = now.platform, now.revision
	}
	if !r.stands(x, s, now) {
		return o, true
	}
	was, there := r.was(s)
	if !there {
		return o, false
	}
	id := was.Identity()
	for a, owner := range x.owners(&id) {
		if owner == 0 || owner == s.number {
			continue
		}
		if place, ours := r.stepOf(owner); ours && !blocked.has(place) {
			continue // it gives the alias back
		}
		c := newConflict(Alias(a), &id, Claim{}, Claim{})
		o.Alias, o.Value, o.Owner = c.Alias, c.Value, owner
		return o, true
	}
	return o, false
}

// stands says whether a record is as the change left it, or has been made so again
// by later changes.
func (r *reversal) stands(x *Index, s *step, now *packed) bool {
	switch {
	case s.op == Remove || now == nil:
		return s.op == Remove && now == nil
	case now.revision == s.seq:
		return true
	}
	record := x.records.record(s.number, now)
	return r.content(&record) == s.after
}
