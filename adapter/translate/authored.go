package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// What this file holds is common to the events in which somebody makes, changes or deletes something: a post, a page,
// content. Of the thing its IRI, type, name and times leave; of a post not even its name, which is a person's text.

// managing are the actions of the Resource Management Profile for Learn's. A draft is saved and nothing more: nobody
// else sees it.
var managing = map[string]caliper.Action{
	blackboard.ActionCreated:  caliper.Created,
	blackboard.ActionModified: caliper.Modified,
	blackboard.ActionDeleted:  caliper.Deleted,
	blackboard.ActionDrafted:  caliper.Saved,
}

// managed says that a resource was created, modified, deleted or saved (Caliper 1.2, ResourceManagementEvent and
// Resource Management Profile).
func (t *translation) managed(resource caliper.Node) (*caliper.Event, error) {
	action, ok := managing[t.ev.Action]
	if !ok {
		return nil, untranslatable("no v1p2 form for this action on a resource")
	}
	return t.acted(caliper.ResourceManagementEvent, caliper.ResourceManagementProfile, action, resource)
}

// posted says that a message was posted (Caliper 1.2, MessageEvent and Forum Profile).
func (t *translation) posted(message *caliper.Message) (*caliper.Event, error) {
	return t.acted(caliper.MessageEvent, caliper.ForumProfile, caliper.Posted, message)
}

// commented says that somebody commented on a resource (Caliper 1.2, FeedbackEvent and Feedback Profile). The comment's
// id is made from the event's: whether the post that Learn names there is the comment, or the entry under which it
// stands, is not known.
func (t *translation) commented(resource caliper.Node, iri string) (*caliper.Event, error) {
	out, err := t.acted(caliper.FeedbackEvent, caliper.FeedbackProfile, caliper.Commented, resource)
	if err != nil {
		return nil, err
	}
	out.Generated = &caliper.Comment{
		Entity:    caliper.Entity{ID: derived(urn(t.ev.ID) + "/comment")},
		Commenter: t.person, CommentedOn: caliper.IRI(iri),
	}
	return out, nil
}

// acted is an event in which the person acts on something, in the course and the login that the event names.
func (t *translation) acted(
	kind caliper.EventType, profile caliper.Profile, action caliper.Action, object caliper.Node,
) (*caliper.Event, error) {
	if t.person == nil {
		return nil, errNobody
	}
	out := t.begin(kind, profile, action)
	out.Actor = t.person
	out.Object = object
	out.Session = t.sessionNode()
	t.place(out, nil)
	return out, nil
}

// anonymous leaves out what somebody posted anonymously. Learn flags the post and names the person all the same; to
// name them outside would tell whoever reads there what they hid. Without them it would say little, and with course,
// session and time they could still be found; the specification, too, says of its anonymous Person that it "SHOULD NOT"
// stand for somebody depersonalized.
func anonymous(flag *bool) error {
	if flag != nil && *flag {
		return &Skip{Reason: SkipAnonymous}
	}
	return nil
}

// SkipAnonymous is the reason for leaving out what somebody posted without their name.
const SkipAnonymous = "anonymous"

// authoredIRI is the IRI of a thing that somebody made; false if it names nothing, as …/unknown/unknown. An id that is
// no IRI is unique within the site at best, so its site stands before it.
func (t *translation) authoredIRI(id string) (string, bool) {
	if blackboard.NamesNothing(id) {
		return "", false
	}
	if iri, ok := t.iri(id); ok {
		return iri, true
	}
	return derived(t.siteIRI() + "/" + id), true
}

// authored is a resource that somebody made, by its IRI in the form in which that may leave. The type is Caliper's.
func (t *translation) authored(iri string, kind caliper.EntityType, r *blackboard.Resource) caliper.DigitalResource {
	return caliper.DigitalResource{Entity: caliper.Entity{
		ID: iri, Type: kind, Name: t.text(r.Name),
		DateCreated: r.DateCreated, DateModified: r.DateModified,
	}}
}

// message is a post without its name and text.
func (t *translation) message(iri string, r *blackboard.Resource) *caliper.Message {
	m := &caliper.Message{DigitalResource: t.authored(iri, "", r)}
	m.Name = ""
	return m
}
