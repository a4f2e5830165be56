package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// Headers of the engine's atomic batches: all messages of a batch are stored, synced once, or none is.
const (
	headerBatchID       = "Nats-Batch-Id"
	headerBatchSequence = "Nats-Batch-Sequence"
	headerBatchCommit   = "Nats-Batch-Commit"
)

// maxBatch is the engine's limit of messages in one atomic batch.
const maxBatch = 1000

// messagesOf makes the messages of a destination, one for each of some things.
func messagesOf[T any](destination string, all []T, one func(destination string, of *T) (*nats.Msg, error)) ([]*nats.Msg, error) {
	messages := make([]*nats.Msg, len(all))
	for i := range all {
		m, err := one(destination, &all[i])
		if err != nil {
			return nil, err
		}
		messages[i] = m
	}
	return messages, nil
}

// publishAll stores messages in order and returns the stream sequence of the first; the others follow it without a
// gap. Up to maxBatch messages are atomic; more are several full batches and a last one, and the sequence is that of the
// first message of the last one.
// It is tried again until it succeeds, the publish time-out ends, or the engine says why it cannot.
func (j *Journal) publishAll(ctx context.Context, messages []*nats.Msg) (first uint64, err error) {
	for len(messages) > 0 {
		n := min(len(messages), maxBatch)
		if first, err = j.publishRetrying(ctx, messages[:n]); err != nil {
			return 0, err
		}
		messages = messages[n:]
	}
	return first, nil
}

func (j *Journal) publishRetrying(ctx context.Context, messages []*nats.Msg) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, j.opts.PublishTimeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		seq, err := j.publishOnce(ctx, messages)
		switch {
		case err == nil:
			return seq, nil
		case isDuplicateBatch(err) && attempt > 1: // an earlier attempt was stored, only its answer was lost
			return j.storedBefore(ctx, messages)
		case isFull(err):
			return 0, fmt.Errorf("%w: %w", ErrFull, err)
		case isWrongSequence(err):
			return 0, fmt.Errorf("%w: %w", ErrConflict, err)
		}
		select {
		case <-ctx.Done():
			return 0, err
		case <-j.background.Done():
			return 0, errors.Join(ErrClosed, err)
		case <-time.After(retryPause):
		}
	}
}

// attemptTimeout bounds one attempt of a publish. The answer to one that was under way when its connection broke never
// comes.
const attemptTimeout = 2 * time.Second

func (j *Journal) publishOnce(ctx context.Context, messages []*nats.Msg) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	if len(messages) == 1 {
		ack, err := j.js.PublishMsg(ctx, messages[0])
		if err != nil {
			return 0, fmt.Errorf("store: %w", err)
		}
		return ack.Sequence, nil
	}
	return j.publishBatch(ctx, messages)
}

// publishBatch sends one atomic batch. Only its last message is answered.
func (j *Journal) publishBatch(ctx context.Context, messages []*nats.Msg) (uint64, error) {
	id := nuid.Next()
	last := len(messages) - 1
	for i, m := range messages {
		if m.Header == nil {
			m.Header = nats.Header{}
		}
		m.Header.Set(headerBatchID, id)
		m.Header.Set(headerBatchSequence, strconv.Itoa(i+1))
		if i == last {
			m.Header.Set(headerBatchCommit, "1")
			break
		}
		if err := j.nc.PublishMsg(m); err != nil {
			return 0, fmt.Errorf("store batch: %w", err)
		}
	}
	reply, err := j.nc.RequestMsgWithContext(ctx, messages[last])
	if err != nil {
		return 0, fmt.Errorf("store batch: %w", err)
	}
	seq, err := batchAck(reply.Data)
	if err != nil {
		return 0, fmt.Errorf("store batch: %w", err)
	}
	return seq - uint64(last), nil
}

// storedBefore returns the sequence that a batch got when it was stored: the engine answers a known message id with it.
func (j *Journal) storedBefore(ctx context.Context, messages []*nats.Msg) (uint64, error) {
	last := messages[len(messages)-1]
	again := &nats.Msg{Subject: last.Subject, Data: last.Data, Header: nats.Header{}}
	again.Header.Set(jetstream.MsgIDHeader, last.Header.Get(jetstream.MsgIDHeader))
	ack, err := j.js.PublishMsg(ctx, again)
	if err != nil {
		return 0, fmt.Errorf("find stored batch: %w", err)
	}
	return ack.Sequence - uint64(len(messages)-1), nil
}

// isDuplicateBatch says whether a batch was refused because one of its message ids is stored already.
func isDuplicateBatch(err error) bool {
	const containsDuplicate = 10201
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == containsDuplicate
}

func batchAck(data []byte) (seq uint64, err error) {
	var ack struct {
		Seq   uint64              `json:"seq"`
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(data, &ack); err != nil {
		return 0, fmt.Errorf("read acknowledgement: %w", err)
	}
	if ack.Error != nil {
		return 0, ack.Error
	}
	return ack.Seq, nil
}
