package mapping

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// columnReason is the first column of a file of rejected rows.
const columnReason = "reason"

// WriteRejected writes those rows of a file for whose lines there is a reason as
// a CSV file: the reason, and the cells as they were. When they have been mended
// it can be read with the same options as the file itself; the reason is ignored
// then, and replaced should a row be rejected again. A row that cannot be cut
// into cells is written as one cell behind its reason. It returns how many rows
// it wrote.
func WriteRejected(w io.Writer, r io.Reader, options FileOptions, reasons map[int]string) (int, error) {
	file, err := readFile(r, options, true)
	if err != nil {
		return 0, err
	}
	out := rejectedWriter{csv: csv.NewWriter(w)}
	if err := out.header(file.columns()); err != nil {
		return 0, err
	}
	for row, err := range file.Rows() {
		if err != nil {
			return out.rows, err
		}
		reason, rejected := reasons[row.Line]
		if !rejected {
			continue
		}
		if err := out.row(reason, file.cells()); err != nil {
			return out.rows, err
		}
	}
	out.csv.Flush()
	if err := out.csv.Error(); err != nil {
		return out.rows, fmt.Errorf("write rejected rows: %w", err)
	}
	return out.rows, nil
}

type rejectedWriter struct {
	csv   *csv.Writer
	again bool // the file has a column of reasons already, its first
	rows  int
}

func (w *rejectedWriter) header(columns []string) error {
	w.again = len(columns) > 0 && canonical(columns[0]) == columnReason
	if err := w.write(columnReason, columns); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	return nil
}

func (w *rejectedWriter) row(reason string, cells []string) error {
	if err := w.write(reason, cells); err != nil {
		return fmt.Errorf("write rejected row: %w", err)
	}
	w.rows++
	return nil
}

func (w *rejectedWriter) write(first string, cells []string) error {
	if w.again && len(cells) > 1 {
		cells = cells[1:]
	}
	return w.csv.Write(slices.Concat([]string{first}, cells))
}
