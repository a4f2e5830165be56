package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a configuration. It never contains a value from the file.
type Problem struct {
	// Path is the key, such as destinations[0].auth.token_url; empty for the document as a whole.
	Path string
	// Line is where the key or, for a missing one, its parent stands; 0 if unknown.
	Line int
	// Reason says what is wrong and what to do about it.
	Reason string
}

// Problems are all problems of one configuration, in the order of their lines.
type Problems struct {
	// File is the path of the file; empty if it was not read from one.
	File string
	List []Problem
}

// Error returns one line for each problem: file:line: path: reason.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, one := range p.List {
		lines[i] = p.place(one.Line) + one.String()
	}
	return strings.Join(lines, "\n")
}

func (p *Problems) place(line int) string {
	switch {
	case p.File != "" && line > 0:
		return fmt.Sprintf("%s:%d: ", p.File, line)
	case p.File != "":
		return p.File + ": "
	case line > 0:
		return fmt.Sprintf("line %d: ", line)
	}
	return ""
}

// String returns the path and the reason.
func (p Problem) String() string {
	if p.Path == "" {
		return p.Reason
	}
	return p.Path + ": " + p.Reason
}

// report orders problems and says where each of them stands. Only the first one at a path is kept, for what is said
// of a key that could not be read in the first place does not help anybody.
func (d *document) report(file string) *Problems {
	seen := map[string]bool{}
	list := make([]Problem, 0, len(d.found))
	for _, p := range d.found {
		if p.Path != "" && (seen[p.Path] || insideOf(p.Path, seen)) {
			continue
		}
		seen[p.Path] = true
		if p.Line == 0 {
			p.Line = d.line(p.Path)
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return &Problems{File: file, List: list}
}

// insideOf says whether something that contains path is among paths.
func insideOf(path string, paths map[string]bool) bool {
	for parent := parentPath(path); parent != ""; parent = parentPath(parent) {
		if paths[parent] {
			return true
		}
	}
	return false
}

// parentPath returns what contains a path: destinations[0].auth for destinations[0].auth.type.
func parentPath(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}
