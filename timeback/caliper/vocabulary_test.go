package caliper

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// The two tables below testdata are read off the specification by themselves;
// the tests here hold the package's tables against them, line by line.

// readTable gives the cells of a Markdown table, without its two head lines.
func readTable(t *testing.T, file string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(raw)) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows[2:]
}

func TestEntityTypesFollowTheSpecification(t *testing.T) {
	rows := readTable(t, "testdata/entity_types.md")
	if len(rows) != 72 || len(entityTypes) != 72 {
		t.Fatalf("%d entity types in the specification, %d here, want 72", len(rows), len(entityTypes))
	}
	for _, cells := range rows {
		i := typeIndex(EntityType(cells[0]))
		if i < 0 {
			t.Errorf("%s is missing", cells[0])
			continue
		}
		row := entityTypes[i]
		if got := join(row.supertypes, ", "); !sameWords(got, cells[1]) {
			t.Errorf("%s: supertypes %q, want %q", row.entity, got, cells[1])
		}
		want := strings.Split(cells[2], "; ")
		if got := describeProperties(row); !slices.Equal(got, slices.DeleteFunc(want, isEmpty)) {
			t.Errorf("%s: properties\n got %q\nwant %q", row.entity, got, want)
		}
	}
}

func isEmpty(s string) bool { return s == "" }

// describeProperties writes own properties as the table below testdata does;
// @context and type go without saying.
func describeProperties(row entityRow) []string {
	var lines []string
	for _, p := range row.properties {
		if p.name == "@context" || p.name == "type" {
			continue
		}
		name := p.name
		if p.required {
			name += "!"
		}
		lines = append(lines, name+" "+describeValue(p.value))
	}
	return lines
}

func describeValue(v value) string {
	if v.list {
		v.list = false
		return "[" + describeValue(v) + "]"
	}
	if v.kind == entityKind {
		types := join(v.types, " ")
		if v.byIRI {
			types += " or IRI"
		}
		return types
	}
	return map[kind]string{
		textKind: "string", integerKind: "integer", naturalKind: "non-negative integer", decimalKind: "decimal", booleanKind: "boolean",
		dateTimeKind: "DateTime", durationKind: "Duration", entityIDKind: "IRI", termKind: "Term",
		mapKind: "Object",
	}[v.kind]
}

func TestEventTypesFollowTheSpecification(t *testing.T) {
	rows := readTable(t, "testdata/event_types.md")
	if len(rows) != len(eventTypes) {
		t.Fatalf("%d rows in the specification, %d here", len(rows), len(eventTypes))
	}
	for i, row := range eventTypes {
		var profiles []string
		for _, p := range row.profiles {
			profiles = append(profiles, strings.TrimSuffix(string(p), "Profile"))
		}
		got := []string{
			string(row.event), join(row.actor, " "), join(row.actions, " "), join(row.object, " "),
			orDash(join(row.target, " ")), orDash(join(row.generated, " ")), orDash(join(row.referrer, " ")),
			orDash(strings.Join(row.required, " ")), strings.Join(profiles, " "),
		}
		if row.event == GenericEvent && len(row.actions) == len(actions) {
			got[2] = "*"
		}
		for c := range got {
			if !sameWords(got[c], rows[i][c]) {
				t.Errorf("%s row %d, column %d: %q, want %q", row.event, i, c, got[c], rows[i][c])
			}
		}
	}
}

func TestVocabularySizes(t *testing.T) {
	events := make(map[EventType]bool)
	profiles := make(map[Profile]bool)
	for _, row := range eventTypes {
		events[row.event] = true
		for _, p := range row.profiles {
			profiles[p] = true
		}
	}
	unique := func(n int, terms []string) int {
		slices.Sort(terms)
		if got := len(slices.Compact(terms)); got != n {
			t.Errorf("%d of %d terms are unique", got, n)
		}
		return n
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"event types", len(events), 22},
		{"profiles", len(profiles), 15},
		{"actions", unique(len(actions), strings.Fields(join(actions, " "))), 80},
		{"roles", unique(len(roles), strings.Fields(join(roles, " "))), 8 + 49},
		{"identifier types", unique(len(identifierTypes), strings.Fields(join(identifierTypes, " "))), 13},
		{"metrics", unique(len(metrics), slices.Clone(metrics)), 8},
		{"statuses", len(statuses), 2},
	} {
		if c.got != c.want {
			t.Errorf("%d %s, want %d", c.got, c.what, c.want)
		}
	}
}

// The interpreter remembers the members that it has seen in 64 bits.
func TestNoTypeHasMoreThan64Properties(t *testing.T) {
	s := compile(nil)
	for name, spec := range s.entities {
		if len(spec.names) > 64 {
			t.Errorf("%s has %d properties", name, len(spec.names))
		}
	}
	if len(eventProperties) > 64 || len(entityTypes) > 128 {
		t.Error("the bit sets of the schema are too small")
	}
}

func join[T ~string](terms []T, sep string) string {
	var b strings.Builder
	for i, term := range terms {
		if i > 0 {
			b.WriteString(sep)
		}
		fmt.Fprint(&b, term)
	}
	return b.String()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// sameWords compares regardless of order.
func sameWords(a, b string) bool {
	split := func(s string) []string {
		words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
		slices.Sort(words)
		return words
	}
	return slices.Equal(split(a), split(b))
}
