package mapping

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// csvFile is a file of records with a header and cells.
type csvFile struct {
	csv     *csv.Reader
	bounded *boundedReader
	header  header
	names   []string // the header
	last    []string // the cells of the row that was read last
}

// maxRowBytes bounds one row, so that a quote that is never closed does not
// read a whole file into memory.
const maxRowBytes = 1 << 20

var errRowTooLong = fmt.Errorf("a row is longer than %d bytes: a quote may be missing", maxRowBytes)

// readCSV reads the header of a file. Errors do not repeat what the file holds,
// for without a header its first line is somebody's data. It can keep the text
// of each row, for one that cannot be cut into cells.
func readCSV(text *bufio.Reader, options FileOptions, keep bool) (*csvFile, error) {
	first, err := firstLine(text)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	bounded := &boundedReader{r: text, left: maxRowBytes, keep: keep}
	reader := csv.NewReader(bounded)
	reader.FieldsPerRecord = -1 // checked here, with the line
	reader.ReuseRecord = true
	reader.Comma = delimiter(first)
	names, err := reader.Read()
	if err == nil && isDelimiterLine(first) {
		names, err = reader.Read()
	}
	if err != nil {
		return nil, fmt.Errorf("read header: %w", withoutText(err))
	}
	names = slices.Clone(names)
	header, err := newHeader(names, options.Columns)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	return &csvFile{csv: reader, bounded: bounded, header: header, names: names}, nil
}

// withoutText keeps the place of a syntax error and the reason, as csv words it.
func withoutText(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	}
	return err
}

// Ignored returns the headers that have no meaning, as the file spells them.
func (c *csvFile) Ignored() []string { return c.header.ignored }

// Rows yields the file's rows, those with faults too. An error is that of
// reading the file, and the last thing yielded. Rows can be read once.
func (c *csvFile) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			row, err := c.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (c *csvFile) columns() []string { return c.names }

// cells are valid until the next row is read.
func (c *csvFile) cells() []string { return c.last }

func (c *csvFile) next() (Row, error) {
	c.bounded.begin(c.csv.InputOffset())
	cells, err := c.csv.Read()
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, errRowTooLong):
		return Row{}, err
	case errors.As(err, &syntax):
		c.last = []string{c.bounded.text(c.csv.InputOffset())}
		return Row{Line: syntax.StartLine, Faults: []Fault{{"", "has a quote out of place"}}}, nil
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case err != nil:
		return Row{}, fmt.Errorf("read row: %w", err)
	}
	c.last = cells
	line, _ := c.csv.FieldPos(0)
	return c.row(line, cells), nil
}

func (c *csvFile) row(line int, cells []string) Row {
	row := Row{Line: line}
	if fault, bad := c.misfit(cells); bad {
		row.Faults = []Fault{fault}
		return row
	}
	texts, faults := c.header.texts(cells)
	row.Inactive = c.header.inactive(cells)
	row.Record, row.Faults = recordOf(&texts, faults)
	return row
}

// misfit finds rows that do not have the columns of the header. Empty cells
// beyond them are what spreadsheets leave behind.
func (c *csvFile) misfit(cells []string) (Fault, bool) {
	if len(cells) < len(c.names) {
		return Fault{"", fmt.Sprintf("has %d cells, but the header has %d", len(cells), len(c.names))}, true
	}
	for _, extra := range cells[len(c.names):] {
		if extra != "" {
			return Fault{"", fmt.Sprintf("has %d cells, but the header has %d", len(cells), len(c.names))}, true
		}
	}
	return Fault{}, false
}

// boundedReader fails when a row is longer than it may be.
type boundedReader struct {
	r    io.Reader
	left int // bytes that the row may still have

	keep bool
	from int64  // where the row begins, counted from where reading began
	kept []byte // what was read from there on, if it is kept
}

// begin says that the next row begins at an offset.
func (b *boundedReader) begin(at int64) {
	b.left = maxRowBytes
	if b.keep {
		b.kept = append(b.kept[:0], b.kept[at-b.from:]...)
		b.from = at
	}
}

// text returns what was kept up to an offset, without the line's end.
func (b *boundedReader) text(upTo int64) string {
	if !b.keep {
		return ""
	}
	return strings.Trim(string(b.kept[:upTo-b.from]), "\r\n")
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := b.r.Read(p)
	b.left -= n
	if b.keep {
		b.kept = append(b.kept, p[:n]...)
	}
	return n, err
}
