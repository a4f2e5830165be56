package caliper

// Role is a membership role term: a core role such as "Learner", or a subrole
// such as "Instructor#TeachingAssistant" (Caliper 1.2, LIS Roles).
type Role string

// The core roles.
const (
	RoleAdministrator    Role = "Administrator"
	RoleContentDeveloper Role = "ContentDeveloper"
	RoleInstructor       Role = "Instructor"
	RoleLearner          Role = "Learner"
	RoleManager          Role = "Manager"
	RoleMember           Role = "Member"
	RoleMentor           Role = "Mentor"
	RoleOfficer          Role = "Officer"
)

// RoleTeachingAssistant is the subrole that LTI 1.1 knew as a core role.
const RoleTeachingAssistant Role = "Instructor#TeachingAssistant"

// roleRow is a core role and the names of its subroles.
type roleRow struct {
	core     Role
	subroles []string
}

// roleTable is the table of LIS roles. Manager#Manager is in the specification
// but not in the JSON-LD context, Mentor#Auditor the other way round: both are
// accepted, neither is written (see contestedRole).
var roleTable = []roleRow{
	{RoleAdministrator, []string{
		"Administrator", "Developer", "ExternalDeveloper", "ExternalSupport",
		"ExternalSystemAdministrator", "Support", "SystemAdministrator",
	}},
	{RoleContentDeveloper, []string{
		"ContentDeveloper", "ContentExpert", "ExternalContentExpert", "Librarian",
	}},
	{RoleInstructor, []string{
		"ExternalInstructor", "Grader", "GuestInstructor", "Instructor", "Lecturer",
		"PrimaryInstructor", "SecondaryInstructor", "TeachingAssistant",
		"TeachingAssistantGroup", "TeachingAssistantOffering",
		"TeachingAssistantSection", "TeachingAssistantTemplate",
	}},
	{RoleLearner, []string{
		"ExternalLearner", "GuestLearner", "Learner", "NonCreditLearner",
	}},
	{RoleManager, []string{
		"AreaManager", "CourseCoordinator", "ExternalObserver", "Manager", "Observer",
	}},
	{RoleMember, []string{"Member"}},
	{RoleMentor, []string{
		"Advisor", "Auditor", "ExternalAdvisor", "ExternalAuditor",
		"ExternalLearningFacilitator", "ExternalMentor", "ExternalReviewer",
		"ExternalTutor", "LearningFacilitator", "Mentor", "Reviewer", "Tutor",
	}},
	{RoleOfficer, []string{"Chair", "Secretary", "Treasurer", "Vice-Chair"}},
}

// roles is the whole range of Membership.roles.
var roles = roleTerms()

func roleTerms() []Role {
	var all []Role
	for _, row := range roleTable {
		all = append(all, row.core)
		for _, sub := range row.subroles {
			all = append(all, row.core+"#"+Role(sub))
		}
	}
	return all
}

// contestedRole reports whether the official sources disagree about a term.
func contestedRole(r Role) bool {
	return r == "Manager#Manager" || r == "Mentor#Auditor"
}
