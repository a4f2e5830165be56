package mapping

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
)

// The columns of a file, besides the names of the other aliases.
const (
	columnPlatformID = "platform_id"
	columnUserID     = "user_id"
	columnSource     = "source"
	columnNote       = "note"
)

// columns are all that have a meaning, in the order in which they are exported.
var columns = [...]string{
	columnPlatformID, "user_uuid", "user_id", "external_id", "email", columnSource, columnNote,
}

// FileOptions say how to read a file.
type FileOptions struct {
	// Columns gives columns another header or key than their own name, as in
	// platform_id: sourcedId. Case does not matter. A column whose header is `-`
	// is left out, as in email: -, where people share addresses.
	Columns map[string]string
}

// Row is one record of a file.
type Row struct {
	// Line is the line of the file on which the row begins; the first line of
	// the file is 1. A row may span several lines.
	Line int
	// Record is what the row states. Its Source is "" if the row names none;
	// an empty cell states nothing.
	Record Record
	// Faults say why the row cannot be used; none: it can.
	Faults []Fault
	// Inactive says that the file marks the account as inactive or deleted, as in
	// the columns status and enabledUser of OneRoster.
	Inactive bool
}

// File is a file of records, read row by row.
type File interface {
	// Rows yields the file's rows, those with faults too. An error is that of
	// reading the file, and the last thing yielded. Rows can be read once.
	Rows() iter.Seq2[Row, error]
	// Ignored returns the columns that have no meaning, as the file spells them.
	// Of JSON lines they are known when the rows have been read.
	Ignored() []string

	// columns are the names of the columns as the file spells them, and cells the
	// texts of the row that was read last.
	columns() []string
	cells() []string
}

// ReadFile reads a file of records: JSON lines if its first character that is
// not white space is an opening brace, else CSV. The file is UTF-8, or UTF-16 if
// it begins with a byte order mark that says so.
//
// The first line of a CSV file that is not empty is the header. It has a
// platform_id and at least one alias, and decides between comma, semicolon, tab
// and the bar of Learn's feed files, unless a line before it does, as in `sep=;`,
// which Excel writes. Cells are quoted as RFC 4180 says, and may hold line ends.
//
// The keys of JSON lines are the columns of a CSV file, case apart. Values are
// strings or numbers, which are taken as they are written; null and a key that
// is not there state nothing. Empty lines do not count.
func ReadFile(r io.Reader, options FileOptions) (File, error) { return readFile(r, options, false) }

// readFile can keep the text of each row, see readCSV.
func readFile(r io.Reader, options FileOptions, keep bool) (File, error) {
	text, err := plainText(r)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if isJSONLines(text) {
		return readJSONLines(text, options)
	}
	return readCSV(text, options, keep)
}

// isJSONLines looks at the beginning of a text without consuming it.
func isJSONLines(text *bufio.Reader) bool {
	head, _ := text.Peek(maxHeaderBytes) // whoever reads meets its error again
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}
