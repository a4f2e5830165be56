package resolver

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// DefaultFilter finds a user by e-mail address, the one filter that every
// OneRoster service is known to have.
const DefaultFilter = `email='{email}'`

// filter is a OneRoster filter with fields in its values: one or two predicates
// joined by AND or OR (OneRoster 1.1 section 3.4.3; 1.2 the same).
type filter struct {
	predicates []predicate
	or         bool
}

// predicate is `path operator 'value'`.
type predicate struct {
	path     string // dotted, as in userIds.identifier
	operator string
	value    template
}

var (
	predicateForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.]*)(=|!=|>=|<=|>|<|~)'([^']*)'$`)
	joinForm      = regexp.MustCompile(`' (AND|OR) `)
)

// maxPredicates is OneRoster's own limit.
const maxPredicates = 2

// parseFilter reads a filter template. It has to differ from person to person,
// and it may only compare a person's values for equality: a search for a part
// of a value would find somebody else.
func parseFilter(text string) (filter, error) {
	var f filter
	if len(text) > maxTemplate {
		return f, errTemplate
	}
	joins := joinForm.FindAllStringSubmatchIndex(text, -1)
	if len(joins) >= maxPredicates {
		return f, fmt.Errorf("has more than %d predicates", maxPredicates)
	}
	texts := []string{text}
	if len(joins) == 1 {
		at := joins[0] // the quote before the word belongs to the first predicate
		texts = []string{text[:at[0]+1], text[at[1]:]}
		f.or = text[at[2]:at[3]] == "OR"
	}
	for _, text := range texts {
		p, err := parsePredicate(text)
		if err != nil {
			return filter{}, err
		}
		f.predicates = append(f.predicates, p)
	}
	return f, f.check()
}

func parsePredicate(text string) (predicate, error) {
	m := predicateForm.FindStringSubmatch(text)
	if m == nil {
		return predicate{}, errors.New(`want a predicate as in email='{email}', or two of them joined by " AND " or " OR "`)
	}
	value, err := parseTemplate(m[3])
	if err != nil {
		return predicate{}, err
	}
	return predicate{path: m[1], operator: m[2], value: value}, nil
}

func (f filter) check() error {
	personal := 0
	for _, p := range f.predicates {
		if !p.value.personal() {
			continue
		}
		if p.operator != "=" {
			return errors.New("values of a person are compared with = only: another comparison finds other people")
		}
		personal++
	}
	switch {
	case personal == 0:
		return errors.New("names no field of a person, as in {email}: it would find the same user for everybody")
	case f.or && personal < len(f.predicates):
		return errors.New("one side of OR names no field of a person: it would find the same users for everybody")
	}
	return nil
}

// fields are what the filter asks by: all must be known.
func (f filter) fields() []Field {
	var all template
	for _, p := range f.predicates {
		all.parts = append(all.parts, p.value.parts...)
	}
	return all.fields()
}

// quotable says whether a value can stand between quotes. OneRoster has no way
// to escape one; a backslash escapes the closing quote in some services.
func quotable(value string) bool { return !strings.ContainsAny(value, `'\`) }

// fill writes the filter for a person whose values are all quotable.
func (f filter) fill(p *Person) string {
	texts := make([]string, len(f.predicates))
	for i, q := range f.predicates {
		texts[i] = q.path + q.operator + "'" + q.value.fill(p, asIs) + "'"
	}
	if f.or {
		return strings.Join(texts, " OR ")
	}
	return strings.Join(texts, " AND ")
}

func asIs(value string) string { return value }

// confirms says whether a user whom the service returned carries what was asked
// for. A service that does not know a field may ignore the filter and return
// whoever comes first.
func (f filter) confirms(user map[string]any, p *Person) bool {
	for _, q := range f.predicates {
		if !q.value.personal() {
			continue
		}
		holds := carries(user, strings.Split(q.path, "."), q.equal(q.value.fill(p, asIs)))
		if holds == f.or { // AND fails with the first that does not hold, OR holds with the first that does
			return holds
		}
	}
	return !f.or
}

// equal compares with want: e-mail addresses without regard to case, anything
// else exactly, as the map does.
func (q predicate) equal(want string) func(string) bool {
	name := q.path[strings.LastIndexByte(q.path, '.')+1:]
	if strings.EqualFold(name, "email") {
		return func(value string) bool { return strings.EqualFold(value, want) }
	}
	return func(value string) bool { return value == want }
}

// carries says whether an equal text stands at a path. Any item of an array will
// do, and of an entry of userIds it is the identifier that counts.
func carries(value any, path []string, equal func(string) bool) bool {
	switch value := value.(type) {
	case []any:
		return slices.ContainsFunc(value, func(item any) bool { return carries(item, path, equal) })
	case map[string]any:
		if len(path) == 0 {
			text, isText := value["identifier"].(string)
			return isText && equal(text)
		}
		return carries(value[path[0]], path[1:], equal)
	case string:
		return len(path) == 0 && equal(value)
	default:
		return false
	}
}
