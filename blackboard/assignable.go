package blackboard

import (
	"cmp"
	"strings"
	"time"
)

// Assignable is what students are given to do: an assignment, a test, or a
// question of a test.
//
// A zero in Learn's counts and scores means that they are not set, or without
// limit; they are nil here.
type Assignable struct {
	// Resource's Type is AssignableDigitalResource, Assessment or
	// AssessmentItem. Where only an IRI was sent it is what the path tells:
	// everything below /gradableItems/ is an AssignableDigitalResource.
	Resource

	DateToActivate, DateToShow, DateToStartOn, DateToSubmit time.Time // zero if not said

	MaxAttempts, MaxSubmits *int
	MaxScore                *float64

	// PartOf is the test that a question is in.
	PartOf *Assignable

	// TimeDependent is said of questions in v1p0.
	TimeDependent *bool

	CategoryID          string // primary key of the grade category (bb:assessment.categoryId)
	CategoryName        string // "Test", "Assignment", … (bb:assessment.categoryName)
	UserDefinedCategory *bool  // sent as a text (bb:assessment.catUserDefined)
	GradableItemID      string // primary key of the grade column (bb:assessment.gradeableItemId)
	ContentID           string // primary key of the content (bb:contentId)
}

func (a *Assignable) mention(add func(*Person)) {
	for ; a != nil; a = a.PartOf {
		a.Resource.mention(add)
	}
}

// isBare tells whether nothing is known but what the IRI says.
func (a *Assignable) isBare() bool {
	return a.Name == "" && a.MaxScore == nil && a.MaxAttempts == nil && a.MaxSubmits == nil && a.PartOf == nil &&
		a.DateToSubmit.IsZero() && a.DateCreated.IsZero() && a.GradableItemID == "" && a.ContentID == ""
}

type wireAssignable struct {
	wireBasics
	DateToActivate scalar          `json:"dateToActivate"`
	DateToShow     scalar          `json:"dateToShow"`
	DateToStartOn  scalar          `json:"dateToStartOn"`
	DateToSubmit   scalar          `json:"dateToSubmit"`
	MaxAttempts    scalar          `json:"maxAttempts"`
	MaxSubmits     scalar          `json:"maxSubmits"`
	MaxScore       scalar          `json:"maxScore"`
	PartOf         *wireAssignable `json:"isPartOf"`
	TimeDependent  scalar          `json:"isTimeDependent"`
	Extensions     struct {
		CategoryID          string `json:"bb:assessment.categoryId"`
		CategoryName        string `json:"bb:assessment.categoryName"`
		UserDefinedCategory scalar `json:"bb:assessment.catUserDefined"`
		GradableItemID      string `json:"bb:assessment.gradeableItemId"`
		ContentID           string `json:"bb:contentId"`
	} `json:"extensions"`
}

func (w *wireAssignable) entity() Entity { return orNone(w.assignable()) }

// assignable is nil if nothing is identified.
func (w *wireAssignable) assignable() *Assignable {
	if w == nil || w.isEmpty() {
		return nil
	}
	return &Assignable{
		Resource:            w.resource(assignableType(w.ID)),
		DateToActivate:      w.DateToActivate.time(),
		DateToShow:          w.DateToShow.time(),
		DateToStartOn:       w.DateToStartOn.time(),
		DateToSubmit:        w.DateToSubmit.time(),
		MaxAttempts:         w.MaxAttempts.ordinal(),
		MaxSubmits:          w.MaxSubmits.ordinal(),
		MaxScore:            w.MaxScore.positive(),
		PartOf:              w.PartOf.assignable(),
		TimeDependent:       w.TimeDependent.truth(),
		CategoryID:          w.Extensions.CategoryID,
		CategoryName:        w.Extensions.CategoryName,
		UserDefinedCategory: w.Extensions.UserDefinedCategory.truth(),
		GradableItemID:      w.Extensions.GradableItemID,
		ContentID:           w.Extensions.ContentID,
	}
}

// assignableType is the type of an assignable that was sent as an IRI only.
func assignableType(id string) string {
	_, below, _ := splitSite(id)
	collection, rest, _ := strings.Cut(below, "/")
	switch {
	case collection != "assessments":
		return termAssignable
	case strings.Contains(rest, "/questions/"):
		return termAssessmentItem
	default:
		return termAssessment
	}
}

// betterOf is the one of two mentions of an assignable that says more. The
// other one is usually an IRI alone.
func betterOf(a, b *Assignable) *Assignable {
	if a == nil || b != nil && a.ID == b.ID && a.isBare() && !b.isBare() {
		return cmp.Or(b, a)
	}
	return a
}
