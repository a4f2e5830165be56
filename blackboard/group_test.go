package blackboard_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

var inesPerson = blackboard.Person{
	Site: site, UUID: uuid.MustParse(ines), UserID: "_4733_1", ExternalID: "ines.duarte@students.example.edu",
}

func TestGroupUsers(t *testing.T) {
	for _, name := range []string{"v1p1/assignable-group-completed", "v1p0/assignable-group-started"} {
		e := decode(t, firstEvent(t, name))
		if e.Group.Type != "Group" || len(e.Group.Users) != 2 || e.Group.Parent.CourseNumber != "CHEM-204-S21" {
			t.Fatalf("%s: group %+v", name, e.Group)
		}
		if got := e.Group.Users[1]; *got.Person != inesPerson || got.MembershipID != "" {
			t.Errorf("%s: user %+v", name, got.Person)
		}
		if !mentions(e, ines) || !mentions(e, mira) {
			t.Errorf("%s: the users are not among the people", name)
		}
	}
}

func TestGroupOfMemberships(t *testing.T) {
	for _, name := range []string{"v1p1/coursegroup-modified", "v1p0/coursegroup-created"} {
		g := decode(t, firstEvent(t, name)).Object.(*blackboard.Organization)
		if g.Name != "Bench 3" || len(g.Users) != 2 || g.Users[0].MembershipID != "_11260_1" || g.Users[0].Person != nil || g.Users[0].Ref() != "" {
			t.Errorf("%s: group %+v", name, g)
		}
	}
}

func TestMiniUser(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p0/coursegroup-created"))
	u := e.Generated.(*blackboard.GroupUser)
	want := inesPerson
	want.IRI = prefix + "/minimalUser/Some(_4733_1)"
	if *u.Person != want || u.MembershipID != "_11271_1" || u.Ref() != want.IRI || u.Term() != "MiniUser" {
		t.Errorf("user %+v, membership %s", u.Person, u.MembershipID)
	}
	if !mentions(e, ines) {
		t.Error("the user is not among the people")
	}
}

// grouped writes a group event whose users are the given JSON text.
func grouped(users string) string {
	quoted, err := json.Marshal(users)
	if err != nil {
		panic(err)
	}
	return own("CourseGroupEvent", "Created", groupWith(string(quoted)))
}

func groupWith(users string) string {
	return `{"id":"` + prefix + `/courses/c/groups/_1_1","type":"Group","extensions":{"bb:group.users":` + users + `}}`
}

func TestOddGroupUsers(t *testing.T) {
	for name, tc := range map[string]struct{ raw, want string }{
		"none":                 {grouped(`[]`), ""},
		"empty":                {grouped(``), ""},
		"broken":               {grouped(`[{"id":"_1_1"}`), ""},
		"repeated":             {grouped(`[{"id":"_1_1","id":"_2_1"}]`), ""},
		"an object":            {grouped(`{"id":"_1_1"}`), ""},
		"deep":                 {grouped(strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000)), ""},
		"nobody":               {grouped(`[{},null,5,"x",{"id":null},{"uuid":"x"}]`), ""},
		"some odd":             {grouped(`[5,{"id":"_1_1","uuid":7,"batchUid":{}},null,{"batchUid":12}]`), "_1_1/ /12"},
		"numbers":              {grouped(`[{"id":77}]`), "77/"},
		"an option":            {grouped(`[{"id":"Some(_5_1)"},{"id":"None"}]`), "_5_1/"},
		"no string at all":     {own("CourseGroupEvent", "Created", groupWith(`[{"id":"_1_1","batchUid":"b"}]`)), "_1_1/b"},
		"no string, old words": {own("CourseGroupEvent", "Create", `{"@id":"g","@type":"Group","extensions":{"bb:group.users":[{"id":"_1_1"}]}}`), "_1_1/"},
		"a number":             {own("CourseGroupEvent", "Created", groupWith(`5`)), ""},
		"null":                 {own("CourseGroupEvent", "Created", groupWith(`null`)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := decode(t, []byte(tc.raw)).Object.(*blackboard.Organization)
			var got []string
			for _, u := range g.Users {
				got = append(got, u.Person.UserID+"/"+u.Person.ExternalID)
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("users %q, want %q", got, tc.want)
			}
		})
	}
}

// Documentation has the users in the event's own extensions.
func TestGroupUsersOfTheEvent(t *testing.T) {
	for _, users := range []string{`"[{\"uuid\":\"` + ines + `\"}]"`, `[{"uuid":"` + ines + `"}]`} {
		e := decode(t, []byte(work("extensions", `{"bb:group.users":`+users+`}`)))
		if !mentions(e, ines) {
			t.Errorf("people %+v", e.People())
		}
	}
}

func TestMembersOfACourse(t *testing.T) {
	const members = `"members":[{"id":"` + prefix + `/users/` + tomas + `","type":"Person"},{}]`
	for _, odd := range []string{"", `,"name":5`} {
		e := decode(t, []byte(work("group", `{"id":"c","type":"CourseOffering",`+members+odd+`}`)))
		if len(e.Group.Members) != 1 || !mentions(e, tomas) {
			t.Errorf("group %+v", e.Group)
		}
	}
}
