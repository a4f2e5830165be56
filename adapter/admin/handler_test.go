package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping"
)

func TestErrorsAndTheirAnswers(t *testing.T) {
	record := mapping.Record{Number: 4, Source: "myschool", PlatformID: somebody}
	conflict := mapping.Conflict{
		Alias: mapping.UserID, Value: "_7_1",
		One: mapping.Claim{PlatformID: somebody}, Other: mapping.Claim{Number: 4, PlatformID: somebody},
	}
	plan := &mapping.PlanError{
		Invalid:   []mapping.Invalid{{Line: 9, Faults: []mapping.Fault{{Column: "user_uuid", Reason: "is not a UUID"}}}},
		Conflicts: []mapping.Conflict{{Alias: mapping.UserID, Value: "_7_1", One: mapping.Claim{Line: 5}, Other: mapping.Claim{Line: 3}}},
		Repoints:  []mapping.Repoint{{Line: 2, Number: 4}},
	}
	for _, test := range []struct {
		err      error
		status   int
		says     string // in error
		problems []string
	}{
		{NotFound("no source %s", "x"), 404, "no source x", nil},
		{Invalid("so not"), 422, "so not", nil},
		{Conflict("taken"), 409, "taken", nil},
		{Unavailable("later"), 503, "later", nil},
		{Ambiguous([]mapping.Record{record, record}), 409, "2 records match", []string{"record 4 of source myschool", "record 4"}},
		{fmt.Errorf("set record: %w", &mapping.ConflictError{Conflicts: []mapping.Conflict{conflict}}), 409, "conflict",
			[]string{`user_id "_7_1" of the new record (platform id ` + somebody.String() + `) belongs to record 4`}},
		{fmt.Errorf("merge: %w", &mapping.RepointError{Repoint: mapping.Repoint{Number: 4}}), 409, "has to be allowed",
			[]string{"platform id of record 4 changes"}},
		{fmt.Errorf("merge: %w", mapping.ErrTwoAccounts), 409, "two accounts", nil},
		{About("into", NotFound("nobody")), 404, "into: nobody", nil},
		{About("into", Ambiguous([]mapping.Record{record, record})), 409, "into: 2 records match", []string{"record 4", "record 4"}},
		{About("into", mapping.ErrRevision), 412, "changed meanwhile", nil},
		{&mapping.InvalidError{Faults: []mapping.Fault{{Column: "platform_id", Reason: "is required"}}}, 422, "invalid record",
			[]string{"platform_id is required"}},
		{fmt.Errorf("import: %w", plan), 422, "4 lines cannot be imported", []string{"line 2:", "line 3", "line 9: user_uuid is not a UUID"}},
		{fmt.Errorf("record 4: %w", mapping.ErrNotFound), 404, "no such record", nil},
		{mapping.ErrRevision, 412, "changed meanwhile", nil},
		{mapping.ErrBusy, 503, "by others", nil},
		{mapping.ErrClosed, 503, "closed", nil},
		{fmt.Errorf("ask stream secret: %w", errors.New("boom")), 500, "internal error", nil},
	} {
		r := newRig(t, nil)
		r.stub.err = test.err
		got := r.ask("admin", http.MethodPut, PathRecords, `{"platform_id":"`+somebody.String()+`"}`) // which can fail in every way
		f := r.failure(got)
		if got.StatusCode != test.status || !strings.Contains(f.Error, test.says) {
			t.Errorf("%v: %d %s", test.err, got.StatusCode, got.body)
		}
		if !slices.EqualFunc(f.Problems, test.problems, func(p Problem, says string) bool { return strings.Contains(p.Text, says) }) {
			t.Errorf("%v: problems %+v, want %q", test.err, f.Problems, test.problems)
		}
		internal := test.status == http.StatusInternalServerError
		if strings.Contains(got.body, "secret") || strings.Contains(r.logged(), "boom") != internal {
			t.Errorf("%v: answered %s, logged %q", test.err, got.body, r.logged())
		}
	}
}

func TestPlacesOfProblems(t *testing.T) {
	problems := conflictProblems([]mapping.Conflict{
		{One: mapping.Claim{Line: 5}, Other: mapping.Claim{Line: 3}},
		{One: mapping.Claim{Line: 8, Number: 4}, Other: mapping.Claim{Number: 2}},
		{One: mapping.Claim{}, Other: mapping.Claim{Number: 2}},
	})
	for i, want := range []Problem{
		{Lines: []int{3, 5}}, {Lines: []int{8}, Records: []uint32{4, 2}}, {Records: []uint32{2}},
	} {
		if got := problems[i]; !slices.Equal(got.Lines, want.Lines) || !slices.Equal(got.Records, want.Records) {
			t.Errorf("problem %d is at %+v, want %+v", i, got, want)
		}
	}
}

func TestWrongMethodAndPath(t *testing.T) {
	r := newRig(t, nil)
	for path, allow := range map[string]string{
		PathRecords:          "DELETE, GET, HEAD, PUT",
		PathSite("myschool"): "DELETE, PUT",
		PathHealth:           "GET, HEAD",
	} {
		got := r.ask("admin", http.MethodPatch, path, "")
		r.failure(got)
		if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != allow {
			t.Errorf("PATCH %s: %d, Allow %q", path, got.StatusCode, got.Header.Get("Allow"))
		}
	}
	for _, path := range []string{"/", "/api/v1", "//api/v1/status", "/api/v1/status/", "/api/v1/%ff", "/api/v1/sources/a/b/site"} {
		got := r.ask("admin", http.MethodGet, path, "")
		r.failure(got)
		if got.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, got.StatusCode)
		}
	}
	if got := r.ask("", http.MethodHead, PathHealth, ""); got.StatusCode != http.StatusOK {
		t.Errorf("HEAD %s: %d", PathHealth, got.StatusCode)
	}
}

func TestQueries(t *testing.T) {
	for path, want := range map[string]string{
		PathHeld + "?destination=lrs&source=s&type=T": "held lrs s T",
		PathHeld:                                  "held   ",
		PathUnmapped + "?source=s":                "unmapped limit=100&source=s",
		PathRecords + "?person=a%40b&source=s":    "find s a@b",
		PathExport + "?source=s":                  "export s",
		PathHeld + "?destinations=lrs":            "",
		PathHeld + "?destination=a&destination=b": "",
		PathRecords:                               "",
		PathRecords + "?person=+":                 "",
		PathStatus + "?x=%zz":                     "",
	} {
		r := newRig(t, nil)
		got := r.ask("admin", http.MethodGet, path, "")
		asked := strings.Join(r.stub.calls(), ";")
		if asked != want || (got.StatusCode == http.StatusBadRequest) != (want == "") {
			t.Errorf("GET %s: %d, asked %q, want %q", path, got.StatusCode, asked, want)
		}
	}
}

// Whoever changes something stands in the log; whoever looks does not.
func TestChangesAreLogged(t *testing.T) {
	r := newRig(t, nil)
	for path, logged := range map[string]int{PathDeadRetry: 1, PathImport: 1, PathImport + "?dry_run=true": 0} {
		r.log.Reset()
		r.ask("admin", http.MethodPost, path, "")
		r.ask("admin", http.MethodGet, PathDead, "")
		entries := r.log.AllEntries()
		if len(entries) != logged || logged == 1 && entries[0].Data["by"] != "Ms admin" {
			t.Errorf("%s: logged %d entries", path, len(entries))
		}
	}
}

func TestViewersDoNotSeeForWhomEventsWait(t *testing.T) {
	r := newRig(t, nil)
	for role, sees := range map[config.Role]bool{config.RoleViewer: false, config.RoleMapper: true, config.RoleAdmin: true} {
		got := r.ask(string(role), http.MethodGet, PathHeld, "")
		if strings.Contains(got.body, "x-1") != sees || !strings.Contains(got.body, `"event_id":"`+somebody.String()) {
			t.Errorf("%s: %s", role, got.body)
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	r := newRig(t, nil)
	for _, path := range []string{PathDead, PathRecords + "?person=x"} {
		if got := r.ask("admin", http.MethodGet, path, ""); strings.TrimSpace(got.body) != "[]" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestPinAndUnpin(t *testing.T) {
	r := newRig(t, nil)
	path := PathSite("myschool")
	r.ask("admin", http.MethodPut, path, `{"site":"5D0C1C1E6B434D0E9A532B2F2C1A8E77"}`)
	r.ask("admin", http.MethodDelete, path, "")
	if got := r.stub.calls(); !slices.Equal(got, []string{"pin myschool " + somebody.String(), "pin myschool "}) {
		t.Errorf("asked %q", got)
	}
	for _, body := range []string{`{}`, `{"site":"school"}`, `{"site":"00000000-0000-0000-0000-000000000000"}`, `{"sight":"x"}`, `[]`, ``, `{"site":"a","site":"b"}`} {
		if got := r.ask("admin", http.MethodPut, path, body); got.StatusCode/100 != 4 || len(r.stub.calls()) > 0 {
			t.Errorf("%s: %d", body, got.StatusCode)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		ready  string
	}{
		{nil, 200, `{"ready":true,"destinations":{"lrs":"paused"},"reasons":{"lrs":"paused by hand"}}`},
		{Unavailable("the map of source a is not loaded"), 503, `{"ready":false,"reason":"the map of source a is not loaded","destinations":{"lrs":"paused"},"reasons":{"lrs":"paused by hand"}}`},
		{errors.New("secret"), 503, `{"ready":false,"reason":"the store does not work: the log of bbcaliper says more","destinations":{"lrs":"paused"},"reasons":{"lrs":"paused by hand"}}`},
	} {
		r := newRig(t, nil)
		r.stub.err = test.err
		if got := r.ask("", http.MethodGet, PathHealth, ""); got.StatusCode != test.status || strings.Contains(got.body, "secret") {
			t.Errorf("%v: health is %d %s", test.err, got.StatusCode, got.body)
		}
		if got := r.ask("", http.MethodGet, PathReady, ""); got.StatusCode != test.status || strings.TrimSpace(got.body) != test.ready {
			t.Errorf("%v: ready is %d %s", test.err, got.StatusCode, got.body)
		}
	}
}

func TestMetricsAreShown(t *testing.T) {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "bbcaliper_tests_total"})
	registry.MustRegister(counter)
	counter.Add(3)
	r := newRig(t, func(o *Options) { o.Gatherer = registry })
	if got := r.ask("", http.MethodGet, PathMetrics, ""); !strings.Contains(got.body, "bbcaliper_tests_total 3") {
		t.Errorf("metrics: %d %s", got.StatusCode, got.body)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{}, {Service: &stub{}}, {Service: &stub{}, Gatherer: prometheus.NewRegistry()}} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "is missing") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
