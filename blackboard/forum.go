package blackboard

import "time"

// Forum is a discussion board, a discussion, or the conversation about an
// assignment.
type Forum struct {
	Resource // …/discussion/{pk}

	ForumPoints, ThreadPoints *float64  // for a grade; nil if there is none
	DueDate                   time.Time // zero if there is none
	IsDiscussion              *bool
	ContentID                 string // primary key of the content that it is about
}

// ForumPost is a post in a [Forum]. Learn does not send its text.
type ForumPost struct {
	Resource // …/discussion/{pk}/post/{pk}

	ParentID, ThreadID, LinkRefID string // primary keys
	FileAttached                  *bool
	FirstPost                     *bool // whether it opens the thread
	Length                        *int  // in characters

	// Anonymous says that the post does not show its author to the others.
	// The event names them all the same.
	Anonymous *bool
}

type wireForum struct {
	wireBasics
	ForumPoints  scalar `json:"forumPointsPossible"`
	ThreadPoints scalar `json:"threadPointsPossible"`
	DueDate      scalar `json:"dueDate"`
	IsDiscussion scalar `json:"isDiscussion"`
	ContentID    scalar `json:"contentId"`
}

func (w *wireForum) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &Forum{
		Resource:     w.resource(termForum),
		ForumPoints:  w.ForumPoints.positive(),
		ThreadPoints: w.ThreadPoints.positive(),
		DueDate:      w.DueDate.time(),
		IsDiscussion: w.IsDiscussion.truth(),
		ContentID:    string(w.ContentID),
	}
}

type wireForumPost struct {
	wireBasics
	ParentID     scalar `json:"parentId"`
	ThreadID     scalar `json:"threadId"`
	LinkRefID    scalar `json:"linkRefId"`
	FileAttached scalar `json:"fileAttached"`
	FirstPost    scalar `json:"firstPost"`
	Length       scalar `json:"length"`
	Anonymous    scalar `json:"anonymous"`
}

func (w *wireForumPost) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &ForumPost{
		Resource:     w.resource(termForumPost),
		ParentID:     string(w.ParentID),
		ThreadID:     string(w.ThreadID),
		LinkRefID:    string(w.LinkRefID),
		FileAttached: w.FileAttached.truth(),
		FirstPost:    w.FirstPost.truth(),
		Length:       w.Length.integer(),
		Anonymous:    w.Anonymous.truth(),
	}
}
