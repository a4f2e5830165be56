package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// blogEvent translates what somebody did to an entry of a blog or journal, where the event names one, else to the blog;
// or that they commented on it. To post an entry is to post a message: Caliper has no entity that is closer.
func (t *translation) blogEvent() (*caliper.Event, error) {
	blog, ok := t.ev.Object.(*blackboard.Blog)
	if !ok || blog == nil {
		return nil, untranslatable("the blog event has no blog")
	}
	post, ok := t.ev.Generated.(*blackboard.BlogPost)
	if !ok || post == nil {
		return t.blogManaged(blog)
	}
	if err := anonymous(post.Anonymous); err != nil {
		return nil, err
	}
	if t.ev.Action == blackboard.ActionCommented {
		return t.blogManaged(blog)
	}
	return t.blogPost(blog, post)
}

// blogManaged is an event of the blog itself, comments on it among them.
func (t *translation) blogManaged(blog *blackboard.Blog) (*caliper.Event, error) {
	iri, err := t.objectIRI(blog.ID, caliper.TypeDigitalResourceCollection)
	if err != nil {
		return nil, err
	}
	if t.ev.Action == blackboard.ActionCommented {
		return t.commented(t.blogNode(iri, blog), iri)
	}
	return t.managed(t.blogNode(iri, blog))
}

func (t *translation) blogPost(blog *blackboard.Blog, post *blackboard.BlogPost) (*caliper.Event, error) {
	iri, err := t.objectIRI(post.ID, caliper.TypeMessage)
	if err != nil {
		return nil, err
	}
	out := t.message(iri, &post.Resource)
	if in, ok := t.authoredIRI(blog.ID); ok {
		out.IsPartOf = t.blogNode(in, blog)
	}
	if t.ev.Action == blackboard.ActionCreated {
		return t.posted(out)
	}
	return t.managed(out)
}

// blogNode is a blog as a collection of its entries, without its points and due date, which have no place there.
func (t *translation) blogNode(iri string, blog *blackboard.Blog) caliper.Node {
	out := t.authored(iri, caliper.TypeDigitalResourceCollection, &blog.Resource)
	return &out
}
