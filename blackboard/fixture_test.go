package blackboard_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// fixtures are the names of all payloads.
func fixtures(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("../testdata/v1p[01]/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatal(files, err)
	}
	var names []string
	for _, file := range files {
		generation := filepath.Base(filepath.Dir(file))
		names = append(names, generation+"/"+strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return names
}

// readFixture reads a body from testdata.
func readFixture(tb testing.TB, name string) []byte {
	tb.Helper()
	body, err := os.ReadFile("../testdata/" + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// events splits a body and gives the text of each event.
func events(tb testing.TB, body []byte) [][]byte {
	tb.Helper()
	env, err := blackboard.Split(body, 0)
	if err != nil {
		tb.Fatal(err)
	}
	var texts [][]byte
	for _, it := range env.Items {
		texts = append(texts, body[it.Start:it.End])
	}
	return texts
}

func firstEvent(tb testing.TB, name string) []byte {
	tb.Helper()
	return events(tb, readFixture(tb, name))[0]
}

// decode decodes an event that must decode.
func decode(tb testing.TB, raw []byte) *blackboard.Event {
	tb.Helper()
	e, err := blackboard.Decode(raw)
	if err != nil {
		tb.Fatalf("%v\n%s", err, raw)
	}
	return e
}

func compact(tb testing.TB, doc []byte) []byte {
	tb.Helper()
	v := jsontext.Value(bytes.Clone(doc))
	if err := v.Compact(); err != nil {
		tb.Fatal(err)
	}
	return v
}

// envelopeOf wraps events, each followed by a comma.
func envelopeOf(data []byte) []byte {
	const head = `{"sensor":"3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985","sendTime":"2021-02-09T15:22:07.518Z",` +
		`"dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p1","data":[`
	return append(append([]byte(head), bytes.TrimSuffix(data, []byte(","))...), "]}"...)
}
