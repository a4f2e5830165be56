package blackboard

import "time"

// Attempt is a student's go at an assignment, a test or a question.
type Attempt struct {
	ID   string // …/gradableItems/{pk}/attempts/{pk}, also for tests; …/questions/{pk}/attempts/{pk}
	Name string

	Assignable *Assignable // what it is an attempt at

	// Assignee is the student; v1p0 calls the member actor.
	Assignee *Person

	Count *int // 1 for the first attempt; nil if not said or 0

	// StartedAt is the event's own time, also where the attempt ends: no
	// duration can be computed from it. EndedAt is zero in all that has been
	// seen.
	StartedAt, EndedAt        time.Time
	DateCreated, DateModified time.Time
}

// Ref is the attempt's identifier.
func (a *Attempt) Ref() string { return a.ID }

// Term is "Attempt".
func (a *Attempt) Term() string { return termAttempt }

func (a *Attempt) mention(add func(*Person)) {
	if a == nil {
		return
	}
	add(a.Assignee)
	a.Assignable.mention(add)
}

type wireAttempt struct {
	base
	Assignable   *wireAssignable `json:"assignable"`
	Assignee     *wirePerson     `json:"assignee"`
	Actor        *wirePerson     `json:"actor"`
	Count        scalar          `json:"count"`
	StartedAt    scalar          `json:"startedAtTime"`
	EndedAt      scalar          `json:"endedAtTime"`
	DateCreated  scalar          `json:"dateCreated"`
	DateModified scalar          `json:"dateModified"`
}

func (w *wireAttempt) entity() Entity { return orNone(w.attempt()) }

// attempt is nil if nothing is identified.
func (w *wireAttempt) attempt() *Attempt {
	if w == nil {
		return nil
	}
	a := &Attempt{
		ID:           w.ID,
		Name:         w.Name,
		Assignable:   w.Assignable.assignable(),
		Assignee:     firstPerson(w.Assignee, w.Actor),
		Count:        w.Count.ordinal(),
		StartedAt:    w.StartedAt.time(),
		EndedAt:      w.EndedAt.time(),
		DateCreated:  w.DateCreated.time(),
		DateModified: w.DateModified.time(),
	}
	if a.ID == "" && a.Assignable == nil && a.Assignee == nil {
		return nil
	}
	return a
}
