package blackboard

import "cmp"

// ActionGraded is the action of a GradeEvent and of a
// CalculatedGradeSnapshotEvent. Both come in bulk at night, from the
// application.
//
// The object of a GradeEvent is an [*Attempt]. It generates a [*Score], if
// anything, whose attempt is set. The student is the assignee, or the member.
// v1p0 calls the event OutcomeEvent and has the student as its actor: who
// scored is the actor here, as in v1p1, and the student the assignee.
//
// The object of a CalculatedGradeSnapshotEvent is a [*CalculatedGrade]; the
// student is its user, or the member.
const ActionGraded = "Graded"

var gradeActions = []eventAction{{
	name: ActionGraded, actor: termSoftwareApplication, object: termAttempt, generated: termScore,
	settle: needGrade, person: studentOf,
}}

var snapshotActions = []eventAction{{
	name: ActionGraded, terms: []string{"GradeCalculated"}, actor: termSoftwareApplication, object: termCalculatedGrade,
	settle: needSnapshot, person: studentOf,
}}

func needSnapshot(e *Event) error {
	e.gradedBy(nil)
	return needObject[*CalculatedGrade](e)
}

// needGrade joins the score with the attempt that is its event's object, and
// makes v1p0's event one of v1p1.
func needGrade(e *Event) error {
	score, _ := e.Generated.(*Score)
	if e.Object == nil && score != nil && score.Attempt != nil {
		e.Object = score.Attempt
	}
	attempt, ok := e.Object.(*Attempt)
	if !ok {
		return needObject[*Attempt](e)
	}
	if score != nil {
		join(attempt, score)
	}
	if e.Generation == V1P0 {
		e.assign(attempt)
	}
	e.gradedBy(score)
	return nil
}

// assign puts the student, v1p0's actor, where v1p1 has them. An actor who is
// not the assignee stays the actor.
func (e *Event) assign(attempt *Attempt) {
	student := actorOf(e)
	switch {
	case student == nil:
		return
	case attempt.Assignee == nil:
		attempt.Assignee = student
	case !attempt.Assignee.same(student):
		return
	}
	attempt.Assignee.fill(student)
	e.Actor = nil
}

// gradedBy gives the event who scored, else the application, for an actor that
// is missing.
func (e *Event) gradedBy(score *Score) {
	switch {
	case e.Actor != nil:
	case score != nil && score.ScoredBy != nil:
		e.Actor = score.ScoredBy
	case e.EdApp != nil:
		e.Actor = e.EdApp
	}
}

// join lets the score's attempt and the attempt that is the event's object, one
// and the same, say what either of them says.
func join(attempt *Attempt, score *Score) {
	scored := score.Attempt
	if scored == nil {
		score.Attempt = attempt
		return
	}
	attempt.Assignable = betterOf(attempt.Assignable, scored.Assignable)
	scored.Assignable = betterOf(scored.Assignable, attempt.Assignable)
	fill(&scored.ID, attempt.ID)
	attempt.Assignee = cmp.Or(attempt.Assignee, scored.Assignee)
	scored.Assignee = cmp.Or(scored.Assignee, attempt.Assignee)
	scored.Count = cmp.Or(scored.Count, attempt.Count)
	scored.StartedAt = cmp.Or(scored.StartedAt, attempt.StartedAt)
}
