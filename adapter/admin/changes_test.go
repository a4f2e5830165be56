package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/mapping"
)

func TestChangesAreSelected(t *testing.T) {
	r := newRig(t, nil)
	const all = "before=41&by=Ms+Admin&limit=7&since=2026-03-04T00%3A00%3A00Z&source=s&until=2026-03-05T00%3A00%3A00Z"
	for query, asked := range map[string]string{
		"":                       fmt.Sprintf("limit=%d", DefaultChangesLimit),
		"?" + all:                all,
		"?limit=1000&by=stream":  "by=stream&limit=1000",
		"?person=x":              "",
		"?limit=1001":            "",
		"?limit=0":               "",
		"?before=0":              "",
		"?before=x":              "",
		"?since=yesterday":       "",
		"?source=a&source=b":     "",
		"?" + all + "&undo=true": "",
		"?since=2026-03-04T00:00:00Z&until=2026-03-04T00:00:00Z": "",
	} {
		got := r.ask("mapper", http.MethodGet, PathChanges+query, "")
		calls := strings.Join(r.stub.calls(), "; ")
		switch {
		case asked == "" && (got.StatusCode != http.StatusBadRequest || calls != ""):
			t.Errorf("%s: %d, asked %q", query, got.StatusCode, calls)
		case asked != "" && (got.StatusCode != http.StatusOK || calls != "changes "+asked || got.body != "[]\n"):
			t.Errorf("%s: %d %s, asked %q", query, got.StatusCode, got.body, calls)
		}
	}
}

func TestHistoryWantsAPerson(t *testing.T) {
	r := newRig(t, nil)
	if got := r.ask("mapper", http.MethodGet, PathHistory+"?person=+", ""); got.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
	r.ask("mapper", http.MethodGet, PathHistory+"?person=x-7&source=s", "")
	if got := r.stub.calls(); len(got) != 1 || got[0] != "history s x-7" {
		t.Errorf("asked %q", got)
	}
}

func TestUndoSaysWhoAndHow(t *testing.T) {
	r := newRig(t, nil)
	request := UndoRequest{Change: 41, Source: "s", Partial: true, DryRun: true}
	r.ask("mapper", http.MethodPost, PathUndo(41)+"?"+request.Query().Encode(), "")
	request.By = "Ms mapper"
	if r.stub.undo != request {
		t.Errorf("asked %+v, want %+v", r.stub.undo, request)
	}
	want := mapping.Edit{By: "Ms mapper", How: mapping.How{Command: "map undo"}, Partial: true}
	if got := request.Edit(); got != want {
		t.Errorf("edit is %+v, want %+v", got, want)
	}
	r.stub.calls()
	for _, change := range []string{"0", "x", "-1", "18446744073709551616"} {
		got := r.ask("mapper", http.MethodPost, named(pathUndo, change), "")
		if got.StatusCode != http.StatusBadRequest || len(r.stub.calls()) > 0 {
			t.Errorf("%s: %d %s", change, got.StatusCode, got.body)
		}
	}
}

// A refusal names records by their numbers, once.
func TestUndoIsRefused(t *testing.T) {
	r := newRig(t, nil)
	blocked := mapping.Undoing{Change: mapping.ChangeInfo{Number: 41}, Blocked: 2, Obstacles: []mapping.Obstacle{
		{Number: 7, PlatformID: somebody, Revision: 50}, {Number: 8, Alias: mapping.Email, Owner: 9},
	}}
	r.stub.err = fmt.Errorf("source s: undo: %w", &mapping.UndoError{Undoing: blocked})
	got := r.ask("mapper", http.MethodPost, PathUndo(41), "")
	failure := r.failure(got)
	if got.StatusCode != http.StatusConflict || len(failure.Problems) != 2 || strings.Contains(failure.Error, "record 7") ||
		!strings.Contains(failure.Problems[0].Text, "record 7 ") || !strings.Contains(failure.Problems[1].Text, "record 9 ") {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
	r.stub.err = fmt.Errorf("undo: change 41: %w", mapping.ErrNoChange)
	if got := r.ask("mapper", http.MethodPost, PathUndo(41), ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
}
