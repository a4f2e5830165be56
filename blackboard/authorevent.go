package blackboard

// The actions of Learn's own event types, in which somebody makes or changes
// something. All have a [*Person] as their actor. Their objects are
//
//	ForumEvent        [*Forum], and a [*ForumPost] is generated
//	BlogEvent         [*Blog], and a [*BlogPost] is generated
//	WikiEvent         [*WikiPage], and a [*WikiPost] is generated
//	ContentEvent      [*Content], and v1p0 generates a [*ContentUpdate]
//	CourseGroupEvent  [*Organization], and v1p0 generates a [*GroupUser]
//
// where what is generated may be missing.
const (
	ActionCreated   = "Created"   // v1p0: Create
	ActionModified  = "Modified"  // v1p0: Update, Updated
	ActionDeleted   = "Deleted"   // not of blogs and wikis
	ActionCommented = "Commented" // of blogs and wikis

	// ActionDrafted is documented for forums in v1p0. (v1p1 does not tell a
	// draft from a post.)
	ActionDrafted = "Draft"
)

var (
	forumActions = authorActions(termForum, termForumPost, needBoth[*Forum],
		ActionCreated, ActionModified, ActionDeleted, ActionDrafted)
	contentActions = authorActions(termContent, termContentUpdate, needBoth[*Content],
		ActionCreated, ActionModified, ActionDeleted)
	groupActions = authorActions(termGroup, termMiniUser, needGroup,
		ActionCreated, ActionModified, ActionDeleted)
	blogActions = authorActions(termBlog, termBlogPost, needBoth[*Blog],
		ActionCreated, ActionModified, ActionCommented, ActionDeleted)
	wikiActions = authorActions(termWikiPage, termWikiPost, needBoth[*WikiPage],
		ActionCreated, ActionModified, ActionCommented, ActionDeleted)
)

// authorTerms are the other words for an action.
var authorTerms = map[string][]string{
	ActionCreated:   {"Create"},
	ActionModified:  {"Modify", "Update", "Updated"},
	ActionDeleted:   {"Delete"},
	ActionCommented: {"Comment"},
	ActionDrafted:   {"Drafted"},
}

// authorActions are the named actions on an object, with what they generate.
func authorActions(object, generated string, settle func(*Event) error, names ...string) []eventAction {
	var actions []eventAction
	for _, name := range names {
		actions = append(actions, eventAction{
			name: name, terms: authorTerms[name], actor: termPerson, object: object, generated: generated,
			settle: settle, person: actorOf,
		})
	}
	return actions
}

// needGroup takes the event's group for an object that is missing: Learn writes
// the same in both.
func needGroup(e *Event) error {
	if e.Object == nil && e.Group != nil {
		e.Object = e.Group
	}
	return needBoth[*Organization](e)
}
