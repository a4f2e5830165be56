package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Outcomes counts how events of one type ended at one destination. Held and Dead count every time it happened; how
// many are held and dead now stands in the position.
type Outcomes struct {
	Delivered uint64 `json:"delivered,omitempty"`
	Held      uint64 `json:"held,omitempty"`
	Dead      uint64 `json:"dead,omitempty"`
	Skipped   uint64 `json:"skipped,omitempty"`
	Duplicate uint64 `json:"duplicate,omitempty"`
	Discarded uint64 `json:"discarded,omitempty"`
}

// Add adds counts.
func (o *Outcomes) Add(more Outcomes) {
	o.Delivered += more.Delivered
	o.Held += more.Held
	o.Dead += more.Dead
	o.Skipped += more.Skipped
	o.Duplicate += more.Duplicate
	o.Discarded += more.Discarded
}

// Sweep is what has ended at a destination but may still lie in the engine: it is counted, and is removed before
// anything else happens after a restart. Either a person's held events up to a sequence, or one dead letter.
type Sweep struct {
	HeldKey string `json:"held_key,omitempty"`
	UpTo    uint64 `json:"up_to,omitempty"`
	Dead    uint64 `json:"dead,omitempty"`
}

// Span is events of one frame: those numbered From and up, below To.
type Span struct {
	Seq  uint64 `json:"seq"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// Progress is how far a destination has come. It is saved as one record, so that floor, counts and what is to be swept
// never disagree.
type Progress struct {
	Owner     string              `json:"owner"`
	Epoch     uint64              `json:"epoch"` // grows with each owner
	At        time.Time           `json:"at"`
	Floor     uint64              `json:"floor"`               // every event of every frame up to it has ended
	DeadFrom  uint64              `json:"dead_from"`           // letters that are written but not counted come after it
	Ended     uint64              `json:"ended"`               // events of frames up to the floor
	Held      uint64              `json:"held"`                // events held now
	Dead      uint64              `json:"dead"`                // dead letters now
	Base      map[string]uint64   `json:"base"`                // events that a source had sent before this destination read it
	Outcomes  map[string]Outcomes `json:"outcomes"`            // by type
	Skipped   map[string]uint64   `json:"skipped,omitempty"`   // by reason
	Delivered []Span              `json:"delivered,omitempty"` // of frames beyond the floor
	Sweeps    []Sweep             `json:"sweeps,omitempty"`    // ended but perhaps not removed
	Delivery
	Replay   *Replay      `json:"replay,omitempty"`  // that runs, or ran last; nil: there was none
	Replayed ReplayCounts `json:"replayed,omitzero"` // by all replays
}

// Delivery is how the sending to a destination goes. It is saved with the progress, so that waits and pauses survive
// restarts.
type Delivery struct {
	Schedule
	Pause     *Pause    `json:"pause,omitempty"`     // nil: nobody paused it
	LastReply string    `json:"last_reply,omitzero"` // what the collector said last, for people
	LastSent  time.Time `json:"last_sent,omitzero"`  // when it accepted something last
}

// Schedule is the state of a destination, and when it is tried again.
type Schedule struct {
	State    string    `json:"state,omitempty"`    // running, backing_off or paused
	Reason   string    `json:"reason,omitempty"`   // why it does not run, for people
	Setting  string    `json:"setting,omitempty"`  // the keys of its configuration that are to be looked at
	Since    time.Time `json:"since,omitzero"`     // when it got into this state
	Failures int       `json:"failures,omitempty"` // in a row
	Retry    time.Time `json:"retry_at,omitzero"`
}

// Pause says who paused a destination, and why.
type Pause struct {
	By      string    `json:"by"`
	Because string    `json:"because,omitempty"`
	At      time.Time `json:"at"`
}

// Position is a destination's progress as its owner holds it. It belongs to one goroutine.
type Position struct {
	Progress
	journal     *Journal
	destination string
	revision    uint64
}

// Lease says how ownership moves in a fleet: a record unchanged for LeaseTakeover may be taken by another member; an
// owner whose last write is older than LeaseUse starts no POST.
const (
	LeaseUse      = 5 * time.Second
	LeaseTakeover = 10 * time.Second
)

func positionKey(destination string) string { return "position." + destination }

// InitPosition gives a destination that never ran a record without an owner: behind what was stored before a time, or
// with a zero time at the end of the journal.
func (j *Journal) InitPosition(ctx context.Context, destination string, sources []string, start time.Time) error {
	p := &Position{journal: j, destination: destination}
	_, err := j.readState(ctx, positionKey(destination), &p.Progress)
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("begin destination %s: %w", destination, err)
	}
	if err := p.begin(ctx, sources, start); err != nil {
		return fmt.Errorf("begin destination %s: %w", destination, err)
	}
	if err := p.Commit(ctx); err != nil && !errors.Is(err, ErrConflict) { // another member was faster: as good
		return fmt.Errorf("begin destination %s: %w", destination, err)
	}
	return nil
}

// TakePosition makes this owner the one that runs a destination. On the embedded engine the folder's lock says that
// nobody else does, so it takes over at once; on a cluster it waits until the present owner's record stands still.
func (j *Journal) TakePosition(ctx context.Context, destination, owner string, sources []string) (*Position, error) {
	p := &Position{journal: j, destination: destination}
	for {
		if err := p.await(ctx, owner); err != nil {
			return nil, fmt.Errorf("take destination %s: %w", destination, err)
		}
		p.Owner = owner
		p.Epoch++
		if err := p.begin(ctx, sources, time.Time{}); err != nil {
			return nil, fmt.Errorf("take destination %s: %w", destination, err)
		}
		err := p.Commit(ctx)
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, ErrConflict) {
			return nil, fmt.Errorf("take destination %s: %w", destination, err)
		}
	}
}

// await reads the record and waits until it may be taken.
func (p *Position) await(ctx context.Context, owner string) error {
	const look = time.Second
	var since time.Time
	for {
		before := p.revision
		revision, err := p.journal.readState(ctx, positionKey(p.destination), &p.Progress)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		p.revision = revision
		if p.journal.Embedded() || p.Owner == owner || p.Owner == "" {
			return nil
		}
		if revision != before {
			since = time.Now()
		}
		if time.Since(since) >= LeaseTakeover {
			return nil
		}
		if err := pause(ctx, look); err != nil {
			return err
		}
	}
}

// begin fills in what a new destination, or one with a new source, has not read. Without a start it begins at the end of
// the journal: what came before it was configured was not meant for it.
func (p *Position) begin(ctx context.Context, sources []string, start time.Time) error {
	if p.Base == nil {
		p.Base = map[string]uint64{}
		p.Outcomes = map[string]Outcomes{}
		if err := p.choose(ctx, start); err != nil {
			return err
		}
	}
	if p.Skipped == nil {
		p.Skipped = map[string]uint64{}
	}
	for _, source := range sources {
		if _, known := p.Base[source]; known {
			continue
		}
		before, err := p.journal.eventsUpTo(ctx, source, p.Floor)
		if err != nil {
			return err
		}
		p.Base[source] = before
	}
	return nil
}

// choose puts the floor of a new destination where it is to begin.
func (p *Position) choose(ctx context.Context, start time.Time) error {
	if _, err := p.journal.Received(ctx); err != nil { // the count has come to the journal's end
		return err
	}
	p.Floor, _ = p.journal.tally.snapshot()
	if start.IsZero() {
		return nil
	}
	before, err := p.journal.SequenceAt(ctx, start)
	p.Floor = min(p.Floor, before)
	return err
}

// eventsUpTo counts a source's events in frames up to a sequence: all that it ever sent, less those that came later.
func (j *Journal) eventsUpTo(ctx context.Context, source string, floor uint64) (uint64, error) {
	seq, counts := j.tally.snapshot()
	total := counts[source].Total()
	since, err := j.Stored(ctx, floor)
	if err != nil || since.IsZero() {
		return total, err
	}
	err = j.Heads(ctx, []string{source}, since, seq, func(f Frame) {
		if f.Seq > floor {
			total -= uint64(len(f.Events))
		}
	})
	return total, err
}

// Commit saves the progress if nobody else has meanwhile; ErrConflict says that the destination has another owner.
func (p *Position) Commit(ctx context.Context) error {
	p.At = time.Now().UTC()
	text, err := json.Marshal(p.Progress)
	if err != nil {
		return fmt.Errorf("save progress: %w", err)
	}
	revision, err := p.journal.writeState(ctx, positionKey(p.destination), text, p.revision)
	if errors.Is(err, ErrConflict) && p.wroteIt(ctx) {
		return nil // the write whose answer was lost was ours
	}
	if err != nil {
		return fmt.Errorf("save progress: %w", err)
	}
	p.revision = revision
	return nil
}

// wroteIt says whether the record that stands there is the one that this owner just wrote.
func (p *Position) wroteIt(ctx context.Context) bool {
	var there Progress
	revision, err := p.journal.readState(ctx, positionKey(p.destination), &there)
	if err != nil || there.Owner != p.Owner || there.Epoch != p.Epoch || !there.At.Equal(p.At) {
		return false
	}
	p.revision = revision
	return true
}
