package translate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// authoredEvent is an event of Mira's in which she makes or changes something, with more members.
func authoredEvent(typ, action, object, more string) string {
	return `{"type":"http://caliper.blackboard.com/caliper/v1/` + typ + `","id":"00000000-0000-4000-8000-000000000001",` +
		`"actor":` + mira + `,"action":"` + action + `","object":` + object + `,"eventTime":"2021-02-09T20:00:00.000Z"` + more + `}`
}

// made is an entity of Learn's own, with more members.
func made(typ, id, more string) string {
	return `{"type":"http://caliper.blackboard.com/caliper/v1/` + typ + `","id":"` + id + `"` + more + `}`
}

func generated(entity string) string { return `,"generated":` + entity }

// expect is what should stand at some paths; "" where nothing should.
type expect map[string]any

func (want expect) check(t *testing.T, got map[string]any) {
	t.Helper()
	for path, value := range want {
		if value == "" {
			value = nil
		}
		if at(got, path) != value {
			t.Errorf("%s: %v, want %v", path, at(got, path), value)
		}
	}
}

const (
	forumIRI = learn + "/discussion/_1_1"
	blogIRI  = learn + "/blog/_2_1"
	pageIRI  = learn + "/wiki/5d02c7e9a18b4f36b0e47c1f93a6d825"
	itemIRI  = learn + "/content/_3_1"
	groupIRI = learn + "/courses/e8a5d17c03f9426b9d4e6b7012c8f3a1/groups/_4_1"
)

func TestAuthored(t *testing.T) {
	forum, blog := made("Forum", forumIRI, `,"name":"Questions"`), made("Blog", blogIRI, `,"name":"Journal","journal":true`)
	page := made("WikiPage", pageIRI, `,"name":"Units","wikiId":"_9_1","wikiName":"Glossary"`)
	post := func(more string) string { return generated(made("ForumPost", forumIRI+"/post/_8_1", more)) }
	entry := generated(made("BlogPost", blogIRI+"/post/_7_1", `,"name":"My day","length":51,"anonymous":"false"`))
	managed, message := "ResourceManagementEvent", expect{"type": "MessageEvent", "action": "Posted", "profile": "ForumProfile"}
	for name, c := range map[string]struct {
		event string
		want  expect
	}{
		"a post is posted": {authoredEvent("ForumEvent", "Created", forum, post("")), message},
		"a post without a thread is in its forum": {authoredEvent("ForumEvent", "Created", forum, post(`,"name":"Help"`)), expect{
			"object.type": "Message", "object.id": forumIRI + "/post/_8_1", "object.name": "", "object.body": "", "object.replyTo": "",
			"object.isPartOf.type": "Forum", "object.isPartOf.id": forumIRI, "object.isPartOf.name": "Questions",
		}},
		"a post in a thread": {authoredEvent("ForumEvent", "Created", forum, post(`,"threadId":"_6_1","parentId":"_6_1"`)), expect{
			"object.isPartOf.type": "Thread", "object.isPartOf.id": v5(forumIRI + "/thread/_6_1"),
			"object.isPartOf.isPartOf.id": forumIRI, "object.replyTo": forumIRI + "/post/_6_1",
		}},
		"a post above itself":    {authoredEvent("ForumEvent", "Created", forum, post(`,"parentId":"_8_1"`)), expect{"object.replyTo": ""}},
		"a post above elsewhere": {authoredEvent("ForumEvent", "Created", forum, post(`,"parentId":"../users/u"`)), expect{"object.replyTo": ""}},
		"a post in no forum": {authoredEvent("ForumEvent", "Created", made("Forum", learn+"/unknown/unknown", ""), post(`,"threadId":"_6_1"`)), expect{
			"object.id": forumIRI + "/post/_8_1", "object.isPartOf": "",
		}},
		"a post with a bare id": {
			authoredEvent("ForumEvent", "Created", forum, generated(made("ForumPost", "_8_1", `,"parentId":"_6_1"`))),
			expect{"object.id": v5(learn + "/_8_1"), "object.replyTo": ""},
		},
		"a post is edited":   {authoredEvent("ForumEvent", "Modified", forum, post("")), expect{"type": managed, "action": "Modified", "object.type": "Message"}},
		"a post is deleted":  {authoredEvent("ForumEvent", "Deleted", forum, post("")), expect{"type": managed, "action": "Deleted", "object.type": "Message"}},
		"a draft is saved":   {authoredEvent("ForumEvent", "Draft", forum, post("")), expect{"type": managed, "action": "Saved", "object.type": "Message"}},
		"a forum is created": {authoredEvent("ForumEvent", "Created", forum, ""), expect{"type": managed, "action": "Created", "object.type": "Forum", "object.id": forumIRI}},

		"an entry is posted": {authoredEvent("BlogEvent", "Created", blog, entry), message},
		"an entry in its blog": {authoredEvent("BlogEvent", "Created", blog, entry), expect{
			"object.name": "", "object.isPartOf.type": "DigitalResourceCollection", "object.isPartOf.id": blogIRI,
		}},
		"an entry is edited": {authoredEvent("BlogEvent", "Modified", blog, entry), expect{"type": managed, "object.type": "Message"}},
		"a blog is created":  {authoredEvent("BlogEvent", "Created", blog, ""), expect{"type": managed, "object.type": "DigitalResourceCollection"}},
		"a blog is commented on": {authoredEvent("BlogEvent", "Commented", blog, entry), expect{
			"type": "FeedbackEvent", "profile": "FeedbackProfile", "action": "Commented", "object.id": blogIRI,
			"generated.type": "Comment", "generated.commentedOn": blogIRI, "generated.value": "",
			"generated.id": v5("urn:uuid:00000000-0000-4000-8000-000000000001/comment"), "generated.commenter.id": miraPlatform,
		}},

		"a page is created": {authoredEvent("WikiEvent", "Created", page, ""), expect{
			"type": managed, "action": "Created", "object.type": "WebPage", "object.id": pageIRI, "object.name": "Units", "generated": "",
			"object.isPartOf.id": v5(learn + "/wikis/_9_1"), "object.isPartOf.name": "Glossary",
		}},
		"a page of no wiki":      {authoredEvent("WikiEvent", "Modified", made("WikiPage", pageIRI, ""), ""), expect{"object.isPartOf": ""}},
		"a page is commented on": {authoredEvent("WikiEvent", "Commented", page, ""), expect{"type": "FeedbackEvent", "generated.commentedOn": pageIRI}},

		"a group is created": {authoredEvent("CourseGroupEvent", "Created", `{"type":"Group","id":"`+groupIRI+`"}`, ""), expect{
			"type": "Event", "profile": "GeneralProfile", "action": "Created", "object.type": "Group", "object.id": groupIRI,
		}},
		"a group with a bare id": {
			authoredEvent("CourseGroupEvent", "Deleted", `{"type":"Group","id":"_4_1","subOrganizationOf":{"type":"CourseOffering","id":"`+learn+`/courses/c"}}`, ""),
			expect{"object.type": "Group", "object.id": v5(learn + "/_4_1"), "object.subOrganizationOf.id": learn + "/courses/c"},
		},
		"a group with users": {
			authoredEvent("CourseGroupEvent", "Modified", `{"type":"Group","id":"`+groupIRI+`","extensions":{"bb:group.users":`+
				`"[{\"uuid\":\"7b1f4c9ad2e84f06a3c5d8e9017f2b64\"}]"}}`, ""),
			expect{"object.members": "", "object.extensions": ""},
		},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, results(t, timeback.PresetCaliper, c.event)[0]) })
	}
}

func TestContentType(t *testing.T) {
	for _, c := range []struct{ members, want string }{
		{`"handler":"resource/x-bb-folder"`, "DigitalResourceCollection"},
		{`"handler":"resource/x-mylink","isLesson":true`, "DigitalResourceCollection"},
		{`"handler":"resource/x-bb-document"`, "Document"},
		{`"handler":"resource/x-bb-assignment"`, "AssignableDigitalResource"},
		{`"handler":"resource/x-bb-asmt-test-link","isFolder":false`, "AssignableDigitalResource"},
		{`"handler":"resource/x-bb-externallink"`, "DigitalResource"},
		{`"handler":"resource/x-bb-forumlink","scorePossible":0`, "DigitalResource"}, // 0 is none
		{`"handler":"resource/x-bb-forumlink","scorePossible":20`, "AssignableDigitalResource"},
		{`"handler":"resource/x-bb-forumlink","dueDate":"2021-02-19T22:59:00.000Z"`, "AssignableDigitalResource"},
		{`"dataVersion":3`, "DigitalResource"},
	} {
		got := results(t, timeback.PresetCaliper, authoredEvent("ContentEvent", "Modified", made("Content", itemIRI, ","+c.members), ""))[0]
		expect{"type": "ResourceManagementEvent", "object.type": c.want, "object.id": itemIRI, "object.version": ""}.check(t, got)
	}
}

func TestContentPoints(t *testing.T) {
	item := made("Content", itemIRI, `,"name":"Lab 3","scorePossible":20,"dueDate":"2021-02-19T22:59:00.000Z",`+
		`"dateModified":"2021-02-01T10:00:00.000Z"`)
	expect{
		"object.name": "Lab 3", "object.maxScore": 20.0, "object.dateToSubmit": "2021-02-19T22:59:00.000Z",
		"object.dateModified": "2021-02-01T10:00:00.000Z",
	}.check(t, results(t, timeback.PresetCaliper, authoredEvent("ContentEvent", "Modified", item, ""))[0])
}

// An event of these types has the destination's session where Learn names none.
func TestAuthoredAutoSession(t *testing.T) {
	event := authoredEvent("ContentEvent", "Created", made("Content", itemIRI, ""), "")
	expect{"session": "urn:tag:auto-attach", "actor": miraPlatform}.check(t, results(t, timeback.PresetTimeBack, event)[0])
	expect{"session": ""}.check(t, results(t, timeback.PresetCaliper, event)[0])
}

// What somebody did without their name is left out in every preset, whatever they did.
func TestAnonymous(t *testing.T) {
	for _, c := range []struct{ typ, action, object, post string }{
		{"ForumEvent", "Created", made("Forum", forumIRI, ""), "ForumPost"},
		{"ForumEvent", "Modified", made("Forum", forumIRI, ""), "ForumPost"},
		{"ForumEvent", "Deleted", made("Forum", forumIRI, ""), "ForumPost"},
		{"ForumEvent", "Draft", made("Forum", forumIRI, ""), "ForumPost"},
		{"BlogEvent", "Created", made("Blog", blogIRI, ""), "BlogPost"},
		{"BlogEvent", "Commented", made("Blog", blogIRI, ""), "BlogPost"},
	} {
		for _, flag := range []string{"true", `"true"`} {
			text := authoredEvent(c.typ, c.action, c.object, generated(made(c.post, forumIRI+"/post/_8_1", `,"anonymous":`+flag)))
			for _, f := range forms() {
				out, err := translateOne(t, f, text)
				var skip *translate.Skip
				if out != nil || !errors.As(err, &skip) || skip.Reason != translate.SkipAnonymous {
					t.Errorf("%s %s %s: %s, %v", f, c.typ, c.action, out, err)
				}
			}
		}
	}
}

// What names nothing is anonymous, or for collectors that make a record of every id is left out.
func TestAuthoredNothing(t *testing.T) {
	nothing := learn + "/unknown/unknown"
	for _, c := range []struct{ event, want string }{
		{authoredEvent("ForumEvent", "Created", made("Forum", nothing, ""), ""), "Forum"},
		{authoredEvent("ForumEvent", "Created", made("Forum", forumIRI, ""), generated(made("ForumPost", nothing, ""))), "Message"},
		{authoredEvent("ForumEvent", "Draft", made("Forum", forumIRI, ""), ""), "Message"},
		{authoredEvent("BlogEvent", "Created", made("Blog", nothing, ""), ""), "DigitalResourceCollection"},
		{authoredEvent("BlogEvent", "Created", made("Blog", blogIRI, ""), generated(made("BlogPost", nothing, ""))), "Message"},
		{authoredEvent("BlogEvent", "Commented", made("Blog", nothing, ""), ""), "DigitalResourceCollection"},
		{authoredEvent("WikiEvent", "Created", made("WikiPage", nothing, ""), ""), "WebPage"},
		{authoredEvent("ContentEvent", "Created", made("Content", nothing, ""), ""), "DigitalResource"},
		{authoredEvent("CourseGroupEvent", "Created", `{"type":"Group","id":"`+nothing+`"}`, ""), "Group"},
	} {
		expect{"object.id": "http://purl.imsglobal.org/caliper/" + c.want, "object.type": c.want}.
			check(t, results(t, timeback.PresetCaliper, c.event)[0])
		out, err := translateOne(t, form{preset: timeback.PresetTimeBack}, c.event)
		var skip *translate.Skip
		if out != nil || !errors.As(err, &skip) || skip.Reason != translate.SkipUnknownObject {
			t.Errorf("%s: %s, %v", c.event, out, err)
		}
	}
}

// The presets of collectors that list no event for these types leave them out.
func TestAuthoredSkippedByPreset(t *testing.T) {
	for name, event := range map[string]string{
		"ForumEvent":       authoredEvent("ForumEvent", "Created", made("Forum", forumIRI, ""), ""),
		"BlogEvent":        authoredEvent("BlogEvent", "Created", made("Blog", blogIRI, ""), ""),
		"WikiEvent":        authoredEvent("WikiEvent", "Created", made("WikiPage", pageIRI, ""), ""),
		"ContentEvent":     authoredEvent("ContentEvent", "Created", made("Content", itemIRI, ""), ""),
		"CourseGroupEvent": authoredEvent("CourseGroupEvent", "Created", `{"type":"Group","id":"`+groupIRI+`"}`, ""),
	} {
		for _, preset := range []string{timeback.PresetTimeBack, timeback.PresetBeyondAI} {
			translator, s := presetTranslator(t, preset), newSchool(t)
			for _, e := range decode(t, []byte(event)) {
				_, err := translator.Translate(e, s.context(e))
				var skip *translate.Skip
				if !errors.As(err, &skip) || skip.Reason != translate.SkipPolicy {
					t.Errorf("%s %s: %v", preset, name, err)
				}
			}
		}
	}
}

// presetTranslator writes events as a preset is, with the types that it skips.
func presetTranslator(tb testing.TB, name string) *translate.Translator {
	tb.Helper()
	preset, ok := timeback.LookupPreset(name)
	if !ok {
		tb.Fatalf("no preset %q", name)
	}
	return translate.New(translate.Options{Events: preset.Events, AppID: appID})
}

// translateOne translates the only event of a text.
func translateOne(t *testing.T, f form, text string) ([]byte, error) {
	t.Helper()
	events := decode(t, []byte(text))
	if len(events) != 1 {
		t.Fatalf("%d events of %s", len(events), strings.TrimSpace(text))
	}
	s := newSchool(t)
	return f.translator(t).Translate(events[0], s.context(events[0]))
}
