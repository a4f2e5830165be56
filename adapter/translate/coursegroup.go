package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// courseGroupEvent translates what somebody did to a group of a course. No event of Caliper's is about groups, so it is
// the generic one (Caliper 1.2, Event and General Profile).
//
// Who is in the group does not leave. Learn lists primary keys of memberships, which the map does not have, and the
// user that v1p0 generates came or went, which it does not say; a part of the members would be a false list.
func (t *translation) courseGroupEvent() (*caliper.Event, error) {
	group, ok := t.ev.Object.(*blackboard.Organization)
	if !ok || group == nil {
		return nil, untranslatable("the group event has no group")
	}
	iri, err := t.objectIRI(group.ID, caliper.TypeGroup)
	if err != nil {
		return nil, err
	}
	action, ok := managing[t.ev.Action]
	if !ok {
		return nil, untranslatable("no v1p2 form for this action on a group")
	}
	named := *group
	named.ID = iri
	return t.acted(caliper.GenericEvent, caliper.GeneralProfile, action, t.organization(&named))
}
