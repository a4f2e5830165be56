package blackboard_test

import (
	"testing"
)

func TestCourse(t *testing.T) {
	const (
		c1     = `{"id":"` + prefix + `/courses/c1","type":"CourseOffering","courseNumber":"ONE"}`
		c2     = `{"id":"` + prefix + `/courses/c2","type":"CourseOffering","courseNumber":"TWO"}`
		inC1   = `{"id":"` + prefix + `/courses/c1/groups/_1_1","type":"Group","subOrganizationOf":` + c1 + `}`
		aliase = `"extensions":{"bb:course.id":"_1_1","bb:course.externalId":"ONE-EXT"}`
		member = `{"id":"` + prefix + `/courses/c1/members/` + mira + `","type":"Membership",` + aliase
	)
	for name, tc := range map[string]struct {
		raw                  string
		id, number, key, ext string
	}{
		"none":                           {work(), "", "", "", ""},
		"the group":                      {work("group", c1), "c1", "ONE", "", ""},
		"a section":                      {work("group", `{"id":"s","type":"CourseSection","courseNumber":"S"}`), "s", "S", "", ""},
		"the group's course":             {work("group", inC1), "c1", "ONE", "", ""},
		"a group without course":         {work("group", `{"id":"g","type":"Group"}`), "", "", "", ""},
		"a group, the course elsewhere":  {work("group", `{"id":"g","type":"Group"}`, "membership", member+`,"organization":`+c1+`}`), "c1", "ONE", "_1_1", "ONE-EXT"},
		"the membership's":               {work("membership", member+`,"organization":`+c2+`}`), "c2", "TWO", "", ""},
		"the membership's group":         {work("membership", member+`,"organization":`+inC1+`}`), "c1", "ONE", "_1_1", "ONE-EXT"},
		"the membership's IRI":           {work("membership", member+`}`), "c1", "ONE-EXT", "_1_1", "ONE-EXT"},
		"the membership's organization":  {work("membership", member+`,"organization":"`+prefix+`/courses/c1"}`), "c1", "ONE-EXT", "_1_1", "ONE-EXT"},
		"extensions alone":               {work("membership", `{"member":`+user(mira)+`,`+aliase+`}`), "", "ONE-EXT", "_1_1", "ONE-EXT"},
		"group before membership":        {work("group", c1, "membership", member+`,"organization":`+c2+`}`), "c1", "ONE", "_1_1", "ONE-EXT"},
		"the grade's":                    {snapshot("object", calculated(`"user":`+user(mira)+`,"course":`+c2)), "c2", "TWO", "", ""},
		"the group that was made":        {own("CourseGroupEvent", "Created", inC1), "c1", "ONE", "", ""},
		"a group inside a group":         {work("group", `{"id":"g","type":"Group","subOrganizationOf":`+inC1+`}`), "c1", "ONE", "", ""},
		"an organization that is no one": {work("group", `"https://example.edu/physics"`), "", "", "", ""},
		"a course by its IRI":            {work("group", `"`+prefix+`/courses/c1"`), "c1", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := decode(t, []byte(tc.raw))
			c := e.Course()
			if c == nil {
				if tc.number != "" || tc.id != "" {
					t.Fatal("no course")
				}
				return
			}
			want := tc.id
			if len(want) == 2 {
				want = prefix + "/courses/" + want
			}
			if c.ID != want || c.CourseNumber != tc.number || c.CourseID != tc.key || c.ExternalID != tc.ext {
				t.Errorf("course %+v", c)
			}
		})
	}
}

// The course is the caller's own: what they do to it does not reach the event.
func TestCourseIsACopy(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p1/assignable-started"))
	e.Course().Name = "changed"
	if e.Group.Name != "" || e.Course().Name != "" {
		t.Errorf("group %+v", e.Group)
	}
	if c := e.Course(); c.ExternalID != "CHEM-204-S21" || e.Group.ExternalID != "" {
		t.Errorf("course %+v, group %+v", c, e.Group)
	}
}
