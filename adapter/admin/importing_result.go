package admin

import (
	"slices"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// MaxImportList is how many problems, re-pointings and removals an answer about a file lists; the counts are of all.
// What is wrong with each of the other lines is streamed to whoever asks for it.
const MaxImportList = 1000

// ImportResult is what an import did or, in a dry run, would do.
type ImportResult struct {
	// Applied says that the map has changed; it is false for a dry run.
	Applied bool           `json:"applied"`
	Counts  mapping.Counts `json:"counts"`
	// Inactive is how many rows the file marks as inactive or deleted; they are treated like the others. Skipped is how
	// many were passed over because they have no platform id; they count nowhere else.
	Inactive int `json:"inactive"`
	Skipped  int `json:"skipped"`
	// Releases says who waits for rows of the file, by the rows' class; only a dry run has them. Those of new and changed
	// rows, and of re-pointings if they are allowed, are released by importing it.
	Releases map[string]Release `json:"releases,omitempty"`
	// Sources for which the file has usable rows.
	Sources []string `json:"sources"`
	// Ignored are the headers without a meaning.
	Ignored []string `json:"ignored"`
	// Problems are the first lines that cannot be imported, or were left out, MaxImportList at most.
	Problems []Problem `json:"problems"`
	// Repoints are the first rows that give a record another platform id, allowed or not, MaxImportList at most.
	Repoints []mapping.Repoint `json:"repoints"`
	// Removals are the first records that go because the file does not name them, MaxImportList at most.
	Removals []mapping.Record `json:"removals"`
	// LeftOut is how many lines are not imported: invalid or conflicting ones, and re-pointings without leave.
	LeftOut int `json:"left_out"`
	// Rejected says how many lines are not imported, and names every one of them by its number; "": there are none.
	Rejected string `json:"rejected,omitempty"`
	// Refused says that the file would not be applied as the request stands.
	Refused bool `json:"refused"`
	// Plan names what the import does; a request can insist on it. SHA256 is that of the file, Revisions are where the
	// maps of the sources stood when it was read.
	Plan      string            `json:"plan,omitempty"`
	SHA256    string            `json:"sha256,omitempty"`
	Revisions map[string]uint64 `json:"revisions,omitempty"`
	// Changes are the numbers of the changes that were made, by source; a map that did not change has none.
	Changes map[string]uint64 `json:"changes,omitempty"`
}

// Release is who waits for something, and how many of their events do; an event counts once for each destination.
type Release struct {
	People int `json:"people"`
	Events int `json:"events"`
}

// NewImportResult describes a plan. ignored are the headers without a meaning.
func NewImportResult(plan *mapping.Plan, ignored []string) ImportResult {
	bad := mapping.PlanError{Invalid: plan.Invalid, Conflicts: plan.Conflicts}
	result := ImportResult{
		Counts: plan.Counts(), Inactive: plan.Inactive, Skipped: plan.Skipped, Sources: plan.Sources(), Ignored: ignored,
		Problems: planProblems(&bad), Repoints: slices.Clone(upTo(MaxImportList, plan.Repoints)), Refused: plan.Err() != nil,
	}
	for r := range plan.Removals() {
		if result.Removals = append(result.Removals, r); len(result.Removals) == MaxImportList {
			break
		}
	}
	if rejected := plan.Rejected(); rejected != nil {
		result.Rejected = rejected.Error()
	}
	return result
}

// upTo returns the first of a list.
func upTo[T any](most int, list []T) []T { return list[:min(most, len(list))] }

// first returns a part of what is wrong with a file that holds the first problems by line. Each list is in the order of
// the lines already.
func first(most int, e *mapping.PlanError) *mapping.PlanError {
	return &mapping.PlanError{Invalid: upTo(most, e.Invalid), Conflicts: upTo(most, e.Conflicts), Repoints: upTo(most, e.Repoints)}
}

// Tell hands each line that a plan rejects to those who asked for them.
func (r *ImportRequest) Tell(rejected *mapping.PlanError) {
	if r.Rejected == nil || rejected == nil {
		return
	}
	reasons := rejected.Reasons()
	for _, line := range rejected.Lines() {
		r.Rejected(RejectedLine{Line: line, Reason: reasons[line]})
	}
}
