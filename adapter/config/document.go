package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// maxNodes bounds the values of a file after its aliases are followed, so that a few lines cannot grow to millions.
	maxNodes = 100_000
	// maxDepth bounds nesting, and with it an alias that contains itself.
	maxDepth = 32
)

// document is a YAML file as maps, lists and scalars, with the line of every path.
//
// The values are map[string]any, []any, string, bool, int, float64, and empty for a key without a value.
type document struct {
	root     map[string]any
	lines    map[string]int // path to line; also what is written at all
	found    []Problem
	nodes    int
	tooLarge bool
}

// empty stands for a key without a value. A nil would be skipped by the decoder, and a default would silently survive.
type empty struct{}

// readDocument reads the one YAML document of a file. It is not ok if the file is no YAML map at all; then its
// problems are all that can be said.
func readDocument(data []byte) (d *document, ok bool) {
	d = &document{root: map[string]any{}, lines: map[string]int{}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var node yaml.Node
	switch err := dec.Decode(&node); {
	case errors.Is(err, io.EOF):
		return d, true // nothing in it: the missing keys say what to do
	case err != nil:
		d.found = append(d.found, syntaxProblem(err))
		return d, false
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		d.problem("", 0, "holds more than one document: remove what follows the line ---")
	}
	switch root := d.value("", node.Content[0], 0).(type) {
	case map[string]any:
		d.root = root
	case empty:
	default:
		d.problem("", node.Line, "must be a map of keys such as sources: and destinations:")
		return d, false
	}
	return d, !d.tooLarge
}

func (d *document) problem(path string, line int, reason string) {
	d.found = append(d.found, Problem{Path: path, Line: line, Reason: reason})
}

// line returns where a path stands, or the nearest that contains it.
func (d *document) line(path string) int {
	for ; path != ""; path = parentPath(path) {
		if line, ok := d.lines[path]; ok {
			return line
		}
	}
	return 0
}

// has says whether a path is written in the file.
func (d *document) has(path string) bool {
	_, ok := d.lines[path]
	return ok
}

func (d *document) value(path string, n *yaml.Node, depth int) any {
	if d.nodes++; d.nodes > maxNodes || depth > maxDepth {
		d.refuseSize(n.Line)
		return empty{}
	}
	if _, ok := d.lines[path]; !ok {
		d.lines[path] = n.Line
	}
	switch n.Kind {
	case yaml.MappingNode:
		return d.mapping(path, n, depth)
	case yaml.SequenceNode:
		return d.sequence(path, n, depth)
	case yaml.AliasNode:
		return d.value(path, n.Alias, depth+1)
	case yaml.ScalarNode:
		return d.scalar(path, n)
	}
	return empty{}
}

// refuseSize reports once that there is too much, and lets what remains of the walk end quickly.
func (d *document) refuseSize(line int) {
	if !d.tooLarge {
		d.problem("", line, "nests too deeply or holds too many values: write it without aliases")
	}
	d.tooLarge, d.nodes = true, maxNodes
}

func (d *document) mapping(path string, n *yaml.Node, depth int) any {
	out := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			d.problem(path, key.Line, "has a key that is no plain name: write each key out")
			continue
		}
		at := joinPath(path, key.Value)
		if _, twice := out[key.Value]; twice {
			d.problem(at, key.Line, fmt.Sprintf("stands here twice (first on line %d): remove one", d.lines[at]))
			continue
		}
		d.lines[at] = key.Line
		out[key.Value] = d.value(at, value, depth+1)
	}
	return out
}

func (d *document) sequence(path string, n *yaml.Node, depth int) any {
	out := make([]any, 0, len(n.Content))
	for i, item := range n.Content {
		out = append(out, d.value(path+"["+strconv.Itoa(i)+"]", item, depth+1))
	}
	return out
}

// scalar keeps numbers exact: what does not fit becomes a float64 that no whole-number key accepts.
func (d *document) scalar(path string, n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return n.Value
	case "!!null":
		return empty{}
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!int":
		var i int
		if n.Decode(&i) == nil {
			return i
		}
		return math.Inf(1)
	case "!!float":
		var f float64
		if n.Decode(&f) == nil {
			return f
		}
	}
	d.problem(path, n.Line, "has a YAML tag that means nothing here: write the plain value")
	return empty{}
}

func joinPath(parent, key string) string {
	if len(key) > 64 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == '.' || r == '[' || r == 0x7f }) {
		key = strconv.Quote(key[:min(len(key), 64)])
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// syntaxProblem says where a file stops being YAML. The parser's own text is kept only where it is fixed, for it can
// quote a value that was taken for an anchor.
func syntaxProblem(err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(text, "anchor") {
		return Problem{Reason: "refers to an anchor that does not exist: a value that begins with * needs quotes"}
	}
	p := Problem{}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, reason, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			p.Line, text = line, reason
		}
	}
	p.Reason = "is not YAML: " + text
	return p
}
