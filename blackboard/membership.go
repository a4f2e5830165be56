package blackboard

// Membership is a person's place in a course.
type Membership struct {
	ID string // …/v1/sites/{site}/courses/{32 hex}/members/{32 hex of the user}

	// Member has the aliases that stand in the membership's own extensions,
	// too. Where the member is missing it is who the ID names.
	Member       *Person
	Organization *Organization

	Roles  []string // terms: Learner, Instructor, … (may be empty)
	Status string   // term: Active, …

	CourseID         string // primary key of the course (bb:course.id)
	CourseExternalID string // batch_uid of the course (bb:course.externalId)
}

// Ref is the membership's identifier.
func (m *Membership) Ref() string { return m.ID }

// Term is "Membership".
func (m *Membership) Term() string { return termMembership }

func (m *Membership) mention(add func(*Person)) {
	if m == nil {
		return
	}
	add(m.Member)
	m.Organization.mention(add)
}

type wireMembership struct {
	base
	Member       *wirePerson       `json:"member"`
	Organization *wireOrganization `json:"organization"`
	Roles        []string          `json:"roles"`
	Status       string            `json:"status"`
	Extensions   struct {
		bbAliases
		CourseID         string `json:"bb:course.id"`
		CourseExternalID string `json:"bb:course.externalId"`
	} `json:"extensions"`
}

func (w *wireMembership) entity() Entity { return orNone(w.membership()) }

func (w *wireMembership) membership() *Membership {
	if w == nil {
		return nil
	}
	m := &Membership{
		ID:               w.ID,
		Member:           w.member(),
		Organization:     w.Organization.organization(),
		Roles:            terms(w.Roles),
		Status:           term(w.Status),
		CourseID:         w.Extensions.CourseID,
		CourseExternalID: w.Extensions.CourseExternalID,
	}
	if m.ID == "" && m.Member == nil && m.Organization == nil {
		return nil
	}
	return m
}

// member is the person whom the membership is about, from all that it says.
func (w *wireMembership) member() *Person {
	p := w.Member.person()
	if p == nil {
		p = memberOf(w.ID)
	}
	if p == nil {
		return nil
	}
	p.fill(&Person{UserID: w.Extensions.UserID, ExternalID: w.Extensions.ExternalID})
	return p
}

// memberOf is the person whom a membership's IRI names, nil if none.
func memberOf(id string) *Person {
	iri, ok := ParseIRI(id)
	if !ok || iri.Kind != KindMember {
		return nil
	}
	user, ok := iri.UUID()
	if !ok {
		return nil
	}
	return &Person{Site: iri.Site, UUID: user}
}
