package blackboard_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// expectation is what a fixture's event must decode to. Zero fields are not
// looked at, but for person.
type expectation struct {
	generation   blackboard.Generation
	typ, action  string
	time         string
	person       blackboard.Person // the zero person: nobody
	session      string            // last part of the federated session's id
	userAgent    bool              // of the object or the session
	group, roles []string
}

var (
	miraPerson = blackboard.Person{
		IRI: prefix + "/users/" + mira, Site: site, UUID: uuid.MustParse(mira), UserID: "_4711_1", ExternalID: "m.lindqvist",
	}
	tomasPerson = blackboard.Person{
		IRI: prefix + "/users/" + tomas, Site: site, UUID: uuid.MustParse(tomas), UserID: "_4802_1", ExternalID: "t.okafor",
	}
)

// with gives the person an e-mail, which only launches tell.
func with(p blackboard.Person, email string) blackboard.Person {
	p.Email = email
	return p
}

func TestDecodeFixtures(t *testing.T) {
	const (
		ses1 = "9D41C07E5B2A48F3A6E8107F3C5B92D4"
		ses2 = "41B7E90C2D5F4A8896C3D10E7FA25B68"
	)
	for name, want := range map[string]expectation{
		"v1p1/logout": {
			blackboard.V1P1, blackboard.TypeSession, blackboard.ActionLoggedOut, "2021-02-09T15:22:03.204Z",
			miraPerson, ses1, true, nil, nil,
		},
		"v1p1/timeout": {
			blackboard.V1P1, blackboard.TypeSession, blackboard.ActionTimedOut, "2021-02-09T18:40:11.93Z",
			miraPerson, ses1, false, nil, nil,
		},
		"v1p1/lti-launch-course": {
			blackboard.V1P1, blackboard.TypeLTI, blackboard.ActionLaunch, "2021-02-09T15:01:10.377Z",
			with(miraPerson, "mira.lindqvist@students.example.edu"), ses1, false, []string{"CHEM-204-S21", "_318_1"}, []string{"Learner"},
		},
		"v1p1/lti-return": {
			blackboard.V1P1, blackboard.TypeLTI, blackboard.ActionReturn, "2021-02-09T15:17:45.062Z",
			miraPerson, ses1, false, nil, nil,
		},
		"v1p0/login": {
			blackboard.V1P0, blackboard.TypeSession, blackboard.ActionLoggedIn, "2017-03-14T08:05:19.64Z",
			tomasPerson, ses2, true, nil, nil,
		},
		"v1p0/logout": {
			blackboard.V1P0, blackboard.TypeSession, blackboard.ActionLoggedOut, "2017-03-14T09:48:02.115Z",
			tomasPerson, ses2, true, nil, nil,
		},
		"v1p0/timeout": {
			blackboard.V1P0, blackboard.TypeSession, blackboard.ActionTimedOut, "2017-03-14T12:30:00.008Z",
			tomasPerson, ses2, false, nil, nil,
		},
		"v1p0/lti-launch": {
			blackboard.V1P0, blackboard.TypeLTI, blackboard.ActionLaunch, "2017-03-14T08:20:44.391Z",
			with(tomasPerson, "tomas.okafor@example.edu"), ses2, false, nil, []string{"Instructor"},
		},
		"v1p0/lti-return": {
			blackboard.V1P0, blackboard.TypeLTI, blackboard.ActionReturn, "2017-03-14T08:33:10.204Z",
			tomasPerson, ses2, false, nil, []string{"Instructor"},
		},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, decode(t, firstEvent(t, name))) })
	}
}

func (want expectation) check(t *testing.T, e *blackboard.Event) {
	t.Helper()
	if e.Generation != want.generation || e.Type != want.typ || e.Action != want.action {
		t.Errorf("%s %s %s, want %s %s %s", e.Generation, e.Type, e.Action, want.generation, want.typ, want.action)
	}
	if got := e.Time.Format(time.RFC3339Nano); got != want.time {
		t.Errorf("time %s, want %s", got, want.time)
	}
	if e.Site() != site {
		t.Errorf("site %q", e.Site())
	}
	if got, _ := e.Person(); got != want.person {
		t.Errorf("person\n%+v, want\n%+v", got, want.person)
	}
	if e.FederatedSession == nil || e.FederatedSession.ID != prefix+"/sessions/"+want.session {
		t.Errorf("federated session %+v", e.FederatedSession)
	}
	if app, ok := e.Object.(*blackboard.SoftwareApplication); ok && want.userAgent != (app.UserAgent != "" && app.IPAddress != "") {
		t.Errorf("object %+v", app)
	}
	if want.group != nil && (e.Group == nil || e.Group.CourseNumber != want.group[0] || e.Group.CourseID != want.group[1]) {
		t.Errorf("group %+v", e.Group)
	}
	if want.roles != nil {
		want.checkMembership(t, e.Membership)
	}
}

func (want expectation) checkMembership(t *testing.T, m *blackboard.Membership) {
	t.Helper()
	if m == nil || !slices.Equal(m.Roles, want.roles) || m.Status != "Active" || m.CourseID != "_318_1" || m.CourseExternalID != "CHEM-204-S21" {
		t.Fatalf("membership %+v", m)
	}
	if m.Organization == nil || m.Organization.ID != prefix+"/courses/"+course || m.Organization.Type != "CourseOffering" {
		t.Errorf("organization %+v", m.Organization)
	}
	if m.Member == nil || m.Member.UUID != want.person.UUID || m.Member.UserID != want.person.UserID {
		t.Errorf("member %+v", m.Member)
	}
}

func TestDecodeLogin(t *testing.T) {
	const s = "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/a118bba8-5378-4533-899b-8862ac59db03"
	e := decode(t, readFixture(t, "v1p1/login"))
	want := blackboard.Person{
		IRI:        s + "/users/ffc08009f0884c059192bac549e117b2",
		Site:       "a118bba8-5378-4533-899b-8862ac59db03",
		UUID:       uuid.MustParse("ffc08009-f088-4c05-9192-bac549e117b2"),
		UserID:     "_1_1",
		ExternalID: "administrator",
	}
	if got, ok := e.Person(); !ok || got != want {
		t.Errorf("person %+v, want %+v", got, want)
	}
	if e.Action != blackboard.ActionLoggedIn || e.ID != uuid.MustParse("f8c984e2-de73-4c0b-8183-779ab4149422") {
		t.Errorf("%s %s", e.Action, e.ID)
	}
	if target, ok := e.Target.(*blackboard.DigitalResource); !ok || target.ID != s {
		t.Errorf("target %+v", e.Target)
	}
	for _, app := range []blackboard.Entity{e.Object, e.EdApp} {
		if a, ok := app.(*blackboard.SoftwareApplication); !ok || a.ID != s+"/applications/learn" || a.IPAddress != "98.10.178.27" || a.UserAgent == "" {
			t.Errorf("application %+v", app)
		}
	}
	fed := e.FederatedSession
	if fed.Type != "LtiSession" || fed.Name != "B287CEC440C99337012096F677684697" || !fed.StartedAt.Equal(e.Time) || fed.User.UserID != "_1_1" || fed.UserAgent == "" {
		t.Errorf("federated session %+v", fed)
	}
	if e.Session != nil || e.Group != nil || e.Membership != nil || e.Generated != nil || e.Extensions != nil {
		t.Errorf("something from nothing: %+v", e)
	}
}

func TestDecodeLaunch(t *testing.T) {
	e := decode(t, readFixture(t, "v1p1/lti-launch"))
	l, ok := e.Object.(*blackboard.LTILaunch)
	if e.Action != blackboard.ActionLaunch || !ok {
		t.Fatalf("%s of %T", e.Action, e.Object)
	}
	want := blackboard.LaunchParameters{
		ContextID:          "_41_1",
		ContextLabel:       "Ultra Ltiah_herokuapp_placement",
		ContextTitle:       "Ultra Ltiah_herokuapp_placement",
		ResourceLinkID:     "ultra",
		LTIVersion:         "LTI-1p0",
		MessageType:        "basic-lti-launch-request",
		Roles:              "urn:lti:sysrole:ims/lis/Administrator",
		ReturnURL:          "https://support-ultra-test.blackboard.com/webapps/blackboard/execute/blti/launchReturn?launch_id=d0b8a363-7484-4ee6-b458-0f0e0ce5f05f&link_id=ultra&launch_time=1608831491592",
		LaunchID:           "d0b8a363-7484-4ee6-b458-0f0e0ce5f05f",
		UserID:             "ffc08009f0884c059192bac549e117b2",
		PersonSourceID:     "administrator",
		Email:              "noreply@blackboard.com",
		FederatedSessionID: "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/a118bba8-5378-4533-899b-8862ac59db03/sessions/0356052DAA966AA071787F54DBFEB1B1",
	}
	if l.Parameters != want {
		t.Errorf("parameters\n%+v, want\n%+v", l.Parameters, want)
	}
	if l.LaunchURL != "https://ltiah.herokuapp.com/launch_lti" || l.LaunchID() != want.LaunchID || len(l.CustomParameters) != 0 {
		t.Errorf("launch %+v", l)
	}
	if len(l.LaunchParameters) != 35 || l.LaunchParameters["oauth_nonce"] != "171815513849839" {
		t.Errorf("%d launch parameters, nonce %v", len(l.LaunchParameters), l.LaunchParameters["oauth_nonce"])
	}
	if p, _ := e.Person(); p.Email != "noreply@blackboard.com" {
		t.Errorf("person %+v", p)
	}
	if e.Session == nil || e.Session.ID != e.FederatedSession.ID || e.Session.Type != "Session" {
		t.Errorf("session %+v", e.Session)
	}
}

func TestDecodeCourseLaunch(t *testing.T) {
	for _, name := range []string{"v1p1/lti-launch-course", "v1p0/lti-launch"} {
		l := decode(t, firstEvent(t, name)).Object.(*blackboard.LTILaunch)
		if l.Parameters.ContextID != course || l.Parameters.ResourceLinkTitle != "Titration lab" || l.LaunchID() != launch {
			t.Errorf("%s: launch %+v", name, l)
		}
		if l.CustomParameters["custom_bench"] != "7" {
			t.Errorf("%s: custom parameters %v", name, l.CustomParameters)
		}
	}
}

func TestDecodeReturn(t *testing.T) {
	for name, launched := range map[string]string{
		"v1p1/lti-return": "2021-02-09T15:01:10.114Z",
		"v1p0/lti-return": "2017-03-14T08:20:44.15Z",
	} {
		r := decode(t, firstEvent(t, name)).Object.(*blackboard.LTIReturn)
		if r.LinkID != "_90217_1" || r.LaunchID() != launch || r.DestinationURL == "" || r.LaunchTime.Format(time.RFC3339Nano) != launched {
			t.Errorf("%s: return %+v", name, r)
		}
	}
}

func TestDecodeTimeoutOfNobody(t *testing.T) {
	e := decode(t, events(t, readFixture(t, "v1p1/timeout"))[1])
	if p, ok := e.Person(); ok {
		t.Errorf("person %+v of a session alone", p)
	}
	if s := e.Object.(*blackboard.Session); s.ID != prefix+"/sessions/41B7E90C2D5F4A8896C3D10E7FA25B68" || s.User != nil {
		t.Errorf("session %+v", s)
	}
	if e.Actor.Term() != "SoftwareApplication" || e.Site() != site {
		t.Errorf("actor %+v, site %s", e.Actor, e.Site())
	}
}

func TestDecodeV1P0LoginGeneratesTheSession(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p0/login"))
	s, ok := e.Generated.(*blackboard.Session)
	if !ok || s.ID != e.FederatedSession.ID || s.User == nil || s.User.ExternalID != "t.okafor" || !s.StartedAt.Equal(e.Time) {
		t.Errorf("generated %+v", e.Generated)
	}
	if e.ID.Version() != 5 {
		t.Errorf("id %s", e.ID)
	}
}
