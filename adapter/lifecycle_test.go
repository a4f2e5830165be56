package adapter_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// noneIsLeft waits until no goroutine runs that did not before. What has been told to end may need a moment more than
// goleak has.
func noneIsLeft(t *testing.T, before goleak.Option) {
	t.Helper()
	err := goleak.Find(before)
	for end := time.Now().Add(patience); err != nil && time.Now().Before(end); {
		err = goleak.Find(before)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestStopLeavesNothingBehind starts and stops an adapter that has worked, and looks for goroutines that outlive it.
func TestStopLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("work", func(t *testing.T) {
		r := newRig(t, collector.Options{}, "")
		l, mapped, unmapped := newLedger(), newUser(), newUser()
		r.set(mapped, uuid.New())
		r.mustPost(envelope(append(l.events(mapped, 5), l.events(unmapped, 5)...)...))
		r.settled(want{Delivered: 5, Held: 5})
		r.restart()
		r.settled(want{Delivered: 5, Held: 5})
	})
	http.DefaultClient.CloseIdleConnections()
	noneIsLeft(t, before)
}

// TestStartThatFailsLeavesNothingBehind: nothing runs and the folder is free after a start that did not succeed.
func TestStartThatFailsLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("start", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		r := newRig(t, collector.Options{}, "")
		r.stop(r.Adapter)
		c := r.config()
		c.Admin.Listen = taken.Addr().String()
		a, err := adapter.New(adapter.Options{Config: c, Log: quiet()})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err == nil {
			t.Error("it started on a port that is taken")
		}
		r.start()
	})
	noneIsLeft(t, before)
}

func TestFolderInUseIsRefused(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	a, err := adapter.New(adapter.Options{Config: r.config(), Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	var locked *journal.LockedError
	if err := a.Start(t.Context()); !errors.As(err, &locked) {
		t.Errorf("a second adapter on the folder: %v", err)
	}
}

// TestStopFinishesWhatHasBegun stops an adapter while the collector takes its time with an envelope: it is delivered
// once, and the rest after the next start.
func TestStopFinishesWhatHasBegun(t *testing.T) {
	script, err := collector.ParseScript("slow:400ms")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, collector.Options{Script: script}, "")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	r.mustPost(envelope(l.events(u, 500)...))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.collector.Await(ctx, func() bool { return r.collector.Waiting() > 0 }); err != nil {
		t.Fatal(err)
	}
	r.restart()
	r.settled(want{Delivered: 500})
	l.check(t, r.collector.Events(), r.cutOff)
}

// TestResendOutsideTheWindowIsNew lets a site be silent for longer than the dedup window, and restarts: what it sends
// again then is delivered again.
func TestResendOutsideTheWindowIsNew(t *testing.T) {
	r := newRig(t, collector.Options{}, "journal: { keep: 1s, dedup_window: 1s }")
	u := newUser()
	r.set(u, uuid.New())
	login := u.login(uuid.New(), time.Now())
	r.mustPost(envelope(login))
	r.settled(want{Delivered: 1})
	sent := time.Now()
	eventually(t, "the window has passed", func() bool { return time.Since(sent) > 1500*time.Millisecond })
	r.restart()
	r.mustPost(envelope(login, login))
	r.settled(want{Delivered: 2, Duplicate: 1})
}
