package mapping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
)

// ErrTwoAccounts refuses to merge records that Learn itself keeps apart.
var ErrTwoAccounts = errors.New("they are two accounts, for they have different user uuids or user ids; " +
	"two accounts of one person share a platform id")

var errSelf = errors.New("a record cannot be merged with itself")

// RepointError refuses to give a record another platform id without leave.
type RepointError struct{ Repoint Repoint }

func (e *RepointError) Error() string {
	return e.Repoint.String() + ", which has to be allowed: the account's events would leave as another person's"
}

// Merge makes one record of two that stand for the same account, as one that a
// roster named by external id and one that was learned by user id. The record
// into gets what it lacks from the other, which is removed, in one change. What
// both have stays as into has it.
//
// Records with different user uuids or user ids are an [ErrTwoAccounts]. If
// their platform ids differ, the account's events leave as another person's from
// now on: a [RepointError], unless edit.AllowRepoint. edit.IfRevision is that of
// into, edit.IfFromRevision that of from.
//
// Both are returned: into as it is now, and from as it was removed.
func (m *Map) Merge(ctx context.Context, into, from uint32, edit Edit) (merged, removed Record, err error) {
	_, err = m.commit(ctx, edit, func() (changes iter.Seq[Change], err error) {
		changes, removed, err = m.index.merging(into, from, &edit)
		return changes, err
	})
	if err != nil {
		return Record{}, Record{}, fmt.Errorf("merge records %d and %d: %w", into, from, err)
	}
	merged, _ = m.index.Get(into) // zero if another editor has removed it since
	return merged, removed, nil
}

// merging returns the changes that merge, and the record that they remove.
func (x *Index) merging(into, from uint32, edit *Edit) (iter.Seq[Change], Record, error) {
	one, ok := x.Get(into)
	other, okToo := x.Get(from)
	if !ok || !okToo {
		return nil, other, ErrNotFound
	}
	if err := cmp.Or(one.isAt(edit.IfRevision), other.isAt(edit.IfFromRevision), one.Mergeable(&other, edit.AllowRepoint)); err != nil {
		return nil, other, err
	}
	changes := []Change{{Op: Remove, Record: Record{Number: from}, Prior: other.Revision}}
	both := other.extend(&one)
	both.Number = into
	if !both.sameContent(&one) {
		changes = append(changes, Change{Op: Put, Record: both, Prior: one.Revision})
	}
	return slices.Values(changes), other, nil
}

// Mergeable says why another record of the same source must not become part of
// this one; nil: it may. The errors are those of [Map.Merge].
func (r *Record) Mergeable(other *Record, allowRepoint bool) error {
	switch {
	case r.Number == other.Number:
		return errSelf
	case r.UserUUID != uuid.Nil && other.UserUUID != uuid.Nil && r.UserUUID != other.UserUUID,
		r.UserID != "" && other.UserID != "" && r.UserID != other.UserID:
		return ErrTwoAccounts
	case r.PlatformID != other.PlatformID && !allowRepoint:
		return &RepointError{Repoint{Number: other.Number, From: other.PlatformID, To: r.PlatformID}}
	}
	return nil
}

// taking is diffEdit for an edit that takes aliases from others: the record
// concerned is the one that is named, else the one with the stated user uuid,
// else a new one. It returns also the changes of those that lose an alias.
func (x *Index) taking(stated *Record, edit *Edit, merge func(Record, *Record) Record) (d difference, losers []Change, err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id := stated.Identity()
	owners := x.owners(&id)
	number := edit.Number
	if number == 0 {
		number = owners[UserUUID]
	}
	before, ok := x.visible(number)
	if !ok && number != 0 {
		return d, nil, fmt.Errorf("record %d: %w", number, ErrNotFound)
	}
	d = x.against(before, stated, nobody, merge)
	for a, owner := range owners {
		if owner != 0 && owner != number {
			losers = x.lose(losers, Alias(a), owner)
		}
	}
	return d, losers, nil
}

// nobody owns anything.
var nobody owners

// lose adds that a record loses an alias; with its last one it goes.
func (x *Index) lose(losers []Change, a Alias, number uint32) []Change {
	at := slices.IndexFunc(losers, func(c Change) bool { return c.Record.Number == number })
	if at < 0 {
		r, _ := x.get(number)
		losers = append(losers, Change{Record: r, Prior: r.Revision})
		at = len(losers) - 1
	}
	c := &losers[at]
	id := c.Record.Identity()
	id.drop(a)
	c.Record.setIdentity(&id)
	if c.Op = Put; id == (Identity{}) {
		c.Op = Remove
	}
	return losers
}
