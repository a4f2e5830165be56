package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// replayingStatus is a status in which replays have come so far.
func replayingStatus(replays map[string]*admin.ReplayStatus) admin.Status {
	var s admin.Status
	for _, name := range []string{"lrs", "timeback"} {
		s.Destinations = append(s.Destinations, admin.DestinationStatus{Name: name, State: "running", Replay: replays[name]})
	}
	return s
}

func TestReplayDryRun(t *testing.T) {
	s := &stub{plans: []admin.ReplayPlan{
		{Destination: "lrs", Events: 1204, Unmapped: 3, Skipped: 2, Untranslatable: 1, First: []admin.ReplayEvent{
			{EventID: testEvent, Type: "SessionEvent", Source: "myschool", Received: testTime},
		}},
		{Destination: "timeback"},
	}}
	sh := s.besides(t)
	sh.now = testTime
	const want = `DESTINATION  WOULD SEND  UNMAPPED  SKIPPED  UNTRANSLATABLE
lrs          1204        3         2        1
timeback     0           0         0        0

the first to lrs
RECEIVED              SOURCE    TYPE          EVENT
2026-03-04T12:00:00Z  myschool  SessionEvent  f8c984e2-de73-4c0b-8183-779ab4149422
`
	got := sh.run("replay", "--since", "7d", "--until", "1d", "--source", "myschool", "--destination", "lrs", "--person", "x 7", "--dry-run").is(exitDone)
	if got.out != want {
		t.Errorf("plan is\n%s\nwant\n%s", got.out, want)
	}
	r := s.replay
	if !r.Since.Equal(testTime.AddDate(0, 0, -7)) || !r.Until.Equal(testTime.AddDate(0, 0, -1)) || r.Source != "myschool" || r.Destination != "lrs" || r.Person != "x 7" {
		t.Errorf("asked %+v", r)
	}
	var plans []admin.ReplayPlan
	got = sh.run("replay", "--event", testEvent, "--event", "urn:uuid:"+testEvent, "--dry-run", "--json").is(exitDone)
	if got.into(&plans); len(plans) != 2 || len(s.replay.Events) != 1 || !s.replay.Since.IsZero() {
		t.Errorf("plans are %+v, asked %+v", plans, s.replay)
	}
	if got.says("timeback: 1 event that was named has not been sent there before", "bbcaliper explain"); strings.Contains(got.err, "lrs: ") {
		t.Errorf("said %s", got.err)
	}
	s.err = admin.NotFound("nobody in the map is called that")
	if got := sh.run("replay", "--since", "1d", "--person", "hush", "--dry-run").is(exitFailed); strings.Contains(got.err, "hush") {
		t.Errorf("said %s", got.err)
	}
}

func TestReplayIsFollowed(t *testing.T) {
	s := &stub{replaying: []string{"lrs", "timeback"}}
	s.status = func(asked int) admin.Status {
		lrs := &admin.ReplayStatus{Read: 5, Delivered: 5}
		timeback := &admin.ReplayStatus{Read: 10, Delivered: 7, Refused: 1, Unmapped: 1, Skipped: 1, Done: true}
		if asked > 1 {
			lrs = &admin.ReplayStatus{Read: 12, Delivered: 12, Done: true}
		}
		return replayingStatus(map[string]*admin.ReplayStatus{"lrs": lrs, "timeback": timeback})
	}
	sh := s.besides(t)
	const want = `DESTINATION  READ  DELIVERED  REFUSED  UNMAPPED  SKIPPED  UNTRANSLATABLE
lrs          12    12         0        0         0        0
timeback     10    7          1        1         1        0
`
	sh.terminal = true
	got := sh.run("replay", "--since", "1d").is(exitDone).says("replaying to lrs, timeback", "\rlrs 5 read, 5 delivered; timeback 10 read, 7 delivered, 1 refused\x1b[K", "\r\x1b[K")
	if got.out != want || s.looked != 2 {
		t.Errorf("looked %d times; it ended\n%s\nwant\n%s", s.looked, got.out, want)
	}
	sh.terminal = false
	var ended []replayed
	got = sh.run("replay", "--since", "1d", "--json").is(exitDone).into(&ended)
	if len(ended) != 2 || ended[0].Destination != "lrs" || ended[0].Delivered != 12 || strings.Contains(got.err, "\r") {
		t.Errorf("ended %+v, said %q", ended, got.err)
	}
	sh.run("replay", "--event", testEvent, "--event", testPlatform, "--since", "1d").is(exitDone)
	s.status = func(int) admin.Status {
		return replayingStatus(map[string]*admin.ReplayStatus{"lrs": {Read: 9, Delivered: 2, Done: true}, "timeback": {Read: 9, Done: true}})
	}
	sh.run("replay", "--event", testEvent, "--event", testPlatform).is(exitDone).says("timeback: 2 events that were named have not been sent there")
	s.looked = 0
	if got := sh.run("replay", "--since", "1d", "--no-wait").is(exitDone); got.out != "" || s.looked != 0 {
		t.Errorf("waited: %s", got.out)
	}
	if s.replay.By != "Ms Admin" {
		t.Errorf("asked %+v", s.replay)
	}
}

func TestReplayThatFails(t *testing.T) {
	s := &stub{replaying: []string{"lrs"}}
	s.status = func(int) admin.Status {
		return replayingStatus(map[string]*admin.ReplayStatus{"lrs": {Delivered: 3, Done: true, Failed: "stopped by Ms Admin"}})
	}
	sh := s.besides(t)
	sh.run("replay", "--since", "1d").fails().says("the replay ended early: lrs: stopped by Ms Admin").prints("lrs")
	s.status = func(int) admin.Status { return replayingStatus(nil) }
	sh.run("replay", "--since", "1d").is(exitFailed).says("the replay to lrs is gone", "start it again")
	s.err = admin.Conflict("lrs replays already")
	sh.run("replay", "--since", "1d").is(exitFailed).says("lrs replays already")
}

// Whoever does not want to wait leaves, and the replay goes on.
func TestReplayIsLeft(t *testing.T) {
	s := &stub{replaying: []string{"lrs"}}
	ctx, leave := context.WithCancel(t.Context())
	s.status = func(int) admin.Status {
		leave()
		return replayingStatus(map[string]*admin.ReplayStatus{"lrs": {Read: 1}})
	}
	sh := s.besides(t)
	start := time.Now()
	sh.runIn(ctx, &bytes.Buffer{}, "replay", "--since", "1d").is(exitFailed).says("the replay goes on", "replay --stop")
	if time.Since(start) > time.Minute {
		t.Error("it took long")
	}
}

func TestReplayStop(t *testing.T) {
	s := &stub{replaying: []string{"lrs"}}
	sh := s.besides(t)
	sh.run("replay", "--stop", "--destination", "lrs").is(exitDone).says("stopped at lrs")
	s.replaying = nil
	sh.run("replay", "--stop").is(exitDone).says("nothing is replayed")
	if strings.Join(s.named, ";") != "stop lrs;stop " {
		t.Errorf("asked %q", s.named)
	}
}

func TestReplayProgress(t *testing.T) {
	for want, r := range map[string]admin.ReplayStatus{
		"0 read, 0 delivered": {},
		"░░░░░░░░░░░░░░░░░░░░ 0%, 0 delivered":             {Total: 1000},
		"██████████░░░░░░░░░░ 50%, 4 delivered, 1 refused": {Read: 5, Total: 10, Delivered: 4, Refused: 1},
		"████████████████████ 100%, 10 delivered":          {Read: 12, Total: 10, Delivered: 10},
		"███████████████████░ 99%, 10 delivered":           {Read: 999, Total: 1000, Delivered: 10},
	} {
		if got := replayText(&r); got != want {
			t.Errorf("%+v: %s, want %s", r, got, want)
		}
	}
}
