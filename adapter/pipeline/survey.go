package pipeline

import "time"

// survey is what is shown of those who wait. Looking at everybody takes too long to do it with every commit.
type survey struct {
	at     time.Time
	people int
	oldest time.Time // when the event was received that has waited longest; zero: none waits
}

// surveyPace is how many people are looked at a second, at most.
const surveyPace = 100_000

// look counts those who wait, unless that was done a moment ago.
func (s *survey) look(people map[string]*person) {
	if time.Since(s.at) < time.Duration(len(people))*time.Second/surveyPace {
		return
	}
	*s = survey{at: time.Now()}
	for _, p := range people {
		if !p.waits() {
			continue
		}
		s.people++
		if s.oldest.IsZero() || p.oldest.Before(s.oldest) {
			s.oldest = p.oldest
		}
	}
}
