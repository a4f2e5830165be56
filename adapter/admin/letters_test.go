package admin

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// What a filter asks for arrives, and nothing that it cannot mean.
func TestDeadFilters(t *testing.T) {
	full := DeadFilter{
		Destination: "lrs", Source: "myschool", Type: "SessionEvent", Reason: "refused",
		Since: time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC), Until: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC),
		Events: []uuid.UUID{somebody}, Letters: []uint64{3, 9}, Last: 12,
	}
	id := somebody.String()
	for query, want := range map[string]string{
		full.Query().Encode():                   full.Query().Encode(),
		"":                                      "",
		"since=2026-03-04T05:00:00%2B01:00":     "since=2026-03-04T04%3A00%3A00Z",
		"id=urn:uuid:" + strings.ToUpper(id):    "id=" + id,
		"id=" + strings.ReplaceAll(id, "-", ""): "id=" + id,
		"id=7&id=" + id:                         "id=7&id=" + id,
		"since=yesterday":                       "400 since must be a time such as",
		"until=2026-03-04":                      "400 until must be a time",
		"since=2026-03-04T05:00:00Z&until=2026-03-04T05:00:00Z": "400 until must be later than since",
		"id=":     "400 by its number, or by the UUID",
		"id=0":    "400 by its number",
		"id=-1":   "400 by its number",
		"id=hush": "400 by its number",
		"id=00000000-0000-0000-0000-000000000000": "400 by its number",
		strings.Repeat("id=7&", MaxNamed+1):       "400 more than 500",
		"last=0":                                  "400 last must be a number",
		"last=x":                                  "400 last must be a number",
		"last=1&last=2":                           "400 last is given twice",
		"reason=a&reason=b":                       "400 reason is given twice",
		"from=2026":                               "400 no parameter",
		"since=%zz":                               "400 query cannot be read",
		"last=18446744073709551616":               "400 last must be a number",
	} {
		for path, method := range map[string]string{
			PathDead: http.MethodGet, PathDeadCounts: http.MethodGet, PathDeadExport: http.MethodGet,
			PathDeadRetry: http.MethodPost, PathDeadDiscard: http.MethodPost,
		} {
			r, body := newRig(t, nil), ""
			if path == PathDeadDiscard {
				body = `{"because":"x"}`
			}
			got := r.ask("admin", method, path+"?"+query, body)
			asked := strings.Join(r.stub.calls(), ";")
			says, bad := strings.CutPrefix(want, "400 ")
			if bad {
				if f := r.failure(got); got.StatusCode != http.StatusBadRequest || asked != "" || !strings.Contains(f.Error, says) || strings.Contains(f.Error, "hush") {
					t.Errorf("%s ?%.60s: %d %s, asked %q", path, query, got.StatusCode, got.body, asked)
				}
				continue
			}
			_, arrived, _ := strings.Cut(asked, " ")
			values, err := url.ParseQuery(arrived)
			values.Del(queryLimit) // of a list
			if err != nil || got.StatusCode != http.StatusOK || values.Encode() != want {
				t.Errorf("%s ?%.60s: %d, asked %q, want %q", path, query, got.StatusCode, arrived, want)
			}
		}
	}
}

func TestPagesOfDeadEvents(t *testing.T) {
	r := newRig(t, nil)
	for query, want := range map[string]string{
		"":                           "dead limit=1000",
		"limit=1":                    "dead limit=1",
		"limit=10000&after=3":        "dead after=3&limit=10000",
		"limit=10001":                "",
		"limit=0":                    "",
		"limit=-1":                   "",
		"after=x":                    "",
		"limit=18446744073709551615": "",
	} {
		got := r.ask("viewer", http.MethodGet, PathDead+"?"+query, "")
		if asked := strings.Join(r.stub.calls(), ";"); asked != want || (got.StatusCode == http.StatusBadRequest) != (want == "") {
			t.Errorf("?%s: %d, asked %q, want %q", query, got.StatusCode, asked, want)
		}
	}
	for _, path := range []string{PathDeadRetry, PathDeadDiscard} {
		if got := r.ask("admin", http.MethodPost, path+"?limit=1", `{"because":"x"}`); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s takes a limit: %d", path, got.StatusCode)
		}
	}
}

func TestFilterMatches(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	event := DeadEvent{Letter: 7, EventID: somebody.String(), Destination: "lrs", Source: "s", Type: "T", Reason: "refused", At: at}
	for _, test := range []struct {
		filter DeadFilter
		want   bool
	}{
		{DeadFilter{}, true},
		{DeadFilter{Destination: "lrs", Source: "s", Type: "T", Reason: "refused"}, true},
		{DeadFilter{Destination: "other"}, false},
		{DeadFilter{Source: "other"}, false},
		{DeadFilter{Type: "other"}, false},
		{DeadFilter{Reason: "other"}, false},
		{DeadFilter{Since: at}, true},
		{DeadFilter{Since: at.Add(1)}, false},
		{DeadFilter{Until: at}, false},
		{DeadFilter{Until: at.Add(1)}, true},
		{DeadFilter{After: 6, Last: 7}, true},
		{DeadFilter{After: 7}, false},
		{DeadFilter{Last: 6}, false},
		{DeadFilter{Letters: []uint64{7}}, true},
		{DeadFilter{Letters: []uint64{8}}, false},
		{DeadFilter{Letters: []uint64{8}, Events: []uuid.UUID{somebody}}, true},
		{DeadFilter{Events: []uuid.UUID{somebody}, Reason: "other"}, false},
		{DeadFilter{Events: []uuid.UUID{uuid.New()}}, false},
		{DeadFilter{Limit: 1}, true},
	} {
		if got := test.filter.Matches(&event); got != test.want {
			t.Errorf("%+v: %v", test.filter, got)
		}
	}
	if body := (DeadEvent{Letter: 7}); (&DeadFilter{Events: []uuid.UUID{somebody}}).Matches(&body) {
		t.Error("a body matches the id of an event")
	}
}

// What a filter says of itself reads back as the same filter.
func FuzzDeadFilterName(f *testing.F) {
	for _, text := range []string{"7", "0", somebody.String(), "urn:uuid:" + somebody.String(), "", "18446744073709551615", "99999999999999999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var filter DeadFilter
		if err := filter.Name(text); err != nil {
			if len(text) > 4 && strings.Contains(err.Error(), text) || filter.Names() {
				t.Errorf("%q: %v, %+v", text, err, filter)
			}
			return
		}
		var again DeadFilter
		for _, id := range filter.Query()[queryID] {
			if err := again.Name(id); err != nil {
				t.Errorf("%q: %v", id, err)
			}
		}
		if !slices.Equal(filter.Events, again.Events) || !slices.Equal(filter.Letters, again.Letters) || !filter.Names() {
			t.Errorf("%q: %+v, again %+v", text, filter, again)
		}
	})
}

// The words of a collector are for those who may see personal data; the rules of our own checks are for everybody.
func TestViewersDoNotSeeWhatCollectorsSay(t *testing.T) {
	r := newRig(t, nil)
	rule := DeadLetter{DeadEvent: DeadEvent{Letter: 42, Reason: "nonconformant", Detail: "a rule"}}
	r.stub.letters = []DeadLetter{oneLetter(), rule}
	for role, sees := range map[string]bool{"viewer": false, "mapper": true, "admin": true} {
		got := r.ask(role, http.MethodGet, PathDead, "")
		if strings.Contains(got.body, "words of a collector") != sees || !strings.Contains(got.body, "a rule") || !strings.Contains(got.body, `"letter":41`) {
			t.Errorf("%s: %s", role, got.body)
		}
	}
}

func TestShowLetter(t *testing.T) {
	r := newRig(t, nil)
	elsewhere := oneLetter()
	elsewhere.Letter, elsewhere.Destination = 42, "other"
	r.stub.letters = []DeadLetter{oneLetter(), elsewhere}
	for path, want := range map[string]int{
		PathLetter("41"):                                     1,
		PathLetter(somebody.String()):                        2,
		PathLetter("urn:uuid:" + somebody.String()):          2,
		PathLetter(somebody.String()) + "?destination=other": 1,
		PathLetter("43"):                                     0,
		PathLetter("41") + "?destination=other":              0,
	} {
		got := r.ask("mapper", http.MethodGet, path, "")
		if want == 0 {
			if f := r.failure(got); got.StatusCode != http.StatusNotFound || !strings.Contains(f.Error, "no such dead letter") {
				t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
			}
			continue
		}
		var letters []DeadLetter
		if err := json.Unmarshal([]byte(got.body), &letters); err != nil || len(letters) != want || string(letters[0].Raw) != `{"id":"x"}` {
			t.Errorf("%s: %v %s", path, err, got.body)
		}
	}
	for _, id := range []string{"hush", "0", "-1", "%20"} {
		if got := r.ask("mapper", http.MethodGet, strings.Replace(pathLetter, "{name}", id, 1), ""); got.StatusCode != http.StatusBadRequest || strings.Contains(got.body, "hush") {
			t.Errorf("%s: %d %s", id, got.StatusCode, got.body)
		}
	}
}

// A text that is JSON is shown as JSON, any other byte for byte.
func TestTextsOfLetters(t *testing.T) {
	for text, isJSON := range map[string]bool{
		`{"a":[1,2.50]}`: true, ` 7 `: true, `{}`: true, `null`: true, `""`: true, `{"a":1,"a":2}`: false, `{"a":`: false, "": false, "\xff": false, "\"\xff\"": false,
	} {
		var letter, again DeadLetter
		letter.SetRaw([]byte(text))
		line, err := json.Marshal(letter)
		if err == nil {
			err = json.Unmarshal(line, &again)
		}
		if err != nil || (letter.Raw != nil) != isJSON || strings.TrimSpace(string(again.Text())) != strings.TrimSpace(text) {
			t.Errorf("%q: %v, %s", text, err, line)
		}
	}
}

func TestExportOfLetters(t *testing.T) {
	r := newRig(t, nil)
	odd := oneLetter()
	odd.Letter++
	odd.SetRaw([]byte("\xff\n"))
	r.stub.letters = []DeadLetter{oneLetter(), odd}
	got := r.ask("mapper", http.MethodGet, PathDeadExport, "")
	lines := strings.Split(strings.TrimSuffix(got.body, "\n"), "\n")
	if got.Header.Get("Content-Type") != "application/x-ndjson" || len(lines) != 2 {
		t.Fatalf("exported %s\n%s", got.Header.Get("Content-Type"), got.body)
	}
	if !strings.Contains(lines[0], `"raw":{"id":"x"}`) || !strings.Contains(lines[1], `"raw_base64":"/wo="`) {
		t.Errorf("exported\n%s", got.body)
	}
	odd.Reply = "cut off within a letter: \xc3" // which costs the letter, not the export
	r.stub.letters = []DeadLetter{odd}
	if got := r.ask("mapper", http.MethodGet, PathDeadExport, ""); !strings.Contains(got.body, "within a letter: \uFFFD") {
		t.Errorf("exported\n%s", got.body)
	}
	r.stub.letters = nil
	if got := r.ask("mapper", http.MethodGet, PathDeadExport, ""); got.StatusCode != http.StatusOK || got.body != "" || got.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("nothing is exported as %d %q %s", got.StatusCode, got.body, got.Header.Get("Content-Type"))
	}
	r.stub.err = NotFound("no destination x")
	if got := r.ask("mapper", http.MethodGet, PathDeadExport, ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("an error before the first byte is %d", got.StatusCode)
	}
}

// An export that is not whole must not look as if it were.
func TestExportOfLettersBrokenOff(t *testing.T) {
	r := newRig(t, nil)
	long := oneLetter()
	long.SetRaw([]byte(`"` + strings.Repeat("x", 1<<20) + `"`))
	r.stub.letters, r.stub.err = []DeadLetter{long}, errors.New("the store is gone")
	req, err := http.NewRequest(http.MethodGet, r.url+PathDeadExport, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer mapper")
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("the file ended as if it were whole")
	}
}

func TestDiscard(t *testing.T) {
	r := newRig(t, nil)
	got := r.ask("admin", http.MethodPost, PathDeadDiscard+"?id=7", `{"because":" the vendor knows "}`)
	if got.StatusCode != http.StatusOK || strings.TrimSpace(got.body) != `{"letters":2,"left":0}` {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
	if want := (Discard{Because: "the vendor knows", By: "Ms admin"}); r.stub.discard != want {
		t.Errorf("discarded %+v", r.stub.discard)
	}
	r.stub.calls()
	for body, want := range map[string]int{
		"": 400, `{}`: 422, `{"because":" "}`: 422, `{"because":"a\nb"}`: 422, `{"because":"\u001b[2J"}`: 422,
		`{"because":"` + strings.Repeat("x", MaxBecause+1) + `"}`: 422, `{"because":"x","by":"me"}`: 400, `{"because":7}`: 400,
	} {
		got := r.ask("admin", http.MethodPost, PathDeadDiscard, body)
		if r.failure(got); got.StatusCode != want || len(r.stub.calls()) > 0 {
			t.Errorf("%.40s: %d %s", body, got.StatusCode, got.body)
		}
	}
}

func TestRetryCounts(t *testing.T) {
	r := newRig(t, nil)
	if got := r.ask("admin", http.MethodPost, PathDeadRetry+"?reason=refused", ""); strings.TrimSpace(got.body) != `{"letters":3,"left":1}` {
		t.Errorf("answered %s", got.body)
	}
}
