package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// A committer writes one source's envelopes. While one frame is being synced, the envelopes that arrive gather for
// the next (group commit), so one sync serves many POSTs:
//
//	Append ─┐
//	Append ─┼─▶ queue ─▶ run: take all that wait, up to a frame ─▶ publish, wait for the sync ─▶ done ─▶ 200
//	Append ─┘
type committer struct {
	journal *Journal
	source  string
	queue   chan *pending // sent by Append, received by run; never closed
	closing chan struct{} // closed by close: run finishes what is queued and ends
	scratch []byte        // of run, for the next frame
}

// pending is one envelope on its way. done receives exactly one value, from run.
type pending struct {
	parcels []parcel
	size    int
	done    chan error
}

// queueLength bounds how many envelopes wait for a frame; further callers block in Append.
const queueLength = 4096

// Append stores an envelope. When it returns nil the envelope is on stable storage. The body may be reused afterwards.
// Errors: ErrFull, ErrClosed, or what the engine says after the publish time-out.
func (j *Journal) Append(ctx context.Context, e Envelope) error {
	c, err := j.committer(e.Source)
	if err != nil {
		return err
	}
	p := &pending{parcels: parcels(e), done: make(chan error, 1)}
	for i := range p.parcels {
		p.size += p.parcels[i].size
	}
	select {
	case c.queue <- p:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.closing:
		return ErrClosed
	}
	// From here the committer owns the body until it is done, whatever becomes of the caller.
	return <-p.done
}

func (j *Journal) committer(source string) (*committer, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, ErrClosed
	}
	c, ok := j.committers[source]
	if !ok {
		c = &committer{journal: j, source: source, queue: make(chan *pending, queueLength), closing: make(chan struct{})}
		j.committers[source] = c
		j.running.Go(c.run)
	}
	return c, nil
}

func (c *committer) close() { close(c.closing) }

func (c *committer) run() {
	var next *pending
	for {
		if next == nil {
			select {
			case next = <-c.queue:
			case <-c.closing:
				c.refuseQueued()
				return
			}
		}
		var group []*pending
		group, next = c.gather(next)
		err := c.write(group)
		for _, p := range group {
			p.done <- err
		}
	}
}

// gather takes what waits, as long as it fits one frame. The first that does not fit is for the next.
func (c *committer) gather(first *pending) (group []*pending, next *pending) {
	group = []*pending{first}
	for size := first.size; ; {
		select {
		case p := <-c.queue:
			if size += p.size; size > maxFrame {
				return group, p
			}
			group = append(group, p)
		default:
			return group, nil
		}
	}
}

// refuseQueued answers those who got into the queue while it was closing.
func (c *committer) refuseQueued() {
	for {
		select {
		case p := <-c.queue:
			p.done <- ErrClosed
		default:
			return
		}
	}
}

func (c *committer) write(group []*pending) error {
	// The journal's own context must not end a write that a caller waits for: Close waits for it instead.
	ctx, cancel := context.WithTimeout(context.Background(), c.journal.opts.PublishTimeout)
	defer cancel()
	frames := c.frames(group)
	_, err := c.journal.publishAll(ctx, frames)
	c.journal.room.tried(frames, err)
	if err != nil && !errors.Is(err, ErrFull) {
		return fmt.Errorf("write to journal: %w", err)
	}
	return err
}

// frames encodes a group: one frame, or as many as a single large envelope needs.
func (c *committer) frames(group []*pending) []*nats.Msg {
	var together []parcel
	var counts Received
	for _, p := range group {
		counts.addEnvelope(p.parcels)
		if len(p.parcels) == 1 {
			together = append(together, p.parcels[0])
		}
	}
	if len(together) > 0 {
		return []*nats.Msg{c.message(together, counts)}
	}
	// A group with an envelope in pieces holds nothing else: its first piece is a full frame.
	pieces := group[0].parcels
	messages := make([]*nats.Msg, len(pieces))
	for i := range pieces {
		messages[i] = c.message(pieces[i:i+1], countPiece(pieces[i], i == 0))
	}
	return messages
}

func (c *committer) message(ps []parcel, counts Received) *nats.Msg {
	counts.Last = ps[len(ps)-1].received
	m := &nats.Msg{Subject: streamJournal + "." + c.source, Header: nats.Header{}}
	m.Data, c.scratch = encodeFrame(ps, c.scratch)
	m.Header.Set(jetstream.MsgIDHeader, nuid.Next())
	m.Header.Set(headerCounts, counts.header())
	return m
}
