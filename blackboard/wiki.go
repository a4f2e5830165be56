package blackboard

import "time"

// WikiPage is a page of a wiki in a course of the Original experience.
type WikiPage struct {
	Resource // …/wiki/{32 hex}

	WikiID   string // primary key of the wiki
	WikiName string
	Points   *float64
	DueDate  time.Time
}

// WikiPost is an edit of a [WikiPage], or a comment on it. Learn does not send
// its text.
type WikiPost struct {
	Resource // …/wiki/{32 hex}/post/{id}

	TotalWords, ModifiedWords *int
}

type wireWikiPage struct {
	wireBasics
	WikiID   scalar `json:"wikiId"`
	WikiName scalar `json:"wikiName"`
	Points   scalar `json:"pointsPossible"`
	DueDate  scalar `json:"dueDate"`
}

func (w *wireWikiPage) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &WikiPage{
		Resource: w.resource(termWikiPage),
		WikiID:   string(w.WikiID),
		WikiName: string(w.WikiName),
		Points:   w.Points.positive(),
		DueDate:  w.DueDate.time(),
	}
}

type wireWikiPost struct {
	wireBasics
	TotalWords    scalar `json:"totalWordCount"`
	ModifiedWords scalar `json:"modifiedWordCount"`
}

func (w *wireWikiPost) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &WikiPost{
		Resource:      w.resource(termWikiPost),
		TotalWords:    w.TotalWords.integer(),
		ModifiedWords: w.ModifiedWords.integer(),
	}
}
