package admin

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/mapping"
)

func TestMergeReadsTheRequest(t *testing.T) {
	r := newRig(t, nil)
	got := r.ask("mapper", http.MethodPost, PathMerge,
		`{"source":"myschool","into":"_7_1","from":"#12","from_revision":5,"allow_repoint":true}`, "If-Match", `"41"`)
	if got.StatusCode != http.StatusOK || got.Header.Get("ETag") != `"7"` {
		t.Fatalf("answered %d %s, ETag %s", got.StatusCode, got.body, got.Header.Get("ETag"))
	}
	if want := (MergeRequest{Source: "myschool", Into: "_7_1", From: "#12", FromRevision: 5, AllowRepoint: true}); r.stub.merge != want {
		t.Errorf("asked for %+v, want %+v", r.stub.merge, want)
	}
	edit := mapping.Edit{By: "Ms mapper", How: mapping.How{Command: "map merge"}, IfRevision: 41, IfFromRevision: 5, AllowRepoint: true}
	if r.stub.edit != edit {
		t.Errorf("edit %+v, want %+v", r.stub.edit, edit)
	}
	var merged Merged
	if err := json.Unmarshal([]byte(got.body), &merged, json.RejectUnknownMembers(true)); err != nil || merged.Record.Number != 1 || merged.Removed.Number != 2 {
		t.Errorf("answered %s: %v", got.body, err)
	}
}

func TestMergeRefuses(t *testing.T) {
	for _, test := range []struct {
		body   string
		header []string
		status int
		says   string
	}{
		{`{"into":"#1"}`, nil, 400, "name two records"},
		{`{"into":" ","from":"#2"}`, nil, 400, "name two records"},
		{`{"into":1,"from":2}`, nil, 400, "at /into"},
		{`{"into":"#1","from":"#2","by":"hush"}`, nil, 400, "not the JSON"},
		{``, nil, 400, "not the JSON"},
		{`{"into":"#1","from":"#2"}`, []string{"If-Match", "x"}, 400, "If-Match"},
	} {
		r := newRig(t, nil)
		got := r.ask("mapper", http.MethodPost, PathMerge, test.body, test.header...)
		if got.StatusCode != test.status || !strings.Contains(r.failure(got).Error, test.says) {
			t.Errorf("%s: %d %s", test.body, got.StatusCode, got.body)
		}
		if len(r.stub.calls()) > 0 || strings.Contains(got.body, "hush") {
			t.Errorf("%s: asked, or echoed in %s", test.body, got.body)
		}
	}
}
