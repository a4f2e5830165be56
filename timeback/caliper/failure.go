package caliper

import "strconv"

// Failure is the first rule that a document breaks. It never quotes a value of
// the document; the path names properties only.
type Failure struct {
	// Path leads to the value, from the document's root: "$.actor.id",
	// "$.data[3].object", "$.extensions[\"com.example.key\"]". For something
	// that is missing it is the path that it would have.
	Path string
	// Rule is what must hold there.
	Rule string
	// Section is the part of the specification that says so, such as
	// "Caliper 1.2 SessionEvent".
	Section string
}

// Error is "<path>: <rule> (<section>)".
func (f *Failure) Error() string {
	return f.Path + ": " + f.Rule + " (" + f.Section + ")"
}

// asError keeps a nil *Failure from becoming a non-nil error.
func asError(f *Failure) error {
	if f == nil {
		return nil
	}
	return f
}

// maxNameInPath bounds what a hostile property name adds to a path, in bytes.
const maxNameInPath = 80

// appendName adds ".name", or ["name"] for a name that is no plain word.
func appendName(path []byte, name []byte) []byte {
	if isWord(name) {
		return append(append(path, '.'), name...)
	}
	if len(name) > maxNameInPath {
		name = append(append([]byte{}, name[:maxNameInPath]...), "…"...)
	}
	path = strconv.AppendQuote(append(path, '['), string(name))
	return append(path, ']')
}

// isWord reports whether a name can stand in a path without quotes.
func isWord(name []byte) bool {
	if len(name) == 0 || len(name) > maxNameInPath {
		return false
	}
	for _, c := range name {
		if !isLetter(c) && !isDigit(c) && c != '_' && c != '@' {
			return false
		}
	}
	return true
}
