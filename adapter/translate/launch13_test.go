package translate_test

import (
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// What Learn puts into an LTI 1.3 launch is not documented. Where it is the claims, they say what the parameters of LTI
// 1.1 do; by name none of them is allowed to leave as it is.
func TestLaunchByClaims(t *testing.T) {
	const (
		claim  = `"https://purl.imsglobal.org/spec/lti/claim/`
		course = learn + "/courses/5bd2e1842197458196bed7ae58835c81"
		member = "http://purl.imsglobal.org/vocab/lis/v2/membership"
	)
	claims := `,"launchParameters":{"iss":"https://blackboard.com","sub":"7b1f4c9ad2e84f06a3c5d8e9017f2b64",
		"email":"mira@school.example","name":"Mira Lindqvist","nonce":"n0nce",` +
		claim + `message_type":"LtiDeepLinkingRequest",` + claim + `version":"1.3.0",` +
		claim + `target_link_uri":"https://tool.example/launch?secret=1",` +
		claim + `resource_link":{"id":"_77_1","title":"Titration lab"},` +
		claim + `context":{"id":"5BD2E1842197458196BED7AE58835C81","label":"CHEM-204","title":"Chemistry"},` +
		claim + `roles":["` + member + `#Instructor","` + member + `/Instructor#TeachingAssistant",
			"http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"],` +
		claim + `custom":{"caliper_federated_session_id":"S1"}}`
	for _, event := range []string{
		ltiEvent("LoggedIn", launchOf(launchID, claims), ""),
		strings.Replace(ltiEvent("LoggedIn", launchOf(launchID, claims), ""), `"actor":`+mira+`,`, "", 1),
	} {
		out := results(t, timeback.PresetCaliper, event)[0]
		wants(t, out, map[string]any{
			"actor.id": miraPlatform, "object.id": "https://tool.example/launch", "target.id": "https://tool.example/launch",
			"target.messageType": "LtiDeepLinkingRequest", "target.name": "Titration lab", "session.id": v5("S1"),
			"federatedSession.id": v5("S1"), "federatedSession.messageParameters": nil,
			"group.id": course, "group.name": "Chemistry", "group.courseNumber": "CHEM-204",
			"membership.id":           v5(course + "/members/7b1f4c9ad2e84f06a3c5d8e9017f2b64"),
			"membership.organization": course, "membership.member.id": miraPlatform,
		})
		roles, _ := at(out, "membership.roles").([]any)
		if len(roles) != 2 || roles[0] != "Instructor" || roles[1] != "Instructor#TeachingAssistant" {
			t.Errorf("roles %v", roles)
		}
	}
}

// A launch of which nothing but its id is known has a tool and a session of its own, and they are two.
func TestLaunchOfNothingKnown(t *testing.T) {
	out := results(t, timeback.PresetCaliper, ltiEvent("LoggedIn", launchOf(launchID, ""), ""))[0]
	wants(t, out, map[string]any{
		"object.id": v5(launchID + "/tool"), "target": nil, "session": nil, "federatedSession.id": v5(launchID),
	})
}
