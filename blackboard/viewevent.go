package blackboard

// ActionViewed is the action of a ViewEvent: somebody opened content, which is
// not said of every page. Its actor is a [*Person]; its object is usually a
// [*DigitalResource], but may be of any type. [NamesNothing] tells whether the
// object is known.
const ActionViewed = "Viewed"

var viewActions = []eventAction{{
	name: ActionViewed, actor: termPerson, object: termDigitalResource,
	settle: needView, person: actorOf,
}}

// needView takes the target for an object that is missing: Learn writes the
// same in both.
func needView(e *Event) error {
	if e.Object == nil {
		e.Object = e.Target
	}
	return needBoth[Entity](e)
}
