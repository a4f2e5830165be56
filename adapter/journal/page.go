package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bounds of a page: of its messages, and of their bytes, which may be exceeded by one message. Writers wait while the
// engine reads a page, so it is small.
const (
	pageMessages = 256
	pageBytes    = 1 << 20
)

// stored is one message as it lies in a stream.
type stored struct {
	subject string
	header  nats.Header
	data    []byte
	seq     uint64
}

// pageRequest asks for a page (the engine's direct get, ADR-31 of its authors). Without a subject it is of the whole
// stream.
type pageRequest struct {
	Seq      uint64 `json:"seq"`
	Subject  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch"`
	MaxBytes int    `json:"max_bytes"`
}

// page reads messages of a stream from a sequence on: of one subject, or with "" of all. None is returned when there
// are none. It holds nothing open in the engine, so whoever reads may take their time between pages.
func (j *Journal) page(ctx context.Context, stream, subject string, from uint64) ([]stored, error) {
	ctx, cancel := context.WithTimeout(ctx, j.opts.PublishTimeout)
	defer cancel()
	for {
		messages, err := j.pageOnce(ctx, stream, subject, from)
		if err == nil {
			return messages, nil
		}
		if pause(ctx, retryPause) != nil {
			return nil, fmt.Errorf("read %s: %w", stream, err)
		}
	}
}

func (j *Journal) pageOnce(ctx context.Context, stream, subject string, from uint64) ([]stored, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	request, err := json.Marshal(pageRequest{Seq: max(from, 1), Subject: subject, Batch: pageMessages, MaxBytes: pageBytes})
	if err != nil {
		return nil, err
	}
	inbox := j.nc.NewInbox()
	replies, err := j.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = replies.Unsubscribe() }() // fails if the connection has ended, and the subscription with it
	if err := j.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, request); err != nil {
		return nil, err
	}
	return readPage(ctx, replies)
}

// Statuses with which the engine ends a page.
const (
	statusEndOfPage = "204"
	statusNotFound  = "404"
)

func readPage(ctx context.Context, replies *nats.Subscription) ([]stored, error) {
	var messages []stored
	for {
		m, err := replies.NextMsgWithContext(ctx)
		if err != nil {
			return nil, err
		}
		switch status := m.Header.Get("Status"); status {
		case "":
			one, err := storedOf(m)
			if err != nil {
				return nil, err
			}
			messages = append(messages, one)
		case statusEndOfPage, statusNotFound:
			return messages, nil
		default:
			return nil, fmt.Errorf("the engine answered %s %s", status, m.Header.Get("Description"))
		}
	}
}

func storedOf(m *nats.Msg) (stored, error) {
	seq, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return stored{}, errors.New("the engine sent a message without a sequence")
	}
	return stored{subject: m.Header.Get(jetstream.SubjectHeader), header: m.Header, data: m.Data, seq: seq}, nil
}
