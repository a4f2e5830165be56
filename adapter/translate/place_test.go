package translate

import (
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

const course = "e8a5d17c03f9426b9d4e6b7012c8f3a1"

var (
	lane     = blackboard.Person{IRI: site + "/users/" + user, UUID: uuid.MustParse(user), ExternalID: "x"}
	laneID   = uuid.MustParse("5f0a1c2e-0000-4000-8000-00000000a002")
	otherID  = uuid.MustParse("5f0a1c2e-0000-4000-8000-00000000a003")
	tutor    = blackboard.Person{UUID: uuid.MustParse("c4d09e3377ab4e51b86f0a1d2e9c5f78")}
	stranger = blackboard.Person{UUID: uuid.MustParse("00d09e3377ab4e51b86f0a1d2e9c5f78")}
)

// placed is a translation of an event by the lane person. The tutor is mapped, the stranger is not.
func placed(ev *blackboard.Event) *translation {
	ev.Actor = &lane
	tr := &translation{
		Translator: New(Options{LaunchParameters: []string{"context_label", "context_title"}}),
		ev:         ev,
		ctx: Context{
			Site: "3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985", Person: &lane, PersonID: laneID,
			Lookup: func(p *blackboard.Person) (uuid.UUID, bool) { return otherID, p.UUID == tutor.UUID },
		},
	}
	tr.person = personObject(laneID)
	return tr
}

// text is a node as JSON, "" for none.
func text(t *testing.T, n caliper.Node) string {
	t.Helper()
	event := caliper.Event{Object: n}
	got, err := event.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	const head = `{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2","object":`
	if n == nil {
		return ""
	}
	return string(got[len(head) : len(got)-1])
}

func TestOrganization(t *testing.T) {
	parent := &blackboard.Organization{ID: site + "/courses/" + course, Type: "CourseOffering", CourseNumber: "C-1"}
	const parentText = `{"id":"` + site + "/courses/" + course + `","type":"CourseOffering","courseNumber":"C-1"}`
	for _, c := range []struct {
		name string
		in   *blackboard.Organization
		want string
	}{
		{"none", nil, ""},
		{"course", parent, parentText},
		{"section", &blackboard.Organization{ID: site + "/courses/s", Type: "CourseSection", CourseNumber: "C-1", Name: "N"},
			`{"id":"` + site + `/courses/s","type":"CourseSection","name":"N","courseNumber":"C-1"}`},
		{"group", &blackboard.Organization{ID: site + "/courses/c/groups/_1_1", Type: "Group", Parent: parent},
			`{"id":"` + site + `/courses/c/groups/_1_1","type":"Group","subOrganizationOf":` + parentText + `}`},
		{"unknown type", &blackboard.Organization{ID: site + "/courses/s", Type: "Faculty", CourseNumber: "C-1"},
			`{"id":"` + site + `/courses/s","type":"Organization"}`},
		{"group without an IRI", &blackboard.Organization{ID: "_1_1", Type: "Group", Parent: parent}, parentText},
		{"nothing without an IRI", &blackboard.Organization{ID: "_1_1", Type: "Group"}, ""},
		{"a user in texts", &blackboard.Organization{ID: site + "/courses/s", Type: "CourseOffering",
			Name: "of " + lane.IRI, CourseNumber: lane.IRI},
			`{"id":"` + site + `/courses/s","type":"CourseOffering"}`},
	} {
		if got := text(t, placed(new(blackboard.Event)).organization(c.in)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestOrganizationNamedByUserIsDerived(t *testing.T) {
	got := text(t, placed(new(blackboard.Event)).organization(&blackboard.Organization{ID: lane.IRI, Type: "Group"}))
	if want := `{"id":"` + derived(lane.IRI) + `","type":"Group"}`; got != want {
		t.Error(got)
	}
}

func TestGroupComesFromMembership(t *testing.T) {
	o := &blackboard.Organization{ID: site + "/courses/" + course, Type: "CourseOffering"}
	tr := placed(&blackboard.Event{Membership: &blackboard.Membership{Organization: o}})
	if got := text(t, tr.group()); got != text(t, tr.organization(o)) || got == "" {
		t.Error(got)
	}
}

func TestMembership(t *testing.T) {
	id := site + "/courses/" + course + "/members/" + user
	o := &blackboard.Organization{ID: site + "/courses/" + course}
	full := `{"id":"` + derived(id) + `","type":"Membership","organization":"` + o.ID +
		`","member":{"id":"` + urn(laneID) + `","type":"Person"},"roles":["Learner"],"status":"Active"}`
	for _, c := range []struct {
		name string
		in   *blackboard.Membership
		want string
	}{
		{"none", nil, ""},
		{"of the lane person", &blackboard.Membership{
			ID: id, Member: &lane, Organization: o, Roles: []string{"Learner"}, Status: "Active",
		}, full},
		{"by the IRI alone", &blackboard.Membership{
			ID: id, Member: &blackboard.Person{IRI: lane.IRI}, Organization: o, Roles: []string{"Learner"}, Status: "Active",
		}, full},
		{"of a mapped person", &blackboard.Membership{ID: id, Member: &tutor, Roles: []string{"Nobody"}, Status: "Deleted"},
			`{"id":"` + derived(id) + `","type":"Membership","member":{"id":"` + urn(otherID) + `","type":"Person"}}`},
		{"of an unmapped person", &blackboard.Membership{ID: id, Member: &stranger, Organization: o}, ""},
		{"of nobody", &blackboard.Membership{ID: id, Organization: o}, ""},
		{"without an id", &blackboard.Membership{Member: &lane, Organization: o}, ""},
	} {
		if got := text(t, placed(&blackboard.Event{Membership: c.in}).membership()); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// A launch says in its parameters where it happened, if the event does not.
func TestLaunchPlace(t *testing.T) {
	const iri = site + "/courses/" + course
	group := `{"id":"` + iri + `","type":"CourseOffering","name":"Chemistry"}`
	member := `{"id":"` + derived(iri+"/members/"+user) + `","type":"Membership","organization":"` + iri +
		`","member":{"id":"` + urn(laneID) + `","type":"Person"},"roles":["Learner","Instructor","Instructor#TeachingAssistant"]}`
	for _, c := range []struct {
		name, context, roles string
		group, member        string
	}{
		{"course", course, "urn:lti:role:ims/lis/Learner, urn:lti:role:ims/lis/TeachingAssistant,Learner", group, member},
		{"no membership roles", course, "urn:lti:sysrole:ims/lis/Administrator,urn:lti:instrole:ims/lis/Student", group, ""},
		{"no roles", course, "", group, ""},
		{"placement", "_41_1", "Learner", "", ""},
		{"nothing", "", "Learner", "", ""},
		{"with dashes", "e8a5d17c-03f9-426b-9d4e-6b7012c8f3a1", "Learner", "", ""},
		{"nil", "00000000000000000000000000000000", "Learner", "", ""},
	} {
		launch := new(blackboard.LTILaunch)
		launch.Parameters.ContextTitle = "Chemistry"
		launch.Parameters.ContextID, launch.Parameters.Roles = c.context, c.roles
		var out caliper.Event
		placed(&blackboard.Event{Object: launch}).place(&out, launch)
		if got := text(t, out.Group); got != c.group {
			t.Errorf("%s: group\ngot  %s\nwant %s", c.name, got, c.group)
		}
		if got := text(t, out.Membership); got != c.member {
			t.Errorf("%s: membership\ngot  %s\nwant %s", c.name, got, c.member)
		}
	}
}

// The event's own membership of an unmapped person is left out; that of the lane person, by the roles, is not.
func TestLaunchPlaceBesideAStranger(t *testing.T) {
	launch := new(blackboard.LTILaunch)
	launch.Parameters.ContextID, launch.Parameters.Roles = course, "Learner"
	ev := &blackboard.Event{Object: launch, Membership: &blackboard.Membership{ID: "https://h.example/m", Member: &stranger}}
	var out caliper.Event
	placed(ev).place(&out, launch)
	if m, ok := out.Membership.(*caliper.Membership); !ok || text(t, m.Member) != text(t, personObject(laneID)) {
		t.Error(text(t, out.Membership))
	}
}

// A membership that is made up has the id that Learn's own gets.
func TestLaunchMembershipIsLearns(t *testing.T) {
	launch := new(blackboard.LTILaunch)
	launch.Parameters.ContextID, launch.Parameters.Roles = course, "Learner"
	ids := func(p blackboard.Person, learn string) (made, own string) {
		tr := placed(&blackboard.Event{Membership: &blackboard.Membership{ID: learn, Member: &p}})
		tr.ctx.Person = &p
		tr.ctx.Lookup = func(*blackboard.Person) (uuid.UUID, bool) { return laneID, true }
		return tr.launchMembership(launch).(*caliper.Membership).ID, tr.membership().(*caliper.Membership).ID
	}
	odd := blackboard.Person{IRI: site + "/users/u-5120", ExternalID: "r.haddad"}
	for _, c := range []struct {
		person blackboard.Person
		end    string
	}{{lane, user}, {odd, "u-5120"}} {
		if made, own := ids(c.person, site+"/courses/"+course+"/members/"+c.end); made != own {
			t.Errorf("%s: made %s, Learn's %s", c.end, made, own)
		}
	}
}

// What is made up for a site has the form in which the event writes it.
func TestSiteIRI(t *testing.T) {
	for _, c := range []struct {
		actor blackboard.Entity
		site  string
		want  string
	}{
		{&lane, "3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985", site},
		{&blackboard.Person{IRI: "ids://x.example/v1/sites/s1/users/u"}, "s1", "ids://x.example/v1/sites/s1"},
		{&blackboard.Person{IRI: "ids://x.example/v1/sites/s1/users/u"}, "s2",
			"https://caliper-mapping.cloudbb.blackboard.com/v1/sites/s2"},
		{nil, "s2", "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/s2"},
	} {
		tr := placed(new(blackboard.Event))
		tr.ev.Actor, tr.ctx.Site = c.actor, c.site
		if got := tr.siteIRI(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
