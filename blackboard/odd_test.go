package blackboard

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"
)

// Both ways of decoding must see the same in what both can read.
func TestBothWaysAgree(t *testing.T) {
	names, err := filepath.Glob("../testdata/v1p1/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	decoded := 0
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		env, err := Split(body, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range env.Items {
			raw := body[it.Start:it.End]
			if _, reads := eventTypes[it.Type]; !reads {
				continue
			}
			decoded++
			agree(t, name, raw)
		}
	}
	if decoded == 0 {
		t.Error("no fixture was decoded")
	}
}

func agree(t *testing.T, name string, raw []byte) {
	t.Helper()
	plain, err := decodePlain(raw)
	if err != nil {
		t.Errorf("%s is not plain: %v", name, err)
		return
	}
	odd, err := decodeOdd(raw)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if !reflect.DeepEqual(plain, odd) {
		t.Errorf("%s: plain\n%+v, odd\n%+v", name, plain, odd)
	}
}

// They must also see the same in whatever else the hot path takes: each member
// of each type of event is replaced by values that it does not usually have.
func TestBothWaysAgreeOnOddValues(t *testing.T) {
	unlessRaced(t)
	names, err := filepath.Glob("../testdata/v1p1/*.json")
	if err != nil {
		t.Fatal(err)
	}
	tried := make(map[string]bool)
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		env, err := Split(body, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range env.Items {
			var doc map[string]any
			if err := json.Unmarshal(body[it.Start:it.End], &doc); err != nil {
				t.Fatal(err)
			}
			oddMembers(doc, it.Type, tried, func(place string) { agreeIfPlain(t, place, doc) })
		}
	}
	if len(tried) < 500 {
		t.Errorf("only %d places", len(tried))
	}
}

func oddMembers(m map[string]any, place string, tried map[string]bool, check func(string)) {
	for name, was := range m {
		at := place + "/" + name
		if below, ok := was.(map[string]any); ok {
			oddMembers(below, at, tried, check)
		}
		if tried[at] {
			continue
		}
		tried[at] = true
		for _, odd := range []any{nil, 5, false, "", []any{}, []any{"a", nil}, map[string]any{"a": 1}} {
			m[name] = odd
			check(at)
		}
		m[name] = was
	}
}

func agreeIfPlain(t *testing.T, place string, doc map[string]any) {
	t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := decodePlain(raw)
	if err != nil {
		return
	}
	if odd, err := decodeOdd(raw); err != nil || !reflect.DeepEqual(plain, odd) {
		t.Errorf("%s: plain\n%+v, odd\n%+v, %v", place, plain, odd, err)
	}
}

// The look-ahead must find what a decoder would, and stop on anything else.
func TestPeekType(t *testing.T) {
	for in, want := range map[string]string{
		`{"type":"a"}`: "a",
		` : {"x":{"type":"b","y":["}","\"]"]},"z":-1.5e3 , "type" : "a"}`: "a",
		`{"@type":"a","type":"b"}`:                                        "a",
		`{"x":"\\","type":"a"}`:                                           "a",
		`{"x":"\\\"","y":true,"type":"a"} x`:                              "a",
		`{"type":5}`:                                                      "",
		`{"type":"\u0061"}`:                                               "",
		`{"x":{"type":"a"}}`:                                              "",
		`{"type":"a`:                                                      "",
		`{"type"`:                                                         "",
		`{"x":[[[`:                                                        "",
		`{"x":"`:                                                          "",
		`{]`:                                                              "",
		`["type","a"]`:                                                    "",
		``:                                                                "",
	} {
		if got, _, ok := peekType([]byte(in)); string(got) != want || ok != (want != "") {
			t.Errorf("peekType(%s) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

// The table and the entities must fit together.
func TestEventTypesAreComplete(t *testing.T) {
	for _, typ := range EventTypes() {
		if len(eventTypes[typ]) == 0 {
			t.Errorf("%s has no actions", typ)
		}
	}
	for typ, actions := range eventTypes {
		if LabelOf(typ) != typ {
			t.Errorf("%s is no event type of Learn's", typ)
		}
		for _, a := range actions {
			if newWireEntity(a.object) == nil || a.settle == nil || a.person == nil {
				t.Errorf("%s %s is incomplete", typ, a.name)
			}
			if got, err := findAction(typ, a.name, ""); err != nil || got.name != a.name {
				t.Errorf("%s %s is not found by its name", typ, a.name)
			}
		}
	}
}
