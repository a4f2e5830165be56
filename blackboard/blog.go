package blackboard

import "time"

// Blog is a blog or a journal in a course of the Original experience.
type Blog struct {
	Resource // …/blog/{pk}

	BlogType string // INDIVIDUAL, …
	Journal  *bool  // whether only its author and the instructors see it
	Points   *float64
	DueDate  time.Time
}

// BlogPost is an entry of a [Blog], or a comment on one. Learn does not send
// its text.
type BlogPost struct {
	Resource // …/blog/{pk}/post/{pk}

	AttachedFiles *int
	Length        *int  // in characters
	Anonymous     *bool // as in [ForumPost]
}

type wireBlog struct {
	wireBasics
	BlogType scalar `json:"blogType"`
	Journal  scalar `json:"journal"`
	Points   scalar `json:"pointsPossible"`
	DueDate  scalar `json:"dueDate"`
}

func (w *wireBlog) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &Blog{
		Resource: w.resource(termBlog),
		BlogType: string(w.BlogType),
		Journal:  w.Journal.truth(),
		Points:   w.Points.positive(),
		DueDate:  w.DueDate.time(),
	}
}

type wireBlogPost struct {
	wireBasics
	AttachedFiles scalar `json:"attachedFilesCount"`
	Length        scalar `json:"length"`
	Anonymous     scalar `json:"anonymous"`
}

func (w *wireBlogPost) entity() Entity {
	if w.isEmpty() {
		return nil
	}
	return &BlogPost{
		Resource:      w.resource(termBlogPost),
		AttachedFiles: w.AttachedFiles.integer(),
		Length:        w.Length.integer(),
		Anonymous:     w.Anonymous.truth(),
	}
}
