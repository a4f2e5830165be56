package mapping

import "sync"

// MaxTouched is how many keys a subscription remembers before it says "many".
const MaxTouched = 10_000

// touched collects the keys of changed records.
type touched struct {
	many bool
	keys map[Key]struct{}
}

// newTouched expects that many changes.
func newTouched(changes int) *touched {
	return &touched{many: changes > MaxTouched, keys: make(map[Key]struct{})}
}

// sink returns what collects, nil if it is many already.
func (t *touched) sink() func(*Identity) {
	if t.many {
		return nil
	}
	return func(id *Identity) {
		for _, key := range id.Keys() {
			t.add(key)
		}
	}
}

func (t *touched) add(key Key) {
	if t.many {
		return
	}
	t.keys[key] = struct{}{}
	if len(t.keys) > MaxTouched {
		t.many, t.keys = true, nil
	}
}

func (t *touched) merge(o *touched) {
	if o.many {
		t.many, t.keys = true, nil
	}
	for key := range o.keys {
		t.add(key)
	}
}

// Touched says whose mappings have changed: those who had, or now have, one of
// the keys.
type Touched struct {
	// Many means that more than [MaxTouched] keys changed: everybody may be
	// concerned, and Keys is empty.
	Many bool
	Keys map[Key]struct{}
}

// Concerns says whether the identity may have got another answer from
// [Index.Lookup].
func (t Touched) Concerns(id Identity) bool {
	if t.Many {
		return true
	}
	for _, key := range id.Keys() {
		if _, ok := t.Keys[key]; ok {
			return true
		}
	}
	return false
}

// Subscription tells one receiver whose mappings have changed since it last
// looked. What it tells is already visible in the index.
type Subscription struct {
	ready chan struct{} // the map sends, never blocking; never closed
	leave func()

	mu      sync.Mutex
	pending *touched
}

func newSubscription() *Subscription {
	return &Subscription{ready: make(chan struct{}, 1), pending: newTouched(0)}
}

// Ready delivers a value when there is something to take. It is never closed.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// Take returns what has changed since the last Take; the caller owns it.
func (s *Subscription) Take() Touched {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := Touched{Many: s.pending.many, Keys: s.pending.keys}
	s.pending = newTouched(0)
	return taken
}

// Close ends the subscription.
func (s *Subscription) Close() { s.leave() }

func (s *Subscription) tell(t *touched) {
	s.mu.Lock()
	s.pending.merge(t)
	s.mu.Unlock()
	select {
	case s.ready <- struct{}{}:
	default: // the receiver has not looked since the last one
	}
}

// subscribers are those who want to know.
type subscribers struct {
	mu  sync.Mutex
	all map[*Subscription]struct{}
}

func (s *subscribers) join() *Subscription {
	sub := newSubscription()
	sub.leave = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.all, sub)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[*Subscription]struct{})
	}
	s.all[sub] = struct{}{}
	return sub
}

func (s *subscribers) tell(t *touched) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.all {
		sub.tell(t)
	}
}
