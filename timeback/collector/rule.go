package collector

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Rule says by what is in an event that it is refused.
type Rule struct{ field, value string }

// The fields of a rule.
const (
	ruleType   = "type"
	ruleAction = "action"
	ruleActor  = "actor"
	ruleID     = "id"
	ruleHas    = "has"
)

func ruleFields() []string { return []string{ruleType, ruleAction, ruleActor, ruleID, ruleHas} }

// ParseRule reads FIELD=VALUE: type, action, actor or id, which must be equal
// to the value, or has, which is a text anywhere in the event's JSON.
func ParseRule(text string) (Rule, error) {
	field, value, ok := strings.Cut(text, "=")
	if !ok || value == "" || !slices.Contains(ruleFields(), field) {
		return Rule{}, fmt.Errorf("%q: want FIELD=VALUE with one of the fields %s", text, strings.Join(ruleFields(), ", "))
	}
	return Rule{field, value}, nil
}

// String returns the rule as ParseRule reads it.
func (r Rule) String() string { return r.field + "=" + r.value }

// Matches reports whether an event is refused.
func (r Rule) Matches(event []byte) bool {
	if r.field == ruleHas {
		return bytes.Contains(event, []byte(r.value))
	}
	s := summarize(jsontext.Value(event))
	switch r.field {
	case ruleType:
		return s.Type == r.value
	case ruleAction:
		return s.Action == r.value
	case ruleActor:
		return s.Actor == r.value
	default:
		return s.ID == r.value
	}
}

// RefuseBy is an Options.Refuse by rules: the first one that matches counts.
func RefuseBy(rules ...Rule) func(event []byte) string {
	return func(event []byte) string {
		for _, r := range rules {
			if r.Matches(event) {
				return "refused by the rule " + r.String()
			}
		}
		return ""
	}
}
