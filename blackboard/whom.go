package blackboard

import "github.com/google/uuid"

// groupUsers is the extension in which Learn writes the users of a group: that
// of a group by its payloads, that of the event by its documentation.
const groupUsers = "bb:group.users"

// Person is the one whom the event is about, fixed by its type and action:
// mostly the actor; for a time-out the one whose session it is; for a grade the
// student. It carries all that the event says of the person anywhere. False
// where the event names nobody: a time-out that has only the session's id, a
// grade without a student.
func (e *Event) Person() (Person, bool) {
	act, err := findAction(e.Type, e.Action, "")
	if err != nil {
		return Person{}, false
	}
	who := act.person(e)
	if who == nil {
		return Person{}, false
	}
	p := *who
	e.mention(p.complete)
	if l, ok := e.Object.(*LTILaunch); ok {
		p.completeFromLaunch(l.Parameters.person())
	}
	fill(&p.Site, e.Site())
	return p, true
}

// People are all mentions of people in the event, wherever they stand: actor,
// assignee, user, member, the users of a group, whoever scored. One person may
// be mentioned often, and each mention may say something else of them. Those
// whom the parameters of a launch name are among them.
func (e *Event) People() []*Person {
	var all []*Person
	add := func(p *Person) {
		if p != nil {
			all = append(all, p)
		}
	}
	e.mention(add)
	add(launcherOf(e))
	return all
}

// mention calls add for each mention, nil among them.
func (e *Event) mention(add func(*Person)) {
	for _, entity := range [...]Entity{e.Actor, e.Object, e.Target, e.Generated} {
		mentionIn(entity, add)
	}
	e.FederatedSession.mention(add)
	e.Session.mention(add)
	e.Membership.mention(add)
	e.Group.mention(add)
	if users, ok := e.Extensions[groupUsers]; ok {
		for _, u := range newEmbedded(users).groupUsers(e.Site()) {
			add(u.Person)
		}
	}
}

// completeFromLaunch fills what p lacks from the parameters of a launch by p:
// they name the launching user by definition, unless they give another UUID.
func (p *Person) completeFromLaunch(q *Person) {
	if p.UUID == uuid.Nil || q.UUID == uuid.Nil || p.UUID == q.UUID {
		p.fill(q)
	}
}
