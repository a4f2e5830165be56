package resolver_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

func TestACircuitOpensProbesAndCloses(t *testing.T) {
	roster := newRoster(enrolled(1))
	limits := BreakerLimits{Failures: 3, Pause: time.Minute, MaxPause: 3 * time.Minute}
	one := func(e *Entry) { e.Breaker, e.Concurrency = limits, 1 }
	var turns []State // by the one worker
	r := newRigWith(t, Options{Turned: func(s Stats) { turns = append(turns, s.State) }}, entry("roster", oneRosterOf(t, roster), one))
	state := func(want State, wait time.Duration) {
		t.Helper()
		s := r.stat(0)
		if s.State != want || wait > 0 && s.Until.Sub(r.clock.Now()) != wait {
			t.Errorf("%s until %v, want %s for %v", s.State, s.Until.Sub(r.clock.Now()), want, wait)
		}
	}
	roster.faults.queue(answering(500, ""), answering(500, ""))
	r.resolve(person(1))
	r.resolve(person(2))
	state(Closed, 0)
	r.resolve(person(2)) // an answer between failures makes the count begin anew
	roster.faults.always(answering(500, ""))
	for n := range 3 {
		state(Closed, 0)
		r.resolve(person(3 + n))
	}
	state(Open, time.Minute)
	opened := r.clock.Now()
	if got := r.Ask(person(1)); got != Deferred {
		t.Errorf("asked of an open circuit: %s", got)
	}
	expectCounts(t, r.stat(0), counted{asked: 6, misses: 1, errors: 5, open: 1})

	for _, pause := range []time.Duration{2 * time.Minute, 3 * time.Minute, 3 * time.Minute} {
		r.clock.Advance(r.stat(0).Until.Sub(r.clock.Now()))
		state(HalfOpen, 0)
		r.resolve(person(1))
		state(Open, pause)
	}
	if s := r.stat(0); !s.Since.Equal(opened) {
		t.Errorf("failing since %v, want %v", s.Since, opened)
	}
	roster.faults.always(nil)
	r.clock.Advance(3 * time.Minute)
	r.resolve(person(1))
	state(Closed, 0)
	if s := r.stat(0); !s.Since.IsZero() || !s.Until.IsZero() {
		t.Errorf("working since %v, until %v", s.Since, s.Until)
	}
	if ids := r.found.ids(); ids[platform(1)] != 1 {
		t.Errorf("found %v", ids)
	}
	roster.faults.always(answering(500, "")) // the first pause is the short one again
	for n := range 3 {
		r.resolve(person(10 + n))
	}
	state(Open, time.Minute)
	r.Close()
	if want := []State{Open, Closed, Open}; !slices.Equal(turns, want) {
		t.Errorf("told of %v, want %v", turns, want)
	}
}

// Half-open, one question tries the resolver; the others pass by meanwhile.
func TestOneQuestionProbes(t *testing.T) {
	d := newPeople()
	d.replies["/net0001"] = answering(200, platform(1).String())
	d.faults.queue(answering(500, ""))
	g, resolver := slow(t, d, "/{external_id}")
	r := newRig(t, entry("dir", resolver, func(e *Entry) { e.Breaker.Failures = 1 }))
	r.Ask(person(9))
	g.gate <- struct{}{}
	r.idle()
	for len(g.entered) > 0 {
		<-g.entered
	}
	r.clock.Advance(DefaultPause)
	r.Ask(person(1))
	<-g.entered
	for n := 2; n < 10; n++ {
		r.Ask(person(n))
	}
	eventually(t, "the others pass by", func() bool { return r.stat(0).SkippedOpen == 8 && r.Load().Open == 1 })
	g.gate <- struct{}{}
	r.idle()
	if s := r.stat(0); s.State != Closed || s.Asked != 2 || s.Hits != 1 || len(d.asked()) != 2 {
		t.Errorf("%+v, asked %q", s, d.asked())
	}
}

// A credential that is refused would be refused for everybody; a service that
// wants to be left alone is.
func TestFaultsThatTellForAll(t *testing.T) {
	for name, test := range map[string]struct {
		fault http.HandlerFunc
		state State
		pause time.Duration
	}{
		"refused":         {answering(403, ""), Open, DefaultPause},
		"limited":         {answering(429, "", "Retry-After", "90"), Paused, 90 * time.Second},
		"limited shortly": {answering(429, "", "Retry-After", "1"), Paused, DefaultPause},
	} {
		d := newPeople()
		d.faults.queue(test.fault)
		r := newRig(t, entry("dir", directoryOf(t, d, "/{external_id}", "")))
		r.resolve(person(1))
		if s := r.stat(0); s.State != test.state || s.Until.Sub(r.clock.Now()) != test.pause || s.Errors != 1 {
			t.Errorf("%s: %+v", name, s)
		}
		if got := r.Ask(person(1)); got != Deferred {
			t.Errorf("%s: %s", name, got)
		}
		if s := r.stat(0); s.SkippedOpen+s.SkippedLimited != 1 || (s.SkippedLimited == 1) != (test.state == Paused) {
			t.Errorf("%s: %+v", name, s)
		}
		r.Forget()
		r.resolve(person(1))
		if s := r.stat(0); s.State != Closed || s.Misses != 1 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestTheRateIsKept(t *testing.T) {
	d := newPeople()
	r := newRig(t, entry("dir", directoryOf(t, d, "/{external_id}", ""), func(e *Entry) { e.Rate, e.Concurrency = 2, 1 }))
	for n := range 4 {
		r.Ask(person(n))
	}
	for asked := 1; asked < 4; asked++ {
		eventually(t, "asked at its turn", func() bool { return r.stat(0).Misses == uint64(asked) })
		// The next waits for its turn, and only time helps.
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(499 * time.Millisecond)
		if got := r.stat(0).Asked; got != uint64(asked) {
			t.Errorf("%d asked before the time of %d", got, asked+1)
		}
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Millisecond)
	}
	r.idle()
}

// Whoever is slow, the service or its token endpoint, before the reply or within
// it: a question has its time for all of it.
func TestSlowServicesTimeOut(t *testing.T) {
	for _, fault := range []http.HandlerFunc{hanging, trickling} {
		for kind, k := range kinds(t) {
			k.faults.queue(fault)
			r := newRig(t, entry(kind, k.resolver))
			expectTimeOut(t, r)
			if k.tokens == nil {
				continue
			}
			k.tokens.withdraw() // the next question asks for a token first
			k.tokens.tokenFaults.queue(fault)
			expectTimeOut(t, r)
		}
	}
}

func expectTimeOut(t *testing.T, r *rig) {
	t.Helper()
	failed := r.stat(0).Errors
	r.Ask(person(1))
	for _, step := range []time.Duration{DefaultTimeout - 1, 1} {
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if got := r.stat(0).Errors; got != failed {
			t.Errorf("%s failed before its time", r.stat(0).Name)
		}
		r.clock.Advance(step)
	}
	r.idle()
	if s := r.stat(0); s.Errors != failed+1 || !strings.HasSuffix(s.LastError, ": no answer in time") {
		t.Errorf("%s: %d errors, %s", s.Name, s.Errors, s.LastError)
	}
}
