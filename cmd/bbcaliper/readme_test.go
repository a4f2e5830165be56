package main_test

import (
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestREADME holds the README against the program.
func TestREADME(t *testing.T) {
	readme, program := read(t, "README.md"), build(t)
	t.Run("paths", func(t *testing.T) { testPaths(t, readme, program) })
	t.Run("commands", func(t *testing.T) { testCommands(t, readme, program) })
}

// build builds the program.
func build(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "bbcaliper")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/bbcaliper")
	cmd.Dir = root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return path
}

// testPaths runs the README's three paths in one terminal, one after the other, as a reader would.
func testPaths(t *testing.T, readme, program string) {
	for _, tool := range []string{"bash", "curl", "sed", "tee"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the README's commands need %s", tool)
		}
	}
	term := newTerminal(t, program, addresses(t))

	admin := blocks(t, readme, "admin", 4)
	term.run(admin[0], `API Key +[0-9A-Za-z]{20,}`, `sha256:[0-9a-f]{64}`)
	term.run(admin[1])
	term.run(admin[2], `HTTP/1\.1 200 OK`, `Content-Length: 0`)
	term.run(admin[3], `✓ working`, `myschool +\S+ +\d+s ago +1 +1 `)
	term.await(`bbcaliper_events_waiting{destination="trial",where="held"} 1`)
	term.run(admin[3], sample(t, readme)...)

	integrator := blocks(t, readme, "integrator", 3)
	term.run(integrator[0], `ffc08009f0884c059192bac549e117b2`)
	term.run(integrator[1],
		`"id":"urn:uuid:f8c984e2-de73-4c0b-8183-779ab4149422","type":"SessionEvent"`,
		`"actor":{"id":"urn:uuid:7a0f9d52-44f7-4f0e-9d55-0c8f6d1f2b10","type":"Person"}`)
	term.run(integrator[2], `would import: 2 new`, `\bimported: 2 new`, `(?m)^c2b7e1a4-9d3e-4c52-8f6a-5e0b9a7d3f21,.*jstudent`)

	operator := blocks(t, readme, "operator", 1)
	term.run(operator[0], `OK\tenvelope\.json#0`, `OK\tenvelope\.json#1`)

	term.refuse()
	compareMetrics(t, readme, term.scrape())
	term.end()
}

// testCommands holds the README's table of commands against what the program says of itself, both ways.
func testCommands(t *testing.T, readme, program string) {
	row := regexp.MustCompile("`bbcaliper ((?:[a-z]+ ?)+)([^`]*)`")
	written := map[string]bool{}
	for line := range strings.SplitSeq(readme, "\n") {
		if !strings.HasPrefix(line, "| `bbcaliper ") {
			continue
		}
		for _, m := range row.FindAllStringSubmatch(line, -1) {
			command := strings.TrimSpace(m[1])
			written[command] = true
			help := helpOf(t, program, command)
			for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(m[2], -1) {
				if !strings.Contains(help, flag+" ") {
					t.Errorf("the README gives `bbcaliper %s` the flag %s, which it does not have", command, flag)
				}
			}
		}
	}
	for _, command := range commandsOf(t, program, "") {
		if !written[command] {
			t.Errorf("`bbcaliper %s` is not in the README", command)
		}
	}
}

// commandsOf lists the commands below one that do something themselves.
func commandsOf(t *testing.T, program, command string) []string {
	t.Helper()
	_, list, isGroup := strings.Cut(helpOf(t, program, command), "Commands:\n")
	if !isGroup {
		return []string{command}
	}
	list, _, _ = strings.Cut(list, "\n\n")
	var all []string
	for line := range strings.Lines(list) {
		below := strings.TrimSpace(command + " " + strings.Fields(line)[0])
		all = append(all, commandsOf(t, program, below)...)
	}
	return all
}

func helpOf(t *testing.T, program, command string) string {
	t.Helper()
	out, err := exec.Command(program, append(strings.Fields(command), "--help")...).Output()
	if err != nil {
		t.Errorf("`bbcaliper %s --help`: %v", command, err)
	}
	return string(out)
}

// blocks returns the README's shell blocks that are marked as belonging to a path.
func blocks(t *testing.T, readme, path string, wanted int) []string {
	t.Helper()
	mark := regexp.MustCompile("(?s)<!-- run: " + path + " -->\n```sh\n(.*?)```\n")
	var found []string
	for _, m := range mark.FindAllStringSubmatch(readme, -1) {
		found = append(found, m[1])
	}
	if len(found) != wanted {
		t.Fatalf("the README has %d blocks that are marked %s, want %d", len(found), path, wanted)
	}
	return found
}

// sample makes patterns of the lines of the README's sample of output; numbers and the width of columns may differ.
func sample(t *testing.T, readme string) []string {
	t.Helper()
	m := regexp.MustCompile("(?s)```text\n(.*?)```\n").FindStringSubmatch(readme)
	if m == nil {
		t.Fatal("the README has no sample of output")
	}
	var patterns []string
	for line := range strings.Lines(m[1]) {
		line = regexp.QuoteMeta(strings.TrimSpace(line))
		line = regexp.MustCompile(`\b\d+(s?)\b`).ReplaceAllString(line, `\d+$1`)
		line = regexp.MustCompile(`  +`).ReplaceAllString(line, `  +`)
		patterns = append(patterns, `(?m)^`+line+`$`)
	}
	return patterns
}

// compareMetrics holds the README's table of metrics against what is exposed.
func compareMetrics(t *testing.T, readme, exposed string) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^\| .(bbcaliper_[a-z_]+). \| ([a-z, ]*) \|`)
	written := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(readme, -1) {
		written[m[1]] = m[2]
	}
	sample := regexp.MustCompile(`(?m)^(bbcaliper_[a-z_]+?)(?:_bucket|_sum|_count)?\{([^}]*)\}`)
	found := map[string]string{}
	for _, m := range sample.FindAllStringSubmatch(exposed, -1) {
		found[m[1]] = labelNames(m[2])
	}
	for name, labels := range written {
		if found[name] == "" {
			t.Errorf("the README has the metric %s, which is not exposed", name)
		} else if !sameNames(labels, found[name]) {
			t.Errorf("the README gives %s the labels %s, it has %s", name, labels, found[name])
		}
	}
	for name := range found {
		if written[name] == "" {
			t.Errorf("the metric %s is not in the README", name)
		}
	}
}

// labelNames lists the names of labels, but for le, which is the form of histograms.
func labelNames(labels string) string {
	var names []string
	for _, m := range regexp.MustCompile(`([a-z]+)="`).FindAllStringSubmatch(labels, -1) {
		if m[1] != "le" {
			names = append(names, m[1])
		}
	}
	return strings.Join(names, ", ")
}

func sameNames(a, b string) bool { return maps.Equal(setOf(a), setOf(b)) }

func setOf(names string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.SplitSeq(names, ", ") {
		set[name] = true
	}
	return set
}
