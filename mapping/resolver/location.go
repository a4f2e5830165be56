package resolver

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

var errURL = errors.New("want an absolute http or https URL without user name, password and fragment")

// parseBase reads the URL of a service: no query, for the resolver writes it.
// Errors do not show the URL.
func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http", u.User != nil, u.Fragment != "":
		return nil, errURL
	case u.RawQuery != "":
		return nil, errors.New("must not have a query: the resolver writes it")
	}
	return u, nil
}

// location is a URL with fields of a person in its path or query.
type location struct {
	path  template // scheme and host too, which have no fields
	query template // with the question mark; empty: none
}

// parseLocation reads a URL template. Fields may stand behind the host only.
func parseLocation(text string) (location, error) {
	if len(text) > maxTemplate {
		return location{}, errTemplate
	}
	path, query := text, ""
	if at := strings.IndexByte(text, '?'); at >= 0 {
		path, query = text[:at], text[at:]
	}
	var l location
	var err error
	if l.path, err = parseTemplate(path); err != nil {
		return location{}, err
	}
	if l.query, err = parseTemplate(query); err != nil {
		return location{}, err
	}
	return l, l.check()
}

func (l location) check() error {
	if !l.path.personal() && !l.query.personal() {
		return errors.New("names no field of a person, as in {external_id}: it would ask the same for everybody")
	}
	// Fields are filled with nothing: what is left has to be a URL, and the host
	// has to be whole before the first field.
	first := ""
	if len(l.path.parts) > 0 {
		first = l.path.parts[0].literal
	}
	_, behind, _ := strings.Cut(first, "://")
	if len(l.path.parts) > 1 && !strings.Contains(behind, "/") {
		return errors.New("has a field in its scheme or host; fields may stand in the path and in the query")
	}
	nobody := &Person{}
	u, err := url.Parse(l.path.fill(nobody, asIs) + l.query.fill(nobody, asIs))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.Fragment != "" {
		return errURL
	}
	return nil
}

// display is the URL as it was configured, without its query, which may hold a
// key.
func (l location) display() string {
	var text strings.Builder
	for _, p := range l.path.parts {
		if p.isField {
			text.WriteString("{" + p.field.String() + "}")
			continue
		}
		text.WriteString(p.literal)
	}
	return text.String()
}

func (l location) fields() []Field {
	return template{slices.Concat(l.path.parts, l.query.parts)}.fields()
}

// fill writes the URL for a person, each value escaped for the place where it
// stands.
func (l location) fill(p *Person) string {
	return l.path.fill(p, url.PathEscape) + l.query.fill(p, queryEscape)
}

// queryEscape writes a space as %20: not every service reads + as one.
func queryEscape(value string) string {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}

// climbs says whether a value could lead to another path: a dot segment, even
// one between escaped slashes, for some servers unescape before they route.
func climbs(value string) bool {
	isSlash := func(c rune) bool { return c == '/' || c == '\\' }
	for _, segment := range strings.FieldsFunc(value, isSlash) {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
