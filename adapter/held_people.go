package adapter

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// heldPeople remembers for a while who waits, so that the pages of a list do not each read the heads of all that is held.
// What was held since is read in addition. When anything has left, all of it is read anew: nothing says what that was.
type heldPeople struct {
	mu           sync.Mutex
	destinations []string
	mark         journal.HeldMark
	people       map[string]*waiting // nil: nothing is remembered. Others read it, so it is replaced, not changed
	reading      int                 // which reading it is
	words        map[string]string   // so that each name is kept once
	timer        *time.Timer
}

// heldPeopleLife is how long nobody has to ask for what is remembered to be forgotten: it is some hundred bytes a person.
const heldPeopleLife = time.Minute

// waiting lists those whose events are held, by their keys. They must not be changed.
func (s service) waiting(ctx context.Context) (map[string]*waiting, error) {
	var destinations []string
	for _, d := range s.running() {
		destinations = append(destinations, d.config.Name)
	}
	return s.held.look(ctx, s.journal, destinations)
}

func (h *heldPeople) look(ctx context.Context, j *journal.Journal, destinations []string) (map[string]*waiting, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	mark, err := j.HeldMark(ctx)
	if err != nil {
		return nil, err
	}
	if h.people != nil && slices.Equal(h.destinations, destinations) {
		if all, err := h.read(ctx, j, mark); all || err != nil {
			return h.remembered(err)
		}
	}
	h.destinations, h.mark, h.people, h.words = destinations, journal.HeldMark{}, nil, map[string]string{}
	all, err := h.read(ctx, j, mark)
	people, err := h.remembered(err)
	if !all {
		h.people = nil // something has left while it was read
	}
	return people, err
}

// read adds what was held after the mark, up to another one, and says whether that makes all that there is.
func (h *heldPeople) read(ctx context.Context, j *journal.Journal, upTo journal.HeldMark) (all bool, err error) {
	if h.people != nil && h.mark == upTo {
		return true, nil
	}
	people, events := maps.Clone(h.people), h.mark.Events
	if people == nil {
		people = map[string]*waiting{}
	}
	h.reading++
	err = j.EachHeldBetween(ctx, h.mark, upTo, func(destination string, e journal.Held) {
		events++
		if slices.Contains(h.destinations, destination) {
			h.personOf(people, &e).add(&e, word(h.words, e.Event.Type), word(h.words, destination))
		}
	})
	h.people, h.mark = people, upTo
	return events == upTo.Events, err
}

// personOf returns the person of an event, who can be changed by this reading.
func (h *heldPeople) personOf(people map[string]*waiting, e *journal.Held) *waiting {
	w := people[e.Key]
	switch {
	case w == nil:
		w = &waiting{key: e.Key, source: e.Event.Source}
	case w.reading != h.reading:
		w = w.clone()
	default:
		return w
	}
	w.reading = h.reading
	people[e.Key] = w
	return w
}

// remembered returns what is remembered, unless it could not be read.
func (h *heldPeople) remembered(err error) (map[string]*waiting, error) {
	if err != nil {
		h.people = nil
		return nil, err
	}
	if h.timer == nil {
		h.timer = time.AfterFunc(heldPeopleLife, h.forget)
	}
	h.timer.Reset(heldPeopleLife)
	return h.people, nil
}

func (h *heldPeople) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people, h.words = nil, nil
}

// word returns the first of all equal texts.
func word(words map[string]string, text string) string {
	if known, ok := words[text]; ok {
		return known
	}
	words[text] = text
	return text
}
