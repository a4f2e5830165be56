package translate

import (
	"strings"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

func application(id string) caliper.Node {
	return &caliper.SoftwareApplication{Entity: caliper.Entity{ID: id}}
}

// launchedTool is the IRI of the tool: the URL that was launched, or where Learn does not say it, one derived from
// the placement.
func (t *translation) launchedTool(launch *blackboard.LTILaunch) (string, error) {
	if tool, ok := t.url(launch.LaunchURL); ok {
		return tool, nil
	}
	return t.placement(launch.Parameters.ResourceLinkID, launch.LaunchID())
}

// returnedFrom is the IRI of the tool that somebody comes back from: the event may say it, or the launch has.
func (t *translation) returnedFrom(back *blackboard.LTIReturn) (string, error) {
	if tool, ok := t.url(back.LaunchURL); ok {
		return tool, nil
	}
	if id := back.LaunchID(); id != "" {
		if tool, ok := t.url(t.ctx.Memory.Tool(id)); ok {
			return tool, nil
		}
	}
	return t.placement(back.LinkID, back.LaunchID())
}

// placement is the IRI of a tool of which only the link is known: the UUIDv5 of site and link.
func (t *translation) placement(link, launch string) (string, error) {
	switch {
	case link != "":
		return derived(t.siteIRI() + "/ltiLinks/" + link), nil
	case launch != "":
		return derived(t.siteIRI() + "/ltiLaunches/" + launch + "/tool"), nil
	default:
		return "", untranslatable("neither tool nor link is named")
	}
}

// siteIRI names the site as the event's own identifiers do, so that what is made of it matches them; as Learn usually
// does where they do not say.
func (t *translation) siteIRI() string {
	const sites = "/v1/sites/"
	host := "https://caliper-mapping.cloudbb.blackboard.com"
	if t.ev.Actor != nil {
		ref := t.ev.Actor.Ref()
		if iri, ok := blackboard.ParseIRI(ref); ok && iri.Site == t.ctx.Site {
			host, _, _ = strings.Cut(ref, sites)
		}
	}
	return host + sites + t.ctx.Site
}
