package mapping

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// maxHeaderBytes bounds the header line.
const maxHeaderBytes = 64 << 10

// firstLine returns the first line that is not empty, without consuming it.
func firstLine(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(maxHeaderBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	line, _, found := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	switch line = bytes.TrimRight(line, "\r"); {
	case bytes.IndexByte(line, '\r') >= 0 && !found:
		return nil, errors.New("lines end in CR alone; save the file with LF or CRLF")
	case !found && len(head) == maxHeaderBytes:
		return nil, fmt.Errorf("the first line is longer than %d bytes", maxHeaderBytes)
	}
	return line, nil
}

// delimiterLine stands before a delimiter on a line of its own before the header.
const delimiterLine = "sep="

func isDelimiterLine(line []byte) bool {
	return len(line) == len(delimiterLine)+1 && bytes.HasPrefix(bytes.ToLower(line), []byte(delimiterLine)) &&
		bytes.IndexByte([]byte(delimiters), line[len(delimiterLine)]) >= 0
}

// delimiters are those between cells.
const delimiters = ",;\t|"

// delimiter returns the one that stands most often in the header, outside of
// quotes; a comma if none does.
func delimiter(line []byte) rune {
	if isDelimiterLine(line) {
		return rune(line[len(delimiterLine)])
	}
	best, most := ',', 0
	for _, candidate := range delimiters {
		if n := countUnquoted(line, byte(candidate)); n > most {
			best, most = candidate, n
		}
	}
	return best
}

func countUnquoted(line []byte, c byte) int {
	n, quoted := 0, false
	for _, b := range line {
		switch {
		case b == '"':
			quoted = !quoted
		case b == c && !quoted:
			n++
		}
	}
	return n
}

// header says in which cell of a row each column stands; -1: nowhere.
type header struct {
	cells   [len(columns)]int
	ignored []string
	states  []stateColumn
}

// stateColumn is a column that says whether an account is active.
type stateColumn struct {
	cell int
	name string
}

// inactive are the values, in lower case, by which such columns say that it is
// not: those of OneRoster 1.1 (users.csv) and of Learn's own feed files.
var inactive = map[string][]string{
	"status":        {"tobedeleted", "inactive"},
	"enableduser":   {"false"},
	"row_status":    {"disabled", "deleted"},
	"available_ind": {"n"},
}

func saysInactive(column, text string) bool {
	return slices.Contains(inactive[canonical(column)], canonical(text))
}

func (h *header) inactive(cells []string) bool {
	for _, s := range h.states {
		if saysInactive(s.name, cells[s.cell]) {
			return true
		}
	}
	return false
}

// newHeader finds the columns among the names, each under its own name or under
// the one that renamed gives it.
func newHeader(names []string, renamed map[string]string) (header, error) {
	var h header
	wanted, err := wantedNames(renamed)
	if err != nil {
		return h, err
	}
	if isFeed(names) && !gives(renamed, columnUserID) {
		wanted[slices.Index(columns[:], columnUserID)] = leftOut
	}
	used := make([]bool, len(names))
	for i, want := range wanted {
		h.cells[i], err = find(names, want)
		if err != nil {
			return h, fmt.Errorf("column %s: %w", columns[i], err)
		}
		if h.cells[i] >= 0 {
			used[h.cells[i]] = true
		}
	}
	for i, name := range names {
		if !used[i] && strings.TrimSpace(name) != "" {
			h.ignored = append(h.ignored, strings.TrimSpace(name))
			if _, ok := inactive[canonical(name)]; ok {
				h.states = append(h.states, stateColumn{i, name})
			}
		}
	}
	return h, h.complete(renamed)
}

// wantedNames returns the header under which each column is looked for.
func wantedNames(renamed map[string]string) ([len(columns)]string, error) {
	wanted := columns
	for column, name := range renamed {
		i := slices.Index(columns[:], canonical(column))
		if i < 0 {
			return wanted, fmt.Errorf("there is no column %q; there are %s", column, strings.Join(columns[:], ", "))
		}
		wanted[i] = name
	}
	return wanted, nil
}

// gives says whether a column is given a header.
func gives(renamed map[string]string, column string) bool {
	for name := range renamed {
		if canonical(name) == column {
			return true
		}
	}
	return false
}

// leftOut stands in place of the header of a column that is not read.
const leftOut = "-"

// isFeed recognizes the feed files of Learn, by the one column that they all
// have. Their user_id is the name by which people log in.
func isFeed(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return canonical(name) == "external_person_key" })
}

// canonical is how headers are compared.
func canonical(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func find(names []string, want string) (int, error) {
	found := -1
	if want == leftOut {
		return found, nil
	}
	for i, name := range names {
		if canonical(name) != canonical(want) {
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("appears twice in the header")
		}
		found = i
	}
	return found, nil
}

func (h *header) complete(renamed map[string]string) error {
	for column, name := range renamed {
		if i := slices.Index(columns[:], canonical(column)); h.cells[i] < 0 && name != leftOut {
			return fmt.Errorf("column %s: the header has no %q", column, name)
		}
	}
	switch {
	case h.cells[0] < 0:
		return fmt.Errorf("it has no %s (or name the column that holds it)", columnPlatformID)
	case max(h.cells[1], h.cells[2], h.cells[3], h.cells[4]) < 0:
		return errors.New("it has no alias: one of user_uuid, user_id, external_id and email")
	}
	return nil
}

// recordOf reads the texts of a row's columns, of which some were found faulty
// before. The source is left as the row says.
func recordOf(texts *[len(columns)]string, faults []Fault) (Record, []Fault) {
	r := Record{UserID: texts[2], ExternalID: texts[3], Email: texts[4], Source: texts[5], Note: texts[6]}
	var found []Fault
	r.PlatformID, found = parseCell(columns[0], texts[0], ParsePlatformID)
	faults = append(faults, found...)
	r.UserUUID, found = parseCell(columns[1], texts[1], ParseUserUUID)
	faults = append(faults, found...)
	r, found = r.Normalize()
	return r, withoutEchoes(faults, found)
}

// texts picks the cells that have a meaning.
func (h *header) texts(cells []string) (texts [len(columns)]string, faults []Fault) {
	for i, at := range h.cells {
		if at < 0 {
			continue
		}
		texts[i] = strings.TrimSpace(cells[at])
		if !utf8.ValidString(texts[i]) {
			faults = append(faults, Fault{columns[i], "is not UTF-8"})
			texts[i] = ""
		}
	}
	return texts, faults
}

func parseCell(column, text string, parse func(string) (uuid.UUID, error)) (uuid.UUID, []Fault) {
	if text == "" {
		return uuid.Nil, nil
	}
	id, err := parse(text)
	if err != nil {
		return uuid.Nil, []Fault{{column, err.Error()}}
	}
	return id, nil
}

// withoutEchoes adds to the faults of cells those of the record that do not
// only follow from them: a cell that could not be read is not also missing.
func withoutEchoes(cells, record []Fault) []Fault {
	if len(cells) == 0 {
		return record
	}
	for _, f := range record {
		same := func(c Fault) bool { return f.Column == "" || c.Column == f.Column }
		if !slices.ContainsFunc(cells, same) {
			cells = append(cells, f)
		}
	}
	return cells
}
