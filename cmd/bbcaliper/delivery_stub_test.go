package main

import (
	"context"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	logtest "github.com/sirupsen/logrus/hooks/test"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// stub is what the admin API stands before here, where the real adapter takes long to get into such a state. It answers
// with what it is given, and notes what it is asked.
type stub struct {
	admin.Service

	letters     []admin.DeadLetter
	status      func(asked int) admin.Status
	plans       []admin.ReplayPlan
	replaying   []string
	explanation admin.Explanation
	err         error

	mu      sync.Mutex
	looked  int
	filter  admin.DeadFilter
	discard admin.Discard
	pause   admin.Pause
	replay  admin.ReplayRequest
	named   []string
}

var _ admin.Service = (*stub)(nil)

// besides starts the API on a port of the loopback, and returns a shell beside it.
func (s *stub) besides(t *testing.T) *shell {
	t.Helper()
	return besides(t, s)
}

func besides(t *testing.T, s admin.Service) *shell {
	t.Helper()
	log, _ := logtest.NewNullLogger()
	handler, err := admin.New(admin.Options{
		Service: s, Gatherer: prometheus.NewRegistry(), Log: log,
		Tokens: []config.Token{{Token: config.NewKey(testToken), Role: config.RoleAdmin, Name: "Ms Admin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	sh := newShell(t)
	sh.env = map[string]string{"BBCALIPER_SERVER": server.URL, "BBCALIPER_ADMIN_TOKEN": testToken}
	return sh
}

func (s *stub) Status(context.Context) (admin.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looked++
	return s.status(s.looked), s.err
}

func (s *stub) Dead(_ context.Context, f admin.DeadFilter) (page []admin.DeadEvent, err error) {
	s.filter = f
	for i := range s.letters {
		if f.Matches(&s.letters[i].DeadEvent) && len(page) < f.Limit {
			page = append(page, s.letters[i].DeadEvent)
		}
	}
	return page, s.err
}

func (s *stub) CountDead(_ context.Context, f admin.DeadFilter) (counts admin.DeadCounts, err error) {
	for i := range s.letters {
		l := &s.letters[i]
		counts.Last = l.Letter
		if !f.Matches(&l.DeadEvent) {
			continue
		}
		at := slices.IndexFunc(counts.Counts, func(c admin.DeadCount) bool {
			return c.Destination == l.Destination && c.Reason == l.Reason
		})
		if at < 0 {
			counts.Counts = append(counts.Counts, admin.DeadCount{Destination: l.Destination, Reason: l.Reason, Oldest: l.At})
			at = len(counts.Counts) - 1
		}
		counts.Counts[at].Letters++
		counts.Counts[at].Newest = l.At
	}
	return counts, s.err
}

func (s *stub) EachLetter(_ context.Context, f admin.DeadFilter, each func(*admin.DeadLetter) error) error {
	for i := range s.letters {
		if f.Matches(&s.letters[i].DeadEvent) {
			if err := each(&s.letters[i]); err != nil {
				return err
			}
		}
	}
	return s.err
}

func (s *stub) matching(f *admin.DeadFilter) (n uint64) {
	for i := range s.letters {
		if f.Matches(&s.letters[i].DeadEvent) {
			n++
		}
	}
	return n
}

func (s *stub) RetryLetters(_ context.Context, f admin.DeadFilter) (result admin.DeadResult, err error) {
	s.filter = f
	all := s.matching(&f)
	if f.Destination == "" {
		f.Destination = admin.DestinationReceive
		result.Left = s.matching(&f)
	}
	result.Letters = all - result.Left
	return result, s.err
}

func (s *stub) DiscardLetters(_ context.Context, f admin.DeadFilter, d admin.Discard) (admin.DeadResult, error) {
	s.filter, s.discard = f, d
	return admin.DeadResult{Letters: s.matching(&f)}, s.err
}

func (s *stub) PauseDestination(_ context.Context, name string, p admin.Pause) error {
	s.named, s.pause = append(s.named, "pause "+name), p
	return s.err
}

func (s *stub) ResumeDestination(_ context.Context, name string) error {
	s.named = append(s.named, "resume "+name)
	return s.err
}

func (s *stub) PlanReplay(_ context.Context, r admin.ReplayRequest) ([]admin.ReplayPlan, error) {
	s.replay = r
	return s.plans, s.err
}

func (s *stub) StartReplay(_ context.Context, r admin.ReplayRequest) ([]string, error) {
	s.replay = r
	return s.replaying, s.err
}

func (s *stub) StopReplay(_ context.Context, destination, _ string) ([]string, error) {
	s.named = append(s.named, "stop "+destination)
	return s.replaying, s.err
}

func (s *stub) Explain(_ context.Context, event uuid.UUID) (admin.Explanation, error) {
	s.explanation.EventID = event.String()
	return s.explanation, s.err
}

// fails checks that a command failed after it had printed something.
func (r ran) fails() ran {
	r.t.Helper()
	if r.code != exitFailed || r.out == "" {
		r.t.Errorf("%s: exit %d, printed %q, said %q", r.line, r.code, r.out, r.err)
	}
	return r
}
