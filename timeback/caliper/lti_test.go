package caliper

import (
	"slices"
	"testing"
)

func TestRoleFromLTI(t *testing.T) {
	const lis2 = "http://purl.imsglobal.org/vocab/lis/v2/membership"
	for role, want := range map[string][]Role{
		"Instructor":                                                                 {"Instructor"},
		" Learner ":                                                                  {"Learner"},
		"Instructor#TeachingAssistant":                                               {"Instructor", "Instructor#TeachingAssistant"},
		"urn:lti:role:ims/lis/Learner":                                               {"Learner"},
		"urn:lti:role:ims/lis/Officer":                                               {"Officer"},
		"urn:lti:role:ims/lis/Learner/Learner":                                       {"Learner", "Learner#Learner"},
		"urn:lti:role:ims/lis/Learner/Instructor":                                    {"Learner"}, // unknown subrole
		"urn:lti:role:ims/lis/Instructor/TeachingAssistant":                          {"Instructor", "Instructor#TeachingAssistant"},
		"urn:lti:role:ims/lis/Instructor/PrimaryInstructor":                          {"Instructor", "Instructor#PrimaryInstructor"},
		"urn:lti:role:ims/lis/TeachingAssistant":                                     {"Instructor", "Instructor#TeachingAssistant"},
		"urn:lti:role:ims/lis/TeachingAssistant/Grader":                              {"Instructor", "Instructor#Grader"},
		"urn:lti:role:ims/lis/TeachingAssistant/TeachingAssistantSectionAssociation": {"Instructor", "Instructor#TeachingAssistantSection"},
		lis2 + "#Learner":                                                            {"Learner"},
		lis2 + "#ContentDeveloper":                                                   {"ContentDeveloper"},
		lis2 + "/Instructor#TeachingAssistant":                                       {"Instructor", "Instructor#TeachingAssistant"},
		lis2 + "/Officer#Vice-Chair":                                                 {"Officer", "Officer#Vice-Chair"},
		"https" + lis2[4:] + "/Learner#GuestLearner":                                 {"Learner", "Learner#GuestLearner"},
		lis2 + "/Manager#Manager":                                                    {"Manager"}, // the sources disagree about the subrole
		lis2 + "/Mentor#Auditor":                                                     {"Mentor"},
		lis2 + "/Mentor#ExternalAuditor":                                             {"Mentor", "Mentor#ExternalAuditor"},
	} {
		got, ok := RoleFromLTI(role)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("RoleFromLTI(%q) = %v, %v, want %v", role, got, ok, want)
		}
		for _, term := range got {
			if !slices.Contains(roles, term) {
				t.Errorf("RoleFromLTI(%q): %q is no term", role, term)
			}
		}
	}
}

func TestWhatIsNoMembershipRole(t *testing.T) {
	for _, role := range []string{
		"", " ", "#", "/", "Student", "learner", "TestUser",
		"urn:lti:sysrole:ims/lis/Administrator", "urn:lti:instrole:ims/lis/Student", "urn:lti:instrole:ims/lis/Administrator",
		"http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
		"http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
		"http://purl.imsglobal.org/vocab/lis/v2/person#Administrator",
		"http://purl.imsglobal.org/vocab/lis/v2/membership", "http://purl.imsglobal.org/vocab/lis/v2/membership#",
		"urn:lti:role:ims/lis/", "urn:lti:role:ims/lis/Unknown/Learner",
	} {
		if got, ok := RoleFromLTI(role); ok || got != nil {
			t.Errorf("RoleFromLTI(%q) = %v, %v", role, got, ok)
		}
	}
}

func TestRolesFromLTI(t *testing.T) {
	got := RolesFromLTI("Instructor,urn:lti:sysrole:ims/lis/Administrator, urn:lti:role:ims/lis/Instructor/Grader", "Learner", "Instructor", "")
	if want := []Role{"Instructor", "Instructor#Grader", "Learner"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := RolesFromLTI(); got != nil {
		t.Errorf("got %v of nothing", got)
	}
}

func TestStatusFromLIS(t *testing.T) {
	for status, want := range map[string]Status{
		"Active": StatusActive, "inactive": StatusInactive, " ACTIVE ": StatusActive,
		"http://purl.imsglobal.org/vocab/lis/v2/status#Active": StatusActive,
		"urn:x/Inactive": StatusInactive,
		"":               "", "Deleted": "", "http://purl.imsglobal.org/vocab/lis/v2/status#": "",
	} {
		got, ok := StatusFromLIS(status)
		if got != want || ok != (want != "") {
			t.Errorf("StatusFromLIS(%q) = %q, %v, want %q", status, got, ok, want)
		}
	}
}
