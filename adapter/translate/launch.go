package translate

import (
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// ltiEvent translates a launch or a return (Caliper 1.2, ToolLaunchEvent and Tool Launch Profile), as the destination
// wants it.
func (t *translation) ltiEvent() (*caliper.Event, error) {
	if t.opts.Events.LTI == timeback.LTIDrop {
		return nil, &Skip{Reason: SkipPolicy}
	}
	if t.person == nil {
		return nil, errNobody
	}
	switch object := t.ev.Object.(type) {
	case *blackboard.LTILaunch:
		if t.opts.Events.LTI == timeback.LTIView {
			return t.viewed(object)
		}
		return t.launched(object)
	case *blackboard.LTIReturn:
		if t.opts.Events.LTI == timeback.LTIView {
			return nil, &Skip{Reason: SkipPolicy} // coming back is no view of anything
		}
		return t.returned(object)
	default:
		return nil, untranslatable("the LTI event has neither a launch nor a return")
	}
}

// launched has the launch URL twice: as the tool, because that is the one identifier that Learn has for it, and as the
// link, because a link's id is by definition its URL (Caliper 1.2, Link). They stand apart by their types.
//
// session and federatedSession are one login, too, under one id: Learn writes them so, and the session's other events
// have that id.
func (t *translation) launched(launch *blackboard.LTILaunch) (*caliper.Event, error) {
	tool, err := t.launchedTool(launch)
	if err != nil {
		return nil, err
	}
	out := t.begin(caliper.ToolLaunchEvent, caliper.ToolLaunchProfile, caliper.Launched)
	out.Actor = t.person
	out.Object = application(tool)
	out.Target = t.launchLink(launch, tool)
	out.Session = t.sessionNode()
	out.FederatedSession = t.platformSession(launch)
	t.place(out, launch)
	return out, nil
}

// returned has no federatedSession: it is optional there, and belongs to messages that a tool sends back, of which
// Learn says nothing.
func (t *translation) returned(back *blackboard.LTIReturn) (*caliper.Event, error) {
	tool, err := t.returnedFrom(back)
	if err != nil {
		return nil, err
	}
	out := t.begin(caliper.ToolLaunchEvent, caliper.ToolLaunchProfile, caliper.Returned)
	out.Actor = t.person
	out.Object = application(tool)
	if to, ok := t.url(back.DestinationURL); ok {
		out.Target = &caliper.Link{Entity: caliper.Entity{ID: to}}
	}
	out.Session = t.sessionNode()
	t.place(out, nil)
	return out, nil
}

// viewed says of a launch what collectors without tool launches understand: somebody opened a resource. Launch
// parameters have no place in it.
func (t *translation) viewed(launch *blackboard.LTILaunch) (*caliper.Event, error) {
	tool, err := t.launchedTool(launch)
	if err != nil {
		return nil, err
	}
	out := t.begin(caliper.ViewEvent, caliper.ReadingProfile, caliper.Viewed)
	out.Actor = t.person
	out.Object = &caliper.DigitalResource{Entity: caliper.Entity{ID: tool, Name: t.linkTitle(launch)}}
	out.Session = t.sessionNode()
	if t.opts.Events.ViewAttempt {
		out.Generated = t.viewAttempt(tool)
	}
	t.place(out, launch)
	return out, nil
}

// linkTitle is that of the link which was launched, "" if it may not leave.
func (t *translation) linkTitle(launch *blackboard.LTILaunch) string {
	return t.allowed("resource_link_title", launch.Parameters.ResourceLinkTitle)
}

// viewAttempt says who opened what and when; that it ended nobody has seen.
func (t *translation) viewAttempt(resource string) caliper.Node {
	return &caliper.Attempt{
		Entity:   caliper.Entity{ID: derived(urn(t.ev.ID) + "/attempt")},
		Assignee: t.person, Assignable: caliper.IRI(resource), StartedAtTime: t.ev.Time,
	}
}

// launchLink is nil where Learn does not say the URL: then the tool's IRI is made up, and no link leads there.
func (t *translation) launchLink(launch *blackboard.LTILaunch, tool string) caliper.Node {
	if !isURL(tool) {
		return nil
	}
	link := &caliper.LtiLink{MessageType: messageTypes[launch.Parameters.MessageType]}
	link.ID, link.Name = tool, t.linkTitle(launch)
	return link
}

// messageTypes are the LTI message types for which Caliper 1.2 has a term; for others none is written.
var messageTypes = map[string]caliper.MessageType{
	"basic-lti-launch-request":    caliper.LtiResourceLinkRequest,
	"LtiResourceLinkRequest":      caliper.LtiResourceLinkRequest,
	"ContentItemSelectionRequest": caliper.LtiDeepLinkingRequest,
	"LtiDeepLinkingRequest":       caliper.LtiDeepLinkingRequest,
}

// sessionNode is the login in which a launch happened, or what the destination wants where there is none.
func (t *translation) sessionNode() caliper.Node {
	s := t.session()
	switch {
	case s == nil && t.opts.Events.AutoSession == "":
		return nil
	case s == nil:
		return t.opts.Events.AutoSession
	case t.opts.Events.Person == timeback.FormIRI:
		return caliper.IRI(s.ID)
	}
	s.StartedAtTime = t.started()
	return s
}

// platformSession is the LtiSession that a launch must have: Learn's login, or where it names none the launch itself.
func (t *translation) platformSession(launch *blackboard.LTILaunch) caliper.Node {
	ref := SessionRef(t.ev)
	if ref == "" {
		ref = t.launchRef(launch)
	}
	return &caliper.LtiSession{
		Session:           caliper.Session{Entity: caliper.Entity{ID: derived(ref)}, User: t.person},
		MessageParameters: t.messageParameters(launch),
	}
}

// launchRef names one launch. The id that v1p0 gives the object may be the tool's URL, which all its launches share.
func (t *translation) launchRef(launch *blackboard.LTILaunch) string {
	if id := launch.LaunchID(); id != "" {
		return t.siteIRI() + "/ltiLaunches/" + id
	}
	return urn(t.ev.ID)
}
