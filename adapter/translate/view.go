package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// viewEvent translates that somebody opened content (Caliper 1.2, ViewEvent and Reading Profile). Learn's target is its
// object once more and goes.
func (t *translation) viewEvent() (*caliper.Event, error) {
	object, iri, err := t.viewedObject()
	if err != nil {
		return nil, err
	}
	out, err := t.acted(caliper.ViewEvent, caliper.ReadingProfile, caliper.Viewed, object)
	if err != nil {
		return nil, err
	}
	if t.opts.Events.ViewAttempt {
		out.Generated = t.viewAttempt(iri)
	}
	return out, nil
}

// viewedObject is what was opened, with its IRI. Whatever can be opened is a resource.
func (t *translation) viewedObject() (caliper.Node, string, error) {
	switch o := t.ev.Object.(type) {
	case *blackboard.DigitalResource:
		return t.viewedResource(&o.Resource, o.Index)
	case *blackboard.Assignable:
		node, err := t.assignable(o, caliper.TypeAssignableDigitalResource)
		if err != nil {
			return nil, "", err
		}
		return node, node.ID, nil
	case *blackboard.Forum:
		return t.viewedResource(&o.Resource, nil)
	case *blackboard.Content:
		return t.viewedResource(&o.Resource, nil)
	case *blackboard.Blog:
		return t.viewedResource(&o.Resource, nil)
	case *blackboard.WikiPage:
		return t.viewedResource(&o.Resource, nil)
	case *blackboard.Thing:
		return t.viewedResource(&blackboard.Resource{ID: o.ID, Type: o.Type, Name: o.Name}, nil)
	default:
		return nil, "", untranslatable("what was viewed is no resource")
	}
}

func (t *translation) viewedResource(r *blackboard.Resource, index *int) (caliper.Node, string, error) {
	kind := resourceType(r.Type)
	iri, err := t.objectIRI(r.ID, kind)
	if err != nil {
		return nil, "", err
	}
	base := t.authored(iri, kind, r)
	if kind == caliper.TypeFrame {
		return &caliper.Frame{DigitalResource: base, Index: index}, iri, nil
	}
	return &base, iri, nil
}

// resourceTypes are Caliper's types of resources that need no property of their own. Learn views chapters and frames.
var resourceTypes = map[string]caliper.EntityType{
	"Chapter":  caliper.TypeChapter,
	"Document": caliper.TypeDocument,
	"Forum":    caliper.TypeForum,
	"Frame":    caliper.TypeFrame,
	"Page":     caliper.TypePage,
	"WebPage":  caliper.TypeWebPage,
}

// resourceType is the v1p2 type of a resource: what has none there, as v1p0's Reading, is a DigitalResource.
func resourceType(term string) caliper.EntityType {
	if kind, ok := resourceTypes[term]; ok {
		return kind
	}
	return caliper.TypeDigitalResource
}

// SkipUnknownObject is the reason for leaving out an event of which Learn does not say what it is about.
const SkipUnknownObject = "unknown_object"

// anonymousIRI stands before a type's term in the id of an entity that nobody names (Caliper 1.2, Anonymous Entities).
const anonymousIRI = "http://purl.imsglobal.org/caliper/"

// objectIRI names what an event is about. Where Learn does not, as in …/unknown/unknown, it is anonymous; or the event
// is skipped, if the destination wants no such things.
func (t *translation) objectIRI(id string, kind caliper.EntityType) (string, error) {
	if iri, ok := t.authoredIRI(id); ok {
		return iri, nil
	}
	if !t.opts.Events.AnonymousObjects {
		return "", &Skip{Reason: SkipUnknownObject}
	}
	return anonymousIRI + string(kind), nil
}
