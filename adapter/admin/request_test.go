package admin

import (
	"net/http"
	"strings"
	"testing"
)

// A body that nobody reads may hold a filter, or a dry run.
func TestBodyThatIsNotReadIsRefused(t *testing.T) {
	for _, what := range []string{
		"POST " + PathDeadRetry, "POST " + PathResume("lrs"), "POST " + PathReplayStop, "POST " + PathUndo(7) + "?dry_run=true",
		"DELETE " + PathRecords + "?person=x-1", "DELETE " + PathSite("myschool"),
	} {
		method, path, _ := strings.Cut(what, " ")
		for body, read := range map[string]bool{
			"": true, " \n": true, "{}\n": true, `{"dry_run":true}`: false, "id=7": false, strings.Repeat(" ", 64) + `{"id":7}`: false,
		} {
			r := newRig(t, nil)
			got := r.ask("admin", method, path, body)
			if refused := got.StatusCode == http.StatusBadRequest; refused == read || refused && len(r.stub.calls()) > 0 {
				t.Errorf("%s with %q answered %d %s, asked %q", what, body, got.StatusCode, got.body, r.stub.calls())
			}
		}
	}
}
