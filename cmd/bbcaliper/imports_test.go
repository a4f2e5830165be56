package main_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/bbcaliper/bbcaliper/"

// wall says which packages only some packages may import. Paths without a dot in their first element are of the
// standard library; those that begin with ./ are of this module. A path stands for everything below it.
type wall struct {
	of      string   // the packages that it surrounds; "" for all
	not     []string // what they must not import
	but     []string // what they may import all the same
	outside []string // who may, of the packages that it surrounds
}

// The walls of the house, as ARCHITECTURE.md draws them and .golangci.yml has them.
var walls = []wall{
	{of: "./blackboard", not: []string{"./", "net", "os", "log", "github.com/sirupsen/logrus"}},
	{of: "./mapping", not: []string{"./", "net", "os", "log", "github.com/sirupsen/logrus"}, outside: []string{"./mapping/resolver"}},
	{of: "./mapping/resolver", not: []string{"./", "os", "log", "github.com/sirupsen/logrus"}, but: []string{"./mapping"}},
	{of: "./timeback", not: []string{"./"}, but: []string{"./timeback"}},
	{of: "./timeback/caliper", not: []string{"./", "net", "os", "log", "github.com/sirupsen/logrus"}},
	{not: []string{"./cmd"}},
	{not: []string{"./adapter"}, outside: []string{"./adapter", "./cmd"}},
	{not: []string{"github.com/mitchellh/mapstructure"}, outside: []string{"./blackboard", "./adapter/config"}},
	{not: []string{"github.com/nats-io"}, outside: []string{"./adapter/journal"}},
	{not: []string{"github.com/gorilla/mux"}, outside: []string{"./adapter/receive", "./adapter/admin", "./timeback/collector"}},
	{not: []string{"./adapter/internal"}, outside: []string{"./adapter/internal"}},
	{not: []string{"github.com/getkin/kin-openapi"}, outside: []string{"./adapter/internal/contract"}},
	{not: []string{"github.com/hashicorp/go-retryablehttp"}, outside: []string{"./timeback"}},
	{not: []string{"github.com/spf13/cobra"}, outside: []string{"./cmd"}},
}

// TestWalls checks what packages import; their tests may look over a wall.
func TestWalls(t *testing.T) {
	seen := map[string]bool{}
	for name, imports := range packages(t) {
		for _, w := range walls {
			if w.of != "" && !within(name, w.of) || anyWithin(name, w.outside) {
				continue
			}
			seen[w.of] = true
			for _, path := range imports {
				if anyWithin(path, w.not) && !anyWithin(path, w.but) {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
	for _, w := range walls {
		if !seen[w.of] {
			t.Errorf("there is no package %s any more: mend the table", w.of)
		}
	}
}

// packages lists the imports of every package of the module.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	all := map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(bytes.ReplaceAll(out, []byte(module), []byte("./"))))
	for lines.Scan() {
		names := strings.Fields(lines.Text())
		all[names[0]] = names[1:]
	}
	if len(all) < 10 {
		t.Fatalf("%s lists %d packages", cmd, len(all))
	}
	return all
}

func anyWithin(path string, parents []string) bool {
	for _, parent := range parents {
		if within(path, parent) {
			return true
		}
	}
	return false
}

// within says whether a package is another one or below it; ./ is the module.
func within(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, strings.TrimSuffix(parent, "/")+"/")
}
