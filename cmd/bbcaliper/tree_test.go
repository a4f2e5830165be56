package main_test

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxLines is how long a file may be. A longer one holds more than one concept.
const maxLines = 600

// root is the folder of the module.
func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// read reads a file of the module.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files lists the module's files with an extension, by their paths in it.
func files(t *testing.T, extension string) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root(t)), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case filepath.Ext(path) == extension && !d.IsDir():
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("the module has no %s files", extension)
	}
	return found
}

func TestNoFileIsTooLong(t *testing.T) {
	for _, name := range files(t, ".go") {
		if n := strings.Count(read(t, name), "\n"); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", name, n, maxLines)
		}
	}
}

// TestLinks follows every link of a document to a file of the module, and to a heading in it.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, name := range files(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(withoutCode(read(t, name)), -1) {
			if problem := follow(t, name, m[1]); problem != "" {
				t.Errorf("%s: %s: %s", name, m[1], problem)
			}
		}
	}
}

// withoutCode drops fenced blocks, in which nothing is a link.
func withoutCode(text string) string {
	return regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
}

// follow says what is wrong with a link, "" if nothing is. Links out of the module are not looked at.
func follow(t *testing.T, from, to string) (problem string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		return "is no URL"
	}
	if u.IsAbs() {
		return ""
	}
	target := from
	if u.Path != "" {
		target = filepath.Join(filepath.Dir(from), filepath.FromSlash(u.Path))
	}
	info, err := os.Stat(filepath.Join(root(t), target))
	if err != nil {
		return "does not exist"
	}
	if u.Fragment == "" || info.IsDir() {
		return ""
	}
	if !anchors(read(t, target))[u.Fragment] {
		return "there is no such heading"
	}
	return ""
}

// anchors are the names by which the headings of a document are linked to.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ +(.+)$`).FindAllStringSubmatch(withoutCode(text), -1) {
		name := strings.ToLower(m[1])
		name = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(name, "")
		names[strings.ReplaceAll(name, " ", "-")] = true
	}
	return names
}

// TestNothingOfThisMachine looks for what belongs to one machine and not to the project: absolute paths of a work
// folder, and the addresses of module and package mirrors.
func TestNothingOfThisMachine(t *testing.T) {
	// Written so that this file does not find itself.
	foreign := [][]byte{[]byte("/wo" + "rk/"), []byte("/ro" + "ot/"), []byte("goproxy" + "="), []byte("proxy.gol" + "ang.org")}
	for _, extension := range []string{".go", ".md", ".yaml", ".service", ".json"} {
		for _, name := range files(t, extension) {
			text := bytes.ToLower([]byte(read(t, name)))
			for _, word := range foreign {
				if bytes.Contains(text, word) {
					t.Errorf("%s has %q in it", name, word)
				}
			}
		}
	}
}
