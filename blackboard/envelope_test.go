package blackboard_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

const eventID = "0c7e5f12-93ab-4d68-8f41-b2a6c9d7e305"

func split(t *testing.T, body string) blackboard.Envelope {
	t.Helper()
	env, err := blackboard.Split([]byte(body), 0)
	if err != nil {
		t.Fatalf("Split(%.80q): %v", body, err)
	}
	return env
}

// itemTypes gives "type:text" of each item.
func itemTypes(body string, env blackboard.Envelope) []string {
	var out []string
	for _, it := range env.Items {
		out = append(out, it.Type+":"+body[it.Start:it.End])
	}
	return out
}

func TestSplitFixtures(t *testing.T) {
	for _, name := range fixtures(t) {
		body := readFixture(t, name)
		env := split(t, string(body))
		wrapped := bytes.Contains(body, []byte(`"sendTime"`))
		if want := strings.Contains(name, "v1p1"); (env.Generation == blackboard.V1P1) != want {
			t.Errorf("%s: generation %q", name, env.Generation)
		}
		if wrapped && (env.Sensor == "" || env.SendTime == "") {
			t.Errorf("%s: sensor %q, sendTime %q", name, env.Sensor, env.SendTime)
		}
		for _, it := range env.Items {
			e := decode(t, body[it.Start:it.End])
			if e.ID != it.ID || e.Type != it.Type {
				t.Errorf("%s: item %s %s decodes as %s %s", name, it.Type, it.ID, e.Type, e.ID)
			}
		}
	}
}

func TestSplitForms(t *testing.T) {
	const (
		login = `{"type":"SessionEvent","id":"` + eventID + `","actor":"x"}`
		other = `{"actor":1}`
	)
	for name, tc := range map[string]struct {
		body string
		want []string
	}{
		"envelope":                 {`{"sensor":"s","data":[` + login + ` , ` + other + `]}`, []string{"SessionEvent:" + login, "unknown:" + other}},
		"bare event":               {" \n" + login + "\t", []string{"SessionEvent:" + login}},
		"array":                    {`[` + login + `,` + login + `]`, []string{"SessionEvent:" + login, "SessionEvent:" + login}},
		"array of envelopes":       {`[{"data":[` + login + `]},{"data":` + other + `},3]`, []string{"SessionEvent:" + login, "unknown:" + other, "unknown:3"}},
		"byte order mark":          {"\ufeff" + login, []string{"SessionEvent:" + login}},
		"empty":                    {"", nil},
		"white space":              {" \r\n", nil},
		"only a byte order mark":   {"\ufeff", nil},
		"empty data":               {`{"sensor":"s","data":[]}`, nil},
		"null data":                {`{"data":null}`, nil},
		"empty array":              {`[]`, nil},
		"data is an event":         {`{"data":` + login + `}`, []string{"SessionEvent:" + login}},
		"data is a scalar":         {`{"data":"x"}`, []string{`unknown:"x"`}},
		"odd items":                {`{"data":[1,null,"x",[2],{}]}`, []string{"unknown:1", "unknown:null", `unknown:"x"`, "unknown:[2]", "unknown:{}"}},
		"scalar":                   {`17`, []string{"unknown:17"}},
		"null":                     {`null`, []string{"unknown:null"}},
		"huge number":              {strings.Repeat("9", 5000) + "e999999", []string{"unknown:" + strings.Repeat("9", 5000) + "e999999"}},
		"neither":                  {`{"sensor":"s"}`, []string{`unknown:{"sensor":"s"}`}},
		"envelope in an envelope":  {`{"data":[{"data":[1]}]}`, []string{`unknown:{"data":[1]}`}},
		"event with a data member": {`{"data":[1,2],"action":"x","type":"ViewEvent"}`, []string{`ViewEvent:{"data":[1,2],"action":"x","type":"ViewEvent"}`}},
		"type as an IRI":           {`{"@type":"http://caliper.blackboard.com/caliper/v1/LTIEvent"}`, []string{`LTIEvent:{"@type":"http://caliper.blackboard.com/caliper/v1/LTIEvent"}`}},
		"escaped names":            {`{"\u0064ata":[{"typ\u0065":"Blog\u0045vent"}]}`, []string{`BlogEvent:{"typ\u0065":"Blog\u0045vent"}`}},
		"unknown type":             {`{"type":"mira@example.edu"}`, []string{`unknown:{"type":"mira@example.edu"}`}},
		"type is no string":        {`{"type":["SessionEvent"],"actor":0}`, []string{`unknown:{"type":["SessionEvent"],"actor":0}`}},
		"repeated in an event":     {`{"data":[{"a":1,"a":2,"data":1,"data":2}]}`, []string{`unknown:{"a":1,"a":2,"data":1,"data":2}`}},
		"repeated in a bare event": {`{"data":1,"data":2,"actor":1,"actor":2}`, []string{`unknown:{"data":1,"data":2,"actor":1,"actor":2}`}},
	} {
		t.Run(name, func(t *testing.T) {
			env := split(t, tc.body)
			if got := itemTypes(tc.body, env); !slices.Equal(got, tc.want) {
				t.Errorf("items %q, want %q", got, tc.want)
			}
			for _, it := range env.Items {
				if it.ID == uuid.Nil {
					t.Error("an item without an id")
				}
			}
		})
	}
}

func TestSplitKeepsWhatTheEnvelopeSays(t *testing.T) {
	env := split(t, `{"sensor":"s","sendTime":"t","dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p1","data":[1]}`)
	if env.Sensor != "s" || env.SendTime != "t" || env.DataVersion != "http://purl.imsglobal.org/ctx/caliper/v1p1" {
		t.Errorf("got %+v", env)
	}
	if env.Generation != blackboard.V1P1 {
		t.Errorf("generation %q, want that of dataVersion", env.Generation)
	}
	if env := split(t, `{"sensor":5,"sendTime":null,"dataVersion":{},"data":[{"@type":"x"}]}`); env.Sensor != "" || env.Generation != blackboard.V1P0 {
		t.Errorf("got %+v", env)
	}
}

func TestSplitRefuses(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	objects := strings.Repeat(`{"a":`, 100_000)
	for name, tc := range map[string]struct {
		body   string
		offset int64
		detail string
	}{
		"truncated":            {`{"data":[{"a":`, 14, "truncated"},
		"truncated string":     {`{"data":["ab`, -1, "truncated"},
		"NUL":                  {"{\"data\":\x00}", 8, "invalid character"},
		"NUL in a string":      {"\"a\x00\"", -1, "invalid character"},
		"invalid UTF-8":        {"{\"data\":[\"\xff\"]}", 10, "invalid UTF-8"},
		"UTF-16":               {"\xff\xfe{\x00}\x00", 0, "invalid character"},
		"trailing text":        {`{"data":[]} {}`, 11, "text after the JSON value"},
		"deep":                 {deep, -1, "nested too deep"},
		"deep objects":         {objects, -1, "nested too deep"},
		"deep in data":         {`{"data":[` + deep, -1, "nested too deep"},
		"not JSON":             {"sensor=1&data=2", -1, "invalid character"},
		"comment":              {"[1/*x*/]", -1, "invalid character"},
		"no escape":            {`["\x"]`, -1, "invalid escape sequence"},
		"number with zeros":    {`[007]`, -1, "invalid character"},
		"repeated data":        {`{"data":[],"data":[]}`, -1, "repeated member of the envelope"},
		"repeated sensor":      {`{"sensor":"a","s\u0065nsor":"b","data":[]}`, -1, "repeated member of the envelope"},
		"repeated sendTime":    {`{"sendTime":"a","data":[],"sendTime":"b"}`, -1, "repeated member of the envelope"},
		"repeated in an array": {`[{"dataVersion":"a","data":[],"dataVersion":"b"}]`, -1, "repeated member of the envelope"},
		"after a BOM":          {"\ufeff}", 3, "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := blackboard.Split([]byte(tc.body), 0)
			var syntax *blackboard.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("error %v, want a SyntaxError", err)
			}
			if syntax.Detail != tc.detail {
				t.Errorf("detail %q, want %q", syntax.Detail, tc.detail)
			}
			if tc.offset >= 0 && syntax.Offset != tc.offset {
				t.Errorf("offset %d, want %d", syntax.Offset, tc.offset)
			}
		})
	}
}

// Half a surrogate pair, as of an emoji that was cut in two, is JSON. It spoils the event that it stands in, and no other.
func TestSplitLeavesHalfAPairToDecode(t *testing.T) {
	body := []byte(`{"sensor":"\ud800","\udead":1,"data":["\ud83d",{"type":"View\ud800"},{"type":"ViewEvent","\ud800":"\ud83d"},` + string(readFixture(t, "v1p1/login")) + `]}`)
	env, err := blackboard.Split(body, 0)
	if err != nil || len(env.Items) != 4 || env.Items[1].Type != blackboard.TypeUnknown || env.Items[2].Type != "ViewEvent" {
		t.Fatalf("got %+v, %v", env, err)
	}
	for i, item := range env.Items {
		_, err := blackboard.Decode(body[item.Start:item.End])
		var refused *blackboard.DecodeError
		if spoilt := errors.As(err, &refused) && refused.Reason == blackboard.ReasonMalformed; spoilt != (i < 3) {
			t.Errorf("item %d: %v", i, err)
		}
	}
}

func TestSplitTruncatedAnywhere(t *testing.T) {
	body := readFixture(t, "v1p1/timeout")
	end := bytes.LastIndexByte(body, '}')
	for n := 1; n <= end; n++ {
		if _, err := blackboard.Split(body[:n], 0); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for JSON", n, len(body))
		}
	}
}

func TestSplitBoundsTheNumberOfEvents(t *testing.T) {
	body := []byte(`{"data":[1,2,3]}`)
	if _, err := blackboard.Split(body, 3); err != nil {
		t.Error(err)
	}
	if _, err := blackboard.Split(body, 2); !errors.Is(err, blackboard.ErrTooManyEvents) {
		t.Errorf("error %v, want ErrTooManyEvents", err)
	}
}

func TestItemID(t *testing.T) {
	want := uuid.MustParse(eventID)
	for _, id := range []string{eventID, strings.ToUpper(eventID), "urn:uuid:" + eventID, "URN:UUID:" + strings.ToUpper(eventID)} {
		for _, key := range []string{"id", "@id"} {
			if got := split(t, `{"`+key+`":"`+id+`"}`).Items[0].ID; got != want {
				t.Errorf("id of %s %q is %s", key, id, got)
			}
		}
	}
	for _, id := range []string{`"x"`, `""`, `null`, `5`, `{}`, `"` + uuid.Nil.String() + `"`, `"{` + eventID + `}"`, `"` + strings.ReplaceAll(eventID, "-", "") + `"`} {
		if got := split(t, `{"id":`+id+`}`).Items[0].ID; got.Version() != 5 {
			t.Errorf("id of %s is %s, want one of the content", id, got)
		}
	}
}

// The id of content is written into stores: it must never change.
func TestContentIDIsFixed(t *testing.T) {
	namespace := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/bbcaliper/bbcaliper#event-content"))
	want := uuid.NewSHA1(namespace, []byte(`{"a":[1,"é"],"b":12345678901234567891}`))
	if got := split(t, ` { "b" : 12345678901234567891, "a" : [ 1, "\u00e9" ] } `).Items[0].ID; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
}

func TestContentIDSurvivesResending(t *testing.T) {
	for _, name := range []string{"v1p0/login", "v1p0/lti-launch"} {
		raw := firstEvent(t, name)
		reordered := jsontext.Value(bytes.Clone(raw))
		if err := reordered.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		want, _ := blackboard.Identify(raw)
		for _, resent := range [][]byte{compact(t, raw), reordered, bytes.ReplaceAll(raw, []byte("/"), []byte(`\/`))} {
			if got, _ := blackboard.Identify(resent); got != want {
				t.Errorf("%s: id %s became %s", name, want, got)
			}
		}
		other := bytes.Replace(raw, []byte("2017-03-14"), []byte("2017-03-15"), 1)
		if got, _ := blackboard.Identify(other); got == want {
			t.Errorf("%s: another event has the same id", name)
		}
	}
}

func TestContentIDOfOddContent(t *testing.T) {
	ids := make(map[uuid.UUID]string)
	for _, body := range []string{
		`{"a":1,"a":2}`, `{"a":1}`, `{"a":12345678901234567890}`, `{"a":12345678901234567891}`, `1`, `"1"`, `null`, `[[]]`,
		strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
		strings.Repeat(`{"b":`, 5_000) + "1" + strings.Repeat(`,"a":2}`, 5_000),
	} {
		id, _ := blackboard.Identify([]byte(body))
		if twin, ok := ids[id]; ok {
			t.Errorf("%.40q and %.40q have the same id", body, twin)
		}
		ids[id] = body
	}
}

func TestLabelOf(t *testing.T) {
	for _, typ := range blackboard.EventTypes() {
		if got := blackboard.LabelOf(typ); got != typ {
			t.Errorf("label of %s is %s", typ, got)
		}
		if got := blackboard.LabelOf("http://purl.imsglobal.org/caliper/v1/" + typ); got != typ {
			t.Errorf("label of the IRI of %s is %s", typ, got)
		}
	}
	if got := blackboard.LabelOf("http://purl.imsglobal.org/caliper/v1/OutcomeEvent"); got != blackboard.TypeGrade {
		t.Errorf("label of v1p0's grade is %s", got)
	}
	for _, typ := range []string{"", "Event", "sessionevent", "SessionEvent ", "SessionEvent/"} {
		if got := blackboard.LabelOf(typ); got != blackboard.TypeUnknown {
			t.Errorf("label of %q is %s", typ, got)
		}
	}
}
