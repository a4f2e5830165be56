package adapter

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// addPerson says whom an event concerns, what the map says of them, and what became of the event with that.
func (s service) addPerson(ctx context.Context, f *admin.Fate, n *narrator, subject *receipt) error {
	f.Translated = n.look.JSON
	if letter := n.letter(subject.Place); letter != nil && f.Place == admin.PlaceDead {
		whole, err := s.journal.Dead(ctx, f.Destination, letter.Seq)
		if err == nil && len(whole.Sent) > 0 {
			f.Translated = whole.Sent
		}
	}
	whom := n.whom(subject)
	if whom == nil {
		return nil
	}
	f.Person = s.person(subject.Source, whom)
	src := s.source(subject.Source)
	if record, ok := src.people.Index().Get(n.look.Match.Number); ok {
		f.Record = &record
	}
	f.MapRevision = n.revision(subject)
	trust, err := aliasesOf(s.config().Mapping.Trust)
	if err != nil || f.MapRevision == 0 ||
		f.Record != nil && f.Record.Revision <= f.MapRevision && isAskedFirst(whom, n.look.Match.By, trust) {
		return err
	}
	then, err := recordThen(ctx, src, whom, f.MapRevision, trust)
	if then != nil && f.Record != nil && then.Number == f.Record.Number && then.Revision == f.Record.Revision {
		then = nil // it is the same
	}
	f.RecordThen = then
	return err
}

// isAskedFirst says whether an alias is the first of a person's that is looked up. By a later one, another record may
// have come first at another time.
func isAskedFirst(w *journal.Whom, alias mapping.Alias, trust []mapping.Alias) bool {
	keys := trustedKeys(w.Identity(), trust)
	return len(keys) > 0 && keys[0].Alias == alias
}

// whom is the person whose order the event keeps, as the stream says.
func (n *narrator) whom(subject *receipt) *journal.Whom {
	if n.look.Whom != nil {
		return n.look.Whom
	}
	if held := n.heldAt(subject.Place); held != nil {
		return &held.Whom
	}
	return nil
}

func (s service) person(source string, w *journal.Whom) *admin.Person {
	p := &admin.Person{
		Key:      mapping.PersonKey(source, w.Identity(), w.IRI),
		UserUUID: w.UserUUID, UserID: w.UserID, ExternalID: w.ExternalID,
	}
	if s.trustsEmail() {
		p.Email = w.Email
	}
	return p
}

// recordThen is the record that named a person at a revision of the map; nil if none did. It reads the map's log, and
// goes by the rules of mapping.Index.Lookup.
func recordThen(
	ctx context.Context, src *source, w *journal.Whom, revision uint64, trust []mapping.Alias,
) (*mapping.Record, error) {
	id := w.Identity()
	for _, key := range trustedKeys(id, trust) {
		versions, err := src.people.History(ctx, key.Value)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", src.config.Name, err)
		}
		record := ownerThen(versions, key, revision)
		if record != nil && (key.Alias == mapping.UserUUID || record.Identity().Differs(id, trust) == mapping.NoAlias) {
			return record, nil
		}
	}
	return nil, nil
}

// trustedKeys are the keys of a person in the order in which they are looked up.
func trustedKeys(id mapping.Identity, trust []mapping.Alias) (keys []mapping.Key) {
	for _, alias := range append([]mapping.Alias{mapping.UserUUID}, trust...) {
		for _, key := range id.Keys() {
			if key.Alias == alias {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// ownerThen returns the record that had an alias at a revision.
func ownerThen(versions []mapping.Version, key mapping.Key, revision uint64) *mapping.Record {
	owners := map[uint32]*mapping.Record{}
	for i := range versions {
		v := &versions[i]
		switch {
		case v.Record.Revision > revision:
		case !v.Removed && slices.Contains(v.Record.Identity().Keys(), key):
			owners[v.Record.Number] = &v.Record
		default:
			delete(owners, v.Record.Number)
		}
	}
	var latest *mapping.Record
	for _, r := range owners {
		if latest == nil || cmp.Less(latest.Revision, r.Revision) {
			latest = r
		}
	}
	return latest
}
