package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Receive is the destination name under which bodies refused at the door are kept.
const Receive = "receive"

// Refusal is a body that was answered 400.
type Refusal struct {
	Source   string
	Received time.Time
	Reason   string
	Detail   string // of the reason, for people: what is wrong, and where
	Body     []byte
}

// RefusedBody is a kept body without its bytes.
type RefusedBody struct {
	Seq      uint64    `json:"-"` // of its first part among the dead; set when read
	Source   string    `json:"source"`
	Received time.Time `json:"received"`
	Reason   string    `json:"reason"`
	Detail   string    `json:"detail,omitempty"`
	Bytes    int       `json:"bytes"`
	SHA256   string    `json:"sha256"`
	Parts    int       `json:"parts"` // messages that hold it
}

const headerRefused = "Bbcaliper-Refused"

// refusedPart is how much of a body one message holds, before compression.
const refusedPart = 512 << 10

// Refuse keeps the bytes of a refused body. The same bytes are kept once.
func (j *Journal) Refuse(ctx context.Context, r Refusal) error {
	sum := sha256.Sum256(r.Body)
	hash := hex.EncodeToString(sum[:])
	body := RefusedBody{Source: r.Source, Received: r.Received, Reason: r.Reason, Detail: r.Detail, Bytes: len(r.Body), SHA256: hash}
	messages, err := refusedMessages(body, r.Body)
	if err != nil {
		return fmt.Errorf("keep refused body: %w", err)
	}
	// The first message is stored only if its subject has none: so the same bytes are kept once.
	messages[0].Header.Set(jetstream.ExpectedLastSubjSeqHeader, "0")
	if _, err := j.publishAll(ctx, messages); err != nil && !errors.Is(err, ErrConflict) {
		return fmt.Errorf("keep refused body: %w", err)
	}
	return nil
}

func refusedMessages(body RefusedBody, raw []byte) ([]*nats.Msg, error) {
	body.Parts = max(1, (len(raw)+refusedPart-1)/refusedPart)
	head, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	messages := make([]*nats.Msg, 0, body.Parts)
	for i := range body.Parts {
		part := raw[i*refusedPart : min(len(raw), (i+1)*refusedPart)]
		m := &nats.Msg{Subject: refusedSubject(body.SHA256, i), Data: s2.Encode(nil, part), Header: nats.Header{}}
		if i == 0 {
			m.Header.Set(headerRefused, string(head))
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// refusedSubject is the subject of a body's part: the first by its hash, the others beside it.
func refusedSubject(hash string, part int) string {
	if part == 0 {
		return deadSubject(Receive, hash[:32])
	}
	return fmt.Sprintf("%s.%s_%s_%d", streamDead, Receive, hash[:32], part)
}

// RefusedBytes returns a kept body as it came, ErrNotFound if it has been removed.
func (j *Journal) RefusedBytes(ctx context.Context, body RefusedBody) ([]byte, error) {
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, body.Bytes)
	for i := range body.Parts {
		m, err := stream.GetLastMsgForSubject(ctx, refusedSubject(body.SHA256, i))
		if isNoMessage(err) {
			return nil, ErrNotFound
		}
		if err != nil {
			return nil, fmt.Errorf("read refused body: %w", err)
		}
		part, err := s2.Decode(nil, m.Data)
		if err != nil {
			return nil, fmt.Errorf("read refused body: %w", err)
		}
		out = append(out, part...)
	}
	return out, nil
}
