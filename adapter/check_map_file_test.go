package adapter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// Each watched file has one finding: how many lines can be imported, or what to mend.
func TestCheckOfMapFiles(t *testing.T) {
	const one, two = "7a0f9d52-44f7-4f0e-9d55-000000000001", "7a0f9d52-44f7-4f0e-9d55-000000000002"
	for name, test := range map[string]struct {
		text string // "": there is no file
		keys string
		ok   bool
		want string
	}{
		"good":           {"sourcedId,external_id,grade\n" + one + ",s1,7\n" + two + ",s2,8\n", "columns: { platform_id: sourcedId }", true, "2 lines can be imported; columns without a meaning: grade"},
		"JSON lines":     {`{"platform_id":"` + one + `","email":"a@b.test"}`, "sync: true", true, "1 line can be imported"},
		"missing":        {"", "every: 1m", false, "there is no such file yet"},
		"another header": {"sourcedId,external_id\n", "every: 1m", false, "platform_id"},
		"bad lines":      {"platform_id,external_id\nx,s1\n" + one + ",s2\n" + two + ",s2\n", "every: 1m", false, "3 lines cannot be imported: 1 invalid, 2 in conflict; the first is line 2; `bbcaliper map import --dry-run --source myschool "},
		"partial":        {"platform_id,external_id\nx,s1\n" + one + ",s2\n", "partial: true", true, "1 line can be imported"},
		"nobody":         {"platform_id,external_id\n", "every: 1m", false, "names nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			c, path := configuredFile(t, test.keys)
			if test.text != "" {
				if err := os.WriteFile(path, []byte(test.text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			findings := Check(t.Context(), c)
			f := findings[len(findings)-1]
			if f.What != "map file "+path || f.OK != test.ok || !strings.Contains(f.Text, test.want) {
				t.Errorf("%+v, want OK %t: …%s…", f, test.ok, test.want)
			}
			if text := findings[0].Text; !strings.HasSuffix(text, ", 1 watched file") {
				t.Errorf("summary %s", text)
			}
		})
	}
	c, path := configuredFile(t, "every: 1m")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	findings := Check(t.Context(), c)
	if f := findings[len(findings)-1]; f.OK || !strings.Contains(f.Text, "not a regular file") {
		t.Errorf("a folder: %+v", f)
	}
}

// configuredFile is a configuration with one watched file, and where that is.
func configuredFile(t *testing.T, keys string) (*config.Config, string) {
	t.Helper()
	dir := t.TempDir()
	text := `
sources: [{ name: myschool, keys: [k] }]
destinations: [{ name: lrs, url: "http://127.0.0.1:1/", app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11 }]
mapping: { files: [{ path: users.csv, ` + keys + ` }] }
`
	c, err := config.Parse([]byte(text), dir, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return c, filepath.Join(dir, "users.csv")
}

// What is printed for a shell comes back from one as it was.
func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"/srv/roster/users.csv": "/srv/roster/users.csv",
		"email=Mail address":    "'email=Mail address'",
		"":                      "''",
		"it's":                  `'it'\''s'`,
		"$(rm -r x)":            "'$(rm -r x)'",
		"~/users.csv":           "'~/users.csv'",
	} {
		if got := shellWord(word); got != want {
			t.Errorf("%q is written as %s, want %s", word, got, want)
		}
	}
}
