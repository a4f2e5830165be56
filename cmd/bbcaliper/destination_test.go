package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func someDestinations() []admin.DestinationStatus {
	return []admin.DestinationStatus{
		{Name: "lrs", State: "running", Since: testTime.Add(-50 * time.Hour), InFlight: 4, Waiting: admin.Waiting{Journal: 12}},
		{Name: "timeback", State: "paused", Since: testTime.Add(-2 * time.Minute), Failures: 3, RetryAt: testTime.Add(45 * time.Second),
			Reason: "the token endpoint refuses the client (HTTP 401)", Setting: "auth.client_secret"},
		{Name: "beyond", State: "paused", Since: testTime.Add(-2 * time.Hour), PausedBy: "Ms Admin", Reason: "maintenance", Waiting: admin.Waiting{Journal: 31337}},
		{Name: "spare", State: "backing_off", Since: testTime.Add(-time.Minute), Failures: 1, Reason: "HTTP 503", RetryAt: testTime.Add(2 * time.Second)},
	}
}

// troubles is what is said of them.
const troubles = `
→ timeback has been paused for 2m: the token endpoint refuses the client (HTTP 401); change auth.client_secret of it in the configuration and reload; the next attempt is in 45s
→ beyond has been paused for 2h, by Ms Admin: maintenance; ` + "`bbcaliper destination resume beyond`" + ` ends that
→ spare has been backing off for 1m: HTTP 503; the next attempt is in 2s
`

func TestDestinationList(t *testing.T) {
	s := &stub{status: func(int) admin.Status { return admin.Status{Destinations: someDestinations()} }}
	sh := s.besides(t)
	sh.now = testTime
	const want = `DESTINATION  STATE        SINCE   FAILURES  IN FLIGHT  WAITING  NEXT TRY
lrs          running      2d ago  0         4          12       -
timeback     paused       2m ago  3         0          0        in 45s
beyond       paused       2h ago  0         0          31337    -
spare        backing_off  1m ago  1         0          0        in 2s
` + troubles
	if got := sh.run("destination", "list").is(exitDone); got.out != want {
		t.Errorf("list is\n%s\nwant\n%s", got.out, want)
	}
	var listed []admin.DestinationStatus
	sh.run("destination", "list", "--json").is(exitDone).into(&listed)
	if len(listed) != 4 || listed[1].Setting != "auth.client_secret" || listed[1].Failures != 3 || listed[2].PausedBy != "Ms Admin" {
		t.Errorf("listed %+v", listed)
	}
}

func TestPauseAndResume(t *testing.T) {
	s := &stub{}
	sh := s.besides(t)
	sh.run("destination", "pause", "timeback", "--because", "maintenance").is(exitDone).
		says("timeback is paused: `bbcaliper destination resume timeback` ends that")
	if want := (admin.Pause{Because: "maintenance", By: "Ms Admin"}); s.pause != want {
		t.Errorf("paused as %+v", s.pause)
	}
	sh.run("destination", "pause", "timeback").is(exitDone)
	sh.run("destination", "resume", "timeback").is(exitDone).says("timeback tries at once")
	if want := []string{"pause timeback", "pause timeback", "resume timeback"}; !slices.Equal(s.named, want) || s.pause.Because != "" {
		t.Errorf("asked %q", s.named)
	}
	s.err = admin.NotFound("no destination nope")
	sh.run("destination", "pause", "nope").is(exitFailed).says("no destination nope")
	sh.run("destination", "resume", "nope").is(exitFailed).says("no destination nope")
}

func TestOverviewOfDestinationsInTrouble(t *testing.T) {
	s := admin.Status{Engine: admin.EngineStatus{OK: true}, Destinations: someDestinations()}
	s.Destinations[0].Replay = &admin.ReplayStatus{Read: 30, Total: 120, Delivered: 28, Refused: 2}
	s.Destinations[3].Replay = &admin.ReplayStatus{Done: true}
	got := overview(&s, testTime)
	const want = `
↻ replaying to lrs: █████░░░░░░░░░░░░░░░ 25%, 28 delivered, 2 refused
` + troubles
	if !strings.HasSuffix(got, want) {
		t.Errorf("overview is\n%s\nwant it to end\n%s", got, want)
	}
}
