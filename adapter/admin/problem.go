package admin

import (
	"slices"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Failure is the body of every answer that is not 2xx.
type Failure struct {
	// Error says in a line what is wrong, and what to do about it.
	Error string `json:"error"`
	// Problems are its parts, where there are several.
	Problems []Problem `json:"problems,omitempty"`
}

// Problem is one of several things that are wrong.
type Problem struct {
	Kind string `json:"kind"`
	// Lines of the file that it concerns, ascending, the header being line 1.
	Lines []int `json:"lines,omitempty"`
	// Records are the numbers of those that it concerns, the one that would be changed first. A new one has none yet.
	Records []uint32 `json:"records,omitempty"`
	// Text says what is wrong, lines and records included.
	Text string `json:"text"`
}

// The kinds of problems.
const (
	KindInvalid   = "invalid"   // a line, or a value of a record
	KindConflict  = "conflict"  // two claim one alias
	KindRepoint   = "repoint"   // a record would get another platform id
	KindCandidate = "candidate" // a record that is meant, maybe
)

// ProblemsOf lists the parts of what the map says is wrong with records or a file; nil for any other error.
func ProblemsOf(err error) []Problem {
	_, problems := classify(err)
	return problems
}

func faultProblems(faults []mapping.Fault) []Problem {
	problems := make([]Problem, len(faults))
	for i, f := range faults {
		problems[i] = Problem{Kind: KindInvalid, Text: f.String()}
	}
	return problems
}

func conflictProblems(conflicts []mapping.Conflict) []Problem {
	problems := make([]Problem, len(conflicts))
	for i, c := range conflicts {
		problems[i] = Problem{Kind: KindConflict, Lines: lines(c.One.Line, c.Other.Line), Records: records(c.One.Number, c.Other.Number), Text: c.String()}
	}
	return problems
}

func repointProblem(r *mapping.Repoint) Problem {
	return Problem{Kind: KindRepoint, Lines: lines(r.Line), Records: records(r.Number), Text: r.String()}
}

// planProblems lists what is wrong with the first lines of a file, in their order.
func planProblems(e *mapping.PlanError) []Problem {
	e = first(MaxImportList, e)
	problems := make([]Problem, 0, len(e.Invalid)+len(e.Conflicts)+len(e.Repoints))
	for _, i := range e.Invalid {
		problems = append(problems, Problem{Kind: KindInvalid, Lines: lines(i.Line), Text: i.String()})
	}
	problems = append(problems, conflictProblems(e.Conflicts)...)
	for i := range e.Repoints {
		problems = append(problems, repointProblem(&e.Repoints[i]))
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return last(a.Lines) - last(b.Lines) })
	return upTo(MaxImportList, problems)
}

// lines sorts line numbers; 0 is none.
func lines(numbers ...int) []int {
	slices.Sort(numbers)
	return slices.DeleteFunc(slices.Compact(numbers), func(n int) bool { return n == 0 })
}

// records lists the numbers of records; 0 is none.
func records(numbers ...uint32) []uint32 {
	return slices.DeleteFunc(numbers, func(n uint32) bool { return n == 0 })
}

// last is the line on which a problem shows; 0 without lines.
func last(lines []int) int {
	if len(lines) == 0 {
		return 0
	}
	return lines[len(lines)-1]
}
