package mapping

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
)

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

// ReadFile reads a file of either form: JSON lines if its first character that
// is no white space is an opening brace, else CSV. See [ReadJSONLines] and
// [ReadCSV].
func ReadFile(r io.Reader, options CSVOptions) (File, error) { return readFile(r, options, false) }

// readFile can keep the text of each row, see readCSV.
func readFile(r io.Reader, options CSVOptions, keep bool) (File, error) {
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
