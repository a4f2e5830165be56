package page

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Line is a line of indented JSON in pieces.
type Line []Piece

// Piece is a part of a line, and what it is: "name", "text", "value" (a
// number, true, false or null) or "" for what holds them together.
type Piece struct{ Kind, Text string }

// lines indents a JSON text and cuts it into lines and pieces; none for what
// is no JSON.
func lines(doc jsontext.Value) []Line {
	pretty := doc.Clone()
	if err := pretty.Indent(jsontext.AllowDuplicateNames(true), jsontext.WithIndent("  ")); err != nil {
		return nil
	}
	var all []Line
	for text := range strings.SplitSeq(string(pretty), "\n") {
		all = append(all, pieces(text))
	}
	return all
}

// pieces cuts one line of indented JSON: a name, a value, or both.
func pieces(text string) Line {
	var line Line
	rest := strings.TrimLeft(text, " ")
	line = line.add("", text[:len(text)-len(rest)])
	if value, isText := cutString(rest); isText {
		if strings.HasPrefix(rest[len(value):], ": ") {
			line = line.add("name", value).add("", ": ")
			rest = rest[len(value)+2:]
		}
	}
	return append(line, valuePieces(rest)...)
}

func valuePieces(rest string) Line {
	if value, isText := cutString(rest); isText {
		return Line{}.add("text", value).add("", rest[len(value):])
	}
	value := strings.TrimRight(rest, ",")
	if value == "" || strings.ContainsAny(value[:1], "{}[]") {
		return Line{}.add("", rest)
	}
	return Line{}.add("value", value).add("", rest[len(value):])
}

// cutString returns the JSON string that text begins with, quotes included.
func cutString(text string) (string, bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", false
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i+1], true
		}
	}
	return "", false
}

func (l Line) add(kind, text string) Line {
	if text == "" {
		return l
	}
	return append(l, Piece{kind, text})
}
