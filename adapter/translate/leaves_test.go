package translate_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/go-json-experiment/json"
)

// leaf is a string in a JSON document.
type leaf struct {
	path string // as in actor.extensions["bb:user.id"], without the numbers of arrays and the @ of v1p0
	text string
	set  func(text string)
}

// object is an object in a JSON document.
type object struct {
	path    string
	members map[string]any
}

// tree is a JSON document that can be changed in places.
type tree struct {
	root    any
	leaves  []leaf
	objects []object
}

func parse(tb testing.TB, body []byte) *tree {
	tb.Helper()
	t := new(tree)
	if err := json.Unmarshal(body, &t.root); err != nil {
		tb.Fatal(err)
	}
	t.walk("", t.root, nil)
	return t
}

// body is the document as it is now; the same document gives the same text.
func (t *tree) body(tb testing.TB) []byte {
	tb.Helper()
	text, err := json.Marshal(t.root, json.Deterministic(true))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func (t *tree) walk(path string, v any, set func(string)) {
	switch v := v.(type) {
	case string:
		t.leaves = append(t.leaves, leaf{path, v, set})
	case []any:
		for i := range v {
			t.walk(path, v[i], func(text string) { v[i] = text })
		}
	case map[string]any:
		t.objects = append(t.objects, object{path, v})
		for _, name := range sortedNames(v) {
			t.walk(join(path, name), v[name], func(text string) { v[name] = text })
		}
	}
}

// join is the path of a member. Envelopes are not seen in it, so that paths begin at an event.
func join(path, name string) string {
	plain := name
	if len(name) > 1 && name[0] == '@' {
		plain = name[1:]
	}
	switch {
	case path == "" && name == "data":
		return ""
	case path == "":
		return plain
	case !isWord(plain):
		return path + "[" + strconv.Quote(plain) + "]"
	default:
		return path + "." + plain
	}
}

func isWord(name string) bool {
	for _, c := range name {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

func sortedNames(members map[string]any) []string { return slices.Sorted(maps.Keys(members)) }

// clone copies a value with all that is in it.
func clone(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = clone(v[i])
		}
		return list
	case map[string]any:
		members := make(map[string]any, len(v))
		for name := range v {
			members[name] = clone(v[name])
		}
		return members
	default:
		return v
	}
}
