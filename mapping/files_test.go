package mapping

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// files are the worst that were met or thought of, with what becomes of them.
var files = map[string]struct {
	counts   Counts
	bad      []int // lines
	ignored  int   // columns
	inactive int
	refused  string // why the file cannot be read at all
}{
	"all-in-conflict.csv":     {counts: Counts{Conflicting: 5}, bad: []int{2, 3, 4, 5, 6}},
	"big-endian.csv":          {counts: Counts{New: 1}},
	"carriage-returns.csv":    {refused: "lines end in CR alone"},
	"control-characters.csv":  {counts: Counts{Invalid: 5}, bad: []int{2, 3, 4, 6, 7}},
	"data-without-header.csv": {refused: "it has no platform_id"},
	"empty.csv":               {refused: "the file is empty"},
	"every-form-of-an-id.csv": {counts: Counts{New: 3, Invalid: 2}, bad: []int{5, 6}},
	"excel-semicolons.csv":    {counts: Counts{New: 2, Invalid: 1}, bad: []int{6}},
	"excel-unicode-text.txt":  {counts: Counts{New: 2}},
	"formulas.csv":            {counts: Counts{New: 2}},
	"header-twice.csv":        {refused: "column email: appears twice"},
	"latin-1.csv":             {counts: Counts{New: 1, Invalid: 1}, bad: []int{2}},
	"learn-feed.txt":          {counts: Counts{New: 2, Invalid: 1}, bad: []int{4}, ignored: 6, inactive: 2},
	"lines.jsonl":             {counts: Counts{New: 2, Invalid: 4}, bad: []int{4, 5, 6, 7}, ignored: 1, inactive: 1},
	"mark-only.csv":           {refused: "the file is empty"},
	"mixed-line-ends.csv":     {counts: Counts{New: 3}},
	"oneroster-users.csv":     {counts: Counts{New: 3}, ignored: 8, inactive: 2},
	"quote-never-closed.csv":  {counts: Counts{New: 1, Invalid: 1}, bad: []int{3}},
	"quotes-out-of-place.csv": {counts: Counts{New: 1, Invalid: 2}, bad: []int{2, 3}},
	"ragged.csv":              {counts: Counts{New: 1, Invalid: 3}, bad: []int{3, 4, 5}},
}

func TestWorstFiles(t *testing.T) {
	for name, want := range files {
		t.Run(name, func(t *testing.T) {
			text := fixture(t, name)
			file, err := ReadFile(strings.NewReader(text), optionsOf(name))
			if want.refused != "" {
				if err == nil || !strings.Contains(err.Error(), want.refused) || strings.Contains(err.Error(), "jane") {
					t.Fatalf("error %v, want %q", err, want.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			plan := planRows(t, file.Rows(), PlanOptions{}, NewIndex("school"))
			if plan.Counts() != want.counts || plan.Inactive != want.inactive || len(file.Ignored()) != want.ignored {
				t.Errorf("%+v, %d inactive, ignored %q; want %+v", plan.Counts(), plan.Inactive, file.Ignored(), want)
			}
			var refused *PlanError
			if errors.As(plan.Err(), &refused) != (want.bad != nil) || refused != nil && !slices.Equal(refused.Lines(), want.bad) {
				t.Errorf("error %v, want lines %v", plan.Err(), want.bad)
			}
			if _, cells := rejectedOf(t, text, optionsOf(name), NewIndex("school")); len(cells) > 0 && len(cells) != len(want.bad)+1 {
				t.Errorf("rejected %q", cells)
			}
		})
	}
	if names := fixtures(t); len(names) != len(files) {
		t.Errorf("%d files, %d expectations", len(names), len(files))
	}
}

func optionsOf(name string) FileOptions {
	switch name {
	case "oneroster-users.csv":
		return FileOptions{Columns: map[string]string{"platform_id": "sourcedId", "external_id": "username"}}
	case "learn-feed.txt":
		return FileOptions{Columns: map[string]string{"platform_id": "other_id", "external_id": "external_person_key"}}
	default:
		return FileOptions{}
	}
}

func fixtures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/files/*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/files", filepath.Base(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
