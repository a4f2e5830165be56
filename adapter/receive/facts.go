package receive

import (
	"maps"
	"sync"
	"time"
)

// SourceFacts is what has happened at the door for one source since the start of the process.
type SourceFacts struct {
	// LastEnvelope is when the newest envelope that was answered 200 came; zero if none has.
	LastEnvelope time.Time `json:"last_envelope,omitzero"`
	// LastRefusal is when a request was last refused, and LastReason why.
	LastRefusal time.Time `json:"last_refusal,omitzero"`
	LastReason  Reason    `json:"last_reason,omitempty"`
	// Refused counts refused requests.
	Refused map[Reason]uint64 `json:"refused,omitempty"`
}

// facts collects them by source; the empty name is for requests that were not authenticated.
type facts struct {
	mu       sync.Mutex
	bySource map[string]SourceFacts
}

func (f *facts) received(source string, at time.Time) {
	f.update(source, func(s *SourceFacts) {
		if at.After(s.LastEnvelope) {
			s.LastEnvelope = at.UTC()
		}
	})
}

func (f *facts) refused(source string, reason Reason, at time.Time) {
	f.update(source, func(s *SourceFacts) {
		if s.Refused == nil {
			s.Refused = map[Reason]uint64{}
		}
		s.Refused[reason]++
		s.LastRefusal, s.LastReason = at.UTC(), reason
	})
}

func (f *facts) update(source string, change func(*SourceFacts)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bySource == nil {
		f.bySource = map[string]SourceFacts{}
	}
	s := f.bySource[source]
	change(&s)
	f.bySource[source] = s
}

// copy returns the facts for others to keep.
func (f *facts) copy() map[string]SourceFacts {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string]SourceFacts, len(f.bySource))
	for name, s := range f.bySource {
		s.Refused = maps.Clone(s.Refused)
		out[name] = s
	}
	return out
}
