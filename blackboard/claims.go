package blackboard

// ltiClaim is how LTI 1.3 begins the names of its claims.
const ltiClaim = "https://purl.imsglobal.org/spec/lti/claim/"

// claimTargetLink is the URL that a launch opens.
const claimTargetLink = ltiClaim + "target_link_uri"

// claim is where LTI 1.3 has a parameter: by itself, or as a member of an object.
type claim struct{ name, member string }

// claims are those of the launch parameters of LTI 1.1 that LTI 1.3 has (LTI
// Core 1.3, sections 5.3 and 5.4).
var claims = map[string]claim{
	"context_id":    {ltiClaim + "context", "id"},
	"context_label": {ltiClaim + "context", "label"},
	"context_title": {ltiClaim + "context", "title"},

	"resource_link_id":          {ltiClaim + "resource_link", "id"},
	"resource_link_title":       {ltiClaim + "resource_link", "title"},
	"resource_link_description": {ltiClaim + "resource_link", "description"},

	"lti_version":      {ltiClaim + "version", ""},
	"lti_message_type": {ltiClaim + "message_type", ""},
	"roles":            {ltiClaim + "roles", ""},

	"launch_presentation_return_url": {ltiClaim + "launch_presentation", "return_url"},

	"user_id":                          {"sub", ""},
	"lis_person_sourcedid":             {ltiClaim + "lis", "person_sourcedid"},
	"lis_person_contact_email_primary": {"email", ""},

	"custom_caliper_federated_session_id": {ltiClaim + "custom", "caliper_federated_session_id"},
}

// claimOf is a parameter of LTI 1.1 from the claims of LTI 1.3, nil if there is none.
func claimOf(all map[string]any, parameter string) any {
	c, ok := claims[parameter]
	switch {
	case !ok:
		return nil
	case c.member == "":
		return all[c.name]
	}
	object, _ := all[c.name].(map[string]any)
	return object[c.member]
}
