package translate

import (
	"cmp"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// place fills in the course in which an event happened and the person's part in it: from the event, else from the
// launch's parameters if they name a course.
func (t *translation) place(out *caliper.Event, launch *blackboard.LTILaunch) {
	out.Group = t.group()
	out.Membership = t.membership()
	if launch == nil {
		return
	}
	if out.Group == nil {
		out.Group = t.launchCourse(launch)
	}
	if out.Membership == nil {
		out.Membership = t.launchMembership(launch)
	}
}

// group is the event's own group, else the course of its membership.
func (t *translation) group() caliper.Node {
	if g := t.organization(t.ev.Group); g != nil {
		return g
	}
	if t.ev.Membership != nil {
		return t.organization(t.ev.Membership.Organization)
	}
	return nil
}

// organization is a course, or a group with the course that it belongs to; the course alone if the group has no IRI.
// Learn's keys in its extensions stay.
func (t *translation) organization(o *blackboard.Organization) caliper.Node {
	if o == nil {
		return nil
	}
	parent := t.organization(o.Parent)
	iri, ok := t.iri(o.ID)
	if !ok {
		return parent
	}
	base := caliper.Organization{Entity: caliper.Entity{ID: iri, Name: t.text(o.Name)}, SubOrganizationOf: parent}
	switch o.Type {
	case "CourseOffering":
		return &caliper.CourseOffering{Organization: base, CourseNumber: t.text(o.CourseNumber)}
	case "CourseSection":
		offering := caliper.CourseOffering{Organization: base, CourseNumber: t.text(o.CourseNumber)}
		return &caliper.CourseSection{CourseOffering: offering}
	case "Group":
		base.Type = caliper.TypeGroup
	}
	return &base
}

// launchCourse is the course that a launch's context_id names: 32 hex are a course's uuid, "_41_1" is a placement.
func (t *translation) launchCourse(launch *blackboard.LTILaunch) caliper.Node {
	iri, ok := t.courseIRI(launch)
	if !ok {
		return nil
	}
	c := &caliper.CourseOffering{CourseNumber: t.allowed("context_label", launch.Parameters.ContextLabel)}
	c.ID, c.Name = iri, t.allowed("context_title", launch.Parameters.ContextTitle)
	return c
}

// courseIRI is the course's IRI in the form in which Learn writes it in other events.
func (t *translation) courseIRI(launch *blackboard.LTILaunch) (string, bool) {
	const hexLength = 32
	id := launch.Parameters.ContextID
	if _, ok := blackboard.ParseUUID(id); !ok || len(id) != hexLength || t.ctx.Site == "" {
		return "", false
	}
	return t.iri(t.siteIRI() + "/courses/" + strings.ToLower(id))
}

// membership is the event's own membership, whosever it is; nil if its member is unmapped and so has to be left out.
// Its id ends in the member's uuid, so it leaves derived.
func (t *translation) membership() caliper.Node {
	m := t.ev.Membership
	if m == nil || m.Member == nil || m.ID == "" {
		return nil
	}
	member, ok := t.personID(m.Member)
	if !ok {
		return nil
	}
	out := &caliper.Membership{
		Entity: caliper.Entity{ID: derived(m.ID)}, Member: t.personNode(member), Roles: caliper.RolesFromLTI(m.Roles...),
	}
	if m.Organization != nil {
		if iri, ok := t.iri(m.Organization.ID); ok {
			out.Organization = caliper.IRI(iri)
		}
	}
	out.Status, _ = caliper.StatusFromLIS(m.Status)
	return out
}

// launchMembership is the part in a course that a launch's roles name. System and institution roles are none. Its id is
// that which Learn's own membership of this person in this course gets.
func (t *translation) launchMembership(launch *blackboard.LTILaunch) caliper.Node {
	course, ok := t.courseIRI(launch)
	if !ok || t.ctx.Person == nil {
		return nil
	}
	roles := caliper.RolesFromLTI(launch.Parameters.Roles)
	if len(roles) == 0 {
		return nil
	}
	return &caliper.Membership{
		Entity:       caliper.Entity{ID: derived(course + "/members/" + t.memberID())},
		Organization: caliper.IRI(course), Member: t.person, Roles: roles,
	}
}

// memberID is how Learn ends the IRI of a membership: as it ends the user's, or where it names none with an alias.
func (t *translation) memberID() string {
	p := t.ctx.Person
	if p.UUID != uuid.Nil {
		return hex32(p.UUID)
	}
	iri, _ := blackboard.ParseIRI(p.IRI)
	return cmp.Or(iri.ID, p.IRI, p.ExternalID, p.UserID)
}
