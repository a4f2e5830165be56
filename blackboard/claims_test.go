package blackboard_test

import (
	"testing"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// Claims of LTI 1.3 stand for what LTI 1.1 has as parameters, which come first.
func TestLaunchParametersFromClaims(t *testing.T) {
	const claim = `"https://purl.imsglobal.org/spec/lti/claim/`
	e, err := blackboard.Decode([]byte(event("type", `"LTIEvent"`, "object", lti(`{"context_id":"a","roles":["Learner",null,7],`+
		claim+`context":{"id":"b","title":["x"],"label":7},`+claim+`resource_link":"c",`+claim+`lis":{"person_sourcedid":"d"},`+
		claim+`target_link_uri":"https://tool.example"}`))))
	if err != nil {
		t.Fatal(err)
	}
	launch := e.Object.(*blackboard.LTILaunch)
	want := blackboard.LaunchParameters{ContextID: "a", ContextLabel: "7", Roles: "Learner,7", PersonSourceID: "d"}
	if launch.Parameters != want || launch.LaunchURL != "https://tool.example" {
		t.Errorf("got %+v of %s", launch.Parameters, launch.LaunchURL)
	}
}
