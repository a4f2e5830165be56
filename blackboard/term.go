package blackboard

import "strings"

// term reduces an IRI of a vocabulary to its last segment, the term, as in
//
//	http://caliper.blackboard.com/caliper/v1/LTIEvent                → LTIEvent
//	http://purl.imsglobal.org/vocab/caliper/v1/action#LoggedIn       → LoggedIn
//	http://purl.imsglobal.org/vocab/lis/v2/membership#Learner        → Learner
//
// A term stays as it is. Documentation writes "…/action#LoggedOut" once; that
// works too.
func term(s string) string {
	return s[max(strings.LastIndexByte(s, '/'), strings.LastIndexByte(s, '#'))+1:]
}

// terms reduces each of list, leaving out what is empty.
func terms(list []string) []string {
	var out []string
	for _, s := range list {
		if t := term(s); t != "" {
			out = append(out, t)
		}
	}
	return out
}
