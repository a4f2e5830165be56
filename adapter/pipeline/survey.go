package pipeline

import "time"

// survey is what is shown of those who wait. Looking at everybody takes too long to do it with every commit.
type survey struct {
	at     time.Time
	old    bool      // something has changed since
	people int       // whom the map does not know
	events int       // that wait for those
	oldest time.Time // when the event was received that has waited longest, whoever it is of; zero: none waits
}

// surveyPace is how many people are looked at a second, at most.
const surveyPace = 100_000

// isDue says whether there is something new to be seen, and the last look was not a moment ago.
func (s *survey) isDue(people int) bool {
	return s.old && time.Since(s.at) >= time.Duration(people)*time.Second/surveyPace
}

// look counts those who wait.
func (s *survey) look(people map[string]*person) {
	*s = survey{at: time.Now()}
	for _, p := range people {
		if !p.waits() {
			continue
		}
		if !p.mapped {
			s.people++
			s.events += p.waiting
		}
		if s.oldest.IsZero() || p.oldest.Before(s.oldest) {
			s.oldest = p.oldest
		}
	}
}
