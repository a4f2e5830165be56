package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// contentEvent translates what somebody did to a content item of a course.
//
// Learn's dataVersion is no version of the item: it stays as it is when the item changes.
func (t *translation) contentEvent() (*caliper.Event, error) {
	content, ok := t.ev.Object.(*blackboard.Content)
	if !ok || content == nil {
		return nil, untranslatable("the content event has no content")
	}
	kind := contentType(content)
	iri, err := t.objectIRI(content.ID, kind)
	if err != nil {
		return nil, err
	}
	return t.managed(t.contentNode(iri, kind, content))
}

func (t *translation) contentNode(iri string, kind caliper.EntityType, content *blackboard.Content) caliper.Node {
	out := t.authored(iri, kind, &content.Resource)
	if kind != caliper.TypeAssignableDigitalResource {
		return &out
	}
	return &caliper.AssignableDigitalResource{DigitalResource: out, DateToSubmit: content.DueDate, MaxScore: content.Possible}
}

// contentType is what a content item is: by the points and the due date that it has, then by what Learn calls it.
func contentType(content *blackboard.Content) caliper.EntityType {
	switch kind, known := handlers[content.Handler]; {
	case content.Possible != nil || !content.DueDate.IsZero():
		return caliper.TypeAssignableDigitalResource
	case isTrue(content.IsFolder) || isTrue(content.IsLesson):
		return caliper.TypeDigitalResourceCollection
	case known:
		return kind
	default:
		return caliper.TypeDigitalResource
	}
}

// handlers are the types of the contents that Learn's handlers make (Learn REST API, Data types for contentHandler).
// Links, files and LTI placements are DigitalResources. A test and an assignment of the Ultra experience have one handler
// in common, so neither is an Assessment here.
var handlers = map[string]caliper.EntityType{
	"resource/x-bb-document":       caliper.TypeDocument,
	"resource/x-bb-folder":         caliper.TypeDigitalResourceCollection,
	"resource/x-bb-lesson":         caliper.TypeDigitalResourceCollection,
	"resource/x-bb-assignment":     caliper.TypeAssignableDigitalResource,
	"resource/x-bb-asmt-test-link": caliper.TypeAssignableDigitalResource,
}

func isTrue(b *bool) bool { return b != nil && *b }
