package blackboard

import "strings"

// Course is the course in which the event happened, nil if it names none. It is
// the event's group, the course of that group, the organization of the
// membership, the course of the object, or the course that the object is in: the
// first that there is. It carries all that the event says of that course. The
// result is the caller's own.
func (e *Event) Course() *Organization {
	mentions := e.courses()
	if len(mentions) == 0 {
		return nil
	}
	course := *mentions[0]
	for _, other := range mentions[1:] {
		course.complete(other)
	}
	fill(&course.CourseNumber, course.ExternalID) // both are the batch_uid
	return &course
}

// courses are all mentions of courses, the best first.
func (e *Event) courses() []*Organization {
	var found []*Organization
	add := func(o *Organization) {
		for ; o != nil; o = o.Parent {
			if o.isCourse() {
				found = append(found, o)
			}
		}
	}
	add(e.Group)
	if e.Membership != nil {
		add(e.Membership.Organization)
	}
	switch object := e.Object.(type) {
	case *CalculatedGrade:
		add(object.Course)
	case *Organization:
		add(object)
	}
	add(e.Membership.course())
	return found
}

// course is the course that a membership says it is in by its own IRI and
// extensions, nil if it does not.
func (m *Membership) course() *Organization {
	if m == nil {
		return nil
	}
	o := &Organization{Type: termCourseOffering, CourseID: m.CourseID, ExternalID: m.CourseExternalID}
	if iri, ok := ParseIRI(m.ID); ok && iri.Kind == KindMember {
		o.ID, _, _ = strings.Cut(m.ID, "/members/")
	}
	if o.isEmpty() {
		return nil
	}
	return o
}

// complete fills what o lacks from another mention of the same course.
func (o *Organization) complete(other *Organization) {
	if o.ID != "" && other.ID != "" && o.ID != other.ID {
		return
	}
	fill(&o.ID, other.ID)
	fill(&o.Name, other.Name)
	fill(&o.CourseNumber, other.CourseNumber)
	fill(&o.CourseID, other.CourseID)
	fill(&o.ExternalID, other.ExternalID)
}
