package admin

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// unmappedColumns are those of a work list. An import reads the first seven; the others are for whoever fills them in.
func unmappedColumns() []string {
	return []string{
		"platform_id", "user_uuid", "user_id", "external_id", "email", "source", "note",
		"waiting_events", "since", "types", "suggested_platform_id", "evidence",
	}
}

// WriteUnmapped writes people as a CSV file in which platform ids are to be filled in, and which an import then reads.
//
// Like mapping.WriteCSV it writes aliases exactly as they are, for an apostrophe before them would come back as a part of
// them. What an import does not read is made harmless for spreadsheets.
func WriteUnmapped(w io.Writer, people iter.Seq[UnmappedPerson]) error {
	out := csv.NewWriter(w)
	if err := out.Write(unmappedColumns()); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	for p := range people {
		if err := out.Write(unmappedCells(&p)); err != nil {
			return fmt.Errorf("write person: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write people: %w", err)
	}
	return nil
}

func unmappedCells(p *UnmappedPerson) []string {
	suggested := ""
	if s := p.Acceptable(); s != nil {
		suggested = s.PlatformID.String()
	}
	return []string{
		"", mapping.FormatUserUUID(p.UserUUID), p.cell(mapping.UserID), p.cell(mapping.ExternalID), p.cell(mapping.Email), p.Source, "",
		strconv.Itoa(p.Events), timestamp(p.Since), harmless(CountsText(p.Types)), suggested, harmless(p.evidenceText()),
	}
}

// cell returns one of the person's aliases for an import. One that is in doubt is left to the last column, if the user
// uuid names the person without it: the import would be refused for it.
func (p *UnmappedPerson) cell(a mapping.Alias) string {
	doubted := slices.ContainsFunc(p.Doubts, func(d Doubt) bool { return d.Alias == a })
	if doubted && p.UserUUID != uuid.Nil {
		return ""
	}
	return p.alias(a)
}

// evidenceText is everything that is known of who the person may be, in a line.
func (p *UnmappedPerson) evidenceText() string {
	var parts []string
	for i := range p.Suggestions {
		parts = append(parts, p.Suggestions[i].evidenceText())
	}
	for i := range p.Doubts {
		parts = append(parts, p.DoubtText(&p.Doubts[i]))
	}
	return strings.Join(parts, "; ")
}

// evidenceText names the platform id only where that is not the column beside it.
func (s *Suggestion) evidenceText() string {
	if s.Unambiguous {
		return s.EvidenceText()
	}
	return "ambiguous: " + s.PlatformID.String() + " has the " + s.EvidenceText()
}

// CountsText writes counts by name, the greatest first: `SessionEvent 10, ViewEvent 2`.
func CountsText(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = name + " " + strconv.Itoa(counts[name])
	}
	return strings.Join(names, ", ")
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
