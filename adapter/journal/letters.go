package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DeadFilter chooses dead letters of one destination. What is not set does not matter.
type DeadFilter struct {
	Reason string      // the machine word
	Type   string      // a Learn type
	Source string      // by name
	Since  time.Time   // they died at this time or later,
	Until  time.Time   // and before this one
	IDs    []uuid.UUID // events
	Seqs   []uint64    // letters; they are looked up one by one
	After  uint64      // letters with greater sequences: the rest of a list
	UpTo   uint64      // letters up to this sequence: a list of those that were there; 0 is no bound
}

// Matches says whether a letter is among those chosen. It asks the head alone.
func (f *DeadFilter) Matches(d *DeadLetter) bool {
	return (f.Reason == "" || f.Reason == d.Reason) &&
		(f.Type == "" || f.Type == d.Type) &&
		(f.Source == "" || f.Source == d.Source) &&
		!d.At.Before(f.Since) &&
		(f.Until.IsZero() || d.At.Before(f.Until)) &&
		(len(f.IDs) == 0 || slices.Contains(f.IDs, d.ID)) &&
		(len(f.Seqs) == 0 || slices.Contains(f.Seqs, d.Seq)) &&
		d.Seq > f.After && (f.UpTo == 0 || d.Seq <= f.UpTo)
}

// ListDead calls each with the heads of the chosen letters of a destination, in the order of their sequences, until it
// returns false. What is removed meanwhile may be among them or not.
func (j *Journal) ListDead(ctx context.Context, destination string, f DeadFilter, each func(DeadLetter) bool) error {
	return j.scanDead(ctx, destination, &f, false, each)
}

// ReadDead is ListDead with the letters' texts.
func (j *Journal) ReadDead(ctx context.Context, destination string, f DeadFilter, each func(DeadLetter) bool) error {
	return j.scanDead(ctx, destination, &f, true, each)
}

func (j *Journal) scanDead(ctx context.Context, destination string, f *DeadFilter, texts bool, each func(DeadLetter) bool) (err error) {
	switch {
	case f.Reason != "" && !isToken(f.Reason): // no letter has such a reason, and the engine would read it as a pattern
	case len(f.Seqs) > 0:
		err = j.pickDead(ctx, destination, f, texts, each)
	default:
		err = j.walkDead(ctx, destination, f, texts, each)
	}
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("read dead letters: %w", err)
	}
	return nil
}

// isToken says whether a word can stand in a subject as it is.
func isToken(s string) bool { return s != "" && !strings.ContainsAny(s, ".*> \t\r\n") }

// walkDead reads a destination's letters one after the other.
func (j *Journal) walkDead(ctx context.Context, destination string, f *DeadFilter, texts bool, each func(DeadLetter) bool) error {
	var options []followOption
	if !texts {
		options = append(options, headersOnly())
	}
	subject := deadSubject(destination, cmp.Or(f.Reason, "*"))
	return j.eachStored(ctx, streamDead, subject, f.After+1, func(m message) error {
		if f.UpTo > 0 && m.seq > f.UpTo {
			return errEnough
		}
		d := DeadLetter{Seq: m.seq, Destination: destination}
		has, err := d.readHead(m.Headers())
		switch {
		case err == nil && !has:
			return j.oldLetter(ctx, &d, f, texts, each)
		case err == nil && !f.Matches(&d):
			return nil
		case err == nil && texts:
			err = d.readTexts(m.Data())
		}
		if err != nil {
			return fmt.Errorf("dead letter %d: %w", m.seq, err)
		}
		return enough(each(d))
	}, options...)
}

// enough is errEnough unless more is wanted.
func enough(more bool) error {
	if more {
		return nil
	}
	return errEnough
}

// oldLetter hands on a letter that has no head, if it is chosen and still there.
func (j *Journal) oldLetter(ctx context.Context, d *DeadLetter, f *DeadFilter, texts bool, each func(DeadLetter) bool) error {
	whole, err := j.Dead(ctx, d.Destination, d.Seq)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil || !f.Matches(&whole) {
		return err
	}
	return enough(each(whole.only(texts)))
}

// only is the letter with its texts or without.
func (d DeadLetter) only(texts bool) DeadLetter {
	if !texts {
		d.Raw, d.Sent, d.Reply = nil, nil, nil
	}
	return d
}

// pickDead looks letters up by their sequences.
func (j *Journal) pickDead(ctx context.Context, destination string, f *DeadFilter, texts bool, each func(DeadLetter) bool) error {
	for _, seq := range slices.Compact(slices.Sorted(slices.Values(f.Seqs))) {
		d, err := j.Dead(ctx, destination, seq)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if f.Matches(&d) && !each(d.only(texts)) {
			return errEnough
		}
	}
	return nil
}

// Dead returns one letter of a destination, ErrNotFound if there is none with this sequence.
func (j *Journal) Dead(ctx context.Context, destination string, seq uint64) (DeadLetter, error) {
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return DeadLetter{}, err
	}
	m, err := stream.GetMsg(ctx, max(seq, 1))
	if isNoMessage(err) {
		return DeadLetter{}, ErrNotFound
	}
	if err != nil {
		return DeadLetter{}, fmt.Errorf("read dead letter: %w", err)
	}
	if seq == 0 || destination == Receive || !strings.HasPrefix(m.Subject, deadSubject(destination, "")) {
		return DeadLetter{}, ErrNotFound
	}
	return wholeLetter(destination, m.Sequence, m.Header, m.Data)
}

func wholeLetter(destination string, seq uint64, header nats.Header, data []byte) (DeadLetter, error) {
	d := DeadLetter{Seq: seq, Destination: destination}
	has, err := d.readHead(header)
	switch {
	case err == nil && has:
		err = d.readTexts(data)
	case err == nil:
		err = d.readOld(data)
	}
	if err != nil {
		return DeadLetter{}, fmt.Errorf("dead letter %d: %w", seq, err)
	}
	return d, nil
}

// OldestDead returns the head of the letter that a destination has had longest, ErrNotFound if it has none.
func (j *Journal) OldestDead(ctx context.Context, destination string) (DeadLetter, error) {
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return DeadLetter{}, err
	}
	m, err := stream.GetMsg(ctx, 1, getNext(deadSubject(destination, "*")))
	if isNoMessage(err) {
		return DeadLetter{}, ErrNotFound
	}
	if err != nil {
		return DeadLetter{}, fmt.Errorf("find oldest dead letter: %w", err)
	}
	d, err := wholeLetter(destination, m.Sequence, m.Header, m.Data)
	return d.only(false), err
}

// DeadCounts says how many letters of each reason a destination has in the engine.
func (j *Journal) DeadCounts(ctx context.Context, destination string) (map[string]uint64, error) {
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(deadSubject(destination, "*")))
	if err != nil {
		return nil, fmt.Errorf("count dead letters: %w", err)
	}
	counts := map[string]uint64{}
	for subject, n := range info.State.Subjects {
		counts[lastToken(subject)] += n
	}
	return counts, nil
}
