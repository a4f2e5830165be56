package receive

import (
	"maps"
	"sync"
)

// refusals counts refused requests by source and reason; the empty source is for those that were not authenticated.
type refusals struct {
	mu       sync.Mutex
	bySource map[string]map[Reason]uint64
}

func (f *refusals) count(source string, reason Reason) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bySource == nil {
		f.bySource = map[string]map[Reason]uint64{}
	}
	if f.bySource[source] == nil {
		f.bySource[source] = map[Reason]uint64{}
	}
	f.bySource[source][reason]++
}

// copy returns the counts for others to keep.
func (f *refusals) copy() map[string]map[Reason]uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := maps.Clone(f.bySource)
	for source, counts := range out {
		out[source] = maps.Clone(counts)
	}
	return out
}
