package caliper

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// document is a parsed JSON text as a flat arena of nodes. It points into the
// caller's bytes while a check runs and is emptied before it goes back into the
// pool, so a check of a known shape allocates next to nothing.
//
//	{"type":"Person"}   nodes: 0 object, child 1
//	                           1 string, name span "type", value span "Person"
type document struct {
	src   []byte
	nodes []node
	// text holds the unquoted form of the strings that had escapes; a span
	// behind the end of src points here.
	text []byte
	open []frame
}

// node is a JSON value. Indices are into document.nodes; none marks the end.
type node struct {
	name   span // of an object's member
	value  span // of a string (without quotes), number or literal
	parent int32
	child  int32 // first child
	next   int32 // next sibling
	kind   jsontext.Kind
}

type span struct{ start, end int32 }

// frame is an array or object that is being read.
type frame struct {
	node  int32
	tail  int32 // the last child so far
	name  span  // the member name that waits for its value
	named bool
	array bool
}

const none int32 = -1

// keepNodes and keepText bound what a pooled arena holds on to.
const (
	keepNodes = 1 << 14
	keepText  = 1 << 16
)

var documents = sync.Pool{New: func() any { return new(document) }}

// release gives the arena back without any trace of the caller's bytes.
func (d *document) release() {
	if cap(d.nodes) > keepNodes || cap(d.text) > keepText || cap(d.open) > keepNodes {
		return
	}
	d.src = nil
	documents.Put(d)
}

// parse reads one JSON text in two passes: jsontext says whether it is one
// (grammar, UTF-8, depth), and a walk that need not doubt it builds the nodes.
// Duplicate names are left to the check, which knows their path.
func parse(src []byte) (*document, *Failure) {
	if len(src) > math.MaxInt32/2 {
		return nil, &Failure{"$", "a document is smaller than 1 GiB", "RFC 8259"}
	}
	if !jsontext.Value(src).IsValid(jsontext.AllowDuplicateNames(true)) {
		return nil, syntaxFailure(src)
	}
	d := documents.Get().(*document)
	d.src, d.nodes, d.text, d.open = src, d.nodes[:0], d.text[:0], d.open[:0]
	d.walk()
	return d, nil
}

// syntaxFailure reads what is no JSON text once more to say where it ends to be
// one.
func syntaxFailure(src []byte) *Failure {
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return &Failure{"$", "the document is JSON without a byte order mark", "RFC 8259"}
	}
	decoder := jsontext.NewDecoder(bytes.NewReader(src), jsontext.AllowDuplicateNames(true))
	_, err := decoder.ReadValue()
	at := decoder.InputOffset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at = syntax.ByteOffset
	}
	rule := "the document is one well-formed JSON text in UTF-8; it is not at byte " + strconv.FormatInt(at, 10)
	return &Failure{"$", rule, "RFC 8259"}
}

// walk builds the nodes of a valid JSON text.
func (d *document) walk() {
	for i := 0; i < len(d.src); {
		switch c := d.src[i]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		case '{', '[':
			n := d.add(jsontext.Kind(c), span{})
			d.open = append(d.open, frame{node: n, tail: none, array: c == '['})
			i++
		case '}', ']':
			d.open = d.open[:len(d.open)-1]
			i++
		case '"':
			end, escaped := d.stringEnd(i)
			d.addString(span{int32(i), int32(end)}, escaped)
			i = end
		default:
			end := d.scalarEnd(i)
			d.add(scalarKind(c), span{int32(i), int32(end)})
			i = end
		}
	}
}

// scalarKind is the kind of a number or literal by its first byte.
func scalarKind(c byte) jsontext.Kind {
	if c == '-' || isDigit(c) {
		return '0'
	}
	return jsontext.Kind(c)
}

// stringEnd is the index behind the closing quote of the string at i.
func (d *document) stringEnd(i int) (end int, escaped bool) {
	for i++; d.src[i] != '"'; i++ {
		if d.src[i] == '\\' {
			escaped = true
			i++
		}
	}
	return i + 1, escaped
}

// scalarEnd is the index behind the number or literal at i.
func (d *document) scalarEnd(i int) int {
	for ; i < len(d.src); i++ {
		switch d.src[i] {
		case ' ', '\t', '\r', '\n', ',', ']', '}':
			return i
		}
	}
	return i
}

// addString takes a string with its quotes: a member's name if one is due, else
// a value.
func (d *document) addString(quoted span, escaped bool) {
	at := span{quoted.start + 1, quoted.end - 1}
	if escaped {
		at = d.unquote(quoted)
	}
	if f := d.top(); f != nil && !f.array && !f.named {
		f.name, f.named = at, true
		return
	}
	d.add('"', at)
}

// unquote keeps the text of a string with escapes. A valid text has no error.
func (d *document) unquote(quoted span) span {
	from := len(d.src) + len(d.text)
	d.text, _ = jsontext.AppendUnquote(d.text, d.src[quoted.start:quoted.end])
	return span{int32(from), int32(len(d.src) + len(d.text))}
}

func (d *document) top() *frame {
	if len(d.open) == 0 {
		return nil
	}
	return &d.open[len(d.open)-1]
}

// add appends a node and links it to the container that is being read.
func (d *document) add(kind jsontext.Kind, value span) int32 {
	i := int32(len(d.nodes))
	n := node{kind: kind, value: value, parent: none, child: none, next: none}
	if f := d.top(); f != nil {
		n.parent, n.name = f.node, f.name
		if f.tail == none {
			d.nodes[f.node].child = i
		} else {
			d.nodes[f.tail].next = i
		}
		f.tail, f.named, f.name = i, false, span{}
	}
	d.nodes = append(d.nodes, n)
	return i
}

// bytes is the text of a span: a name, a string without quotes, a number.
func (d *document) bytes(s span) []byte {
	if base := int32(len(d.src)); s.start >= base {
		return d.text[s.start-base : s.end-base]
	}
	return d.src[s.start:s.end]
}

func (d *document) name(n int32) []byte  { return d.bytes(d.nodes[n].name) }
func (d *document) value(n int32) []byte { return d.bytes(d.nodes[n].value) }

// member finds the first member of an object by its name, none if it has none.
func (d *document) member(object int32, name string) int32 {
	for m := d.nodes[object].child; m != none; m = d.nodes[m].next {
		if string(d.name(m)) == name {
			return m
		}
	}
	return none
}

// path leads from the node root, written "$", to n.
func (d *document) path(root, n int32) []byte {
	if n == root || n == none {
		return []byte{'$'}
	}
	parent := d.nodes[n].parent
	path := d.path(root, parent)
	if d.nodes[parent].kind == '{' {
		return appendName(path, d.name(n))
	}
	index := 0
	for c := d.nodes[parent].child; c != n; c = d.nodes[c].next {
		index++
	}
	path = strconv.AppendInt(append(path, '['), int64(index), 10)
	return append(path, ']')
}
