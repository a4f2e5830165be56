package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Past hands out frames that are stored already, in order. It reads a page at a time and holds nothing open in the
// engine, so whoever reads may wait as long as they like between two frames. It belongs to one goroutine.
type Past struct {
	journal *Journal
	sources []string
	next    uint64 // sequence to go on from
	end     uint64 // the last sequence that counts
	page    []stored
}

// ReadUntil returns the frames of these sources behind a sequence, up to and including another.
func (j *Journal) ReadUntil(sources []string, after, upTo uint64) *Past {
	return &Past{journal: j, sources: sources, next: after + 1, end: upTo}
}

// Next returns the next frame, and io.EOF behind the last one. Frames that have left the journal are left out.
func (p *Past) Next(ctx context.Context) (Frame, error) {
	for {
		if err := p.load(ctx); err != nil {
			return Frame{}, err
		}
		m := p.page[0]
		p.page = p.page[1:]
		p.next = m.seq + 1
		if !slices.Contains(p.sources, lastToken(m.subject)) {
			continue
		}
		return frameOfStored(&m)
	}
}

// load makes sure that there is a frame to return.
func (p *Past) load(ctx context.Context) (err error) {
	if len(p.page) == 0 && p.next <= p.end {
		if p.page, err = p.journal.page(ctx, streamJournal, "", p.next); err != nil {
			return err
		}
	}
	if len(p.page) == 0 || p.page[0].seq > p.end {
		return io.EOF
	}
	return nil
}

func frameOfStored(m *stored) (Frame, error) {
	at, err := time.Parse(time.RFC3339Nano, m.header.Get(jetstream.TimeStampHeaer))
	if err != nil {
		return Frame{}, fmt.Errorf("read frame %d: the engine sent no time", m.seq)
	}
	events, err := decodeFrame(m.data, false)
	if err != nil {
		return Frame{}, fmt.Errorf("read frame %d: %w", m.seq, err)
	}
	return newFrame(m.seq, m.subject, at, events), nil
}

// CountEvents counts the events of these sources' frames behind a sequence, up to and including another, by their
// headers alone.
func (j *Journal) CountEvents(ctx context.Context, sources []string, after, upTo uint64) (uint64, error) {
	if upTo <= after {
		return 0, nil
	}
	f, err := j.follow(ctx, streamJournal, followFrom(after+1), followSubjects(subjectsOf(sources)...), headersOnly())
	if err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	defer f.Stop()
	total := uint64(0)
	for {
		m, ok, err := f.NextStored(ctx)
		if err != nil {
			return 0, fmt.Errorf("count events: %w", err)
		}
		if !ok || m.seq > upTo {
			return total, nil
		}
		var counts Received
		if err := json.Unmarshal([]byte(m.Headers().Get(headerCounts)), &counts); err != nil {
			return 0, fmt.Errorf("count events of frame %d: %w", m.seq, err)
		}
		total += counts.Total()
	}
}
