package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
)

// Fact is something that the stream said of a session, a launch or an attempt, to be remembered for events that do not
// repeat it. Facts are immutable: the first that was written wins.
type Fact struct {
	Session string    `json:"session,omitempty"` // the session's IRI
	Attempt string    `json:"attempt,omitempty"` // or the attempt's
	Started time.Time `json:"started,omitzero"`  // when the session's login happened, or the attempt began
	Person  Whom      `json:"person,omitzero"`   // whose session it is
	Launch  string    `json:"launch,omitempty"`  // the launch's id
	Tool    string    `json:"tool,omitempty"`    // the launched tool's URL
}

// Memory is what one source's stream said. Every instance keeps it whole in memory, fed by a log in the engine whose
// entries have a limited life; a key a session in the engine would cost ten times as much.
type Memory struct {
	journal *Journal
	subject string
	life    time.Duration
	seeds   [2]maphash.Seed

	mu       sync.RWMutex
	sessions generations[session]
	tools    generations[string]
	attempts generations[int64] // when they began, in Unix milliseconds
}

// session is what is known of one session; either half may be missing.
type session struct {
	started int64 // Unix milliseconds, 0 if its login was not seen
	person  Whom
}

// memoryLife is how long facts are remembered.
func memoryLife(keep time.Duration) time.Duration { return max(keep, 24*time.Hour) }

// Memory returns a source's memory, loaded.
func (j *Journal) Memory(ctx context.Context, source string) (*Memory, error) {
	j.mu.Lock()
	m, ok := j.memories[source]
	j.mu.Unlock()
	if ok {
		return m, nil
	}
	m = &Memory{journal: j, subject: streamMemory + "." + source, life: memoryLife(j.opts.Keep)}
	m.seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	if err := m.load(ctx); err != nil {
		return nil, fmt.Errorf("load memory of %s: %w", source, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if other, raced := j.memories[source]; raced {
		return other, nil
	}
	j.memories[source] = m
	if !j.Embedded() { // other members write, too
		j.running.Go(func() { m.follow(j.background) })
	}
	return m, nil
}

// NewMemory returns a memory of its own, which is not kept: for dry runs.
func NewMemory() *Memory {
	m := &Memory{life: memoryLife(0)}
	m.seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	return m
}

func (m *Memory) load(ctx context.Context) error {
	return m.journal.eachStored(ctx, streamMemory, m.subject, 1, m.apply)
}

func (m *Memory) follow(ctx context.Context) {
	for ctx.Err() == nil {
		f, err := m.journal.follow(ctx, streamMemory, followSubjects(m.subject))
		if err != nil {
			_ = pause(ctx, retryPause)
			continue
		}
		for err == nil {
			var msg message
			if msg, err = f.Next(ctx); err == nil {
				err = m.apply(msg)
			}
		}
		f.Stop()
	}
}

func (m *Memory) apply(msg message) error {
	text, err := s2.Decode(nil, msg.Data())
	if err != nil {
		return fmt.Errorf("memory entry %d: %w", msg.seq, err)
	}
	var facts []Fact
	if err := json.Unmarshal(text, &facts); err != nil {
		return fmt.Errorf("memory entry %d: %w", msg.seq, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range facts {
		m.learn(f, msg.stored)
	}
	return nil
}

// learn adds one fact and says whether it said anything new. The caller holds the lock.
func (m *Memory) learn(f Fact, at time.Time) bool {
	news := false
	if f.Session != "" {
		key := m.key(f.Session)
		s, _ := m.sessions.get(key)
		if s.started == 0 && !f.Started.IsZero() {
			s.started, news = f.Started.UnixMilli(), true
		}
		if s.person == (Whom{}) && f.Person != (Whom{}) {
			s.person, news = f.Person, true
			if s.person.UserUUID != uuid.Nil {
				s.person.IRI, s.person.Email = "", "" // they add nothing to be found by
			}
		}
		if news {
			m.sessions.put(key, s, at, m.life)
		}
	}
	if f.Launch != "" && f.Tool != "" {
		key := m.key(f.Launch)
		if _, known := m.tools.get(key); !known {
			m.tools.put(key, f.Tool, at, m.life)
			news = true
		}
	}
	return m.learnAttempt(f, at) || news
}

func (m *Memory) learnAttempt(f Fact, at time.Time) bool {
	if f.Attempt == "" || f.Started.IsZero() {
		return false
	}
	key := m.key(f.Attempt)
	if _, known := m.attempts.get(key); known {
		return false
	}
	m.attempts.put(key, f.Started.UnixMilli(), at, m.life)
	return true
}

// Note remembers a fact at once and says whether it was news. News must be saved before the position moves past the
// frame that brought it.
func (m *Memory) Note(f Fact, at time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.learn(f, at)
}

// Save makes facts durable.
func (m *Memory) Save(ctx context.Context, facts []Fact) error {
	if len(facts) == 0 {
		return nil
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("write memory: %w", err)
	}
	if _, err := m.journal.publishAll(ctx, []*nats.Msg{{Subject: m.subject, Data: s2.Encode(nil, text)}}); err != nil {
		return fmt.Errorf("write memory: %w", err)
	}
	return nil
}

// Session returns what is known of a session: when its login happened, and whose it is.
func (m *Memory) Session(iri string) (started time.Time, person Whom, known bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, known := m.sessions.get(m.key(iri))
	if s.started != 0 {
		started = time.UnixMilli(s.started).UTC()
	}
	return started, s.person, known
}

// Tool returns the URL of the tool that a launch opened, "" if the launch was not seen.
func (m *Memory) Tool(launch string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	tool, _ := m.tools.get(m.key(launch))
	return tool
}

// Attempt returns when an attempt began, zero if its start was not seen.
func (m *Memory) Attempt(iri string) time.Time {
	m.mu.RLock()
	defer m.mu.RUnlock()
	started, known := m.attempts.get(m.key(iri))
	if !known {
		return time.Time{}
	}
	return time.UnixMilli(started).UTC()
}

// factKey is a 128-bit hash of an IRI: small, and two IRIs do not share one by chance.
type factKey struct{ a, b uint64 }

func (m *Memory) key(s string) factKey {
	return factKey{maphash.String(m.seeds[0], s), maphash.String(m.seeds[1], s)}
}

// generations is a map whose entries are forgotten after a life: written to the young half, which becomes the old half
// after one life and is dropped after another.
type generations[V any] struct {
	young, old map[factKey]V
	born       time.Time // of the young half
}

func (g *generations[V]) get(k factKey) (V, bool) {
	if v, ok := g.young[k]; ok {
		return v, true
	}
	v, ok := g.old[k]
	return v, ok
}

func (g *generations[V]) put(k factKey, v V, at time.Time, life time.Duration) {
	if g.young == nil || at.Sub(g.born) > life {
		g.old, g.young, g.born = g.young, map[factKey]V{}, at
	}
	g.young[k] = v
}
