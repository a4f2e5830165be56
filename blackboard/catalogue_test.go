package blackboard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

const ines = "91e2a7c40b5d4f83b6a8d0c97e3f1524"

// catalogue says what becomes of the first event of every payload of the types
// that Learn emits beside logins and launches: type, action, what the object
// and the generated entity are, the object's path, the person, and how often
// people are mentioned.
var catalogue = map[string]struct {
	typ, action, object, generated, path, person string
	people                                       int
}{
	"v1p1/view-viewed":                {"ViewEvent", "Viewed", "DigitalResource", "", "/unknown/unknown", "m.lindqvist", 3},
	"v1p1/view-viewed-content":        {"ViewEvent", "Viewed", "DigitalResource", "", "/content/_90231_1", "m.lindqvist", 3},
	"v1p0/view-viewed":                {"ViewEvent", "Viewed", "DigitalResource", "", "/content/_51207_1", "m.lindqvist", 2},
	"v1p1/assignable-started":         {"AssignableEvent", "Started", "Assignable", "Attempt", "/gradableItems/_8123_1", "m.lindqvist", 4},
	"v1p1/assignable-submitted":       {"AssignableEvent", "Submitted", "Assignable", "Attempt", "/gradableItems/_8123_1", "m.lindqvist", 4},
	"v1p1/assignable-completed":       {"AssignableEvent", "Completed", "Assignable", "Attempt", "/gradableItems/_8123_1", "m.lindqvist", 3},
	"v1p1/assignable-group-completed": {"AssignableEvent", "Completed", "Assignable", "Attempt", "/gradableItems/_8140_1", "m.lindqvist", 6},
	"v1p0/assignable-started":         {"AssignableEvent", "Started", "Assignable", "Attempt", "/gradableItems/_7121_1", "m.lindqvist", 3},
	"v1p0/assignable-completed":       {"AssignableEvent", "Completed", "Assignable", "Attempt", "/gradableItems/_7121_1", "m.lindqvist", 3},
	"v1p0/assignable-group-started":   {"AssignableEvent", "Started", "Assignable", "Attempt", "/gradableItems/_7140_1", "m.lindqvist", 5},
	"v1p0/assignable-group-completed": {"AssignableEvent", "Completed", "Assignable", "Attempt", "/gradableItems/_7140_1", "m.lindqvist", 5},
	"v1p1/assessment-started":         {"AssessmentEvent", "Started", "Assignable", "Attempt", "/assessments/_6620_1", "m.lindqvist", 4},
	"v1p1/assessment-submitted":       {"AssessmentEvent", "Submitted", "Assignable", "Attempt", "/assessments/_6620_1", "m.lindqvist", 4},
	"v1p1/assessment-completed":       {"AssessmentEvent", "Completed", "Assignable", "Attempt", "/assessments/_6620_1", "m.lindqvist", 4},
	"v1p0/assessment-started":         {"AssessmentEvent", "Started", "Assignable", "Attempt", "/assessments/_2512_1", "m.lindqvist", 3},
	"v1p0/assessment-submitted":       {"AssessmentEvent", "Submitted", "Assignable", "Attempt", "/assessments/_2512_1", "m.lindqvist", 3},
	"v1p1/assessmentitem-started":     {"AssessmentItemEvent", "Started", "Assignable", "Attempt", "/questions/_6634_1", "m.lindqvist", 4},
	"v1p1/assessmentitem-submitted":   {"AssessmentItemEvent", "Submitted", "Assignable", "Response", "/questions/_6634_1", "m.lindqvist", 4},
	"v1p1/assessmentitem-completed":   {"AssessmentItemEvent", "Completed", "Assignable", "Response", "/questions/_6634_1", "m.lindqvist", 4},
	"v1p0/assessmentitem-started":     {"AssessmentItemEvent", "Started", "Assignable", "Attempt", "/questions/_2514_1", "m.lindqvist", 3},
	"v1p0/assessmentitem-completed":   {"AssessmentItemEvent", "Completed", "Assignable", "Response", "/questions/_2514_1", "m.lindqvist", 3},
	"v1p1/grade-graded":               {"GradeEvent", "Graded", "Attempt", "Score", "/attempts/_30152_1", "m.lindqvist", 3},
	"v1p1/grade-graded-zero":          {"GradeEvent", "Graded", "Attempt", "Score", "/attempts/_30152_1", "m.lindqvist", 3},
	"v1p0/outcome-graded":             {"GradeEvent", "Graded", "Attempt", "Score", "/attempts/_1044_1", "m.lindqvist", 3},
	"v1p1/calculatedgrade-graded":     {"CalculatedGradeSnapshotEvent", "Graded", "CalculatedGrade", "", "/calculatedGrade/329204416", "m.lindqvist", 2},
	"v1p0/calculatedgrade-gradecalculated": {
		"CalculatedGradeSnapshotEvent", "Graded", "CalculatedGrade", "", "/calculatedGrade/156525", "m.lindqvist", 2,
	},
	"v1p1/forum-created":        {"ForumEvent", "Created", "Forum", "ForumPost", "/discussion/_2204_1", "m.lindqvist", 3},
	"v1p1/forum-modified":       {"ForumEvent", "Modified", "Forum", "ForumPost", "/discussion/_2204_1", "m.lindqvist", 3},
	"v1p1/forum-deleted":        {"ForumEvent", "Deleted", "Forum", "ForumPost", "/discussion/_2204_1", "m.lindqvist", 3},
	"v1p1/forum-created-group":  {"ForumEvent", "Created", "Forum", "ForumPost", "/discussion/_2210_1", "m.lindqvist", 3},
	"v1p0/forum-created":        {"ForumEvent", "Created", "Forum", "ForumPost", "/discussion/_1046_1", "m.lindqvist", 2},
	"v1p1/content-created":      {"ContentEvent", "Created", "Content", "", "/content/_90255_1", "t.okafor", 3},
	"v1p1/content-modified":     {"ContentEvent", "Modified", "Content", "", "/content/_90260_1", "t.okafor", 3},
	"v1p1/content-deleted":      {"ContentEvent", "Deleted", "Content", "", "/content/_90255_1", "t.okafor", 3},
	"v1p0/content-created":      {"ContentEvent", "Created", "Content", "ContentUpdate", "/content/_51206_1", "t.okafor", 2},
	"v1p1/coursegroup-created":  {"CourseGroupEvent", "Created", "Organization", "", "/groups/_57_1", "t.okafor", 3},
	"v1p1/coursegroup-modified": {"CourseGroupEvent", "Modified", "Organization", "", "/groups/_57_1", "t.okafor", 3},
	"v1p1/coursegroup-deleted":  {"CourseGroupEvent", "Deleted", "Organization", "", "/groups/_57_1", "t.okafor", 3},
	"v1p0/coursegroup-created":  {"CourseGroupEvent", "Created", "Organization", "GroupUser", "/groups/_57_1", "t.okafor", 3},
	"v1p1/blog-created":         {"BlogEvent", "Created", "Blog", "BlogPost", "/blog/_390_1", "m.lindqvist", 3},
	"v1p1/blog-modified":        {"BlogEvent", "Modified", "Blog", "BlogPost", "/blog/_390_1", "m.lindqvist", 3},
	"v1p1/blog-commented":       {"BlogEvent", "Commented", "Blog", "BlogPost", "/blog/_390_1", "m.lindqvist", 3},
	"v1p0/blog-created":         {"BlogEvent", "Created", "Blog", "BlogPost", "/blog/_91_1", "m.lindqvist", 2},
	"v1p1/wiki-created":         {"WikiEvent", "Created", "WikiPage", "WikiPost", "/wiki/5d02c7e9a18b4f36b0e47c1f93a6d825", "m.lindqvist", 3},
	"v1p1/wiki-modified":        {"WikiEvent", "Modified", "WikiPage", "WikiPost", "/wiki/5d02c7e9a18b4f36b0e47c1f93a6d825", "m.lindqvist", 3},
	"v1p1/wiki-commented":       {"WikiEvent", "Commented", "WikiPage", "WikiPost", "/wiki/5d02c7e9a18b4f36b0e47c1f93a6d825", "m.lindqvist", 3},
	"v1p0/wiki-created":         {"WikiEvent", "Created", "WikiPage", "WikiPost", "/wiki/0f7b2e58c4d14a96b3a1d8e6702c9f45", "m.lindqvist", 2},
}

func TestCatalogue(t *testing.T) {
	for name, want := range catalogue {
		t.Run(name, func(t *testing.T) {
			e := decode(t, firstEvent(t, name))
			if e.Type != want.typ || e.Action != want.action || !strings.HasPrefix(name, e.Generation.String()) {
				t.Errorf("%s %s %s", e.Generation, e.Type, e.Action)
			}
			if kindOf(e.Object) != want.object || kindOf(e.Generated) != want.generated {
				t.Errorf("object %T, generated %T", e.Object, e.Generated)
			}
			if !strings.HasPrefix(e.Object.Ref(), prefix) || !strings.HasSuffix(e.Object.Ref(), want.path) {
				t.Errorf("object %s", e.Object.Ref())
			}
			p, ok := e.Person()
			if !ok || p.ExternalID != want.person || p.UserID == "" || p.Site != site || !strings.HasPrefix(p.IRI, prefix+"/users/") {
				t.Errorf("person %+v", p)
			}
			if got := e.People(); len(got) != want.people {
				t.Errorf("%d mentions of people", len(got))
			}
			checkPlace(t, e)
		})
	}
}

// checkPlace checks what all events of the catalogue have in common.
func checkPlace(t *testing.T, e *blackboard.Event) {
	t.Helper()
	if e.Site() != site || e.EdApp == nil || e.Membership == nil || e.Membership.Status != "Active" {
		t.Errorf("site %q, application %+v, membership %+v", e.Site(), e.EdApp, e.Membership)
	}
}

// kindOf is the name of an entity's Go type, "" for none.
func kindOf(e blackboard.Entity) string {
	if e == nil {
		return ""
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", e), "*blackboard.")
}

// No type that Learn emits is without a payload, in neither generation.
func TestCatalogueIsComplete(t *testing.T) {
	seen := make(map[string]bool)
	for _, name := range fixtures(t) {
		for _, raw := range events(t, readFixture(t, name)) {
			e := decode(t, raw)
			seen[e.Generation.String()+e.Type] = true
		}
	}
	for _, typ := range blackboard.EventTypes() {
		if !seen["v1p1"+typ] || !seen["v1p0"+typ] {
			t.Errorf("%s: no payload of one of the generations", typ)
		}
	}
}
