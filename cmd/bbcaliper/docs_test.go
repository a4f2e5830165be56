package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestReasonsAreExplained holds the tables of docs/operations.md against the reasons that the code can give.
func TestReasonsAreExplained(t *testing.T) {
	explained := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(read(t, "docs/operations.md"), -1) {
		explained[m[1]] = true
	}
	given := map[string]bool{}
	for _, dir := range []string{"blackboard", "adapter/pipeline", "adapter/translate", "adapter/receive"} {
		reasons := reasonsOf(t, dir)
		if len(reasons) == 0 {
			t.Errorf("%s has no constants of reasons any more: mend this test", dir)
		}
		for _, reason := range reasons {
			given[reason] = true
			if !explained[reason] {
				t.Errorf("docs/operations.md does not explain %q, which %s gives", reason, dir)
			}
		}
	}
	for reason := range explained {
		if !given[reason] {
			t.Errorf("docs/operations.md explains %q, which nothing gives", reason)
		}
	}
}

// reasonsOf lists the values of a package's constants that are named Reason… or Skip….
func reasonsOf(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root(t), dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.CONST {
				reasons = append(reasons, reasonValues(g)...)
			}
		}
	}
	return reasons
}

func reasonValues(g *ast.GenDecl) []string {
	var values []string
	for _, spec := range g.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			isReason := strings.HasPrefix(name.Name, "Reason") || strings.HasPrefix(name.Name, "Skip")
			if !isReason || i >= len(v.Values) {
				continue
			}
			if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					values = append(values, text)
				}
			}
		}
	}
	return values
}

// TestMetricsExist looks for every metric that an alert or a document names in the README's table, which is compared
// with the running program.
func TestMetricsExist(t *testing.T) {
	table := read(t, "README.md")
	name := regexp.MustCompile(`bbcaliper_[a-z_]+`)
	for _, file := range append(files(t, ".md"), "deploy/alerts.yaml") {
		for _, metric := range name.FindAllString(read(t, file), -1) {
			metric = strings.TrimSuffix(metric, "_bucket")
			if !strings.Contains(table, "| `"+metric+"` |") {
				t.Errorf("%s names the metric %s, which the README does not have", file, metric)
			}
		}
	}
}

// TestDocumentsNameNoMissingFile looks for every path that stands in a document as code.
func TestDocumentsNameNoMissingFile(t *testing.T) {
	path := regexp.MustCompile("`((?:cmd|adapter|blackboard|mapping|timeback|testdata|docs|deploy)/[A-Za-z0-9_./-]*)`")
	for _, file := range files(t, ".md") {
		for _, m := range path.FindAllStringSubmatch(read(t, file), -1) {
			found, err := filepath.Glob(filepath.Join(root(t), m[1]))
			if err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which does not exist", file, m[1])
			}
		}
	}
}
