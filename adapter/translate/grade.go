package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// gradeEvent translates that an attempt was graded (Caliper 1.2, GradeEvent and Grading Profile). The person whom it is
// about is the student; who graded acts.
func (t *translation) gradeEvent() (*caliper.Event, error) {
	graded, ok := t.ev.Object.(*blackboard.Attempt)
	if !ok || graded == nil {
		return nil, untranslatable("the object is no attempt")
	}
	out := t.begin(caliper.GradeEvent, caliper.GradingProfile, caliper.Graded)
	if out.Actor = t.grader(); t.opts.Events.StudentGraded {
		out.Actor = t.person
	}
	if out.Actor == nil {
		return nil, errNobody
	}
	attempt, err := t.gradedAttempt(graded)
	if err != nil {
		return nil, err
	}
	out.Object = attempt
	if score, ok := t.ev.Generated.(*blackboard.Score); ok && score != nil {
		out.Generated = t.score(score, graded, attempt.ID)
	}
	out.Session = t.sessionNode()
	t.place(out, nil)
	return out, nil
}

// grader is the person who graded, if Learn names one beside the student and the map has them; else the application,
// which Learn names for what instructors grade, too.
func (t *translation) grader() caliper.Node {
	if p, ok := t.ev.Actor.(*blackboard.Person); ok && p != nil && !t.isLanePerson(p) {
		if id, ok := t.personID(p); ok {
			return t.personNode(id)
		}
	}
	return t.edApp
}

// gradedAttempt is the attempt with what it was an attempt at. Of that no times leave: Learn writes when the attempt
// began and when it was graded there, dateToSubmit not excepted.
func (t *translation) gradedAttempt(a *blackboard.Attempt) (*caliper.Attempt, error) {
	if a.Assignable == nil {
		return t.attempt(a, nil), nil
	}
	timeless := blackboard.Assignable{
		Resource:    blackboard.Resource{ID: a.Assignable.ID, Type: a.Assignable.Type, Name: a.Assignable.Name},
		MaxAttempts: a.Assignable.MaxAttempts, MaxSubmits: a.Assignable.MaxSubmits, MaxScore: a.Assignable.MaxScore,
		PartOf: a.Assignable.PartOf,
	}
	assignable, err := t.assignable(&timeless, caliper.TypeAssignableDigitalResource)
	if err != nil {
		return nil, err
	}
	return t.attempt(a, assignable), nil
}

// snapshotEvent translates what a calculated column shows for a student one night. It is no GradeEvent: nothing that
// somebody attempted was scored, and such an event must have an attempt. So it is a generic event (Caliper 1.2, General
// Profile) about a Result; the student is the member.
func (t *translation) snapshotEvent() (*caliper.Event, error) {
	grade, ok := t.ev.Object.(*blackboard.CalculatedGrade)
	if !ok || grade == nil {
		return nil, untranslatable("the object is no calculated grade")
	}
	iri, err := t.objectIRI(grade.ID, caliper.TypeResult)
	if err != nil {
		return nil, err
	}
	out := t.begin(caliper.GenericEvent, caliper.GeneralProfile, caliper.Graded)
	out.Actor = t.edApp
	out.Object = &caliper.Result{
		Entity:         caliper.Entity{ID: iri, Name: t.text(grade.Name)},
		MaxResultScore: grade.Possible, ResultScore: grade.Score, ScoredBy: t.edApp,
	}
	out.Session = t.sessionNode()
	if err := t.snapshotPlace(out, grade.Course); err != nil {
		return nil, err
	}
	return out, nil
}

// snapshotPlace fills in the course, of which the grade says more than the membership does, and the student as its
// member. An event that does not tell whose grade it is says nothing.
func (t *translation) snapshotPlace(out *caliper.Event, course *blackboard.Organization) error {
	t.place(out, nil)
	if group := t.organization(course); group != nil && t.ev.Group == nil {
		out.Group = group
	}
	if out.Membership == nil {
		out.Membership = t.courseMembership(course)
	}
	if out.Membership == nil {
		return errNobody
	}
	return nil
}

// courseMembership is the person's membership in a course, without roles; nil if either is not known. Its id is that
// which Learn's own gets.
func (t *translation) courseMembership(course *blackboard.Organization) caliper.Node {
	if t.person == nil || course == nil {
		return nil
	}
	iri, ok := t.iri(course.ID)
	if !ok {
		return nil
	}
	return &caliper.Membership{
		Entity:       caliper.Entity{ID: derived(iri + "/members/" + t.memberID())},
		Organization: caliper.IRI(iri), Member: t.person,
	}
}
