package resolver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTemplate bounds a template, in bytes.
const maxTemplate = 2048

var (
	errBrace    = errors.New("has a { or } that belongs to no field; fields are written {email}")
	errTemplate = fmt.Errorf("is longer than %d bytes", maxTemplate)
)

// template is text with fields of a person in it, as in `id-{external_id}`.
type template struct{ parts []part }

// part is literal text, or a field.
type part struct {
	literal string
	field   Field
	isField bool
}

// parseTemplate reads a template. Errors do not repeat it: a URL may hold a key.
func parseTemplate(text string) (template, error) {
	var t template
	if len(text) > maxTemplate {
		return t, errTemplate
	}
	for text != "" {
		at := strings.IndexAny(text, "{}")
		if at < 0 {
			at = len(text)
		}
		if at > 0 {
			t.parts = append(t.parts, part{literal: text[:at]})
			text = text[at:]
			continue
		}
		name, rest, found := strings.Cut(text[1:], "}")
		if text[0] == '}' || !found {
			return template{}, errBrace
		}
		field, err := parseField(name)
		if err != nil {
			return template{}, err
		}
		t.parts = append(t.parts, part{field: field, isField: true})
		text = rest
	}
	return t, nil
}

// fields lists the fields, each once, in the order of their first appearance.
func (t template) fields() []Field {
	var fields []Field
	for _, p := range t.parts {
		if p.isField && !slices.Contains(fields, p.field) {
			fields = append(fields, p.field)
		}
	}
	return fields
}

// personal says whether the template differs from person to person.
func (t template) personal() bool {
	return slices.ContainsFunc(t.parts, func(p part) bool { return p.isField && p.field != Source })
}

// fill writes the template for a person, each value as escape makes it.
func (t template) fill(p *Person, escape func(string) string) string {
	var text strings.Builder
	for _, part := range t.parts {
		if part.isField {
			text.WriteString(escape(p.value(part.field)))
			continue
		}
		text.WriteString(part.literal)
	}
	return text.String()
}

// plan is [Resolver.Plan] for a resolver that needs all of the fields, and in
// whose question only safe values can stand.
func plan(p *Person, fields []Field, safe func(string) bool) ([]Field, Reason) {
	for _, f := range fields {
		if p.value(f) == "" {
			return nil, NoAlias
		}
	}
	for _, f := range fields {
		if value := p.value(f); !printable(value) || !safe(value) {
			return nil, Unsafe
		}
	}
	return fields, ""
}

// maxValue is the longest value that is asked for, in bytes: an e-mail address
// has at most 320.
const maxValue = 320

// printable says whether a value is text that can be asked for at all.
func printable(value string) bool {
	return len(value) <= maxValue && utf8.ValidString(value) && !strings.ContainsFunc(value, unicode.IsControl)
}
