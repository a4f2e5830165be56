package admin

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/mapping"
)

func TestSetReadsTheStatement(t *testing.T) {
	r := newRig(t, nil)
	body := `{"source":"myschool","platform_id":"5D0C1C1E-6B43-4D0E-9A53-2B2F2C1A8E77",
		"user_uuid":"https://caliper-mapping.example/v1/sites/x/users/5d0c1c1e6b434d0e9a532b2f2c1a8e77",
		"user_id":"_7_1","external_id":"x-7","email":"a@b.example","note":"n","number":3,"replace":true,"allow_repoint":true,"take":true}`
	got := r.ask("mapper", http.MethodPut, PathRecords, body, "If-Match", `"41"`, "Content-Type", "application/json; charset=utf-8")
	if got.StatusCode != http.StatusOK || got.Header.Get("ETag") != `"7"` {
		t.Fatalf("answered %d %s, ETag %s", got.StatusCode, got.body, got.Header.Get("ETag"))
	}
	want := mapping.Record{
		Source: "myschool", PlatformID: somebody, UserUUID: somebody, UserID: "_7_1", ExternalID: "x-7", Email: "a@b.example", Note: "n",
	}
	if r.stub.stated != want {
		t.Errorf("stated %+v, want %+v", r.stub.stated, want)
	}
	edit := mapping.Edit{By: "Ms mapper", How: mapping.How{Command: "map set"}, Number: 3, IfRevision: 41, Replace: true, AllowRepoint: true, Take: true}
	if r.stub.edit != edit {
		t.Errorf("edit %+v, want %+v", r.stub.edit, edit)
	}
}

func TestSetRefuses(t *testing.T) {
	for _, test := range []struct {
		body   string
		header []string
		status int
		says   string
	}{
		{`{"platform_id":"hush","user_uuid":"hush"}`, nil, 422, "platform_id is not a UUID"},
		{`{"platform_id":7}`, nil, 400, "at /platform_id"},
		{`{"platformid":"x"}`, nil, 400, "not the JSON"},
		{`{"note":"a","note":"b"}`, nil, 400, "not the JSON"},
		{`{"note":"` + "\xff" + `"}`, nil, 400, "not the JSON"},
		{``, nil, 400, "not the JSON"},
		{`{}{}`, nil, 400, "not the JSON"},
		{strings.Repeat("[", 60000), nil, 400, "not the JSON"},
		{`{"note":"` + strings.Repeat("a", maxBody) + `"}`, nil, 413, "larger than"},
		{`{}`, []string{"If-Match", "*"}, 400, "If-Match"},
		{`{}`, []string{"If-Match", `"0"`}, 412, "If-Match"},
	} {
		r := newRig(t, nil)
		got := r.ask("mapper", http.MethodPut, PathRecords, test.body, test.header...)
		if got.StatusCode != test.status || !strings.Contains(r.failure(got).Error, test.says) {
			t.Errorf("%.40s %v: %d %s", test.body, test.header, got.StatusCode, got.body)
		}
		if len(r.stub.calls()) > 0 || strings.Contains(got.body, "hush") {
			t.Errorf("%.40s: asked, or echoed in %s", test.body, got.body)
		}
	}
}

func TestRemoveIsConditional(t *testing.T) {
	r := newRig(t, nil)
	r.ask("mapper", http.MethodDelete, PathRecords+"?person=_7_1&source=s", "", "If-Match", "12")
	if r.stub.edit.IfRevision != 12 || r.stub.edit.How.Command != "map remove" {
		t.Errorf("edit is %+v", r.stub.edit)
	}
	if got := r.stub.calls(); len(got) != 1 || got[0] != "remove s _7_1" {
		t.Errorf("asked %q", got)
	}
}
