package blackboard_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

func TestForum(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p1/forum-created"))
	f := e.Object.(*blackboard.Forum)
	if f.Name != "Which indicator would you choose?" || !equal(f.ThreadPoints, 20) || f.ForumPoints != nil || !equal(f.IsDiscussion, true) || f.ContentID != "_90260_1" {
		t.Errorf("forum %+v", f)
	}
	if f.DueDate.Format(time.RFC3339) != "2021-02-19T22:59:00Z" || e.Session == nil || e.Session.ID != e.FederatedSession.ID || e.Group != nil {
		t.Errorf("forum %+v, session %+v", f, e.Session)
	}
	p := e.Generated.(*blackboard.ForumPost)
	if p.ParentID != "_7719_1" || p.ThreadID != "_7719_1" || !equal(p.Length, 1468) || !equal(p.Anonymous, false) || !equal(p.FirstPost, false) || !equal(p.FileAttached, false) {
		t.Errorf("post %+v", p)
	}
	if !strings.HasPrefix(p.ID, f.ID+"/post/") || p.Name != "" || p.Type != "ForumPost" {
		t.Errorf("post %+v", p)
	}
}

// A post to a group names its author even where it is anonymous, and the course
// stands one level down.
func TestAnonymousGroupPost(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p1/forum-created-group"))
	p := e.Generated.(*blackboard.ForumPost)
	if !equal(p.Anonymous, true) || !equal(p.FirstPost, true) || p.ParentID != "" {
		t.Errorf("post %+v", p)
	}
	if !equal(e.Object.(*blackboard.Forum).ForumPoints, 10) || e.Group.Type != "Group" || e.Group.Name != "Bench 3" {
		t.Errorf("forum %+v, group %+v", e.Object, e.Group)
	}
}

func TestForumOfV1P0(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p0/forum-created"))
	f, p := e.Object.(*blackboard.Forum), e.Generated.(*blackboard.ForumPost)
	if f.Type != "Forum" || f.Name != "Course questions" || f.ThreadPoints != nil || !f.DueDate.IsZero() {
		t.Errorf("forum %+v", f)
	}
	if p.ThreadID != "_3068_1" || p.ParentID != "" || p.LinkRefID != "" || !equal(p.Length, 165) {
		t.Errorf("post %+v", p)
	}
}

func TestContent(t *testing.T) {
	c := decode(t, firstEvent(t, "v1p1/content-modified")).Object.(*blackboard.Content)
	if c.Handler != "resource/x-bb-forumlink" || c.RenderType != "LINK" || !equal(c.DataVersion, 3) || !equal(c.Possible, 20) || c.Aggregation != "Last" {
		t.Errorf("content %+v", c)
	}
	if !equal(c.IsFolder, false) || !equal(c.IsLesson, false) || !equal(c.IsGroupContent, false) || c.DueDate.IsZero() || c.Name != "" {
		t.Errorf("content %+v", c)
	}
	twins := events(t, readFixture(t, "v1p1/content-modified"))
	if a, b := decode(t, twins[0]), decode(t, twins[1]); a.ID == b.ID || a.Object.Ref() != b.Object.Ref() {
		t.Errorf("near-duplicates %s and %s", a.ID, b.ID)
	}
}

func TestContentUpdate(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p0/content-created"))
	u := e.Generated.(*blackboard.ContentUpdate)
	want := []string{
		"allowGuests", "allowObservers", "attachedFilesCount", "extendedData", "isMetadataSet", "isPartiallyVisible",
		"isReviewable", "isTracked", "launchInNewWindow", "mainData", "position", "removedFilesCount",
	}
	if u.ID != e.Object.Ref()+"/updatedProperties" || !slices.Equal(u.Changed, want) {
		t.Errorf("update %+v", u)
	}
}

func TestBlog(t *testing.T) {
	for name, points := range map[string]float64{"v1p1/blog-commented": 100, "v1p0/blog-created": 0} {
		e := decode(t, firstEvent(t, name))
		b, p := e.Object.(*blackboard.Blog), e.Generated.(*blackboard.BlogPost)
		if b.Name != "Lab journal" || b.BlogType != "INDIVIDUAL" || !equal(b.Journal, false) || (b.Points != nil) != equal(b.Points, points) || !b.DueDate.IsZero() {
			t.Errorf("%s: blog %+v", name, b)
		}
		if !equal(p.AttachedFiles, 0) || p.Length == nil || !equal(p.Anonymous, false) {
			t.Errorf("%s: post %+v", name, p)
		}
	}
}

func TestWiki(t *testing.T) {
	for name, words := range map[string]int{"v1p1/wiki-created": 17, "v1p0/wiki-created": 3} {
		e := decode(t, firstEvent(t, name))
		w, p := e.Object.(*blackboard.WikiPage), e.Generated.(*blackboard.WikiPost)
		if w.WikiName != "Glossary" || w.WikiID == "" || w.Name == "" || strings.HasPrefix(name, "v1p1") != equal(w.Points, 100) {
			t.Errorf("%s: page %+v", name, w)
		}
		if !equal(p.TotalWords, words) || p.ModifiedWords != nil {
			t.Errorf("%s: post %+v", name, p)
		}
	}
}

func TestView(t *testing.T) {
	e := decode(t, firstEvent(t, "v1p1/view-viewed"))
	r := e.Object.(*blackboard.DigitalResource)
	if !blackboard.NamesNothing(r.ID) || r.Type != "Chapter" || r.Index != nil || r.Creators != nil || e.Target.Ref() != r.ID {
		t.Errorf("viewed %+v", r)
	}
	r = decode(t, firstEvent(t, "v1p0/view-viewed")).Object.(*blackboard.DigitalResource)
	if blackboard.NamesNothing(r.ID) || r.Type != "Frame" || r.Name != "Reading list" {
		t.Errorf("viewed %+v", r)
	}
}

func own(typ, action, object string, more ...string) string {
	return event(append([]string{"type", `"http://caliper.blackboard.com/caliper/v1/` + typ + `"`, "action", `"` + action + `"`, "object", object}, more...)...)
}

const (
	forum = `{"id":"f","type":"http://caliper.blackboard.com/caliper/v1/Forum"}`
	page  = `{"id":"w","type":"http://caliper.blackboard.com/caliper/v1/WikiPage"}`
	blog  = `{"id":"b","type":"http://caliper.blackboard.com/caliper/v1/Blog"}`
	item  = `{"id":"c","type":"http://caliper.blackboard.com/caliper/v1/Content"}`
)

// Each action in all its words.
func TestWordsOfActions(t *testing.T) {
	for _, tc := range []struct{ typ, object, action, words string }{
		{"ForumEvent", forum, blackboard.ActionCreated, "Created Create"},
		{"ForumEvent", forum, blackboard.ActionModified, "Modified Modify Update Updated"},
		{"ForumEvent", forum, blackboard.ActionDeleted, "Deleted Delete"},
		{"ForumEvent", forum, blackboard.ActionDrafted, "Draft Drafted"},
		{"ContentEvent", item, blackboard.ActionCreated, "Created Create"},
		{"ContentEvent", item, blackboard.ActionModified, "Modified Updated"},
		{"ContentEvent", item, blackboard.ActionDeleted, "Deleted"},
		{"CourseGroupEvent", group(), blackboard.ActionModified, "Modified Update"},
		{"BlogEvent", blog, blackboard.ActionCommented, "Commented Comment"},
		{"WikiEvent", page, blackboard.ActionCommented, "Commented Comment"},
		{"AssignableEvent", assignable(`"name":"n"`), blackboard.ActionSubmitted, "Submitted"},
		{"AssessmentEvent", `{"id":"a","type":"Assessment"}`, blackboard.ActionSubmitted, "Submitted"},
		{"AssessmentEvent", `{"id":"a","type":"Assessment"}`, blackboard.ActionCompleted, "Completed"},
		{"AssessmentItemEvent", `{"id":"a","type":"AssessmentItem"}`, blackboard.ActionSubmitted, "Submitted"},
		{"ViewEvent", `{"id":"a","type":"DigitalResource"}`, blackboard.ActionViewed, "Viewed"},
	} {
		for word := range strings.FieldsSeq(tc.words) {
			for _, written := range []string{word, "http://caliper.blackboard.com/vocab/caliper/v1/action#" + word} {
				if e := decode(t, []byte(own(tc.typ, written, tc.object))); e.Action != tc.action || e.Type != tc.typ {
					t.Errorf("%s %s is %s %s", tc.typ, written, e.Type, e.Action)
				}
			}
		}
	}
}

func TestOwnEventsThatAreRefused(t *testing.T) {
	for name, tc := range map[string]struct{ raw, reason, path string }{
		"a comment on a forum":    {own("ForumEvent", "Commented", forum), blackboard.ReasonUnsupportedAction, "/action"},
		"a viewed assignment":     {own("AssignableEvent", "Viewed", assignable(`"name":"n"`)), blackboard.ReasonUnsupportedAction, "/action"},
		"a started view":          {own("ViewEvent", "Started", forum), blackboard.ReasonUnsupportedAction, "/action"},
		"a started grade":         {graded("action", `"Started"`), blackboard.ReasonUnsupportedAction, "/action"},
		"a draft of content":      {own("ContentEvent", "Draft", item), blackboard.ReasonUnsupportedAction, "/action"},
		"a forum, no action":      {own("ForumEvent", "", forum), blackboard.ReasonMissingField, "/action"},
		"a blog in a forum event": {own("ForumEvent", "Created", blog), blackboard.ReasonWrongType, "/object"},
		"no forum":                {own("ForumEvent", "Created", ""), blackboard.ReasonMissingField, "/object"},
		"nobody's forum":          {own("ForumEvent", "Created", forum, "actor", ""), blackboard.ReasonMissingField, "/actor"},
		"a forum by learn":        {own("ForumEvent", "Created", forum, "actor", learn), blackboard.ReasonWrongType, "/actor"},
		"no view":                 {own("ViewEvent", "Viewed", ""), blackboard.ReasonMissingField, "/object"},
		"no work":                 {work("object", ""), blackboard.ReasonMissingField, "/object"},
		"work on a forum":         {work("object", forum), blackboard.ReasonWrongType, "/object"},
		"a grade of nothing":      {graded("object", ""), blackboard.ReasonMissingField, "/object"},
		"a grade of a score":      {graded("object", scoreOf(`"scoreGiven":1`)), blackboard.ReasonWrongType, "/object"},
		"a snapshot of nothing":   {snapshot(), blackboard.ReasonMissingField, "/object"},
		"a group of nothing":      {own("CourseGroupEvent", "Created", ""), blackboard.ReasonMissingField, "/object"},
		"a standard event":        {own("NavigationEvent", "NavigatedTo", forum), blackboard.ReasonUnsupportedType, "/type"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := blackboard.Decode([]byte(tc.raw))
			var refused *blackboard.DecodeError
			if !errors.As(err, &refused) || refused.Reason != tc.reason || refused.Path != tc.path {
				t.Errorf("%v, want %s at %s", err, tc.reason, tc.path)
			}
		})
	}
}

func TestQuirksOfViewsAndOwnEvents(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  string
		want func(*blackboard.Event) bool
	}{
		"a view of an unknown type": {own("ViewEvent", "Viewed", `{"id":"x","type":"Hologram"}`), func(e *blackboard.Event) bool { return e.Object.Term() == "Hologram" }},
		"a view of an IRI":          {own("ViewEvent", "Viewed", `"`+prefix+`/content/_1_1"`), func(e *blackboard.Event) bool { return kindOf(e.Object) == "DigitalResource" }},
		"a view of an assignment":   {own("ViewEvent", "Viewed", assignable(`"maxScore":5`)), func(e *blackboard.Event) bool { return kindOf(e.Object) == "Assignable" }},
		"a view of the target":      {own("ViewEvent", "Viewed", "", "target", `{"id":"x","type":"Chapter"}`), func(e *blackboard.Event) bool { return e.Object.Ref() == "x" }},
		"a view without action":     {own("ViewEvent", "", `{"id":"x","type":"Chapter"}`), func(e *blackboard.Event) bool { return e.Action == blackboard.ActionViewed }},
		"an index":                  {own("ViewEvent", "Viewed", `{"id":"x","type":"Chapter","index":3}`), func(e *blackboard.Event) bool { return *e.Object.(*blackboard.DigitalResource).Index == 3 }},
		"creators": {own("ViewEvent", "Viewed", `{"id":"x","type":"Chapter","creators":["`+prefix+`/users/`+tomas+`",{},5]}`), func(e *blackboard.Event) bool {
			return mentions(e, tomas) && len(e.Object.(*blackboard.DigitalResource).Creators) == 1
		}},
		"a forum by its IRI":   {own("ForumEvent", "Created", `"`+prefix+`/discussion/_1_1"`), func(e *blackboard.Event) bool { return kindOf(e.Object) == "Forum" && e.Object.Term() == "Forum" }},
		"a post by its IRI":    {own("ForumEvent", "Created", forum, "generated", `"`+prefix+`/discussion/_1_1/post/_2_1"`), func(e *blackboard.Event) bool { return kindOf(e.Generated) == "ForumPost" }},
		"no post":              {own("BlogEvent", "Deleted", blog), func(e *blackboard.Event) bool { return e.Generated == nil }},
		"an odd post":          {own("BlogEvent", "Created", blog, "generated", `{"id":"p","type":"BlogPost","length":-1,"anonymous":"true"}`), oddPost},
		"content with a name":  {own("ContentEvent", "Created", `{"id":"c","type":"Content","name":"n","scorePossible":0,"dataVersion":"3"}`), oddContent},
		"an update, v1p1":      {own("ContentEvent", "Modified", item, "generated", `{"id":"u","type":"UpdatedContentProperties","title":{"newValue":"x"},"url":null}`), oddUpdate},
		"the group as object":  {own("CourseGroupEvent", "Created", "", "group", group()), func(e *blackboard.Event) bool { return e.Object.Ref() == "g" }},
		"a group by its IRI":   {own("CourseGroupEvent", "Created", `"`+prefix+`/courses/c/groups/_1_1"`), func(e *blackboard.Event) bool { return e.Object.Term() == "Group" }},
		"a description":        {own("ContentEvent", "Created", `{"id":"c","type":"Content","description":"d","dateCreated":"2021-02-09T15:22:03.204Z"}`), func(e *blackboard.Event) bool { return e.Object.(*blackboard.Content).Description == "d" }},
		"an actor by a member": {own("WikiEvent", "Created", page, "actor", "", "membership", membership(`"status":"x"`)), hasUUID},
	} {
		t.Run(name, func(t *testing.T) {
			if e := decode(t, []byte(tc.raw)); !tc.want(e) {
				t.Errorf("%s\ndecodes as %+v", tc.raw, e)
			}
		})
	}
}

func oddPost(e *blackboard.Event) bool {
	p := e.Generated.(*blackboard.BlogPost)
	return p.Length == nil && equal(p.Anonymous, true) && p.AttachedFiles == nil
}

func oddContent(e *blackboard.Event) bool {
	c := e.Object.(*blackboard.Content)
	return c.Name == "n" && c.Possible == nil && equal(c.DataVersion, 3) && c.IsFolder == nil
}

func oddUpdate(e *blackboard.Event) bool {
	return slices.Equal(e.Generated.(*blackboard.ContentUpdate).Changed, []string{"title"})
}
