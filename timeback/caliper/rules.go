package caliper

import (
	"slices"
	"strconv"
	"strings"
)

// How the rules of the tables read in a failure.

// literalRules are the rules of the values that are no entities or terms.
var literalRules = map[kind]string{
	textKind:     "a string",
	integerKind:  "a whole number",
	naturalKind:  "a whole number that is not negative",
	decimalKind:  "a number",
	booleanKind:  "true or false",
	dateTimeKind: "a date and time in UTC written YYYY-MM-DDTHH:mm:ss.SSSZ",
	durationKind: "an ISO 8601 duration such as PT1H30M",
	entityIDKind: "an absolute IRI",
	eventIDKind:  "urn:uuid: and an RFC 4122 UUID",
	mapKind:      "an object",
	contextKind:  "a JSON-LD context",
	settledKind:  "a term",
	anyKind:      "a value",
}

// ruleOf is what must hold for a value, or for each element of a list.
func ruleOf(v value, byIRI bool) string {
	switch v.kind {
	case entityKind:
		return entityRule(v, byIRI)
	case termKind:
		return termRule(v)
	}
	return literalRules[v.kind]
}

// longestList is how many terms a rule spells out.
const longestList = 20

func termRule(v value) string {
	if n := len(v.terms); n > longestList {
		return "one of the " + strconv.Itoa(n) + " terms of " + v.section + ", such as " + v.terms[0]
	}
	return "one of " + strings.Join(v.terms, ", ")
}

func entityRule(v value, byIRI bool) string {
	names := make([]string, len(v.types))
	for i, t := range v.types {
		names[i] = article(string(t))
	}
	rule := strings.Join(names, " or ")
	switch {
	case v.byIRI:
		return rule + ", as an object or as an absolute IRI"
	case byIRI:
		return rule + ", as an object with id and type or as an absolute IRI"
	}
	return rule + ", as an object"
}

// actionRule lists the actions of an event type in the order of its table.
func actionRule(t EventType) string {
	if t == GenericEvent {
		return "action is an action term of Caliper 1.2"
	}
	var terms []string
	for _, row := range eventTypes {
		if row.event == t {
			for _, a := range row.actions {
				terms = append(terms, string(a))
			}
		}
	}
	slices.Sort(terms)
	return "action is one of " + strings.Join(terms, ", ")
}

// sectionOf names a part of the specification.
func sectionOf[T ~string](name T) string { return "Caliper 1.2 " + string(name) }

// article writes "a Person", "an Entity", "an LtiLink".
func article(name string) string {
	if strings.ContainsRune("AEIO", rune(name[0])) || strings.HasPrefix(name, "Lti") {
		return "an " + name
	}
	return "a " + name
}
