package caliper

import (
	"slices"
	"strings"
)

// What LTI and LIS put before a context (course) role. System and institution
// roles have other prefixes and are no memberships:
//
//	urn:lti:role:ims/lis/Learner                                            LTI 1.x
//	urn:lti:role:ims/lis/Instructor/TeachingAssistant                       LTI 1.x
//	http://purl.imsglobal.org/vocab/lis/v2/membership#Learner               LTI 1.3
//	http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant
var rolePrefixes = []string{
	"urn:lti:role:ims/lis/",
	"http://purl.imsglobal.org/vocab/lis/v2/membership#",
	"http://purl.imsglobal.org/vocab/lis/v2/membership/",
	"https://purl.imsglobal.org/vocab/lis/v2/membership#",
	"https://purl.imsglobal.org/vocab/lis/v2/membership/",
}

// RoleFromLTI gives the Caliper terms of one LTI 1.x, LTI 1.3 or LIS context
// role, which may be an URN, an IRI or a bare term ("Instructor"): the core role
// and then, if there is one, its subrole. False: it is no context role (system
// and institution roles never are) or an unknown one. An unknown subrole of a
// known role gives the core role alone.
func RoleFromLTI(role string) ([]Role, bool) {
	core, sub, ok := splitRole(strings.TrimSpace(role))
	if !ok {
		return nil, false
	}
	for _, row := range roleTable {
		if string(row.core) == core {
			return row.terms(sub), true
		}
	}
	return nil, false
}

// RolesFromLTI gives the Caliper terms of several roles, each in a string of
// its own or separated by commas as in an LTI 1.x launch: without repetitions,
// unknown ones left out.
func RolesFromLTI(roles ...string) []Role {
	var terms []Role
	for _, list := range roles {
		for role := range strings.SplitSeq(list, ",") {
			found, _ := RoleFromLTI(role)
			for _, term := range found {
				if !slices.Contains(terms, term) {
					terms = append(terms, term)
				}
			}
		}
	}
	return terms
}

// terms is the core role followed by the subrole, if that is a term to write.
func (row roleRow) terms(sub string) []Role {
	term := row.core + "#" + Role(sub)
	if !slices.Contains(row.subroles, sub) || contestedRole(term) {
		return []Role{row.core}
	}
	return []Role{row.core, term}
}

// splitRole takes a role apart into core role and subrole ("" for none).
func splitRole(role string) (core, sub string, ok bool) {
	for _, prefix := range rolePrefixes {
		if rest, found := strings.CutPrefix(role, prefix); found {
			role = rest
			break
		}
	}
	if i := strings.IndexAny(role, "/#"); i >= 0 {
		core, sub = role[:i], role[i+1:]
	} else {
		core = role
	}
	if core == "TeachingAssistant" { // a core role in LTI 1.x, a subrole since LIS 2
		return assistantRole(sub)
	}
	return core, sub, core != ""
}

// assistantRole places the subroles of LTI 1.x's TeachingAssistant below
// Instructor, where LIS 2 and Caliper have them.
func assistantRole(sub string) (core, subrole string, ok bool) {
	subrole = strings.TrimSuffix(sub, "Association") // …SectionAssociation in LTI 1.1
	if !slices.Contains(roleTable[2].subroles, subrole) {
		subrole = "TeachingAssistant"
	}
	return string(RoleInstructor), subrole, true
}

// StatusFromLIS gives the Caliper term of a membership status: a bare term in
// any case, or an IRI that ends in one (http://purl.imsglobal.org/vocab/lis/v2/status#Active).
// False for anything else, "Deleted" included: v1p2 has no term for it.
func StatusFromLIS(status string) (Status, bool) {
	term := strings.TrimSpace(status)
	if i := strings.LastIndexAny(term, "#/"); i >= 0 {
		term = term[i+1:]
	}
	for _, s := range statuses {
		if strings.EqualFold(term, string(s)) {
			return s, true
		}
	}
	return "", false
}
