package timeback_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
)

func TestParseRefusal(t *testing.T) {
	for name, test := range map[string]struct {
		body    string
		message string
		items   map[int]string
	}{
		"timeback": {
			`{"status":"error","message":"Validation failed","errors":[
			  {"path":["data",1,"id"],"message":"Invalid id"},
			  {"path":["data",4],"message":"Required"},
			  {"path":["data",1,"actor"],"message":"second word"}]}`,
			"Validation failed", map[int]string{1: "Invalid id", 4: "Required"},
		},
		"index as text":      {`{"errors":[{"path":["data","2"]}]}`, "", map[int]string{2: ""}},
		"message comes late": {`{"errors":[{"path":["data",0]},{"path":["data",0],"message":"m"}]}`, "", map[int]string{0: "m"}},
		"envelope's fault":   {`{"message":"no sensor","errors":[{"path":["sensor"]},{"path":[]},{"path":["data"]}]}`, "no sensor", nil},
		"odd members": {
			`{"message":5,"errors":[7,null,{"path":"data"},{"path":["data",-1]},{"path":["data",1.5]},{"path":["data",{}]},{"path":[1,"data"]}]}`, "", nil,
		},
		"errors is no array": {`{"errors":{"path":["data",1]},"message":"m"}`, "m", nil},
		"repeated members":   {`{"message":"a","message":"b","errors":[{"path":["data",1],"path":["data",2]}]}`, "b", map[int]string{2: ""}},
		"cut off":            {`{"message":"m","errors":[{"path":["data",3],"message":"x"},{"path":["data",5],"mess`, "m", map[int]string{3: "x"}},
		"plain text":         {" no such actor\n", "no such actor", nil},
		"a number":           {"400", "400", nil},
		"a page":             {"<html>no</html>", "", nil},
		"several lines":      {"no\nnever", "", nil},
		"a long text":        {strings.Repeat("no ", 200), "", nil},
		"bytes":              {"no \xff", "", nil},
		"array":              {`[{"path":["data",1]}]`, "", nil},
		"empty":              {"", "", nil},
		"invalid utf-8":      {"{\"message\":\"\xff\",\"errors\":[{\"path\":[\"data\",1]}]}", "\ufffd", map[int]string{1: ""}},
		"too deep":           {`{"message":"m","errors":` + strings.Repeat("[", 20_000), "m", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := timeback.ParseRefusal([]byte(test.body))
			if got.Message != test.message || !maps.Equal(got.Items, test.items) {
				t.Errorf("got %+v, want message %q, items %v", got, test.message, test.items)
			}
		})
	}
}

func FuzzParseRefusal(f *testing.F) {
	f.Add(`{"status":"error","message":"m","errors":[{"path":["data",1,"id"],"message":"x"}]}`)
	f.Add(`{"errors":[{"path":["data","99999999999999999999"]}]`)
	f.Add("[")
	f.Fuzz(func(t *testing.T, body string) {
		for index := range timeback.ParseRefusal([]byte(body)).Items {
			if index < 0 {
				t.Fatalf("index %d", index)
			}
		}
	})
}
