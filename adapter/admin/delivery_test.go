package admin

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestPauseAndResume(t *testing.T) {
	r := newRig(t, nil)
	for body, because := range map[string]string{"": "", `{}`: "", `{"because":" it moves "}`: "it moves"} {
		got := r.ask("admin", http.MethodPost, PathPause("lrs"), body)
		if want := (Pause{Because: because, By: "Ms admin"}); got.StatusCode != http.StatusNoContent || r.stub.pause != want {
			t.Errorf("%s: %d %s, paused %+v", body, got.StatusCode, got.body, r.stub.pause)
		}
	}
	r.ask("admin", http.MethodPost, PathResume("a b"), "")
	if got := r.stub.calls(); !slices.Equal(got, []string{"pause lrs", "pause lrs", "pause lrs", "resume a b"}) {
		t.Errorf("asked %q", got)
	}
	for body, want := range map[string]int{
		`{"reason":"x"}`: 400, `[]`: 400, `{"because":"a\u0000b"}`: 422, `{"because":"` + strings.Repeat("é", MaxBecause) + `"}`: 422,
	} {
		got := r.ask("admin", http.MethodPost, PathPause("lrs"), body)
		if r.failure(got); got.StatusCode != want || len(r.stub.calls()) > 0 {
			t.Errorf("%.40s: %d %s", body, got.StatusCode, got.body)
		}
	}
	r.stub.err = NotFound("no destination lrs")
	if got := r.ask("admin", http.MethodPost, PathResume("lrs"), ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("answered %d", got.StatusCode)
	}
}

func TestReplayRequests(t *testing.T) {
	r := newRig(t, nil)
	since := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	body := `{"since":"2026-03-04T00:00:00Z","until":"2026-03-05T00:00:00Z","source":"s","destination":"lrs","person":"x 7","events":["urn:uuid:` + somebody.String() + `"]}`
	want := ReplayRequest{Since: since, Until: since.AddDate(0, 0, 1), Source: "s", Destination: "lrs", Person: "x 7", Events: []uuid.UUID{somebody}}
	for path, test := range map[string]struct {
		role, answer string
		status       int
	}{
		PathReplayPlan: {"mapper", "[]", 200},
		PathReplay:     {"admin", `{"destinations":["lrs"]}`, 202},
	} {
		want.By = "Ms " + test.role
		got := r.ask(test.role, http.MethodPost, path, body)
		if got.StatusCode != test.status || strings.TrimSpace(got.body) != test.answer || !sameReplay(r.stub.replay, want) {
			t.Errorf("%s: %d %s, asked %+v", path, got.StatusCode, got.body, r.stub.replay)
		}
	}
}

func sameReplay(a, b ReplayRequest) bool {
	sameEvents := slices.Equal(a.Events, b.Events)
	return sameEvents && a.Since.Equal(b.Since) && a.Until.Equal(b.Until) && a.Source == b.Source &&
		a.Destination == b.Destination && a.Person == b.Person && a.By == b.By
}

func TestReplayRefuses(t *testing.T) {
	r := newRig(t, nil)
	for body, want := range map[string]struct {
		status int
		says   string
	}{
		``:                    {400, "not the JSON"},
		`{}`:                  {422, "since when"},
		`{"person":"hush"}`:   {422, "since when"},
		`{"since":"hush"}`:    {400, "at /since"},
		`{"events":["hush"]}`: {400, "at /events/0"},
		`{"since":"2026-03-04T00:00:00Z","until":"2026-03-04T00:00:00Z"}`: {400, "until must be later than since"},
		`{"since":"2026-03-04T00:00:00Z","by":"hush"}`:                    {400, "not the JSON"},
		`{"since":"2026-03-04T00:00:00Z","dry_run":true}`:                 {400, "not the JSON"},
	} {
		for _, path := range []string{PathReplayPlan, PathReplay} {
			got := r.ask("admin", http.MethodPost, path, body)
			if f := r.failure(got); got.StatusCode != want.status || !strings.Contains(f.Error, want.says) || strings.Contains(got.body, "hush") || len(r.stub.calls()) > 0 {
				t.Errorf("%s %s: %d %s", path, body, got.StatusCode, got.body)
			}
		}
	}
	if got := r.ask("admin", http.MethodPost, PathReplayStop+"?destination=lrs", ""); strings.TrimSpace(got.body) != `{"destinations":[]}` {
		t.Errorf("stopping answered %d %s", got.StatusCode, got.body)
	}
	r.stub.err = Conflict("lrs replays already")
	if got := r.ask("admin", http.MethodPost, PathReplay, `{"since":"2026-03-04T00:00:00Z"}`); got.StatusCode != http.StatusConflict {
		t.Errorf("a second replay is answered %d", got.StatusCode)
	}
}

// Planning changes nothing, and is not logged as if it did.
func TestPlansAreNotLogged(t *testing.T) {
	r := newRig(t, nil)
	r.ask("admin", http.MethodPost, PathReplayPlan, `{"since":"2026-03-04T00:00:00Z"}`)
	if n := len(r.log.AllEntries()); n != 0 {
		t.Errorf("a plan logged %d entries", n)
	}
	r.ask("admin", http.MethodPost, PathReplay, `{"since":"2026-03-04T00:00:00Z"}`)
	if n := len(r.log.AllEntries()); n != 1 {
		t.Errorf("a replay logged %d entries", n)
	}
}

func TestExplainTakesEventIDs(t *testing.T) {
	r := newRig(t, nil)
	for id, want := range map[string]string{
		somebody.String():               "explain " + somebody.String(),
		"urn:uuid:" + somebody.String(): "explain " + somebody.String(),
		"hush":                          "",
		"41":                            "",
		uuid.Nil.String():               "",
	} {
		got := r.ask("mapper", http.MethodGet, PathEvent(id), "")
		asked := strings.Join(r.stub.calls(), ";")
		if asked != want || (got.StatusCode == http.StatusBadRequest) != (want == "") || strings.Contains(got.body, "hush") {
			t.Errorf("%s: %d %s, asked %q", id, got.StatusCode, got.body, asked)
		}
	}
	r.stub.err = NotFound("not in the journal: it keeps events back to then")
	if got := r.ask("mapper", http.MethodGet, PathEvent(somebody.String()), ""); got.StatusCode != http.StatusNotFound || !strings.Contains(got.body, "back to then") {
		t.Errorf("answered %d %s", got.StatusCode, got.body)
	}
}

// Everybody may read /readyz: it names the setting to change, and nobody.
func TestReasonsForEverybody(t *testing.T) {
	for want, d := range map[string]DestinationStatus{
		"":               {State: "running"},
		"paused by hand": {State: "paused", PausedBy: "Ms Smith", Reason: "she said so"},
		"HTTP 401 from the token endpoint: change auth.client_secret": {State: "paused", Reason: "HTTP 401 from the token endpoint", Setting: "auth.client_secret"},
		"HTTP 503": {State: "backing_off", Reason: "HTTP 503"},
	} {
		if got := d.OpenReason(); got != want {
			t.Errorf("%+v: %q, want %q", d, got, want)
		}
	}
}
