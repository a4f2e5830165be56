package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"
)

// headerCounts is the header of a frame that says what it holds, as JSON of Received.
const headerCounts = "Bbcaliper-Counts"

// Received says what was answered 200: of a source, ever, or of one frame.
type Received struct {
	Envelopes uint64            `json:"envelopes"`
	Events    map[string]uint64 `json:"events"` // by type
	Last      time.Time         `json:"last"`   // when the newest envelope came; zero if none has
}

// Total is the number of events of all types.
func (r Received) Total() uint64 {
	var n uint64
	for _, m := range r.Events {
		n += m
	}
	return n
}

func (r *Received) addEnvelope(pieces []parcel) {
	for i := range pieces {
		r.add(countPiece(pieces[i], i == 0))
	}
}

func countPiece(p parcel, first bool) Received {
	r := Received{Events: make(map[string]uint64, 2)}
	if first {
		r.Envelopes = 1
	}
	for i := range p.events {
		r.Events[p.events[i].kind]++
	}
	return r
}

func (r *Received) add(more Received) {
	r.Envelopes += more.Envelopes
	if r.Events == nil {
		r.Events = make(map[string]uint64, len(more.Events))
	}
	for kind, n := range more.Events {
		r.Events[kind] += n
	}
	if more.Last.After(r.Last) {
		r.Last = more.Last
	}
}

// header is the form of the header.
func (r *Received) header() string {
	text, _ := json.Marshal(r) // maps of numbers and a time cannot fail
	return string(text)
}

// tally counts what arrived, by reading the headers of the frames. Saved from time to time with the sequence it stands
// for, it survives restarts and the purging of old frames, and every member of a fleet comes to the same numbers.
type tally struct {
	journal *Journal

	mu      sync.Mutex
	moved   *sync.Cond // broadcast when seq moves
	seq     uint64
	sources map[string]*Received
	saved   uint64 // the sequence that is saved
}

// tallyRecord is the saved form.
type tallyRecord struct {
	Seq     uint64               `json:"seq"`
	Sources map[string]*Received `json:"sources"`
}

const (
	keyTally  = "tally"
	saveEvery = 5 * time.Second
)

func openTally(ctx context.Context, j *Journal) (*tally, error) {
	t := &tally{journal: j, sources: map[string]*Received{}}
	t.moved = sync.NewCond(&t.mu)
	var r tallyRecord
	if _, err := j.readState(ctx, keyTally, &r); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("load counts: %w", err)
	}
	t.seq, t.saved = r.Seq, r.Seq
	if r.Sources != nil {
		t.sources = r.Sources
	}
	messages, err := j.follow(ctx, streamJournal, followFrom(t.seq+1), headersOnly())
	if err != nil {
		return nil, fmt.Errorf("follow journal: %w", err)
	}
	j.running.Go(func() { t.run(messages) })
	j.running.Go(t.saveRegularly)
	return t, nil
}

func (t *tally) run(messages *follower) {
	defer messages.Stop()
	for {
		m, err := messages.Next(t.journal.background)
		if err != nil {
			return
		}
		var counts Received
		if text := m.Headers().Get(headerCounts); text != "" {
			if err := json.Unmarshal([]byte(text), &counts); err != nil {
				t.journal.opts.Log.WithField("seq", m.seq).Warn("frame with unreadable counts")
			}
		}
		t.apply(m.seq, lastToken(m.Subject()), counts)
	}
}

func (t *tally) apply(seq uint64, source string, counts Received) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq <= t.seq {
		return
	}
	if source != probeToken {
		r, ok := t.sources[source]
		if !ok {
			r = &Received{}
			t.sources[source] = r
		}
		r.add(counts)
	}
	t.seq = seq
	t.moved.Broadcast()
}

// Received returns what each source has sent, up to the journal's last frame at the time of the call: it waits for the
// count to get there, at most until ctx ends.
func (j *Journal) Received(ctx context.Context) (map[string]Received, error) {
	info, err := j.streamState(ctx, streamJournal)
	if err != nil {
		return nil, fmt.Errorf("count what was received: %w", err)
	}
	return j.tally.at(ctx, info.LastSeq)
}

func (t *tally) at(ctx context.Context, seq uint64) (map[string]Received, error) {
	stop := context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.moved.Broadcast()
	})
	defer stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.seq < seq && ctx.Err() == nil {
		t.moved.Wait()
	}
	if t.seq < seq {
		return nil, fmt.Errorf("count what was received: %w", ctx.Err())
	}
	return t.copy(), nil
}

// snapshot returns the counts as they stand, and the sequence that they stand for.
func (t *tally) snapshot() (uint64, map[string]Received) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seq, t.copy()
}

// copy returns the counts for others to keep; the caller holds the lock.
func (t *tally) copy() map[string]Received {
	out := make(map[string]Received, len(t.sources))
	for name, r := range t.sources {
		one := *r
		one.Events = maps.Clone(r.Events)
		out[name] = one
	}
	return out
}

func (t *tally) saveRegularly() {
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			t.save()
		case <-t.journal.background.Done():
			return
		}
	}
}

// save writes the tally if it has moved. A member that is behind another leaves the newer record alone; a failed save
// costs nothing but a longer start.
func (t *tally) save() {
	t.mu.Lock()
	if t.seq == t.saved {
		t.mu.Unlock()
		return
	}
	r := tallyRecord{Seq: t.seq, Sources: t.sources}
	text, err := json.Marshal(r)
	t.mu.Unlock()
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if t.replaceOlder(ctx, r.Seq, text) == nil {
		t.mu.Lock()
		t.saved = max(t.saved, r.Seq)
		t.mu.Unlock()
	}
}

func (t *tally) replaceOlder(ctx context.Context, seq uint64, text []byte) error {
	var there tallyRecord
	revision, err := t.journal.readState(ctx, keyTally, &there)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if there.Seq >= seq {
		return nil
	}
	_, err = t.journal.writeState(ctx, keyTally, text, revision)
	return err
}
