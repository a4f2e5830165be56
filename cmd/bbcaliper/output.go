package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// jsonFlag gives a command that prints for people the form for programs.
func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON")
}

// printJSON prints a document in the form of all --json flags.
func (c *console) printJSON(document any) error {
	body, err := json.Marshal(document, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return c.print(string(body) + "\n")
}

// print writes what the command was asked for.
func (c *console) print(text string) error {
	if _, err := io.WriteString(c.out, text); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// say writes a line about what the command does.
func (c *console) say(format string, args ...any) {
	fmt.Fprintf(c.err, format+"\n", args...)
}

// errDeclined ends a command that somebody thought better of.
var errDeclined = errors.New("nothing was changed")

// confirm asks on the terminal whether to go on; the error says that the answer was not yes.
func (c *console) confirm(question string) error {
	fmt.Fprintf(c.err, "%s [y/N] ", question)
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	default:
		return errDeclined
	}
}

// table lays out rows in columns. It can be printed in parts: columns keep the width that they have.
type table struct {
	rows   [][]string
	widths []int // of the columns, in characters
	most   int   // of a line, in characters; 0: as many as it takes
}

func newTable(headers ...string) *table {
	t := &table{widths: make([]int, len(headers))}
	t.row(headers...)
	return t
}

// fit cuts the last column of lines that are wider than a terminal; 0 cuts none.
func (t *table) fit(width int) { t.most = width }

func (t *table) row(cells ...string) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = clean(cmp.Or(cell, "-"))
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(row[i]))
	}
	t.rows = append(t.rows, row)
}

// note adds a line that has no columns, below the row that it is about.
func (t *table) note(text string) { t.rows = append(t.rows, []string{clean(text)}) }

// String returns the table without blanks at the ends of its lines.
func (t *table) String() string { return t.flush() }

// flush returns the rows since the last time.
func (t *table) flush() string {
	var b strings.Builder
	for _, row := range t.rows {
		b.WriteString(t.line(row))
		b.WriteByte('\n')
	}
	t.rows = nil
	return b.String()
}

func (t *table) line(row []string) string {
	if len(row) == 1 && len(t.widths) > 1 {
		return row[0] // a note, which is of no use if it is cut
	}
	var b strings.Builder
	last := len(row) - 1
	for i, cell := range row[:last] {
		fmt.Fprintf(&b, "%-*s  ", t.widths[i], cell)
	}
	rest := row[last]
	if t.most > 0 {
		const least = 12 // a column that is cut to less says nothing: then the line is as wide as it is
		rest = cut(rest, max(least, t.most-utf8.RuneCountInString(b.String())))
	}
	return strings.TrimRight(b.String()+rest, " ")
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// width is how many characters a line of the terminal has on which results are printed; 0: it is none.
func (c *console) width() int {
	file, ok := c.out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// facts are what is known of one thing, a line each.
type facts struct{ names, values []string }

// add adds a line; an empty value adds none.
func (f *facts) add(name, value string) {
	if value != "" {
		f.names, f.values = append(f.names, name), append(f.values, clean(value))
	}
}

// String returns the lines, indented, with the values below one another.
func (f *facts) String() string {
	widest := 0
	for _, name := range f.names {
		widest = max(widest, utf8.RuneCountInString(name))
	}
	var b strings.Builder
	for i, name := range f.names {
		fmt.Fprintf(&b, "  %-*s  %s\n", widest, name, f.values[i])
	}
	return b.String()
}

// clean takes out what a terminal might obey: texts of events are anybody's.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// ago says how long before now something was: 12s ago, 5m ago, 3h ago, 4d ago.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return duration(now.Sub(t)) + " ago"
}

// duration writes a duration in its largest unit.
func duration(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/day)
	}
}

// seconds writes a number of seconds as a duration; 0 is nothing.
func seconds(s float64) string {
	if s <= 0 {
		return ""
	}
	return duration(time.Duration(s * float64(time.Second)))
}

// stamp writes a time for a table.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
