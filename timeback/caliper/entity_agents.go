package caliper

// Person is a person.
type Person struct {
	Entity
}

func (p *Person) appendNode(w *writer) {
	if p == nil {
		return
	}
	p.begin(w, TypePerson)
	p.end(w)
}

// SoftwareApplication is an application: the platform, a tool, a browser.
type SoftwareApplication struct {
	Entity
	Host      string
	IPAddress string
	UserAgent string
	Version   string
}

func (s *SoftwareApplication) appendNode(w *writer) {
	if s == nil {
		return
	}
	s.begin(w, TypeSoftwareApplication)
	s.own(w)
	s.end(w)
}

func (s *SoftwareApplication) own(w *writer) {
	w.text("host", s.Host)
	w.text("ipAddress", s.IPAddress)
	w.text("userAgent", s.UserAgent)
	w.text("version", s.Version)
}

// Organization is an organization, or a Group by its Type ([TypeGroup]).
type Organization struct {
	Entity
	SubOrganizationOf Node   // Organization
	Members           []Node // Agents
}

func (o *Organization) appendNode(w *writer) {
	if o == nil {
		return
	}
	o.begin(w, TypeOrganization)
	o.own(w)
	o.end(w)
}

func (o *Organization) own(w *writer) {
	w.node("subOrganizationOf", o.SubOrganizationOf)
	writeNodes(w, "members", o.Members)
}

// CourseOffering is a course without its sections.
type CourseOffering struct {
	Organization
	CourseNumber    string // human-readable
	AcademicSession string
}

func (c *CourseOffering) appendNode(w *writer) {
	if c == nil {
		return
	}
	c.begin(w, TypeCourseOffering)
	c.own(w)
	c.end(w)
}

func (c *CourseOffering) own(w *writer) {
	c.Organization.own(w)
	w.text("courseNumber", c.CourseNumber)
	w.text("academicSession", c.AcademicSession)
}

// CourseSection is a section of a course.
type CourseSection struct {
	CourseOffering
	Category string
}

func (c *CourseSection) appendNode(w *writer) {
	if c == nil {
		return
	}
	c.begin(w, TypeCourseSection)
	c.own(w)
	c.end(w)
}

func (c *CourseSection) own(w *writer) {
	c.CourseOffering.own(w)
	w.text("category", c.Category)
}

// Membership is a person's part in an organization. Its id is an IRI like any other.
type Membership struct {
	Entity
	Organization Node   // Organization
	Member       Node   // Person
	Roles        []Role // core roles and their subroles
	Status       Status
}

func (m *Membership) appendNode(w *writer) {
	if m == nil {
		return
	}
	m.begin(w, TypeMembership)
	m.own(w)
	m.end(w)
}

func (m *Membership) own(w *writer) {
	w.node("organization", m.Organization)
	w.node("member", m.Member)
	writeTexts(w, "roles", m.Roles)
	w.text("status", string(m.Status))
}
