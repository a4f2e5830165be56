package admin

import (
	"context"

	"github.com/google/uuid"
)

// oneLetter is an event that a collector refused.
func oneLetter() DeadLetter {
	l := DeadLetter{
		DeadEvent: DeadEvent{
			Letter: 41, EventID: somebody.String(), Destination: "lrs", Type: "SessionEvent", Reason: "refused",
			Detail: "words of a collector", Status: 400, Source: "myschool",
		},
		Attempts: 2,
	}
	l.SetRaw([]byte(`{"id": "x"}`))
	return l
}

func (s *stub) Dead(_ context.Context, f DeadFilter) (page []DeadEvent, err error) {
	for i := range s.letters {
		if f.Matches(&s.letters[i].DeadEvent) && len(page) < f.Limit {
			page = append(page, s.letters[i].DeadEvent)
		}
	}
	return page, s.note("dead", f.Query().Encode())
}

func (s *stub) CountDead(_ context.Context, f DeadFilter) (DeadCounts, error) {
	return DeadCounts{Last: 7}, s.note("count", f.Query().Encode())
}

func (s *stub) EachLetter(_ context.Context, f DeadFilter, each func(*DeadLetter) error) error {
	for i := range s.letters {
		if f.Matches(&s.letters[i].DeadEvent) {
			if err := each(&s.letters[i]); err != nil {
				return err
			}
		}
	}
	return s.note("letters", f.Query().Encode())
}

func (s *stub) RetryLetters(_ context.Context, f DeadFilter) (DeadResult, error) {
	return DeadResult{Letters: 3, Left: 1}, s.note("retry", f.Query().Encode())
}

func (s *stub) DiscardLetters(_ context.Context, f DeadFilter, d Discard) (DeadResult, error) {
	s.discard = d
	return DeadResult{Letters: 2}, s.note("discard", f.Query().Encode())
}

func (s *stub) PauseDestination(_ context.Context, name string, p Pause) error {
	s.pause = p
	return s.note("pause", name)
}

func (s *stub) ResumeDestination(_ context.Context, name string) error {
	return s.note("resume", name)
}

func (s *stub) PlanReplay(_ context.Context, r ReplayRequest) ([]ReplayPlan, error) {
	s.replay = r
	return nil, s.note("plan")
}

func (s *stub) StartReplay(_ context.Context, r ReplayRequest) ([]string, error) {
	s.replay = r
	return []string{"lrs"}, s.note("replay")
}

func (s *stub) StopReplay(_ context.Context, destination, by string) ([]string, error) {
	return nil, s.note("stop", destination, by)
}

func (s *stub) Explain(_ context.Context, event uuid.UUID) (Explanation, error) {
	return Explanation{EventID: event.String()}, s.note("explain", event.String())
}
