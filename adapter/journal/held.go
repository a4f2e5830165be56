package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Whom says which person a held event waits for: what the stream says of them.
type Whom struct {
	UserUUID   uuid.UUID `json:"user_uuid,omitzero"`
	UserID     string    `json:"user_id,omitempty"`
	ExternalID string    `json:"external_id,omitempty"`
	Email      string    `json:"email,omitempty"`
	IRI        string    `json:"iri,omitempty"`
}

// Identity is what the map can look the person up by.
func (w *Whom) Identity() mapping.Identity {
	return mapping.Identity{UserUUID: w.UserUUID, UserID: w.UserID, ExternalID: w.ExternalID, Email: w.Email}
}

// Or returns w with what it lacks from o.
func (w Whom) Or(o Whom) Whom {
	return Whom{
		UserUUID: cmp.Or(w.UserUUID, o.UserUUID), UserID: cmp.Or(w.UserID, o.UserID), ExternalID: cmp.Or(w.ExternalID, o.ExternalID),
		Email: cmp.Or(w.Email, o.Email), IRI: cmp.Or(w.IRI, o.IRI),
	}
}

// Held is one event that waits for a mapping.
type Held struct {
	Seq   uint64 // its sequence among the held; set when read
	Key   string // the person's key, a subject token
	Whom  Whom
	Event Event
	// DeadSeq names the dead letter that this record ends, if it came from there.
	DeadSeq uint64
}

// heldHead is what a held record says in its header, so that people are listed without reading events.
type heldHead struct {
	Place    Place     `json:"place"`
	Source   string    `json:"source"`
	Whom     Whom      `json:"whom"`
	Type     string    `json:"type"`
	ID       uuid.UUID `json:"id"`
	Received time.Time `json:"received"`
	DeadSeq  uint64    `json:"dead_seq,omitempty"`
}

const headerHeld = "Bbcaliper-Held"

func heldSubject(destination, key string) string { return streamHeld + "." + destination + "." + key }

// Hold stores events of one destination, in order, and returns the sequence of the first; the others follow without a
// gap if there are at most 1,000.
func (j *Journal) Hold(ctx context.Context, destination string, events []Held) (first uint64, err error) {
	messages, err := messagesOf(destination, events, heldMessage)
	if err != nil {
		return 0, fmt.Errorf("hold event: %w", err)
	}
	first, err = j.publishAll(ctx, messages)
	if err != nil {
		return 0, fmt.Errorf("hold events: %w", err)
	}
	return first, nil
}

func heldMessage(destination string, h *Held) (*nats.Msg, error) {
	e := &h.Event
	head, err := json.Marshal(heldHead{e.Place, e.Source, h.Whom, e.Type, e.ID, e.Received, h.DeadSeq})
	if err != nil {
		return nil, err
	}
	m := &nats.Msg{Subject: heldSubject(destination, h.Key), Data: encodeEvent(e), Header: nats.Header{}}
	m.Header.Set(headerHeld, string(head))
	m.Header.Set(jetstream.MsgIDHeader, heldID(destination, h))
	return m, nil
}

// heldID keeps a repeated attempt to hold the same event from storing it twice, while an event that died meanwhile may
// be held again.
func heldID(destination string, h *Held) string {
	return destination + " " + strconv.FormatUint(h.Event.Place.Seq, 10) + " " + strconv.Itoa(h.Event.Place.N) + " " +
		strconv.FormatUint(h.DeadSeq, 10)
}

// encodeEvent writes one event the way a frame holds it.
func encodeEvent(e *Event) []byte {
	frame, _ := encodeFrame([]parcel{{
		received: e.Received, sensor: e.Sensor, bodies: [][]byte{e.Raw}, size: len(e.Raw),
		events: []span{{id: e.ID, kind: e.Type, length: len(e.Raw), oversize: e.Oversize}},
	}}, nil)
	return frame
}

// EachHeld calls each with every event that a destination holds, in order, without its text.
func (j *Journal) EachHeld(ctx context.Context, destination string, each func(Held)) error {
	err := j.eachStored(ctx, streamHeld, heldSubject(destination, "*"), 1, func(m message) error {
		h, err := heldOf(m.Subject(), m.Headers())
		if err != nil {
			return fmt.Errorf("held event %d: %w", m.seq, err)
		}
		h.Seq = m.seq
		each(h)
		return nil
	}, headersOnly())
	if err != nil {
		return fmt.Errorf("list held events: %w", err)
	}
	return nil
}

// HeldMark is where the held events of all destinations stand.
type HeldMark struct {
	Last   uint64 // the newest sequence, which the watchdog's probes have a share in
	Events uint64 // how many there are
}

// HeldMark returns where the held events stand.
func (j *Journal) HeldMark(ctx context.Context) (HeldMark, error) {
	stream, err := j.stream(ctx, streamHeld)
	if err != nil {
		return HeldMark{}, err
	}
	const probes = streamHeld + "." + probeToken
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(probes))
	if err != nil {
		return HeldMark{}, fmt.Errorf("count held events: %w", err)
	}
	return HeldMark{Last: info.State.LastSeq, Events: info.State.Msgs - info.State.Subjects[probes]}, nil
}

// EachHeldBetween calls each with every event of all destinations that was held after one mark and up to another, in
// order, without its text.
func (j *Journal) EachHeldBetween(ctx context.Context, after, upTo HeldMark, each func(destination string, h Held)) error {
	err := j.eachStored(ctx, streamHeld, heldSubject("*", "*"), after.Last+1, func(m message) error {
		if m.seq > upTo.Last {
			return nil
		}
		h, err := heldOf(m.Subject(), m.Headers())
		if err != nil {
			return fmt.Errorf("held event %d: %w", m.seq, err)
		}
		h.Seq = m.seq
		each(strings.Split(m.Subject(), ".")[1], h)
		return nil
	}, headersOnly())
	if err != nil {
		return fmt.Errorf("list held events: %w", err)
	}
	return nil
}

func heldOf(subject string, header nats.Header) (Held, error) {
	var head heldHead
	if err := json.Unmarshal([]byte(header.Get(headerHeld)), &head); err != nil {
		return Held{}, fmt.Errorf("read header: %w", err)
	}
	return Held{Key: lastToken(subject), Whom: head.Whom, DeadSeq: head.DeadSeq, Event: Event{
		Place: head.Place, Source: head.Source, Type: head.Type, ID: head.ID, Received: head.Received,
	}}, nil
}

// HeldPage returns held events of a destination from a sequence on, in order: those of one person, or with the key ""
// those of everybody whom wanted accepts. next is where the next page begins, 0 if nothing lies there.
func (j *Journal) HeldPage(ctx context.Context, destination, key string, from uint64, wanted func(key string) bool) (events []Held, next uint64, err error) {
	subject := ""
	if key != "" {
		subject = heldSubject(destination, key)
	}
	// Without a subject the engine need not count what matches: with very many people that costs more than reading.
	messages, err := j.page(ctx, streamHeld, subject, from)
	if err != nil {
		return nil, 0, fmt.Errorf("read held events: %w", err)
	}
	for i := range messages {
		m := &messages[i]
		next = m.seq + 1
		of := lastToken(m.subject)
		if m.subject != heldSubject(destination, of) || !wanted(of) {
			continue
		}
		h, err := heldEvent(m)
		if err != nil {
			return nil, 0, fmt.Errorf("read held event %d: %w", m.seq, err)
		}
		events = append(events, h)
	}
	return events, next, nil
}

// heldEvent reads a held event whole.
func heldEvent(m *stored) (Held, error) {
	h, err := heldOf(m.subject, m.header)
	if err != nil {
		return Held{}, err
	}
	events, err := decodeFrame(m.data, false)
	if err != nil || len(events) != 1 {
		return Held{}, errors.Join(err, errFrame)
	}
	place, source := h.Event.Place, h.Event.Source
	h.Seq, h.Event = m.seq, events[0]
	h.Event.Place, h.Event.Source = place, source
	return h, nil
}

// PurgeHeld removes a person's held events up to and including a sequence.
func (j *Journal) PurgeHeld(ctx context.Context, destination, key string, upTo uint64) error {
	stream, err := j.stream(ctx, streamHeld)
	if err != nil {
		return err
	}
	err = stream.Purge(ctx, jetstream.WithPurgeSubject(heldSubject(destination, key)), jetstream.WithPurgeSequence(upTo+1))
	if err != nil {
		return fmt.Errorf("remove released events: %w", err)
	}
	return nil
}
