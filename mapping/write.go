package mapping

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxTries bounds how often a write is validated anew because others were
// faster.
const maxTries = 20

// Edit says who changes the map, how, and on what condition.
type Edit struct {
	By  string // a token's name; at most 256 bytes are kept
	How How
	// Number names the record to change. 0: that which has the strongest of the
	// stated aliases, or a new one.
	Number uint32
	// IfRevision refuses the change with [ErrRevision] unless the record is
	// still at this revision. 0: whatever it is at.
	IfRevision uint64
	// IfFromRevision is the same for the record that [Map.Merge] removes.
	IfFromRevision uint64
	// Replace makes the record exactly what is stated. Without it, what is left
	// empty stays as it is.
	Replace bool
	// AllowRepoint lets the change give a record another platform id. Without it,
	// that is a [RepointError].
	AllowRepoint bool
	// Take takes the stated aliases from the records that have them, in the same
	// change; a record that loses its last alias is removed. The record concerned
	// is then Number, else that with the stated user uuid, else a new one.
	Take bool
	// Partial lets [Map.Undo] put back those records on which no later change
	// stands, and leave the others.
	Partial bool
}

// Set stores what is stated about one account and returns the record as it is
// now; it is visible here when Set returns.
//
// The record concerned is edit.Number, else the one that has the strongest of
// the stated aliases, else a new one. A [ConflictError] names both sides if an
// alias belongs to another record, or if the record found has another user uuid
// than the stated one: a user uuid is changed only by naming the record. A
// [RepointError] says that the record has another platform id. edit.Take and
// edit.AllowRepoint are how to insist.
func (m *Map) Set(ctx context.Context, stated Record, edit Edit) (Record, error) {
	stated, err := m.index.acceptable(stated)
	if err != nil {
		return Record{}, err
	}
	var d difference
	_, err = m.commit(ctx, edit, func() (changes iter.Seq[Change], err error) {
		d, changes, err = m.index.setting(&stated, &edit)
		return changes, err
	})
	if err != nil {
		return Record{}, fmt.Errorf("set record: %w", err)
	}
	return m.index.current(&d), nil
}

// setting returns the changes that store what is stated, nil if there are none,
// and what they do to the record concerned.
func (x *Index) setting(stated *Record, edit *Edit) (difference, iter.Seq[Change], error) {
	d, losers, err := x.diffEdit(stated, edit)
	if err != nil {
		return d, nil, err
	}
	changes := losers
	if d.class != ClassSame {
		changes = append(changes, d.change())
	}
	if len(changes) == 0 {
		return d, nil, nil
	}
	return d, slices.Values(changes), nil
}

// diffEdit compares and applies the conditions of the edit.
func (x *Index) diffEdit(stated *Record, edit *Edit) (d difference, losers []Change, err error) {
	merge := Record.extend
	if edit.Replace {
		merge = Record.replace
	}
	found := true
	switch {
	case edit.Take:
		d, losers, err = x.taking(stated, edit, merge)
	case edit.Number != 0:
		d, found = x.diffOf(edit.Number, stated, merge)
	default:
		d = x.diff(stated, merge)
	}
	switch {
	case err != nil:
		return d, nil, err
	case !found:
		return d, nil, fmt.Errorf("record %d: %w", edit.Number, ErrNotFound)
	}
	switch err := d.before.isAt(edit.IfRevision); {
	case err != nil:
		return d, nil, err
	case len(d.conflicts) > 0:
		return d, nil, &ConflictError{Conflicts: d.conflicts}
	case d.class == ClassRepointed && !edit.AllowRepoint:
		return d, nil, &RepointError{Repoint: d.repoint(0)}
	default:
		return d, losers, nil
	}
}

// isAt refuses a record that is at another revision than its editor saw; 0: any.
func (r *Record) isAt(revision uint64) error {
	switch {
	case revision == 0 || revision == r.Revision:
		return nil
	case r.Number == 0:
		return fmt.Errorf("no record has these aliases: %w", ErrRevision)
	default:
		return fmt.Errorf("record %d is at revision %d, not %d: %w", r.Number, r.Revision, revision, ErrRevision)
	}
}

// current returns the record that d made or left alone.
func (x *Index) current(d *difference) Record {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id := d.after.Identity()
	number, _ := strongest(x.owners(&id))
	if r, ok := x.get(number); ok {
		return r
	}
	return d.after // another editor has removed it since
}

// Remove takes a record out of the map. edit.IfRevision is respected.
func (m *Map) Remove(ctx context.Context, number uint32, edit Edit) error {
	_, err := m.commit(ctx, edit, func() (iter.Seq[Change], error) {
		r, ok := m.index.Get(number)
		if !ok {
			return nil, ErrNotFound
		}
		gone := Change{Op: Remove, Record: Record{Number: number}, Prior: r.Revision}
		return slices.Values([]Change{gone}), r.isAt(edit.IfRevision)
	})
	if err != nil {
		return fmt.Errorf("remove record %d: %w", number, err)
	}
	return nil
}

// draft makes changes of the present index; nil: there is nothing to change.
type draft func() (iter.Seq[Change], error)

// optimism is how often a write is tried without asking the others to wait. A
// draft that takes long would lose for ever against members that keep writing.
const optimism = 2

// commit appends the changes that are drafted of the present index, and returns
// when they are visible, with the revision since which they are. If the log grew
// meanwhile it catches up and asks anew. No changes write nothing.
func (m *Map) commit(ctx context.Context, edit Edit, drafted draft) (uint64, error) {
	select {
	case <-m.turn:
		defer func() { m.turn <- struct{}{} }()
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for other writers: %w", context.Cause(ctx))
	}
	for try := range maxTries {
		if err := m.follower.quiet(ctx, m.own); err != nil {
			return 0, err
		}
		w := m.writing(&edit)
		err := w.write(ctx, drafted, try >= optimism)
		beaten := errors.Is(err, ErrConflict)
		if err != nil && !beaten {
			return 0, err
		}
		if beaten {
			w.after++ // the first entry that is not its own
		}
		if err := m.follower.await(ctx, w.after); err != nil {
			return 0, err
		}
		if !beaten {
			return w.after, nil
		}
	}
	return 0, ErrBusy
}

// writing is one attempt to append a change set.
type writing struct {
	log   Log
	set   ChangeSet
	last  uint32 // the highest record number before it
	after uint64 // the sequence behind which the next entry belongs
}

// writing begins an attempt. What comes into the log from now on is a conflict:
// the position is read before anything else is.
func (m *Map) writing(edit *Edit) *writing {
	after := m.follower.current()
	w := &writing{log: m.follower.log, set: edit.changeSet(), last: m.index.lastNumber(), after: after}
	m.own = w.set.ID
	return w
}

// write appends what is drafted. If it reserves, an entry before the draft makes
// others wait for as long as an import may pause, see [Options].
func (w *writing) write(ctx context.Context, drafted draft, reserve bool) error {
	p := packer{set: w.set, last: w.last, store: func(entry []byte) (uint64, error) { return w.append(ctx, entry) }}
	if reserve {
		if err := p.begin(); err != nil {
			return err
		}
	}
	changes, err := drafted()
	if err != nil || changes == nil {
		changes = func(func(Change) bool) {}
	}
	if err != nil && !reserve {
		return err
	}
	return errors.Join(err, p.pack(changes))
}

func (w *writing) append(ctx context.Context, entry []byte) (uint64, error) {
	seq, err := w.log.Append(ctx, w.after, entry)
	if err != nil {
		return 0, fmt.Errorf("append to map log: %w", err)
	}
	w.after = seq
	return seq, nil
}

// changeSet opens a new change set of the edit.
func (e *Edit) changeSet() ChangeSet {
	how := e.How
	for _, label := range [...]*string{&how.Command, &how.File, &how.SHA256, &how.Resolver} {
		*label = clip(*label)
	}
	return ChangeSet{ID: uuid.New(), At: time.Now(), By: clip(e.By), How: how}
}

// maxLabel bounds what an edit says about itself, in bytes.
const maxLabel = 256

// clip shortens a label without cutting a rune in two.
func clip(label string) string {
	if len(label) > maxLabel {
		label = label[:maxLabel]
	}
	return strings.ToValidUTF8(label, "")
}
