package blackboard

import (
	"strings"
	"time"
)

// Score is what an attempt was given. It stands for v1p0's Result, too.
type Score struct {
	ID   string // …/attempts/{pk}/score; v1p0 …/attempts/{pk}/result
	Name string

	// Given is scoreGiven, or normalScore in v1p0 and in the documentation;
	// nil if not said. A 0 may be a real one.
	Given *float64

	// Max is nil where Learn says 0, which it usually does: [Score.OutOf] has
	// the better answer.
	Max *float64

	Comment string // for the student, free text

	// ScoredBy is a [*SoftwareApplication] in all that has been seen.
	ScoredBy Entity

	// Attempt is what was scored: the event's object, where the score does
	// not say.
	Attempt *Attempt

	ActionName     string // instructor.grade.history.event.attempt.grade, … (bb:action.name)
	ContentID      string // primary key of the content (bb:content.id)
	ProviderDomain string // of the tool that the score came from (bb:provider.domain)

	DateCreated, DateModified time.Time
}

// Ref is the score's identifier.
func (s *Score) Ref() string { return s.ID }

// Term is "Score".
func (s *Score) Term() string { return termScore }

// OutOf is the highest possible score: the score's own, or that of what was
// attempted; nil if neither is said.
func (s *Score) OutOf() *float64 {
	if s.Max == nil && s.Attempt != nil && s.Attempt.Assignable != nil {
		return s.Attempt.Assignable.MaxScore
	}
	return s.Max
}

func (s *Score) mention(add func(*Person)) {
	mentionIn(s.ScoredBy, add)
	s.Attempt.mention(add)
}

type wireScore struct {
	base
	ScoreGiven   scalar          `json:"scoreGiven"`
	NormalScore  scalar          `json:"normalScore"`
	MaxScore     scalar          `json:"maxScore"`
	Comment      string          `json:"comment"`
	ScoredBy     slot            `json:"scoredBy"`
	Attempt      *wireAttempt    `json:"attempt"`
	Assignable   *wireAssignable `json:"assignable"`
	Actor        *wirePerson     `json:"actor"`
	DateCreated  scalar          `json:"dateCreated"`
	DateModified scalar          `json:"dateModified"`
	Extensions   struct {
		ActionName     string `json:"bb:action.name"`
		ContentID      string `json:"bb:content.id"`
		ProviderDomain string `json:"bb:provider.domain"`
	} `json:"extensions"`
}

func (w *wireScore) entity() Entity {
	s := &Score{
		ID:             w.ID,
		Name:           w.Name,
		Given:          w.given(),
		Max:            w.MaxScore.positive(),
		Comment:        w.Comment,
		ScoredBy:       w.ScoredBy.entity(),
		Attempt:        completedAttempt(w.Attempt, w.Assignable, w.Actor, "/result", w.ID),
		ActionName:     w.Extensions.ActionName,
		ContentID:      w.Extensions.ContentID,
		ProviderDomain: w.Extensions.ProviderDomain,
		DateCreated:    w.DateCreated.time(),
		DateModified:   w.DateModified.time(),
	}
	if s.ID == "" && s.Given == nil && s.Attempt == nil {
		return nil
	}
	return s
}

func (w *wireScore) given() *float64 {
	if n := w.ScoreGiven.number(); n != nil {
		return n
	}
	return w.NormalScore.number()
}

// completedAttempt is the attempt that a response or score belongs to. v1p0
// names what was attempted, and by whom, beside the attempt or instead of it;
// the id of the attempt is then in front of the suffix of what came of it.
func completedAttempt(attempt *wireAttempt, assignable *wireAssignable, student *wirePerson, suffix, id string) *Attempt {
	a := attempt.attempt()
	at, by := assignable.assignable(), student.person()
	if a == nil {
		if at == nil && by == nil {
			return nil
		}
		a = &Attempt{}
		if stem, ok := strings.CutSuffix(id, suffix); ok {
			a.ID = stem
		}
	}
	a.Assignable = betterOf(a.Assignable, at)
	if a.Assignee == nil {
		a.Assignee = by
	}
	return a
}
