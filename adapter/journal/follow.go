package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bounds of what is fetched ahead of a reader, so that a slow one costs no memory: a pull's messages and its bytes.
// The engine's messages are at most 1 MiB.
const (
	pullMessages = 1024
	pullBytes    = 4 << 20
)

// message is one message of a stream with its sequence and time.
type message struct {
	jetstream.Msg
	seq    uint64
	stored time.Time
}

// follower reads a stream in order without a gap: an ordered consumer, on a connection of its own, because a client
// that is cut off for reading too slowly must not cut off the writers.
type follower struct {
	nc       *nats.Conn
	consumer jetstream.Consumer
	messages jetstream.MessagesContext
	last     uint64 // sequence of the newest message that was read, 0 before the first
	from     string // the engine's name for the consumer that it came from: a new one after a restart
	nth      uint64 // which of that consumer's messages it was
	atEnd    bool   // no message waited behind it
}

// followOption says what of a stream is read.
type followOption func(*jetstream.OrderedConsumerConfig)

// followFrom starts at a sequence.
func followFrom(seq uint64) followOption {
	return func(c *jetstream.OrderedConsumerConfig) {
		if seq > 1 {
			c.DeliverPolicy, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, seq
		}
	}
}

// followSince starts at the first message stored at a time or later.
func followSince(t time.Time) followOption {
	return func(c *jetstream.OrderedConsumerConfig) {
		c.DeliverPolicy, c.OptStartTime = jetstream.DeliverByStartTimePolicy, &t
	}
}

// followSubjects reads these subjects only.
func followSubjects(subjects ...string) followOption {
	return func(c *jetstream.OrderedConsumerConfig) { c.FilterSubjects = subjects }
}

// headersOnly leaves the bodies out.
func headersOnly() followOption {
	return func(c *jetstream.OrderedConsumerConfig) { c.HeadersOnly = true }
}

func (j *Journal) follow(ctx context.Context, stream string, options ...followOption) (*follower, error) {
	nc, err := j.engine.dial("bbcaliper-" + stream)
	if err != nil {
		return nil, err
	}
	f := &follower{nc: nc}
	if err := f.open(ctx, stream, options); err != nil {
		nc.Close()
		return nil, err
	}
	return f, nil
}

func (f *follower) open(ctx context.Context, stream string, options []followOption) error {
	js, err := jetstream.New(f.nc)
	if err != nil {
		return fmt.Errorf("read %s: %w", stream, err)
	}
	var config jetstream.OrderedConsumerConfig
	for _, option := range options {
		option(&config)
	}
	f.consumer, err = js.OrderedConsumer(ctx, stream, config)
	if err != nil {
		return fmt.Errorf("read %s: %w", stream, err)
	}
	f.atEnd = f.consumer.CachedInfo().NumPending == 0
	f.messages, err = f.consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(pullMessages, pullBytes))
	if err != nil {
		return fmt.Errorf("read %s: %w", stream, err)
	}
	return nil
}

// Next waits for the next message, until ctx ends. It survives restarts of the engine.
func (f *follower) Next(ctx context.Context) (message, error) {
	for {
		m, err := f.messages.Next(jetstream.NextContext(ctx))
		switch {
		case err == nil:
			meta, err := m.Metadata()
			if err != nil {
				return message{}, fmt.Errorf("read from engine: %w", err)
			}
			f.last, f.atEnd = meta.Sequence.Stream, meta.NumPending == 0
			f.from, f.nth = meta.Consumer, meta.Sequence.Consumer
			return message{Msg: m, seq: f.last, stored: meta.Timestamp}, nil
		case ctx.Err() != nil:
			return message{}, ctx.Err()
		case errors.Is(err, jetstream.ErrMsgIteratorClosed):
			return message{}, ErrClosed
		}
		if err := pause(ctx, retryPause); err != nil {
			return message{}, err
		}
	}
}

// errStalled says that the engine has sent messages which did not arrive.
var errStalled = errors.New("read from engine: messages got lost on their way")

// NextStored is Next for those who want what is there and no more: false when all of it has been read. What is removed
// meanwhile it does not wait for.
func (f *follower) NextStored(ctx context.Context) (m message, ok bool, err error) {
	const (
		look  = 250 * time.Millisecond
		looks = 20
	)
	for n := 0; !f.atEnd; n++ {
		if n == looks {
			return message{}, false, errStalled
		}
		waiting, cancel := context.WithTimeout(ctx, look)
		m, err := f.Next(waiting)
		cancel()
		if err == nil || !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return m, err == nil, err
		}
		info, err := f.consumer.Info(ctx)
		if err != nil {
			return message{}, false, fmt.Errorf("read from engine: %w", err)
		}
		if info.NumPending > 0 {
			n = 0
		}
		f.atEnd = info.NumPending == 0 && f.hasRead(info)
	}
	return message{}, false, nil
}

// hasRead says whether everything that the engine has sent has been read. The stream's sequence alone does not tell: when
// messages are removed that it had not sent, the engine takes it past them.
func (f *follower) hasRead(info *jetstream.ConsumerInfo) bool {
	sent := info.Delivered
	return sent.Consumer == 0 || sent.Stream <= f.last || info.Name == f.from && sent.Consumer <= f.nth
}

// retryPause is the time between attempts while the engine is away.
const retryPause = 250 * time.Millisecond

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stop ends the follower and its connection.
func (f *follower) Stop() {
	f.messages.Stop()
	f.nc.Close()
}

// eachStored calls each with the messages of a subject that are stored at the time of the call, in order, from a
// sequence on.
func (j *Journal) eachStored(ctx context.Context, stream, subject string, from uint64, each func(message) error, options ...followOption) error {
	f, err := j.follow(ctx, stream, append(options, followFrom(from), followSubjects(subject))...)
	if err != nil {
		return err
	}
	defer f.Stop()
	for {
		m, ok, err := f.NextStored(ctx)
		if err != nil || !ok {
			return err
		}
		if err := each(m); err != nil {
			return err
		}
	}
}
