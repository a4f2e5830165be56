package mapping

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// jsonLines is a file of records of which each line is a JSON object.
type jsonLines struct {
	text    *bufio.Reader
	wanted  [len(columns)]string // the key of each column
	line    int
	ignored []string

	raw   []byte               // the line that was read last
	texts [len(columns)]string // its values
	whole bool                 // texts hold all of it
}

// maxIgnored is how many keys without a meaning are remembered.
const maxIgnored = 100

// readJSONLines reads nothing before the rows are read.
func readJSONLines(text *bufio.Reader, options FileOptions) (*jsonLines, error) {
	wanted, err := wantedNames(options.Columns)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return &jsonLines{text: text, wanted: wanted}, nil
}

// Ignored returns the keys that have no meaning, as the file spells them, of the
// rows that have been read; a hundred at most.
func (j *jsonLines) Ignored() []string { return j.ignored }

// Rows yields the file's rows, those with faults too. An error is that of
// reading the file, and the last thing yielded. Rows can be read once.
func (j *jsonLines) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			err := j.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("read row: %w", err))
				return
			}
			if !yield(j.row(), nil) {
				return
			}
		}
	}
}

// next reads the next line that is not empty.
func (j *jsonLines) next() error {
	for {
		raw, err := readLine(j.text, j.raw[:0])
		if j.raw = raw; err != nil {
			return err
		}
		j.line++
		if len(bytes.TrimSpace(raw)) > 0 {
			return nil
		}
	}
}

// readLine appends a line without its end; io.EOF behind the last one.
func readLine(r *bufio.Reader, line []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxRowBytes:
			return line, errRowTooLong
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil:
			return bytes.TrimRight(line, "\r\n"), nil
		default:
			return line, err
		}
	}
}

func (j *jsonLines) row() Row {
	row := Row{Line: j.line}
	j.texts, j.whole = [len(columns)]string{}, false
	if !utf8.Valid(j.raw) {
		row.Faults = []Fault{{"", "is not UTF-8"}}
		return row
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(j.raw, &members); err != nil || members == nil {
		row.Faults = []Fault{{"", jsonFault(err)}}
		return row
	}
	faults := j.take(members)
	j.whole = true
	row.Inactive = j.inactive(members)
	row.Record, row.Faults = recordOf(&j.texts, faults)
	return row
}

// jsonFault does not repeat what the line holds, as the decoder's errors may.
func jsonFault(err error) string {
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return "has a key twice"
	}
	return "is not a JSON object"
}

// take reads the members that have a meaning.
func (j *jsonLines) take(members map[string]jsontext.Value) (faults []Fault) {
	var seen [len(columns)]bool
	for key, value := range members {
		i := slices.IndexFunc(j.wanted[:], func(want string) bool { return want != leftOut && canonical(want) == canonical(key) })
		switch {
		case i < 0:
			j.ignore(key)
			continue
		case seen[i]:
			faults = append(faults, Fault{columns[i], "is given twice"})
		}
		seen[i] = true
		text, ok := plainValue(value)
		if !ok {
			faults = append(faults, Fault{columns[i], "is neither a string nor a number"})
		}
		j.texts[i] = strings.TrimSpace(text)
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Column, b.Column) })
	return faults
}

func (j *jsonLines) ignore(key string) {
	if len(j.ignored) < maxIgnored && !slices.Contains(j.ignored, key) {
		j.ignored = append(j.ignored, key)
		slices.Sort(j.ignored)
	}
}

func (j *jsonLines) inactive(members map[string]jsontext.Value) bool {
	for key, value := range members {
		text, ok := plainValue(value)
		if value.Kind() == 't' || value.Kind() == 'f' {
			text, ok = string(value), true
		}
		if ok && saysInactive(key, text) {
			return true
		}
	}
	return false
}

// plainValue returns the text of a string, a number or null; false for others.
func plainValue(value jsontext.Value) (string, bool) {
	switch value.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		return string(text), err == nil
	case '0':
		return string(value), true
	case 'n':
		return "", true
	default:
		return "", false
	}
}

func (j *jsonLines) columns() []string { return slices.Clone(j.wanted[:]) }

func (j *jsonLines) cells() []string {
	if !j.whole {
		return []string{string(j.raw)}
	}
	return j.texts[:]
}
