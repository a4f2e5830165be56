package blackboard

import "cmp"

// Organization is a course, or a group in one.
type Organization struct {
	ID   string // …/v1/sites/{site}/courses/{32 hex}, for a group followed by /groups/{pk}
	Type string // CourseOffering, CourseSection, Group or Organization
	Name string // that of a group may be in its extensions (bb:group.name)

	CourseNumber string // batch_uid of the course
	CourseID     string // primary key of the course, _1_1 (bb:course.id)
	ExternalID   string // batch_uid again (bb:course.externalId)

	// Parent is the course of a group (subOrganizationOf).
	Parent *Organization

	// Users are those in a group (bb:group.users, JSON in a string). Members
	// is Caliper's own list; it is empty in all that has been seen.
	Users   []*GroupUser
	Members []*Person
}

// Ref is the organization's identifier.
func (o *Organization) Ref() string { return o.ID }

// Term is the kind of organization.
func (o *Organization) Term() string { return o.Type }

func (o *Organization) mention(add func(*Person)) {
	for ; o != nil; o = o.Parent {
		for _, u := range o.Users {
			add(u.Person)
		}
		for _, p := range o.Members {
			add(p)
		}
	}
}

type wireOrganization struct {
	base
	CourseNumber string            `json:"courseNumber"`
	Parent       *wireOrganization `json:"subOrganizationOf"`
	Members      people            `json:"members"`
	Extensions   struct {
		courseAliases
		GroupName  string   `json:"bb:group.name"`
		GroupUsers embedded `json:"bb:group.users"`
	} `json:"extensions"`
}

// courseAliases are the aliases of a course, in the extensions of whatever
// names one.
type courseAliases struct {
	CourseID   string `json:"bb:course.id"`
	ExternalID string `json:"bb:course.externalId"`
}

func (w *wireOrganization) entity() Entity { return orNone(w.organization()) }

func (w *wireOrganization) organization() *Organization {
	if w == nil {
		return nil
	}
	iri, _ := ParseIRI(w.ID)
	o := &Organization{
		ID:           w.ID,
		Type:         cmp.Or(term(w.Type), organizationType(iri)),
		Name:         cmp.Or(w.Name, w.Extensions.GroupName),
		CourseNumber: w.CourseNumber,
		CourseID:     w.Extensions.CourseID,
		ExternalID:   w.Extensions.ExternalID,
		Parent:       w.Parent.organization(),
		Users:        w.Extensions.GroupUsers.groupUsers(iri.Site),
		Members:      w.Members.people(),
	}
	if o.isEmpty() {
		return nil
	}
	return o
}

// isEmpty tells whether nothing is known but the type.
func (o *Organization) isEmpty() bool {
	return o.ID == "" && o.Name == "" && o.CourseNumber == "" && o.CourseID == "" && o.ExternalID == "" &&
		o.Parent == nil && o.Users == nil && o.Members == nil
}

// organizationType is the type of an organization that was sent as an IRI only.
func organizationType(iri IRI) string {
	switch {
	case iri.Kind == KindCourse:
		return termCourseOffering
	case iri.Kind == KindGroup:
		return termGroup
	default:
		return termOrganization
	}
}
