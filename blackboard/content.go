package blackboard

import (
	"slices"
	"time"
)

// Content is a content item of a course.
type Content struct {
	Resource // …/content/{pk}; Name is empty in all that has been seen

	Handler     string // what it is: resource/x-bb-folder, resource/x-bb-forumlink, …
	RenderType  string // LINK, REG, …
	DataVersion *int

	IsLesson, IsFolder, IsGroupContent *bool

	Possible    *float64  // score; nil if not said or 0
	DueDate     time.Time // zero if there is none
	Aggregation string    // which attempt counts: Last, …
}

// ContentUpdate is what v1p0 says of a change to a [Content]
// (UpdatedContentProperties).
type ContentUpdate struct {
	ID string // …/content/{pk}/updatedProperties

	// Changed are the names of the properties that changed, sorted. Their
	// values may be anything and stay in the journal.
	Changed []string
}

// Ref is the update's identifier.
func (u *ContentUpdate) Ref() string { return u.ID }

// Term is "UpdatedContentProperties".
func (u *ContentUpdate) Term() string { return termContentUpdate }

type wireContent struct {
	wireBasics
	Handler        scalar `json:"handler"`
	RenderType     scalar `json:"renderType"`
	DataVersion    scalar `json:"dataVersion"`
	IsLesson       scalar `json:"isLesson"`
	IsFolder       scalar `json:"isFolder"`
	IsGroupContent scalar `json:"isGroupContent"`
	ScorePossible  scalar `json:"scorePossible"`
	DueDate        scalar `json:"dueDate"`
	Aggregation    scalar `json:"aggregationModel"`
}

func (w *wireContent) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &Content{
		Resource:       w.resource(termContent),
		Handler:        string(w.Handler),
		RenderType:     string(w.RenderType),
		DataVersion:    w.DataVersion.integer(),
		IsLesson:       w.IsLesson.truth(),
		IsFolder:       w.IsFolder.truth(),
		IsGroupContent: w.IsGroupContent.truth(),
		Possible:       w.ScorePossible.positive(),
		DueDate:        w.DueDate.time(),
		Aggregation:    string(w.Aggregation),
	}
}

// wireContentUpdate is a map, since every member but a few is a property. (Both
// decoders read into maps.)
type wireContentUpdate map[string]any

func (w wireContentUpdate) entity() Entity {
	u := &ContentUpdate{ID: text(w["id"])}
	for name, change := range w {
		switch name {
		case "id", "type", "name", "description", "extensions", "context", "@context":
			continue
		}
		if _, changed := change.(map[string]any); changed {
			u.Changed = append(u.Changed, name)
		}
	}
	if u.ID == "" && u.Changed == nil {
		return nil
	}
	slices.Sort(u.Changed)
	return u
}
