package blackboard

// The actions of an LTIEvent. On the wire they are LTILaunch and
// LTILaunchReturn in v1p0, but LoggedIn and LoggedOut in v1p1.
const (
	// ActionLaunch has a [*Person] as its actor and an [*LTILaunch] as its object.
	ActionLaunch = "LTILaunch"

	// ActionReturn has a [*Person] as its actor and an [*LTIReturn] as its object.
	ActionReturn = "LTILaunchReturn"
)

var ltiActions = []eventAction{
	{
		name: ActionLaunch, terms: []string{"LoggedIn"}, actor: termPerson, object: termLTILaunch,
		settle: needBoth[*LTILaunch], person: actorOf,
	}, {
		name: ActionReturn, terms: []string{"LoggedOut"}, actor: termPerson, object: termLTIReturn,
		settle: needBoth[*LTIReturn], person: actorOf,
	},
}
