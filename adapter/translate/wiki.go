package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// wikiEvent translates what somebody did to a page of a wiki, or that they commented on it. Of the post that Learn
// generates, which is an edit of the page and no resource of its own, nothing leaves.
func (t *translation) wikiEvent() (*caliper.Event, error) {
	page, ok := t.ev.Object.(*blackboard.WikiPage)
	if !ok || page == nil {
		return nil, untranslatable("the wiki event has no page")
	}
	iri, err := t.objectIRI(page.ID, caliper.TypeWebPage)
	if err != nil {
		return nil, err
	}
	out := t.authored(iri, caliper.TypeWebPage, &page.Resource)
	out.IsPartOf = t.wiki(page)
	if t.ev.Action == blackboard.ActionCommented {
		return t.commented(&out, iri)
	}
	return t.managed(&out)
}

// wiki is the collection to which a page belongs; nil if the event does not say which. Learn has no IRI for it.
func (t *translation) wiki(page *blackboard.WikiPage) caliper.Node {
	if page.WikiID == "" {
		return nil
	}
	return &caliper.DigitalResource{Entity: caliper.Entity{
		ID:   derived(t.siteIRI() + "/wikis/" + page.WikiID),
		Type: caliper.TypeDigitalResourceCollection, Name: t.text(page.WikiName),
	}}
}
