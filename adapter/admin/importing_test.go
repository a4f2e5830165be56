package admin

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

func TestImportPassesTheFileOn(t *testing.T) {
	r := newRig(t, nil)
	sent := ImportRequest{
		Source: "myschool", File: `C:\lists\people.csv`, AllowRepoint: true, Partial: true, DryRun: true, Sync: true, SkipEmpty: true,
		Columns: map[string]string{"platform_id": "sourcedId", "note": "a=b&c"},
	}
	body := "sourcedId,user_id\n" + strings.Repeat(somebody.String()+",_7_1\n", 10_000)
	got := r.ask("mapper", http.MethodPost, PathImport+"?"+sent.Query().Encode(), body, "Content-Type", "text/csv", "If-Match", `"abc"`)
	if got.StatusCode != http.StatusOK || r.stub.body != body {
		t.Fatalf("answered %d %s; %d of %d bytes arrived", got.StatusCode, got.body, len(r.stub.body), len(body))
	}
	file := r.stub.file
	if !maps.Equal(file.Columns, sent.Columns) || file.File != "people.csv" || file.Source != "myschool" || file.By != "Ms mapper" ||
		!file.AllowRepoint || !file.Partial || !file.DryRun || !file.Sync || !file.SkipEmpty || file.Approved != "abc" ||
		file.Progress != nil || file.Rejected != nil {
		t.Errorf("request is %+v", file)
	}
}

func TestImportRefuses(t *testing.T) {
	for query, says := range map[string]string{
		"?dry_run=yes":       "dry_run must be true or false",
		"?dry-run=true":      "no parameter",
		"?column=platformid": "COLUMN=HEADER",
		"?column==x":         "COLUMN=HEADER",
	} {
		r := newRig(t, nil)
		got := r.ask("mapper", http.MethodPost, PathImport+query, "platform_id\n")
		if got.StatusCode != http.StatusBadRequest || !strings.Contains(r.failure(got).Error, says) || len(r.stub.calls()) > 0 {
			t.Errorf("%s: %d %s", query, got.StatusCode, got.body)
		}
	}
}

func TestImportIsBounded(t *testing.T) {
	r := newRig(t, func(o *Options) { o.MaxImport = 1000 })
	got := r.ask("mapper", http.MethodPost, PathImport, strings.Repeat("x", 1001))
	if got.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(r.failure(got).Error, "1000 bytes") {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
	if got := r.ask("mapper", http.MethodPost, PathImport, strings.Repeat("x", 1000)); got.StatusCode != http.StatusOK {
		t.Errorf("at the bound: %d %s", got.StatusCode, got.body)
	}
}

// A file that is refused early is still taken, so that the reason arrives.
func TestImportRefusedEarly(t *testing.T) {
	r := newRig(t, nil)
	r.stub.err = Invalid("no header")
	got := r.ask("mapper", http.MethodPost, PathImport, strings.Repeat("x", 8<<20))
	if got.StatusCode != http.StatusUnprocessableEntity || r.failure(got).Error != "no header" {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
}

// importer is a stub whose imports say how far they are.
type importer struct {
	*stub
	progress []ImportProgress
	rejected []RejectedLine
	result   ImportResult
	err      error
}

func (i *importer) Import(_ context.Context, r ImportRequest) (ImportResult, error) {
	if r.Progress != nil {
		for _, p := range i.progress {
			r.Progress(p)
		}
	}
	if r.Rejected != nil {
		for _, line := range i.rejected {
			r.Rejected(line)
		}
	}
	return i.result, i.err
}

// Lines come only to those who ask for them, and end with the result, or with what went wrong.
func TestImportAsLines(t *testing.T) {
	progress := []ImportProgress{{mapping.Reading, 2, 2}, {mapping.Writing, 1, 2}, {mapping.Writing, 1, 2}, {mapping.Writing, 2, 2}}
	rejected := []RejectedLine{{Line: 3, Reason: "user_uuid is not a UUID"}}
	const told = `{"progress":{"stage":"reading","done":2,"total":2}}|{"progress":{"stage":"writing","done":1,"total":2}}|` +
		`{"progress":{"stage":"writing","done":2,"total":2}}|{"rejected":{"line":3,"reason":"user_uuid is not a UUID"}}|`
	refused := &mapping.PlanError{Invalid: []mapping.Invalid{{Line: 3, Faults: []mapping.Fault{{Column: "user_uuid", Reason: "is not a UUID"}}}}}
	for name, tt := range map[string]struct {
		accept, query string
		progress      []ImportProgress
		err           error
		status        int
		begins, ends  string
	}{
		"by default":              {"", "", progress, nil, 200, `{"applied":true`, `}`},
		"for whoever takes all":   {"application/json, */*", "", progress, nil, 200, `{"applied":true`, `}`},
		"as lines":                {"text/html;q=0.1, Application/X-NDJSON;q=0.9", "?reasons=true", progress, nil, 200, told + `{"result":{"applied":true`, `}}|`},
		"refused with lines":      {TypeLines, "?reasons=true", progress, refused, 200, told + `{"failure":{"status":422,"error":"1 line cannot`, `"text":"line 3: user_uuid is not a UUID"}]}}|`},
		"broken with lines":       {TypeLines, "", progress, errors.New("hush"), 200, `{"progress"`, `"failure":{"status":500,"error":"internal error: the log of bbcaliper says more"}}|`},
		"refused before a line":   {TypeLines, "", nil, refused, 422, `{"error":"1 line cannot`, `}`},
		"nothing to say on lines": {TypeLines, "", nil, nil, 200, `{"result":{"applied":true`, `}}|`},
	} {
		t.Run(name, func(t *testing.T) {
			service := &importer{progress: tt.progress, rejected: rejected, err: tt.err, result: ImportResult{Applied: true, Plan: strings.Repeat("ab", 32)}}
			r := newRig(t, func(o *Options) { service.stub, o.Service = o.Service.(*stub), service })
			if tt.accept == "" {
				tt.accept = "application/json"
			}
			got := r.ask("mapper", http.MethodPost, PathImport+tt.query, "platform_id\n", "Accept", tt.accept, "Content-Type", "text/csv")
			body := strings.ReplaceAll(got.body, "\n", "|")
			if got.StatusCode != tt.status || !strings.HasPrefix(body, tt.begins) || !strings.HasSuffix(strings.TrimSuffix(body, "|"), strings.TrimSuffix(tt.ends, "|")) {
				t.Errorf("answered %d %s", got.StatusCode, body)
			}
			if lines := got.Header.Get("Content-Type") == TypeLines; lines != strings.HasSuffix(tt.ends, "|") {
				t.Errorf("it is %s", got.Header.Get("Content-Type"))
			}
			if logged := strings.Contains(r.logged(), "hush"); logged != strings.HasPrefix(name, "broken") || strings.Contains(body, "hush") {
				t.Errorf("logged %s", r.logged())
			}
		})
	}
}

// However many lines are wrong, an answer lists the first of them, and names all.
func TestProblemsOfAFileAreBounded(t *testing.T) {
	var e mapping.PlanError
	for n := range 3 * MaxImportList {
		e.Invalid = append(e.Invalid, mapping.Invalid{Line: 3*n + 2})
		e.Conflicts = append(e.Conflicts, mapping.Conflict{Alias: mapping.UserID, One: mapping.Claim{Line: 3*n + 3}, Other: mapping.Claim{Line: 2}})
		e.Repoints = append(e.Repoints, mapping.Repoint{Line: 3*n + 4, Number: 1})
	}
	problems := planProblems(&e)
	if len(problems) != MaxImportList {
		t.Fatalf("%d problems", len(problems))
	}
	for n, p := range problems {
		if last(p.Lines) != n+2 {
			t.Fatalf("problem %d is of the lines %v", n, p.Lines)
		}
	}
	var told []int
	request := ImportRequest{Rejected: func(line RejectedLine) { told = append(told, line.Line) }}
	if request.Tell(&e); !slices.Equal(told, e.Lines()) || len(told) != 9*MaxImportList {
		t.Errorf("told of %d lines", len(told))
	}
	request.Tell(nil)
}

// A plan is another one if anything of what was asked for is.
func TestPlanID(t *testing.T) {
	plan := importRows(t, mapping.NewIndex("myschool"), "platform_id,user_id\n"+somebody.String()+",_7_1\n")
	id := func(r ImportRequest) string { return r.PlanID("digest", plan) }
	want := id(ImportRequest{})
	for _, same := range []ImportRequest{{DryRun: true}, {File: "x"}, {By: "x"}, {Approved: "x"}, {Rejected: func(RejectedLine) {}}} {
		if id(same) != want {
			t.Errorf("%+v makes another plan", same)
		}
	}
	for _, other := range []ImportRequest{
		{Source: "x"}, {AllowRepoint: true}, {Partial: true}, {Sync: true}, {SkipEmpty: true}, {Columns: map[string]string{"note": "x"}},
	} {
		if id(other) == want {
			t.Errorf("%+v makes the same plan", other)
		}
	}
	if other := (&ImportRequest{}).PlanID("another digest", plan); other == want {
		t.Error("another file makes the same plan")
	}
}

// Every form of a line is read as it was written.
func TestImportLinesComeBack(t *testing.T) {
	for _, line := range []ImportLine{
		{Progress: &ImportProgress{mapping.Writing, 1, 2}}, {Rejected: &RejectedLine{2, "x"}}, {Result: &ImportResult{Plan: "p"}},
		{Failure: &LateFailure{422, Failure{Error: "x", Problems: []Problem{{Kind: KindInvalid}}}}},
	} {
		text, err := json.Marshal(line)
		var back ImportLine
		if err == nil {
			err = json.Unmarshal(text, &back, json.RejectUnknownMembers(true))
		}
		again, _ := json.Marshal(back)
		if err != nil || string(again) != string(text) {
			t.Errorf("%s became %s: %v", text, again, err)
		}
	}
}

func TestImportResultOfAPlan(t *testing.T) {
	index := mapping.NewIndex("myschool")
	before := importRows(t, index, "platform_id,user_id\n"+somebody.String()+",_7_1\n")
	if err := before.Apply(mapping.Edit{}); err != nil {
		t.Fatal(err)
	}
	other := uuid.NewString()
	plan := importRows(t, index, "platform_id,user_id,shoe\n"+
		other+",_7_1,38\n"+ // re-pointed
		"nonsense,_8_1,39\n"+
		other+",_9_1,40\n")
	got := NewImportResult(plan, []string{"shoe"})
	kinds := []string{}
	for _, p := range got.Problems {
		kinds = append(kinds, p.Kind)
	}
	if !slices.Equal(kinds, []string{KindInvalid}) || len(got.Repoints) != 1 || got.Repoints[0].Line != 2 || !got.Refused || got.Applied {
		t.Errorf("result is %+v", got)
	}
	if got.Counts != (mapping.Counts{New: 1, Repointed: 1, Invalid: 1}) || !slices.Equal(got.Sources, []string{"myschool"}) {
		t.Errorf("counts are %+v of %v", got.Counts, got.Sources)
	}
}

func importRows(t *testing.T, index *mapping.Index, text string) *mapping.Plan {
	t.Helper()
	csv, err := mapping.ReadFile(strings.NewReader(text), mapping.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := mapping.NewPlan(t.Context(), csv.Rows(), []*mapping.Index{index}, mapping.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
