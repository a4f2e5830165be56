package admin

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

func (s *stub) Unmapped(_ context.Context, f UnmappedFilter) (UnmappedPage, error) {
	return UnmappedPage{}, s.note("unmapped", f.Query().Encode())
}

func (s *stub) ExportUnmapped(_ context.Context, f UnmappedFilter, w io.Writer) error {
	if err := s.note("export unmapped", f.Query().Encode()); err != nil {
		return err
	}
	return WriteUnmapped(w, slices.Values([]UnmappedPerson(nil)))
}

func (s *stub) Accept(_ context.Context, r AcceptRequest) (Accepted, error) {
	var what []string
	for _, p := range r.People {
		what = append(what, p.Person+"/"+p.Source+"/"+p.Mark)
	}
	return Accepted{People: len(r.People) - 1}, s.note("accept", r.By, fmt.Sprint(r.DryRun), strings.Join(what, " "))
}

func TestWorkListRequests(t *testing.T) {
	cursor := UnmappedCursor{Since: time.Date(2026, 3, 4, 5, 6, 7, 8900, time.UTC), Key: "0a1b"}
	full := UnmappedFilter{Source: "s", Person: "a b", Suggested: true, Evidence: mapping.Email, After: cursor, Limit: 7}
	bare := UnmappedFilter{Limit: DefaultUnmappedLimit}
	whole := full
	whole.Limit, whole.After = 0, UnmappedCursor{}
	for path, want := range map[string]string{
		PathUnmapped: "unmapped " + bare.Query().Encode(),
		PathUnmapped + "?" + full.Query().Encode():        "unmapped " + full.Query().Encode(),
		PathUnmapped + "?limit=10001":                     "",
		PathUnmapped + "?evidence=user_id":                "",
		PathUnmapped + "?evidence=nonsense":               "",
		PathUnmapped + "?after=nonsense":                  "",
		PathUnmapped + "?suggested=perhaps":               "",
		PathUnmappedExport:                                "export unmapped ",
		PathUnmappedExport + "?" + whole.Query().Encode(): "export unmapped " + whole.Query().Encode(),
		PathUnmappedExport + "?limit=7":                   "",
	} {
		r := newRig(t, nil)
		got := r.ask("mapper", http.MethodGet, path, "")
		asked := strings.Join(r.stub.calls(), ";")
		if asked != want || (got.StatusCode == http.StatusBadRequest) != (want == "") {
			t.Errorf("GET %s: %d, asked %q, want %q", path, got.StatusCode, asked, want)
		}
	}
	r := newRig(t, nil)
	if got := r.ask("mapper", http.MethodGet, PathUnmapped, ""); got.body != `{"people":[],"total":0,"events":0,"mapped":0}`+"\n" {
		t.Errorf("an empty page is %s", got.body)
	}
	if got := r.ask("mapper", http.MethodGet, PathUnmappedExport, ""); got.Header.Get("Content-Disposition") != `attachment; filename="unmapped.csv"` {
		t.Errorf("the file is %v", got.Header)
	}
}

func TestAcceptRequests(t *testing.T) {
	r := newRig(t, nil)
	for _, test := range []struct {
		path, body string
		status     int
		asked      string
	}{
		{PathAccept, `{"people":[{"person":"k","mark":"m"},{"person":"x 7","source":"s","mark":"n"}]}`, 200, "accept Ms mapper false k//m x 7/s/n"},
		{PathAccept + "?dry_run=true", `{"people":[{"person":"k","mark":"m"}]}`, 200, "accept Ms mapper true k//m"},
		{PathAccept, `{"people":[{"person":"k","mark":"m"}]}`, 412, "accept Ms mapper false k//m"}, // the stub maps one less
	} {
		got := r.ask("mapper", http.MethodPost, test.path, test.body)
		if asked := strings.Join(r.stub.calls(), ";"); got.StatusCode != test.status || asked != test.asked {
			t.Errorf("%s %s: %d %s, asked %q", test.path, test.body, got.StatusCode, got.body, asked)
		}
	}
	many := strings.Repeat(`{"person":"`+strings.Repeat("k", 32)+`","mark":"0123456789abcdef"},`, 2000)
	if got := r.ask("mapper", http.MethodPost, PathAccept, `{"people":[`+strings.TrimSuffix(many, ",")+`]}`); got.StatusCode != 200 {
		t.Errorf("2,000 people: %d %s", got.StatusCode, got.body)
	}
}

// A mark is that of the platform id and all of the evidence.
func TestMarks(t *testing.T) {
	evidence := func(change func(*Evidence)) []Evidence {
		e := Evidence{Kind: mapping.ExternalID, Source: "s", Record: 1, Revision: 2}
		change(&e)
		return []Evidence{e}
	}
	same := evidence(func(*Evidence) {})
	seen := map[string]bool{NewSuggestion(uuid.Nil, same, true).Mark: true}
	for _, variant := range [][]Evidence{
		same, nil, append(same, same...),
		evidence(func(e *Evidence) { e.Kind = mapping.Email }),
		evidence(func(e *Evidence) { e.Source = "t" }),
		evidence(func(e *Evidence) { e.Record = 12 }),
		evidence(func(e *Evidence) { e.Revision = 3 }),
	} {
		mark := NewSuggestion(somebody, variant, true).Mark
		if seen[mark] || mark != NewSuggestion(somebody, variant, false).Mark || len(mark) != 2*markBytes {
			t.Errorf("%v has the mark %s", variant, mark)
		}
		seen[mark] = true
	}
}

func FuzzCursor(f *testing.F) {
	for _, text := range []string{"", "1-k", "-1-k", "1772600767000008900-0a1b", "x", "-", "9223372036854775807-k"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c, again UnmappedCursor
		if err := c.UnmarshalText([]byte(text)); err != nil {
			return
		}
		written, err := c.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalText(written); err != nil || again.Compare(c) != 0 {
			t.Errorf("%q became %q: %v", text, written, err)
		}
	})
}

// What an import reads comes back byte for byte; what it does not read is harmless in a spreadsheet.
func TestFillInList(t *testing.T) {
	hostile := []string{`=1+1`, `+1`, `-1`, `@x`, `a,b`, `a"b`, "a b", "007"}
	var people []UnmappedPerson
	for i, id := range hostile {
		people = append(people, UnmappedPerson{
			Source: "s", UserID: fmt.Sprintf("_%d_1", i), ExternalID: id, Types: map[string]int{id: 1, "B": 2, "A": 2}, Events: 5,
		})
	}
	people[0].Types = map[string]int{"=1+1": 1}
	var file bytes.Buffer
	if err := WriteUnmapped(&file, slices.Values(people)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
	if err != nil || len(rows) != 1+len(hostile) {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		if row[0] != "" || row[3] != hostile[i] || row[5] != "s" || row[7] != "5" {
			t.Errorf("row %d is %q", i, row)
		}
		for _, cell := range row[7:] {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("row %d has a cell %q", i, cell)
			}
		}
	}
	if rows[1][9] != "'=1+1 1" || rows[2][9] != "A 2, B 2, +1 1" {
		t.Errorf("types are %q and %q", rows[1][9], rows[2][9])
	}
}
