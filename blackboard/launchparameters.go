package blackboard

import (
	"reflect"
	"strings"
)

// LaunchParameters are the parameters of an LTI 1.1 launch (Basic Launch, and
// what Learn adds) that say where, what and who. What LTI 1.3 launches put here
// is not documented: claims are read, too, and all may be empty.
type LaunchParameters struct {
	// The course, if ContextID is 32 hex; "_41_1" is a placement, no course.
	ContextID    string `json:"context_id"`
	ContextLabel string `json:"context_label"`
	ContextTitle string `json:"context_title"`
	ContextType  string `json:"context_type"`

	ResourceLinkID          string `json:"resource_link_id"`
	ResourceLinkTitle       string `json:"resource_link_title"`
	ResourceLinkDescription string `json:"resource_link_description"`

	LTIVersion  string `json:"lti_version"`
	MessageType string `json:"lti_message_type"`

	// Roles is the list with commas: Learner, or URNs such as
	// urn:lti:sysrole:ims/lis/Administrator.
	Roles string `json:"roles"`

	ReturnURL string `json:"launch_presentation_return_url"`
	LaunchID  string `json:"ext_launch_id"`

	// Who launches: the 32 hex of the user's IRI, the batch_uid, the e-mail.
	UserID         string `json:"user_id"`
	PersonSourceID string `json:"lis_person_sourcedid"`
	Email          string `json:"lis_person_contact_email_primary"`

	// FederatedSessionID is the IRI of the login in which the launch happened.
	FederatedSessionID string `json:"custom_caliper_federated_session_id"`
}

// launchParameterNames are the names that LaunchParameters has fields for.
var launchParameterNames = jsonNames(reflect.TypeFor[LaunchParameters]())

// newLaunchParameters picks from all parameters of a launch. What is no text
// (an object where a string should be) counts as absent.
func newLaunchParameters(all map[string]any) LaunchParameters {
	var p LaunchParameters
	known := make(map[string]any, len(launchParameterNames))
	for _, name := range launchParameterNames {
		if v, ok := all[name]; ok {
			known[name] = v
		} else if v := claimOf(all, name); v != nil {
			known[name] = v
		}
	}
	if roles, isList := known["roles"].([]any); isList {
		known["roles"] = strings.Join(texts(roles), ",")
	}
	weakDecode(known, &p)
	return p
}

// person is whom the parameters name.
func (p LaunchParameters) person() *Person {
	who := &Person{ExternalID: p.PersonSourceID, Email: p.Email}
	who.UUID, _ = ParseUUID(p.UserID)
	return who
}
