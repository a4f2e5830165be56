package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// PlanError refuses a file, of which nothing was imported.
type PlanError struct {
	Invalid   []Invalid
	Conflicts []Conflict
	Repoints  []Repoint
}

func (e *PlanError) orNil() error {
	if len(e.Invalid)+len(e.Conflicts)+len(e.Repoints) == 0 {
		return nil
	}
	return e
}

// Lines returns the numbers of all offending lines, ascending.
func (e *PlanError) Lines() []int {
	var lines []int
	for _, i := range e.Invalid {
		lines = append(lines, i.Line)
	}
	for _, c := range e.Conflicts {
		lines = append(lines, c.One.Line, c.Other.Line)
	}
	for _, r := range e.Repoints {
		lines = append(lines, r.Line)
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if len(lines) > 0 && lines[0] == 0 {
		lines = lines[1:] // the side of a conflict that is a record
	}
	return lines
}

// Reasons says for each offending line what is wrong with it, as [WriteRejected]
// takes it.
func (e *PlanError) Reasons() map[int]string {
	reasons := make(map[int]string)
	add := func(line int, reason string) {
		switch said := reasons[line]; {
		case line == 0: // the side of a conflict that is a record
		case said == "":
			reasons[line] = reason
		case !strings.Contains(said, reason):
			reasons[line] = said + "; " + reason
		}
	}
	for _, i := range e.Invalid {
		add(i.Line, i.reason())
	}
	for _, c := range e.Conflicts {
		add(c.One.Line, c.String())
		add(c.Other.Line, c.String())
	}
	for _, r := range e.Repoints {
		add(r.Line, r.reason())
	}
	return reasons
}

// Error names every offending line, neighbours as a range.
func (e *PlanError) Error() string {
	lines := e.Lines()
	noun := "lines"
	if len(lines) == 1 {
		noun = "line"
	}
	return fmt.Sprintf("%d %s cannot be imported (invalid: %d, conflicts: %d, re-pointings not allowed: %d): %s",
		len(lines), noun, len(e.Invalid), len(e.Conflicts), len(e.Repoints), ranges(lines))
}

// ranges writes 1, 2, 3, 7 as `1-3, 7`.
func ranges(lines []int) string {
	var b strings.Builder
	for i := 0; i < len(lines); {
		end := i
		for end+1 < len(lines) && lines[end+1] == lines[end]+1 {
			end++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d", lines[i])
		if end > i {
			fmt.Fprintf(&b, "-%d", lines[end])
		}
		i = end + 1
	}
	return b.String()
}
