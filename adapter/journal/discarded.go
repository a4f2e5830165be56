package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Discarded says that a dead letter was given up, by whom and why: all but the event's text. It lies among the dead,
// whose sequences it shares, so that whoever takes a destination over finds it there.
type Discarded struct {
	Seq     uint64    `json:"-"` // its own sequence; set when read
	Place   Place     `json:"place"`
	Source  string    `json:"source"`
	ID      uuid.UUID `json:"id,omitzero"`
	Type    string    `json:"type,omitempty"`
	Reason  string    `json:"reason"` // why it was dead: the letter's
	Why     string    `json:"why"`    // why it was discarded, in a person's words; 2 KiB are kept
	By      string    `json:"by"`     // who did it
	At      time.Time `json:"at"`
	DeadSeq uint64    `json:"dead_seq"` // the letter that it ends
}

// NewDiscarded describes a letter that is given up.
func NewDiscarded(d *DeadLetter, why, by string, at time.Time) Discarded {
	return Discarded{
		Place: d.Place, Source: d.Source, ID: d.ID, Type: d.Type, Reason: d.Reason, Why: why, By: by, At: at, DeadSeq: d.Seq,
	}
}

const subjectDiscarded = "discarded"

func discardedSubject(destination string) string { return subjectDiscarded + "." + destination }

// Discard stores what was discarded of one destination and returns the greatest sequence among it. A letter that was
// discarded within the last two minutes is not stored again, and has the sequence that it got then.
func (j *Journal) Discard(ctx context.Context, destination string, discarded []Discarded) (last uint64, err error) {
	messages, err := messagesOf(destination, discarded, discardedMessage)
	if err != nil {
		return 0, fmt.Errorf("write what was discarded: %w", err)
	}
	for chunk := range slices.Chunk(messages, maxBatch) {
		seq, err := j.publishKnown(ctx, chunk)
		if err != nil {
			return last, fmt.Errorf("write what was discarded: %w", err)
		}
		last = max(last, seq)
	}
	return last, nil
}

func discardedMessage(destination string, of *Discarded) (*nats.Msg, error) {
	d := *of
	d.Why = clip(d.Why, maxDetail)
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	m := &nats.Msg{Subject: discardedSubject(destination), Data: text, Header: nats.Header{}}
	m.Header.Set(jetstream.MsgIDHeader, destination+" discarded "+strconv.FormatUint(d.DeadSeq, 10))
	return m, nil
}

// publishKnown stores messages of which any may be stored already, and returns their greatest sequence. The engine
// refuses a batch in which one is; they are then sent one by one, and it answers those that it knows with what it has.
func (j *Journal) publishKnown(ctx context.Context, messages []*nats.Msg) (last uint64, err error) {
	first, err := j.publishOnce(ctx, messages)
	if err == nil {
		return first + uint64(len(messages)-1), nil
	}
	for _, m := range messages {
		for _, header := range []string{headerBatchID, headerBatchSequence, headerBatchCommit} {
			m.Header.Del(header)
		}
		seq, err := j.publishAll(ctx, []*nats.Msg{m})
		if err != nil {
			return last, err
		}
		last = max(last, seq)
	}
	return last, nil
}

// EachDiscarded calls each with what was discarded of a destination from a sequence on, in order, until it returns
// false.
func (j *Journal) EachDiscarded(ctx context.Context, destination string, from uint64, each func(Discarded) bool) error {
	err := j.eachStored(ctx, streamDead, discardedSubject(destination), from, func(m message) error {
		var d Discarded
		if err := json.Unmarshal(m.Data(), &d); err != nil {
			return fmt.Errorf("record %d: %w", m.seq, err)
		}
		d.Seq = m.seq
		return enough(each(d))
	})
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("read what was discarded: %w", err)
	}
	return nil
}
