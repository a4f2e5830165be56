package translate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// ltiEvent is an LTIEvent of Mira's: a launch (LoggedIn) or a return (LoggedOut).
func ltiEvent(action, object, more string) string {
	return `{"type":"http://caliper.blackboard.com/caliper/v1/LTIEvent","id":"00000000-0000-4000-8000-0000000000aa","actor":` +
		mira + `,"action":"` + action + `","object":` + object + `,"eventTime":"2021-02-09T08:30:00.000Z"` + more + `}`
}

// launchOf is the object of a launch.
func launchOf(id, more string) string {
	return `{"type":"http://caliper.blackboard.com/caliper/v1/LTILaunchInfo","id":"` + id + `"` + more + `}`
}

// returnOf is the object of a return.
func returnOf(id, more string) string {
	return `{"type":"http://caliper.blackboard.com/caliper/v1/LTILaunchReturnInfo","id":"` + id + `"` + more + `}`
}

const (
	toolURL  = `,"launchUrl":"https://tool.example/launch?secret=1"`
	launchID = learn + "/ltiLaunches/b1d8f03e-6c52-4e97-8a0b-94f7c2e51d36"
)

// The tool and the link to it have the same URL, since Learn says no other; their types tell them apart.
func TestLaunchedToolAndLink(t *testing.T) {
	out := results(t, timeback.PresetCaliper, ltiEvent("LoggedIn", launchOf(launchID, toolURL), ""))[0]
	wants(t, out, map[string]any{
		"type": "ToolLaunchEvent", "profile": "ToolLaunchProfile", "action": "Launched", "actor.id": miraPlatform,
		"object.id": "https://tool.example/launch", "object.type": "SoftwareApplication",
		"target.id": "https://tool.example/launch", "target.type": "LtiLink", "target.messageType": nil,
		"session": nil, "federatedSession.type": "LtiSession", "federatedSession.messageParameters": nil,
	})
}

// A launch has an LtiSession: the login, or the launch itself. The URL of a tool, as which v1p0 may name a launch, is no
// session: all who launch the tool would share it.
func TestLaunchSession(t *testing.T) {
	const parameters = `,"launchParameters":{"custom_caliper_federated_session_id":"`
	const event = "urn:uuid:00000000-0000-4000-8000-0000000000aa"
	for _, c := range []struct{ name, event, session, federated string }{
		{"named", ltiEvent("LoggedIn", launchOf(launchID, toolURL), federated("S")), "S", "S"},
		{"in a parameter", ltiEvent("LoggedIn", launchOf(launchID, toolURL+parameters+`S"}`), ""), "S", "S"},
		{"empty", ltiEvent("LoggedIn", launchOf(launchID, toolURL+parameters+learn+`/sessions/"}`), ""), "", launchID},
		{"none", ltiEvent("LoggedIn", launchOf(launchID, toolURL), ""), "", launchID},
		{"by a parameter", ltiEvent("LoggedIn", launchOf("https://tool.example/launch", toolURL+
			`,"launchParameters":{"ext_launch_id":"b1d8f03e-6c52-4e97-8a0b-94f7c2e51d36"}`), ""), "", launchID},
		{"none of a launch without id", ltiEvent("LoggedIn", launchOf("https://tool.example/launch", toolURL), ""), "", event},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := results(t, timeback.PresetCaliper, c.event)[0]
			want := map[string]any{"federatedSession.id": v5(c.federated), "session.id": nil}
			if c.session != "" {
				want["session.id"] = v5(c.session)
			}
			wants(t, out, want)
		})
	}
}

// A launch and the return from it name one tool, with or without a URL. Where there is none, no link leads there.
func TestReturnNamesTheTool(t *testing.T) {
	const link = `,"launchParameters":{"resource_link_id":"_77_1"}`
	const linkID, to = `,"linkId":"_77_1"`, `,"destinationUrl":"https://learn.example/page;s=1?user=mira#top"`
	for _, c := range []struct{ name, launch, back, launched, returned string }{
		{"by the launch's id", toolURL + link, linkID + to, "https://tool.example/launch", "https://tool.example/launch"},
		{"by the link", link, linkID + to, v5(learn + "/ltiLinks/_77_1"), v5(learn + "/ltiLinks/_77_1")},
		{"by the launch", "", to, v5(launchID + "/tool"), v5(launchID + "/tool")},
		{"as the return says", toolURL, to + `,"launchUrl":"https://tool.example/other"`,
			"https://tool.example/launch", "https://tool.example/other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := results(t, timeback.PresetCaliper,
				ltiEvent("LoggedIn", launchOf(launchID, c.launch), ""), ltiEvent("LoggedOut", returnOf(launchID, c.back), ""))
			wants(t, out[0], map[string]any{"object.id": c.launched})
			if linked := at(out[0], "target") != nil; linked != strings.HasPrefix(c.launched, "https:") {
				t.Errorf("the launch's target: %v", at(out[0], "target"))
			}
			wants(t, out[1], map[string]any{
				"type": "ToolLaunchEvent", "profile": "ToolLaunchProfile", "action": "Returned", "object.id": c.returned,
				"object.type": "SoftwareApplication", "target.id": "https://learn.example/page", "target.type": "Link",
			})
		})
	}
}

func TestReturnToNowhere(t *testing.T) {
	out := results(t, timeback.PresetCaliper, ltiEvent("LoggedOut", returnOf(launchID, `,"destinationUrl":"about:blank"`), ""))
	wants(t, out[0], map[string]any{"target": nil})
}

func TestLaunchMessageType(t *testing.T) {
	for sent, want := range map[string]any{
		"basic-lti-launch-request": "LtiResourceLinkRequest", "LtiResourceLinkRequest": "LtiResourceLinkRequest",
		"ContentItemSelectionRequest": "LtiDeepLinkingRequest", "LtiDeepLinkingRequest": "LtiDeepLinkingRequest",
		"LtiSubmissionReviewRequest": nil, "": nil,
	} {
		out := results(t, timeback.PresetCaliper, ltiEvent("LoggedIn",
			launchOf(launchID, toolURL+`,"launchParameters":{"lti_message_type":"`+sent+`"}`), ""))
		wants(t, out[0], map[string]any{"target.messageType": want})
	}
}

// A start that is remembered for a session is said with its launches, unless it is later than the launch.
func TestLaunchSessionStart(t *testing.T) {
	for login, want := range map[string]any{"08:00:00.000": "2021-02-09T08:00:00.000Z", "08:30:00.001": nil} {
		out := results(t, timeback.PresetCaliper, sessionEvent("01", "LoggedIn", login, federated("S")),
			ltiEvent("LoggedIn", launchOf(launchID, toolURL), federated("S")))
		wants(t, out[1], map[string]any{"session.startedAtTime": want, "session.user.id": miraPlatform})
	}
}

func TestLaunchByPreset(t *testing.T) {
	plain := ltiEvent("LoggedIn", launchOf(launchID, toolURL), "")
	within := ltiEvent("LoggedIn", launchOf(launchID, toolURL), federated("S"))
	app := "urn:uuid:" + appID.String()
	for preset, want := range map[string][2]map[string]any{
		timeback.PresetCaliper: {
			{"actor.id": miraPlatform, "edApp.id": app, "session": nil, "federatedSession.user.id": miraPlatform},
			{"session.id": v5("S")},
		},
		timeback.PresetTimeBack: {
			{"actor": miraPlatform, "edApp": app, "session": "urn:tag:auto-attach", "federatedSession.user": miraPlatform},
			{"session": v5("S")},
		},
		timeback.PresetBeyondAI: {
			{"actor": miraPlatform, "edApp": app, "session": nil, "federatedSession.user": miraPlatform},
			{"session": v5("S")},
		},
	} {
		out := results(t, preset, plain, within)
		wants(t, out[0], want[0])
		wants(t, out[1], want[1])
	}
}

func TestLaunchAsView(t *testing.T) {
	launch := ltiEvent("LoggedIn", launchOf(launchID, toolURL+`,"launchParameters":{"resource_link_title":"Lab"}`), "")
	view := map[string]any{
		"type": "ViewEvent", "action": "Viewed", "profile": "ReadingProfile", "object.id": "https://tool.example/launch",
		"object.type": "DigitalResource", "object.name": "Lab", "federatedSession": nil, "target": nil,
	}
	attempt := map[string]any{
		"generated.type": "Attempt", "generated.assignee": miraPlatform, "generated.endedAtTime": nil,
		"generated.assignable": "https://tool.example/launch", "generated.startedAtTime": "2021-02-09T08:30:00.000Z",
	}
	for preset, own := range map[string]map[string]any{
		timeback.PresetCaliper: {"generated": nil}, timeback.PresetTimeBack: attempt, timeback.PresetBeyondAI: {"generated": nil},
	} {
		event := decode(t, []byte(launch))[0]
		out, err := form{preset, timeback.LTIView}.translator(t).Translate(event, newSchool(t).context(event))
		if err != nil {
			t.Fatal(err)
		}
		got := members(t, out)
		wants(t, got, view)
		wants(t, got, own)
	}
}

func TestLTISkipped(t *testing.T) {
	launch := ltiEvent("LoggedIn", launchOf(launchID, toolURL), "")
	back := ltiEvent("LoggedOut", returnOf(launchID, ""), "")
	for _, c := range []struct {
		mode  timeback.LTIMode
		event string
	}{{timeback.LTIDrop, launch}, {timeback.LTIDrop, back}, {timeback.LTIView, back}} {
		event := decode(t, []byte(c.event))[0]
		_, err := form{timeback.PresetCaliper, c.mode}.translator(t).Translate(event, newSchool(t).context(event))
		var skip *translate.Skip
		if !errors.As(err, &skip) || skip.Reason != translate.SkipPolicy {
			t.Errorf("%s: %v", c.mode, err)
		}
	}
}

// A launch of which neither tool nor link nor launch is known has no object.
func TestLaunchOfNothing(t *testing.T) {
	event := decode(t, []byte(ltiEvent("LoggedIn", launchOf("nothing", ""), "")))[0]
	for _, lti := range []timeback.LTIMode{timeback.LTIToolLaunch, timeback.LTIView} {
		_, err := form{timeback.PresetCaliper, lti}.translator(t).Translate(event, newSchool(t).context(event))
		var failed *translate.Error
		if !errors.As(err, &failed) || failed.Reason != translate.ReasonUntranslatable {
			t.Errorf("%s: %v", lti, err)
		}
	}
}
