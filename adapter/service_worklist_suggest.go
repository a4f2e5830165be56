package adapter

import (
	"slices"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// advisor finds out who people may be whom the map does not know.
//
// An alias that another record has is evidence, but not if it proves nothing: because the record is known to be another
// account of the same source, which the alias was taken from, or because several people who wait have it.
type advisor struct {
	sources    []*source
	trust      []mapping.Alias
	evidence   []mapping.Alias // what is evidence
	showsEmail bool
	shared     map[ownAlias]int // how many people who wait have an alias
}

// ownAlias is an alias at its source.
type ownAlias struct {
	source string
	key    mapping.Key
}

func (s service) newAdvisor() (*advisor, error) {
	c := s.config().Mapping
	a := &advisor{}
	var err error
	if a.trust, err = aliasesOf(c.Trust); err != nil {
		return nil, err
	}
	if a.evidence, err = aliasesOf(c.Suggest); err != nil {
		return nil, err
	}
	a.showsEmail = slices.Contains(a.trust, mapping.Email) || slices.Contains(a.evidence, mapping.Email)
	a.sources, err = s.some("")
	return a, err
}

// source returns one of the sources, nil if it is none of them.
func (a *advisor) source(name string) *source {
	i := slices.IndexFunc(a.sources, func(s *source) bool { return s.config.Name == name })
	if i < 0 {
		return nil
	}
	return a.sources[i]
}

// knows says whether the map knows somebody by now.
func (a *advisor) knows(w *waiting) bool {
	src := a.source(w.source)
	if src == nil {
		return false
	}
	_, ok := src.people.Lookup(w.whom.Identity(), a.trust)
	return ok
}

// countShared counts who has which alias.
func (a *advisor) countShared(people map[string]*waiting) {
	a.shared = make(map[ownAlias]int, 2*len(people))
	for _, w := range people {
		for _, key := range w.whom.Identity().Keys() {
			if key.Alias != mapping.UserUUID {
				a.shared[ownAlias{w.source, key}]++
			}
		}
	}
}

// sharing is how many people who wait have an alias of somebody.
func (a *advisor) sharing(w *waiting, key mapping.Key) int { return a.shared[ownAlias{w.source, key}] }

// isCalled says whether somebody has one of the keys. E-mail addresses that are not shown name nobody.
func (a *advisor) isCalled(w *waiting, keys []mapping.Key) bool {
	return slices.ContainsFunc(a.names(w), func(k mapping.Key) bool { return slices.Contains(keys, k) })
}

// names are the keys by which somebody may be called.
func (a *advisor) names(w *waiting) []mapping.Key {
	keys := w.whom.Identity().Keys()
	if a.showsEmail {
		return keys
	}
	return slices.DeleteFunc(keys, func(k mapping.Key) bool { return k.Alias == mapping.Email })
}

// clue is a record with an alias that somebody has.
type clue struct {
	platform uuid.UUID
	admin.Evidence
}

// judge says who somebody may be, the strongest evidence first, and what is in doubt. Of a source that is no longer
// configured nobody can be mapped.
func (a *advisor) judge(w *waiting) ([]admin.Suggestion, []admin.Doubt) {
	if a.source(w.source) == nil {
		return nil, nil
	}
	var clues []clue
	var doubts []admin.Doubt
	for _, key := range a.names(w) {
		if doubt := a.otherAccount(w, key); doubt != nil {
			doubts = append(doubts, *doubt)
			continue
		}
		if n := a.sharing(w, key); n > 1 {
			doubts = append(doubts, admin.Doubt{Kind: admin.DoubtShared, Alias: key.Alias, People: n})
		}
		clues = append(clues, a.clues(w, key)...)
	}
	return suggestionsOf(clues, doubts), doubts
}

// otherAccount says that an alias belongs to another account of the person's own source, nil if it does not.
func (a *advisor) otherAccount(w *waiting, key mapping.Key) *admin.Doubt {
	owner, ok := ownerOf(a.source(w.source), key)
	if !ok {
		return nil
	}
	differs := a.difference(w, &owner)
	if differs == mapping.NoAlias {
		return nil
	}
	return &admin.Doubt{
		Kind: admin.DoubtOtherAccount, Alias: key.Alias, Record: owner.Number, Revision: owner.Revision,
		PlatformID: owner.PlatformID, Differs: differs,
	}
}

// difference returns what shows that a record of the person's own source is another account; NoAlias if nothing does.
func (a *advisor) difference(w *waiting, r *mapping.Record) mapping.Alias {
	return r.Identity().Differs(w.whom.Identity(), a.trust)
}

// clues are the records that have an alias, those of the person's own source first.
func (a *advisor) clues(w *waiting, key mapping.Key) []clue {
	if !slices.Contains(a.evidence, key.Alias) {
		return nil
	}
	var own, others []clue
	for _, src := range a.sources {
		r, ok := ownerOf(src, key)
		if !ok {
			continue
		}
		found := clue{r.PlatformID, admin.Evidence{Kind: key.Alias, Source: r.Source, Record: r.Number, Revision: r.Revision}}
		if r.Source == w.source {
			own = append(own, found)
		} else {
			others = append(others, found)
		}
	}
	return append(own, others...)
}

// ownerOf returns the record of a source that has an alias.
func ownerOf(src *source, key mapping.Key) (mapping.Record, bool) {
	if src == nil {
		return mapping.Record{}, false
	}
	var id mapping.Identity
	switch key.Alias {
	case mapping.UserID:
		id.UserID = key.Value
	case mapping.ExternalID:
		id.ExternalID = key.Value
	case mapping.Email:
		id.Email = key.Value
	}
	index := src.people.Index()
	match, ok := index.Lookup(id, []mapping.Alias{key.Alias})
	if !ok {
		return mapping.Record{}, false
	}
	return index.Get(match.Number)
}

// suggestionsOf makes a suggestion of all clues to one platform id.
func suggestionsOf(clues []clue, doubts []admin.Doubt) []admin.Suggestion {
	var platforms []uuid.UUID
	evidence := map[uuid.UUID][]admin.Evidence{}
	for _, c := range clues {
		if evidence[c.platform] == nil {
			platforms = append(platforms, c.platform)
		}
		evidence[c.platform] = append(evidence[c.platform], c.Evidence)
	}
	suggestions := make([]admin.Suggestion, len(platforms))
	for i, platform := range platforms {
		unambiguous := len(platforms) == 1 && isClear(platform, evidence[platform], doubts)
		suggestions[i] = admin.NewSuggestion(platform, evidence[platform], unambiguous)
	}
	return suggestions
}

// isClear says whether nothing stands against a suggestion: another account that has an alias is the same person's, and
// some of the evidence is nobody else's who waits.
func isClear(platform uuid.UUID, evidence []admin.Evidence, doubts []admin.Doubt) bool {
	var shared []mapping.Alias
	for _, d := range doubts {
		switch {
		case d.Kind == admin.DoubtShared:
			shared = append(shared, d.Alias)
		case d.PlatformID != platform:
			return false
		}
	}
	return slices.ContainsFunc(evidence, func(e admin.Evidence) bool { return !slices.Contains(shared, e.Kind) })
}
