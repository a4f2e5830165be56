package adapter

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Accept implements admin.Service.
func (s service) Accept(ctx context.Context, request admin.AcceptRequest) (admin.Accepted, error) {
	list, err := s.worklist(ctx, "")
	if err != nil {
		return admin.Accepted{}, err
	}
	a := &acceptance{worklist: list, request: &request, picks: map[string][]pick{}}
	a.choose()
	for _, name := range slices.Sorted(maps.Keys(a.picks)) {
		if err := a.apply(ctx, name); err != nil {
			return admin.Accepted{}, fmt.Errorf("source %s: %w", name, err)
		}
	}
	return a.done, nil
}

// acceptance is a request to accept suggestions, which are made anew.
type acceptance struct {
	*worklist
	request *admin.AcceptRequest
	called  map[mapping.Key][]*waiting // everybody by every alias; nil: not asked for yet
	picks   map[string][]pick          // by source
	done    admin.Accepted
}

// pick is somebody whose suggestion is accepted.
type pick struct {
	asked  admin.Accept
	who    *waiting
	record mapping.Record // what the map is told
}

func (a *acceptance) leave(asked admin.Accept, reason string) {
	a.done.Left = append(a.done.Left, admin.NewLeftPerson(asked, reason))
}

// choose picks those whose suggestion is the one that was seen.
func (a *acceptance) choose() {
	chosen := map[*waiting]bool{}
	for _, asked := range a.request.People {
		who, reason := a.find(&asked)
		if reason == "" && !chosen[who] {
			chosen[who] = true
			reason = a.take(asked, who)
		}
		if reason != "" {
			a.leave(asked, reason)
		}
	}
}

// take picks somebody, or says why not.
func (a *acceptance) take(asked admin.Accept, who *waiting) (reason string) {
	suggestion, reason := a.suggestion(who, asked.Mark)
	if reason != "" {
		return reason
	}
	record := a.statement(who, suggestion)
	if !a.isFound(&record) {
		return admin.LeftRefused
	}
	a.picks[who.source] = append(a.picks[who.source], pick{asked, who, record})
	return ""
}

// find returns the one person who is called so, or why there is none.
func (a *acceptance) find(asked *admin.Accept) (*waiting, string) {
	if w, ok := a.people[asked.Person]; ok && matches(asked.Source, w.source) {
		return w, ""
	}
	if a.called == nil {
		a.called = a.directory()
	}
	var found []*waiting
	for _, key := range everyKey(strings.TrimSpace(asked.Person)) {
		for _, w := range a.called[key] {
			if matches(asked.Source, w.source) && !slices.Contains(found, w) {
				found = append(found, w)
			}
		}
	}
	switch len(found) {
	case 0:
		return nil, admin.LeftGone
	case 1:
		return found[0], ""
	default:
		return nil, admin.LeftSeveral
	}
}

// directory is everybody by every alias.
func (l *worklist) directory() map[mapping.Key][]*waiting {
	called := make(map[mapping.Key][]*waiting, len(l.people))
	for _, w := range l.people {
		for _, key := range l.names(w) {
			called[key] = append(called[key], w)
		}
	}
	return called
}

// suggestion returns the one that can be accepted and has that mark, or why there is none.
func (a *acceptance) suggestion(w *waiting, mark string) (*admin.Suggestion, string) {
	p := a.person(w)
	seen := func(s admin.Suggestion) bool { return s.Mark == mark }
	switch s := p.Acceptable(); {
	case !slices.ContainsFunc(p.Suggestions, seen):
		return nil, admin.LeftChanged
	case s == nil:
		return nil, admin.LeftAmbiguous
	default:
		return s, ""
	}
}

// statement is what the map is told of somebody: the aliases that the stream said, with the evidence as the note. What
// another record has stays with it, unless that is the record which becomes the person's. Shared aliases stay out, as does
// an e-mail address beside a stronger alias: the map needs neither to know the person again.
func (a *acceptance) statement(w *waiting, s *admin.Suggestion) mapping.Record {
	r := mapping.Record{Source: w.source, PlatformID: s.PlatformID, UserUUID: w.whom.UserUUID}
	var own mapping.Record // that becomes the person's
	for _, key := range a.names(w) {
		owner, owned := ownerOf(a.source(w.source), key)
		switch {
		case owned && (own.Number == 0 || own.Number == owner.Number) && a.isTheirs(w, &owner, s):
			own = owner
		case owned, a.sharing(w, key) > 1, key.Alias == mapping.Email && hasAlias(&r):
			continue
		}
		state(&r, key.Alias, &w.whom)
	}
	r.Note = noteOf(s, &own)
	return r
}

// isFound says whether the record has an alias that look-ups ask.
func (a *acceptance) isFound(r *mapping.Record) bool {
	return slices.ContainsFunc(r.Identity().Keys(), func(k mapping.Key) bool {
		return k.Alias == mapping.UserUUID || slices.Contains(a.trust, k.Alias)
	})
}

// isTheirs says whether a record of the person's own source may become that of the person.
func (a *acceptance) isTheirs(w *waiting, r *mapping.Record, s *admin.Suggestion) bool {
	return r.PlatformID == s.PlatformID && a.difference(w, r) == mapping.NoAlias
}

func hasAlias(r *mapping.Record) bool { return r.Identity() != mapping.Identity{} }

func state(r *mapping.Record, alias mapping.Alias, w *journal.Whom) {
	switch alias {
	case mapping.UserID:
		r.UserID = w.UserID
	case mapping.ExternalID:
		r.ExternalID = w.ExternalID
	case mapping.Email:
		r.Email = w.Email
	}
}

// noteOf proves later why the person was mapped so. What somebody has written into the record stays, if there is room.
func noteOf(s *admin.Suggestion, own *mapping.Record) string {
	parts := make([]string, 0, len(s.Evidence)+1)
	if own.Note != "" {
		parts = append(parts, own.Note)
	}
	for _, e := range s.Evidence {
		text := e.String()
		if e.Source == own.Source && e.Record == own.Number {
			text = "same " + admin.AliasWords(e.Kind) + " as an account whose events waited"
		}
		if !strings.Contains(own.Note, text) {
			parts = append(parts, text)
		}
	}
	note := strings.Join(parts, "; ")
	if len(note) > mapping.MaxNote {
		return "" // which leaves the note as it is
	}
	return note
}

// apply writes the picks of a source into its map, as one change.
func (a *acceptance) apply(ctx context.Context, source string) error {
	picks, src := a.picks[source], a.source(source)
	options := mapping.PlanOptions{Source: source, Partial: true}
	plan, err := mapping.NewPlan(ctx, rowsOf(picks), []*mapping.Index{src.people.Index()}, options)
	if err != nil {
		return err
	}
	picks = a.without(picks, plan.Rejected())
	change := admin.AcceptedChange{Source: source}
	if !a.request.DryRun && len(picks) > 0 {
		result, err := src.people.Import(ctx, plan, a.request.Edit())
		if err != nil {
			return err
		}
		a.done.Applied, change.Change = true, result.Revision
		picks = a.thatAreKnown(picks)
	}
	for _, p := range picks {
		change.People++
		a.done.People++
		a.done.Events += p.who.events
	}
	if change.People > 0 {
		a.done.Changes = append(a.done.Changes, change)
	}
	return nil
}

// rowsOf makes a file of picks, whose lines are their places, counted from 1.
func rowsOf(picks []pick) iter.Seq2[mapping.Row, error] {
	return func(yield func(mapping.Row, error) bool) {
		for i := range picks {
			record, faults := picks[i].record.Normalize()
			if !yield(mapping.Row{Line: i + 1, Record: record, Faults: faults}, nil) {
				return
			}
		}
	}
}

// without leaves those out whom the map does not take.
func (a *acceptance) without(picks []pick, rejected *mapping.PlanError) []pick {
	if rejected == nil {
		return picks
	}
	var taken []pick
	refused := rejected.Reasons()
	for i, p := range picks {
		if _, ok := refused[i+1]; ok {
			a.leave(p.asked, admin.LeftRefused)
			continue
		}
		taken = append(taken, p)
	}
	return taken
}

// thatAreKnown leaves those out whom the map did not take after all, since somebody else had changed it.
func (a *acceptance) thatAreKnown(picks []pick) []pick {
	return slices.DeleteFunc(slices.Clone(picks), func(p pick) bool {
		known := a.knows(p.who)
		if !known {
			a.leave(p.asked, admin.LeftRefused)
		}
		return !known
	})
}
