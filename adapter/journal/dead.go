package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// DeadLetter is an event that was refused for good, with everything that says why. Its texts are Raw, Sent and Reply;
// the rest is its head.
type DeadLetter struct {
	Seq         uint64    `json:"-"` // its sequence among the dead; set when read
	Destination string    `json:"-"`
	Reason      string    `json:"reason"` // a machine word: malformed, nonconformant, refused, other_site, too_large, …
	Detail      string    `json:"detail"` // the rule it broke, with its place, or what the collector said; 2 KiB are kept
	Status      int       `json:"status,omitempty"`
	Attempts    int       `json:"attempts,omitempty"`
	Request     string    `json:"request,omitempty"`  // the X-Request-ID of the POST whose reply refused it
	Revision    uint64    `json:"revision,omitempty"` // of its source's map when it was translated; 0 if it was not
	At          time.Time `json:"at"`
	Place       Place     `json:"place"`
	Source      string    `json:"source"`
	Sensor      string    `json:"sensor,omitempty"`
	Received    time.Time `json:"received"`
	ID          uuid.UUID `json:"id,omitzero"`
	Type        string    `json:"type,omitempty"`
	Bytes       int       `json:"bytes"`           // the size as it came
	SHA256      string    `json:"sha256"`          // of the whole text, hex
	Raw         []byte    `json:"raw,omitempty"`   // as received; its first 64 KiB if it was too large
	Sent        []byte    `json:"sent,omitempty"`  // as translated, if it came that far and is not too large to be kept, too
	Reply       []byte    `json:"reply,omitempty"` // the beginning of the collector's reply, redacted; 4 KiB are kept
	// HeldSeq and DeadSeq name the record among the held or the dead that this letter ends, if it came from there.
	HeldSeq uint64 `json:"held_seq,omitempty"`
	DeadSeq uint64 `json:"dead_seq,omitempty"`
}

// NewDeadLetter describes an event that is refused.
func NewDeadLetter(e Event, reason, detail string, at time.Time) DeadLetter {
	d := DeadLetter{
		Reason: reason, Detail: detail, At: at, Place: e.Place, Source: e.Source, Sensor: e.Sensor,
		Received: e.Received, ID: e.ID, Type: e.Type, Bytes: len(e.Raw), Raw: e.Raw,
	}
	sum := sha256.Sum256(e.Raw)
	if e.Oversize != nil {
		d.Bytes, sum = e.Oversize.Bytes, e.Oversize.SHA256
	}
	d.SHA256 = hex.EncodeToString(sum[:])
	return d
}

// Event returns the event as it was received, to be tried again.
func (d DeadLetter) Event() Event {
	return Event{Place: d.Place, Source: d.Source, Sensor: d.Sensor, Received: d.Received, ID: d.ID, Type: d.Type, Raw: d.Raw}
}

func deadSubject(destination, reason string) string {
	return streamDead + "." + destination + "." + reason
}

// Bury stores dead letters of one destination, in order, and returns the sequence of the last.
func (j *Journal) Bury(ctx context.Context, destination string, letters []DeadLetter) (last uint64, err error) {
	messages, err := messagesOf(destination, letters, deadMessage)
	if err != nil {
		return 0, fmt.Errorf("write dead letter: %w", err)
	}
	for chunk := range slices.Chunk(messages, maxBatch) {
		first, err := j.publishAll(ctx, chunk)
		if err != nil {
			return 0, fmt.Errorf("write dead letters: %w", err)
		}
		last = first + uint64(len(chunk)-1)
	}
	return last, nil
}

// deadID keeps a repeated attempt to write the same letter from storing it twice, while the same event may die again
// later after a retry.
func deadID(destination string, d *DeadLetter) string {
	return destination + " " + strconv.FormatUint(d.Place.Seq, 10) + " " + strconv.Itoa(d.Place.N) + " " +
		strconv.FormatInt(d.At.UnixNano(), 36)
}

// RemoveDead deletes a dead letter that has been retried or discarded. One that is gone already is no error.
func (j *Journal) RemoveDead(ctx context.Context, seq uint64) error {
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return err
	}
	if err := stream.DeleteMsg(ctx, seq); err != nil {
		if _, gone := stream.GetMsg(ctx, seq); isNoMessage(gone) {
			return nil
		}
		return fmt.Errorf("remove dead letter: %w", err)
	}
	return nil
}

// LastDead returns the newest sequence among the dead: what a destination writes later comes after it.
func (j *Journal) LastDead(ctx context.Context) (uint64, error) {
	state, err := j.streamState(ctx, streamDead)
	return state.LastSeq, err
}
