package translate

import (
	"strings"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// forumEvent translates what somebody did to a post, where the event names one, else to the forum. Posting is a
// MessageEvent; whatever comes after it, or before it as a draft, has only the ResourceManagementEvent.
func (t *translation) forumEvent() (*caliper.Event, error) {
	forum, ok := t.ev.Object.(*blackboard.Forum)
	if !ok || forum == nil {
		return nil, untranslatable("the forum event has no forum")
	}
	post, ok := t.ev.Generated.(*blackboard.ForumPost)
	switch {
	case ok && post != nil:
		return t.forumPost(forum, post)
	case t.ev.Action == blackboard.ActionDrafted: // a draft is one of a post, named or not
		return t.forumPost(forum, new(blackboard.ForumPost))
	default:
		return t.forumManaged(forum)
	}
}

func (t *translation) forumManaged(forum *blackboard.Forum) (*caliper.Event, error) {
	iri, err := t.objectIRI(forum.ID, caliper.TypeForum)
	if err != nil {
		return nil, err
	}
	return t.managed(t.forumNode(iri, forum))
}

func (t *translation) forumPost(forum *blackboard.Forum, post *blackboard.ForumPost) (*caliper.Event, error) {
	if err := anonymous(post.Anonymous); err != nil {
		return nil, err
	}
	iri, err := t.objectIRI(post.ID, caliper.TypeMessage)
	if err != nil {
		return nil, err
	}
	out := t.message(iri, &post.Resource)
	out.IsPartOf = t.thread(forum, post)
	out.ReplyTo = t.repliedTo(post)
	if t.ev.Action == blackboard.ActionCreated {
		return t.posted(out)
	}
	return t.managed(out)
}

// forumNode is a forum without its points and due date, which have no place in a Forum.
func (t *translation) forumNode(iri string, forum *blackboard.Forum) caliper.Node {
	out := t.authored(iri, caliper.TypeForum, &forum.Resource)
	return &out
}

// thread is where a post stands: the thread in the forum, the forum where the post does not say in which thread, nil
// where no forum is identified. Learn names a thread by the primary key of its first post, which has that key in its own
// id already; so a thread's id here is made from the forum's and that key.
func (t *translation) thread(forum *blackboard.Forum, post *blackboard.ForumPost) caliper.Node {
	iri, ok := t.authoredIRI(forum.ID)
	switch {
	case !ok:
		return nil
	case post.ThreadID == "":
		return t.forumNode(iri, forum)
	}
	return &caliper.DigitalResource{
		Entity:   caliper.Entity{ID: derived(iri + "/thread/" + post.ThreadID), Type: caliper.TypeThread},
		IsPartOf: t.forumNode(iri, forum),
	}
}

// repliedTo is the post above, by its IRI: that of this one with the other's primary key at its end. nil where there is
// none, or the post would be its own.
func (t *translation) repliedTo(post *blackboard.ForumPost) caliper.Node {
	const posts = "/post/"
	end := strings.LastIndex(post.ID, posts)
	if end < 0 || post.ParentID == "" || strings.ContainsAny(post.ParentID, "/?#;") {
		return nil
	}
	parent := post.ID[:end+len(posts)] + post.ParentID
	iri, ok := t.iri(parent)
	if !ok || parent == post.ID {
		return nil
	}
	return caliper.IRI(iri)
}
