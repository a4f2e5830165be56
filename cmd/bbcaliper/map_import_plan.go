package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// How much of what a file does is shown for people; --json has more of it, and the file of --rejected every bad line.
const (
	shownProblems = 100
	shownRecords  = 20
)

// changesOf is how many records an import changes.
func changesOf(r *admin.ImportResult, allowRepoint bool) int {
	n := r.Counts.New + r.Counts.Changed + r.Counts.Removed
	if allowRepoint {
		n += r.Counts.Repointed
	}
	return n
}

// importSummary is what an import did, or would do, in a line without its end.
func importSummary(r *admin.ImportResult, allowRepoint bool) string {
	n := &r.Counts
	verb, repointed := "would import", "re-pointed"
	if r.Applied {
		verb = "imported"
	}
	if n.Repointed > 0 && !allowRepoint {
		repointed = "not re-pointed"
	}
	text := fmt.Sprintf("%s: %d new, %d changed, %d the same, %d %s, %d in conflict, %d invalid",
		verb, n.New, n.Changed, n.Same, n.Repointed, repointed, n.Conflicting, n.Invalid)
	if n.Removed > 0 {
		text += fmt.Sprintf(", %d removed", n.Removed)
	}
	if r.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", r.Skipped)
	}
	return text + changeNumbers(r.Changes)
}

// changeNumbers say what to give `map undo`.
func changeNumbers(changes map[string]uint64) string {
	var parts []string
	for _, source := range slices.Sorted(maps.Keys(changes)) {
		part := number(changes[source])
		if len(changes) > 1 {
			part += " of " + clean(source)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return "; that is change " + strings.Join(parts, ", and ")
}

// importPlan is what a file would do: a line, a table of its parts with who waits for them, and what is worth a look
// before anybody agrees.
func importPlan(r *admin.ImportResult, allowRepoint bool) string {
	var b strings.Builder
	b.WriteString(importSummary(r, allowRepoint) + "\n\n" + classTable(r))
	b.WriteString(releaseText(r, allowRepoint))
	if allowRepoint && len(r.Repoints) > 0 {
		b.WriteString("\naccounts whose events leave as another person's from then on:\n" + repointLines(r))
	}
	b.WriteString(removalTable(r))
	return b.String()
}

// classTable has a line for each class that the file has.
func classTable(r *admin.ImportResult) string {
	n := &r.Counts
	t := newTable("  LINES THAT", "LINES", "PEOPLE WAITING", "THEIR EVENTS")
	for _, part := range []struct {
		what  string
		class mapping.Class
		count int
	}{
		{"make a record", mapping.ClassNew, n.New},
		{"change a record", mapping.ClassChanged, n.Changed},
		{"leave a record as it is", mapping.ClassSame, n.Same},
		{"re-point a record", mapping.ClassRepointed, n.Repointed},
		{"are in conflict", mapping.ClassConflicting, n.Conflicting},
	} {
		if part.count > 0 {
			waiting := r.Releases[part.class.String()]
			t.row("  "+part.what, fmt.Sprint(part.count), fmt.Sprint(waiting.People), fmt.Sprint(waiting.Events))
		}
	}
	if n.Invalid > 0 {
		t.row("  are invalid", fmt.Sprint(n.Invalid), "", "")
	}
	if r.Skipped > 0 {
		t.row("  have no platform id", fmt.Sprint(r.Skipped), "", "")
	}
	return t.String()
}

// releaseText says what a file's import releases.
func releaseText(r *admin.ImportResult, allowRepoint bool) string {
	if r.Refused {
		return ""
	}
	var sum admin.Release
	for class, waiting := range r.Releases {
		if class == mapping.ClassNew.String() || class == mapping.ClassChanged.String() ||
			class == mapping.ClassRepointed.String() && allowRepoint {
			sum.People += waiting.People
			sum.Events += waiting.Events
		}
	}
	if sum.Events == 0 {
		return "\nno held events are released\n"
	}
	return fmt.Sprintf("\nthat releases %s of %s\n", counted(sum.Events, "held event", "held events"), counted(sum.People, "person", "people"))
}

func repointLines(r *admin.ImportResult) string {
	var b strings.Builder
	for _, repoint := range r.Repoints[:min(shownRecords, len(r.Repoints))] {
		fmt.Fprintf(&b, "  %s\n", repoint)
	}
	return b.String() + andMore(r.Counts.Repointed-shownRecords)
}

// removalTable lists the records that the file does not name.
func removalTable(r *admin.ImportResult) string {
	if r.Counts.Removed == 0 {
		return ""
	}
	t := newTable("  RECORD", "SOURCE", "PLATFORM ID", "USER UUID", "USER ID", "EXTERNAL ID")
	for i := range r.Removals[:min(shownRecords, len(r.Removals))] {
		gone := &r.Removals[i]
		t.row(fmt.Sprintf("  %d", gone.Number), gone.Source, gone.PlatformID.String(), mapping.FormatUserUUID(gone.UserUUID), gone.UserID, gone.ExternalID)
	}
	return fmt.Sprintf("\nthe file does not name %s removed:\n", counted(r.Counts.Removed, "record, which is", "records, which are")) +
		t.String() + andMore(r.Counts.Removed-shownRecords)
}

func andMore(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("  and %d more\n", n)
}

// comment says what was overlooked, and names lines that are not imported.
func (i *importing) comment(r *admin.ImportResult) {
	if len(r.Ignored) > 0 {
		i.say("columns without a meaning: %s", clean(strings.Join(r.Ignored, ", ")))
	}
	if r.Inactive > 0 {
		i.say("%s marked as inactive or deleted: imported like any other, for their events may still come",
			counted(r.Inactive, "line is", "lines are"))
	}
	i.sayProblems(fewer(r.Problems))
	if len(r.Repoints) > 0 && !i.flags.request.AllowRepoint {
		i.say("accounts that would be given to another person, which needs --allow-repoint:\n%s",
			strings.TrimSuffix(repointLines(r), "\n"))
	}
	if r.Rejected != "" && !r.Refused {
		i.say("left out: %s", r.Rejected)
	}
}

// fewer is as much of what is wrong as somebody reads on a screen.
func fewer(problems []admin.Problem) []admin.Problem {
	if len(problems) <= shownProblems {
		return problems
	}
	more := admin.Problem{Text: "and more: --rejected FILE writes all of these lines, with the reasons"}
	return append(slices.Clone(problems[:shownProblems]), more)
}

// briefly is an error with no more than that of what is wrong with a file.
func briefly(err error) error {
	var refused *client.Error
	if errors.As(err, &refused) {
		refused.Problems = fewer(refused.Problems)
	}
	return err
}
