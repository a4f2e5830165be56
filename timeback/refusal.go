package timeback

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Refusal is what a collector's reply says about an envelope that it refused:
//
//	{"status":"error", "message":"…", "errors":[{"path":["data",1,"id"], "message":"…"}]}
//
// Some collectors answer so; others with a line of plain text, which is the
// message then, or with nothing of use: the Refusal is empty.
type Refusal struct {
	// Message is the collector's message about the envelope.
	Message string
	// Items are the messages by place in the envelope's data, from 0; the
	// first message where a place is named more than once, "" where the
	// collector gave none.
	Items map[int]string
}

// ParseRefusal reads a reply's body. It takes what it understands and stops
// at the first thing that is no JSON, so that a body cut off at MaxReplyBody
// still names the places before the cut.
func ParseRefusal(body []byte) Refusal {
	dec := jsontext.NewDecoder(bytes.NewReader(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var r Refusal
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		r.Message = line(body)
		return r
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return r
		}
		if !r.member(name.String(), dec) {
			return r
		}
	}
	return r
}

// maxLine is how long a line of text is at most, in bytes.
const maxLine = 300

// line returns a body that is one line of text for people; "" if it is
// anything else: JSON, a page, several lines, bytes.
func line(body []byte) string {
	text := strings.TrimSpace(string(body))
	if text == "" || len(text) > maxLine || strings.ContainsAny(text[:1], `<{["`) || !utf8.ValidString(text) ||
		strings.ContainsFunc(text, unicode.IsControl) {
		return ""
	}
	return text
}

// member reads the value of one member; false at the end of what is readable.
func (r *Refusal) member(name string, dec *jsontext.Decoder) bool {
	if name == "errors" && dec.PeekKind() == '[' {
		return r.errors(dec)
	}
	value, err := dec.ReadValue()
	if err != nil {
		return false
	}
	if name == "message" {
		r.Message = text(value)
	}
	return true
}

func (r *Refusal) errors(dec *jsontext.Decoder) bool {
	if _, err := dec.ReadToken(); err != nil { // the [ that was peeked
		return false
	}
	for dec.PeekKind() != ']' {
		value, err := dec.ReadValue()
		if err != nil {
			return false
		}
		r.add(value)
	}
	_, err := dec.ReadToken()
	return err == nil
}

// add takes one element of errors if its path starts with "data" and a place.
func (r *Refusal) add(value jsontext.Value) {
	var item struct {
		Path    []jsontext.Value `json:"path"`
		Message jsontext.Value   `json:"message"`
	}
	err := json.Unmarshal(value, &item, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err != nil || len(item.Path) < 2 || text(item.Path[0]) != "data" {
		return
	}
	place, ok := place(item.Path[1])
	if !ok {
		return
	}
	if r.Items == nil {
		r.Items = make(map[int]string)
	}
	r.Items[place] = cmp.Or(r.Items[place], text(item.Message))
}

// place reads an array index written as a number or as a string of digits.
func place(value jsontext.Value) (int, bool) {
	digits := string(value)
	if value.Kind() == '"' {
		digits = text(value)
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0
}

// text returns a JSON string's content, "" for any other value.
func text(value jsontext.Value) string {
	var unquoted string
	if json.Unmarshal(value, &unquoted, jsontext.AllowInvalidUTF8(true)) != nil {
		return ""
	}
	return unquoted
}
