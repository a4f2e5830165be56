package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedMapCommands holds what docs/map.md tells an integrator to type, to change records by hand, against the
// commands: flags and arguments have to be understood.
func TestDocumentedMapCommands(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "map.md"))
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("`(?:bbcaliper )?(map (?:set|merge|remove) [^`]+)`").FindAllStringSubmatch(string(text), -1)
	if len(commands) < 8 {
		t.Errorf("only %d commands are documented: %q", len(commands), commands)
	}
	for _, m := range commands {
		args := strings.Fields(strings.ReplaceAll(m[1], "'", ""))
		cmd, rest, err := newRoot(&console{}).Find(args)
		if err != nil || cmd.HasSubCommands() {
			t.Errorf("%s: no such command, %v", m[1], err)
			continue
		}
		if err := cmd.ParseFlags(rest); err != nil {
			t.Errorf("%s: %v", m[1], err)
			continue
		}
		if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
	}
}
