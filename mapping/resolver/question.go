package resolver

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// verdict is what becomes of a question at a stage.
type verdict uint8

const (
	passes  verdict = iota // to the next stage
	settled                // a mapping was found
	asks                   // the resolver has to be asked
)

// question is one person on the way through the chain. One goroutine has it at a
// time.
type question struct {
	asked    Person // as the stream said
	now      Person // with what was learned
	learned  Learned
	from     [fieldEnd]string // who had learned a field; "": the stream said it
	doubtful bool             // a resolver before the next has not said no
	next     int              // the stage where it is

	by  []Field // what the present stage asks by
	key digest  // of by

	finding *Finding // once it is settled

	// more is what the stream said of the person meanwhile; nil: nothing new.
	// It is guarded by the chain.
	more *Person
}

func newQuestion(p Person) *question { return &question{asked: p, now: p} }

// take takes a stage's answer. Who became known to the map by what was told
// needs no other resolver.
func (q *question) take(s *stage, answer Answer, at time.Time) verdict {
	if answer.Reason == Enriched && q.enrich(s.Name, answer.Learned) {
		if match, known := s.known(q.now); known {
			return q.settle(s, match.PlatformID, match.By, at)
		}
	}
	if answer.PlatformID == uuid.Nil {
		return passes
	}
	return q.settle(s, answer.PlatformID, mapping.NoAlias, at)
}

func (q *question) settle(s *stage, platform uuid.UUID, knownBy mapping.Alias, at time.Time) verdict {
	q.finding = &Finding{
		Person: q.asked, PlatformID: platform, Learned: q.learned, KnownBy: knownBy,
		Evidence: Evidence{
			Resolver: s.Name, Kind: s.Resolver.Kind(), By: q.by, Via: q.via(), Endpoint: s.Resolver.Endpoint(), At: at,
		},
	}
	return settled
}

// enrich adds what was learned, and says whether it is news.
func (q *question) enrich(name string, l Learned) bool {
	var changed []Field
	q.now, changed = q.now.with(l)
	for _, f := range changed {
		q.from[f] = name
	}
	known, _ := Person{Identity: q.learned.Identity, UserName: q.learned.UserName}.with(l)
	q.learned = Learned{Identity: known.Identity, UserName: known.UserName}
	return len(changed) > 0
}

// via lists who had learned what the present stage asks by.
func (q *question) via() []string {
	var names []string
	for _, f := range q.by {
		if name := q.from[f]; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// add notes what another event said of the person.
func (q *question) add(p Person) {
	before := q.asked
	if q.more != nil {
		before = *q.more
	}
	merged, changed := before.with(Learned{Identity: p.Identity, UserName: p.UserName})
	if len(changed) > 0 {
		q.more = &merged
	}
}
