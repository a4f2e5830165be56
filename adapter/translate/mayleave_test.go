package translate_test

import "strings"

// mayLeaveOf are further strings that may leave from payloads whose names begin so, with the reason.
var mayLeaveOf = map[string]map[string]string{
	"forum": {
		"object.id":          "a forum, which names nobody",
		"object.name":        "a forum's name",
		"generated.id":       "a post, which names nobody",
		"generated.parentId": "the post above, by its primary key in the IRI of a post",

		`group.extensions["bb:group.name"]`: "a group's name",
	},
	"blog": {
		"object.id":    "a blog, which names nobody",
		"object.name":  "a blog's name",
		"generated.id": "an entry, which names nobody",
	},
	"wiki": {
		"object.id":       "a page, which names nobody",
		"object.name":     "a page's name",
		"object.wikiName": "a wiki's name",
	},
	"content": {
		"object.id":   "content, which names nobody",
		"object.name": "a content's name",
	},
	"coursegroup": {
		"object.id":   "a group, which names nobody",
		"object.name": "a group's name",

		"object.subOrganizationOf.id":           "the course of a group",
		"object.subOrganizationOf.name":         "its name",
		"object.subOrganizationOf.courseNumber": "its number",

		`object.extensions["bb:group.name"]`: "a group's name",
		`group.extensions["bb:group.name"]`:  "a group's name",
	},
	"view-": {
		"object.id":   "content, which names nobody",
		"object.name": "a content's name",
	},
	"assignable-": {
		"object.id":    "an assignment, which names nobody",
		"object.name":  "an assignment's name",
		"generated.id": "an attempt, which names nobody",

		`group.extensions["bb:group.name"]`: "a group's name",
	},
	"assessment-": {
		"object.id":    "a test, which names nobody",
		"object.name":  "a test's name",
		"generated.id": "an attempt, which names nobody",
	},
	"assessmentitem-": {
		"object.id":            "a question, which names nobody",
		"object.name":          "a question's name",
		"object.isPartOf.id":   "a test, which names nobody",
		"object.isPartOf.name": "a test's name",
		"generated.id":         "an attempt or a response, which names nobody",
		"generated.attempt.id": "an attempt, which names nobody",
	},
	"grade-": {
		"object.id":              "an attempt, which names nobody",
		"object.assignable.id":   "what was attempted, which names nobody",
		"object.assignable.name": "its name",
		"generated.id":           "a score, which names nobody",
	},
	"outcome-": {
		"object.id":         "an attempt, which names nobody",
		"object.assignable": "what was attempted, which names nobody",
		"generated.id":      "a score, which names nobody",
	},
	"calculatedgrade-": {
		"object.id":   "a column's grade, which names nobody",
		"object.name": "its name",

		"object.course.id":           "a course",
		"object.course.name":         "its name",
		"object.course.courseNumber": "its number",
	},
}

// mayLeaveIn tells whether a string of a fixture may leave.
func mayLeaveIn(fixture, path string) bool {
	if _, ok := mayLeave[path]; ok {
		return true
	}
	_, ok := mayLeaveOf[family(fixture)][path]
	return ok
}

// family is how the name of a fixture begins in mayLeaveOf, the longest where there are several; "" if it has none there.
func family(fixture string) (longest string) {
	_, name, _ := strings.Cut(fixture, "/")
	for of := range mayLeaveOf {
		if strings.HasPrefix(name, of) && len(of) > len(longest) {
			longest = of
		}
	}
	return longest
}
