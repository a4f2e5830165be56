package adapter

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Unmapped implements admin.Service.
func (s service) Unmapped(ctx context.Context, filter admin.UnmappedFilter) (admin.UnmappedPage, error) {
	list, err := s.worklist(ctx, filter.Source)
	if err != nil {
		return admin.UnmappedPage{}, err
	}
	selected := list.selected(&filter)
	page := admin.UnmappedPage{Total: len(selected), Mapped: list.mapped}
	for _, w := range selected {
		page.Events += w.events
	}
	from, _ := slices.BinarySearchFunc(selected, filter.After, func(w *waiting, after admin.UnmappedCursor) int {
		return cmp.Or(w.cursor().Compare(after), -1) // behind it
	})
	selected = selected[from:]
	if filter.Limit > 0 && len(selected) > filter.Limit {
		selected = selected[:filter.Limit]
		page.Next = selected[filter.Limit-1].cursor()
	}
	page.People = make([]admin.UnmappedPerson, len(selected))
	for i, w := range selected {
		page.People[i] = list.person(w)
	}
	return page, nil
}

// ExportUnmapped implements admin.Service.
func (s service) ExportUnmapped(ctx context.Context, filter admin.UnmappedFilter, w io.Writer) error {
	list, err := s.worklist(ctx, filter.Source)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	if err := admin.WriteUnmapped(buffered, list.each(list.selected(&filter))); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return buffered.Flush()
}

// waiting is somebody whose events are held, at whatever destination.
type waiting struct {
	key, source  string
	whom         journal.Whom
	events       int
	since, until time.Time
	types        tallies
	destinations tallies
	reading      int // of heldPeople, that has changed it last
}

func (w *waiting) clone() *waiting {
	own := *w
	own.types, own.destinations = slices.Clone(w.types), slices.Clone(w.destinations)
	return &own
}

// tallies count by name. There are few names.
type tallies []struct {
	name string
	n    int
}

func (t *tallies) count(name string) {
	for i := range *t {
		if (*t)[i].name == name {
			(*t)[i].n++
			return
		}
	}
	*t = append(*t, struct {
		name string
		n    int
	}{name, 1})
}

func (t tallies) byName() map[string]int {
	counts := make(map[string]int, len(t))
	for _, one := range t {
		counts[one.name] = one.n
	}
	return counts
}

func (w *waiting) cursor() admin.UnmappedCursor {
	return admin.UnmappedCursor{Since: w.since.UTC(), Key: w.key}
}

// add counts one more event. What the newest says of the person goes before what older ones said.
func (w *waiting) add(h *journal.Held, kind, destination string) {
	at := h.Event.Received
	if w.events == 0 || at.Before(w.since) {
		w.since = at
	}
	if w.events == 0 || !at.Before(w.until) {
		w.until, w.whom = at, h.Whom.Or(w.whom)
	} else {
		w.whom = w.whom.Or(h.Whom)
	}
	w.events++
	w.types.count(kind)
	w.destinations.count(destination)
}

// worklist is everybody whose events are held and whom the map does not know.
type worklist struct {
	*advisor
	people map[string]*waiting // by their keys
	mapped int                 // people whose events are held although the map knows them by now
}

// worklist looks who of those waits whom the map does not know now.
func (s service) worklist(ctx context.Context, source string) (*worklist, error) {
	if source != "" {
		if _, err := s.known(source); err != nil {
			return nil, err
		}
	}
	people, err := s.waiting(ctx)
	if err != nil {
		return nil, err
	}
	list := &worklist{people: make(map[string]*waiting, len(people))}
	if list.advisor, err = s.newAdvisor(); err != nil {
		return nil, err
	}
	for key, w := range people {
		switch {
		case !matches(source, w.source):
		case list.knows(w):
			list.mapped++
		default:
			list.people[key] = w
		}
	}
	list.countShared(list.people)
	return list, nil
}

// selected lists those whom a filter selects, on whatever page, the longest waiting first.
func (l *worklist) selected(f *admin.UnmappedFilter) []*waiting {
	called := everyKey(f.Person)
	selected := make([]*waiting, 0, len(l.people))
	for _, w := range l.people {
		switch {
		case f.Person != "" && f.Person != w.key && !l.isCalled(w, called):
		case (f.Suggested || f.Evidence != mapping.NoAlias) && !l.suggestsBy(w, f.Evidence):
		default:
			selected = append(selected, w)
		}
	}
	slices.SortFunc(selected, func(a, b *waiting) int { // as their cursors
		return cmp.Or(a.since.Compare(b.since), strings.Compare(a.key, b.key))
	})
	return selected
}

// suggestsBy says whether anything suggests who somebody is, with evidence of a kind.
func (l *worklist) suggestsBy(w *waiting, kind mapping.Alias) bool {
	suggestions, _ := l.judge(w)
	return slices.ContainsFunc(suggestions, func(s admin.Suggestion) bool { return s.Has(kind) })
}

func (l *worklist) each(people []*waiting) iter.Seq[admin.UnmappedPerson] {
	return func(yield func(admin.UnmappedPerson) bool) {
		for _, w := range people {
			if !yield(l.person(w)) {
				return
			}
		}
	}
}

// person is what the admin API tells of somebody.
func (l *worklist) person(w *waiting) admin.UnmappedPerson {
	p := admin.UnmappedPerson{
		Key: w.key, Source: w.source, UserUUID: w.whom.UserUUID, UserID: w.whom.UserID, ExternalID: w.whom.ExternalID,
		Events: w.events, Since: w.since.UTC(), Until: w.until.UTC(),
		Types: w.types.byName(), Destinations: w.destinations.byName(),
	}
	if l.showsEmail {
		p.Email = w.whom.Email
	}
	p.Suggestions, p.Doubts = l.judge(w)
	return p
}

// everyKey returns all keys of the map that a text may name: any alias, a user uuid also as an IRI.
func everyKey(text string) []mapping.Key {
	user, _ := mapping.ParseUserUUID(text) // what is none names nobody
	return mapping.Identity{UserUUID: user, UserID: text, ExternalID: text, Email: text}.Keys()
}
