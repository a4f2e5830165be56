package config

import (
	"errors"
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// withMapFile is a valid file with one watched file more.
func withMapFile(keys string) string {
	return minimal + "mapping: { files: [{ " + keys + " }] }\n"
}

// twoSources is minimal with a second source.
var twoSources = strings.NewReplacer(
	"keys: [k1] }]", "keys: [k1] }, { name: college, keys: [k2] }]",
	"name: lake,", "name: lake, sources: [school, college],",
).Replace(minimal)

func TestMapFileGetsDefaults(t *testing.T) {
	got := mustParse(t, withMapFile("path: users.csv")).Mapping.Files[0]
	if want := (MapFile{Path: "users.csv", Source: "school", Every: 10 * time.Second}); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	synced := mustParse(t, withMapFile("path: users.csv, sync: true")).Mapping.Files[0]
	if limit := synced.MaxRemovals.String(); limit != "10%" {
		t.Errorf("with sync it may remove %s", limit)
	}
	several := mustParse(t, twoSources+"mapping: { files: [{ path: users.csv }] }").Mapping.Files[0]
	if several.Source != "" {
		t.Errorf("with two sources it is about %s", several.Source)
	}
}

func TestMapFileIsBesideTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	path := writeFile(t, filepath.Join(dir, "bbcaliper.yaml"), withMapFile("path: roster/users.csv }, { path: /srv/users.csv"))
	cfg, err := Load(path, environment())
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Mapping.Files; got[0].Path != filepath.Join(dir, "roster/users.csv") || got[1].Path != "/srv/users.csv" {
		t.Errorf("got %+v", got)
	}
}

// The watched file that the example shows commented out is valid, and says what one without its keys gets.
func TestExampleOfMapFiles(t *testing.T) {
	_, commented, found := strings.Cut(Example, "  # files:")
	if !found {
		t.Fatal("the example has no files")
	}
	commented, _, _ = strings.Cut("  # files:"+commented, "\n\n")
	got := mustParse(t, minimal+"mapping:\n"+regexp.MustCompile(`(?m)^  # `).ReplaceAllString(strings.ReplaceAll(commented, "myschool", "school"), "  ")).Mapping.Files[0]
	plain := mustParse(t, withMapFile("path: users.csv, sync: true")).Mapping.Files[0]
	renamed := got.Columns.Renamed()
	got.Columns = Columns{}
	if got != plain {
		t.Errorf("example %+v, default %+v", got, plain)
	}
	want := map[string]string{
		"platform_id": "sourcedId", "user_uuid": "uuid", "user_id": "pk1", "external_id": "identifier", "email": "mail",
		"source": "site", "note": "note",
	}
	if !maps.Equal(renamed, want) {
		t.Errorf("columns %v, want %v", renamed, want)
	}
}

func TestRemovals(t *testing.T) {
	for _, c := range []struct {
		text    string
		people  int
		allowed int
	}{
		{"10%", 1000, 100},
		{"10%", 1009, 100},
		{"10%", 99, 10},
		{"10%", 8, 4}, // a handful is no sign of a file that was cut off
		{"10%", 1, 1},
		{"0%", 1000, 10},
		{"100%", 1000, 1000},
		{"2.5%", 1000, 25},
		{"0", 1000, 0},
		{"500", 8, 500},
	} {
		limit := mustParse(t, withMapFile("path: x, sync: true, max_removals: "+c.text)).Mapping.Files[0].MaxRemovals
		if got := limit.Of(c.people); got != c.allowed || limit.String() != c.text {
			t.Errorf("%s of %d people: %d, written as %s", c.text, c.people, got, limit)
		}
	}
}

func TestProblemsOfMapFiles(t *testing.T) {
	for _, c := range []struct{ text, path, reason string }{
		{withMapFile("sync: true"), "mapping.files[0].path", "missing"},
		{withMapFile("path: a.csv }, { path: ./a.csv"), "mapping.files[1].path", "mapping.files[0]"},
		{withMapFile("path: a, source: other"), "mapping.files[0].source", "there are: school"},
		{withMapFile("path: a, source: ''"), "mapping.files[0].source", "there are: school"},
		{withMapFile("path: a, columns: { externalid: x }"), "mapping.files[0].columns.externalid", "did you mean external_id"},
		{withMapFile("path: a, columns: { email: 7 }"), "mapping.files[0].columns.email", "text"},
		{withMapFile("path: a, watch: true"), "mapping.files[0].watch", "unknown"},
		{withMapFile("path: a, every: 10ms"), "mapping.files[0].every", "at least 1s"},
		{withMapFile("path: a, every: 10"), "mapping.files[0].every", "unit"},
		{withMapFile("path: a, sync: yes-please"), "mapping.files[0].sync", "true or false"},
		{withMapFile("path: a, sync: true, partial: true"), "mapping.files[0].partial", "contradicts sync"},
		{withMapFile("path: a, max_removals: 5"), "mapping.files[0].max_removals", "without sync"},
		{withMapFile("path: a, sync: true, max_removals: -5"), "mapping.files[0].max_removals", "percentage"},
		{withMapFile("path: a, sync: true, max_removals: 101%"), "mapping.files[0].max_removals", "percentage"},
		{withMapFile("path: a, sync: true, max_removals: NaN%"), "mapping.files[0].max_removals", "percentage"},
		{withMapFile("path: a, sync: true, max_removals: 0.1"), "mapping.files[0].max_removals", "percentage"},
		{withMapFile("path: a, sync: true, max_removals: ten"), "mapping.files[0].max_removals", "percentage"},
		{withMapFile("path: a, sync: true }, { path: b"), "mapping.files[1]", "same source as mapping.files[0]"},
		{withMapFile("path: a }, { path: b, sync: true"), "mapping.files[1]", "join the two"},
		{twoSources + "mapping: { files: [{ path: a, source: school, sync: true }, { path: b }] }", "mapping.files[1]", "same source"},
	} {
		_, err := Parse([]byte(c.text), "", environment())
		var problems *Problems
		if !errors.As(err, &problems) || len(problems.List) != 1 || problems.List[0].Path != c.path || !strings.Contains(problems.List[0].Reason, c.reason) {
			t.Errorf("%s\ngot  %v\nwant %s: …%s…", c.text, err, c.path, c.reason)
		}
	}
}

// Files of two sources, and files that only add, get along.
func TestSeveralMapFiles(t *testing.T) {
	for _, text := range []string{
		withMapFile("path: a }, { path: b"),
		twoSources + "mapping: { files: [{ path: a, source: school, sync: true }, { path: b, source: college, sync: true }] }",
	} {
		if n := len(mustParse(t, text).Mapping.Files); n != 2 {
			t.Errorf("%s: %d files", text, n)
		}
	}
}
