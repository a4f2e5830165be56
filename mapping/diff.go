package mapping

import "github.com/google/uuid"

// difference is what storing a stated record would do.
type difference struct {
	class     Class
	before    Record // Number 0: there is none
	after     Record
	conflicts []Conflict
}

func (d *difference) change() Change {
	repoints := d.before.Number != 0 && d.before.PlatformID != d.after.PlatformID
	return Change{Op: Put, Record: d.after, Prior: d.before.Revision, Repoints: repoints}
}

// changes says whether the difference is to be written.
func (d *difference) changes(allowRepoint bool) bool {
	switch d.class {
	case ClassNew, ClassChanged:
		return true
	case ClassRepointed:
		return allowRepoint
	default:
		return false
	}
}

func (d *difference) repoint(line int) Repoint {
	return Repoint{Line: line, Number: d.before.Number, From: d.before.PlatformID, To: d.after.PlatformID}
}

// diff compares a stated record with the index. It concerns the record that
// has the strongest of its aliases. Conflicts are an alias that another record
// has, and a record found by an alias although it has another user uuid: that
// is another account, which the alias would be taken from.
func (x *Index) diff(stated *Record, merge func(old Record, stated *Record) Record) difference {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id := stated.Identity()
	owners := x.owners(&id)
	number, by := strongest(owners)
	before, _ := x.get(number)
	d := x.against(before, stated, owners, merge)
	if before.UserUUID != uuid.Nil && id.UserUUID != uuid.Nil && before.UserUUID != id.UserUUID {
		d.clash(by, &id, Claim{PlatformID: stated.PlatformID}, x.claim(number))
	}
	return d
}

// diffOf compares a stated record with the record of that number, whatever its
// aliases are. False: there is no such record.
func (x *Index) diffOf(number uint32, stated *Record, merge func(Record, *Record) Record) (difference, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	before, ok := x.visible(number)
	if !ok {
		return difference{}, false
	}
	id := stated.Identity()
	return x.against(before, stated, x.owners(&id), merge), true
}

func (x *Index) against(before Record, stated *Record, owners owners, merge func(Record, *Record) Record) difference {
	d := difference{before: before, after: merge(before, stated)}
	d.after.Source = x.source
	d.class = compare(&d.before, &d.after)
	id := stated.Identity()
	for a, owner := range owners {
		if owner != 0 && owner != before.Number {
			d.clash(Alias(a), &id, Claim{Number: before.Number, PlatformID: stated.PlatformID}, x.claim(owner))
		}
	}
	return d
}

func (d *difference) clash(a Alias, id *Identity, one, other Claim) {
	d.class = ClassConflicting
	d.conflicts = append(d.conflicts, newConflict(a, id, one, other))
}

func compare(before, after *Record) Class {
	switch {
	case before.Number == 0:
		return ClassNew
	case before.PlatformID != after.PlatformID:
		return ClassRepointed
	case before.sameContent(after):
		return ClassSame
	default:
		return ClassChanged
	}
}

// owners are the numbers of the records that have an identity's aliases.
type owners [aliasEnd]uint32

func (x *Index) owners(id *Identity) owners {
	var o owners
	for a := UserUUID; a < aliasEnd; a++ {
		o[a] = x.owner(a, id)
	}
	return o
}

// strongest returns the owner of the strongest alias that has one.
func strongest(o owners) (number uint32, by Alias) {
	for a, owner := range o {
		if owner != 0 {
			return owner, Alias(a)
		}
	}
	return 0, NoAlias
}

func (x *Index) claim(number uint32) Claim {
	return Claim{Number: number, PlatformID: x.records.at(number).platform}
}
