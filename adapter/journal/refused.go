package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

// ListRefused calls each with the kept bodies beyond a sequence, without their bytes, oldest first, until it returns
// false.
func (j *Journal) ListRefused(ctx context.Context, after uint64, each func(RefusedBody) bool) error {
	err := j.eachStored(ctx, streamDead, deadSubject(Receive, "*"), after+1, func(m message) error {
		body, err := refusedBody(m.seq, m.Headers())
		if err != nil {
			return err
		}
		return enough(each(body))
	}, headersOnly())
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("list refused bodies: %w", err)
	}
	return nil
}

func refusedBody(seq uint64, header nats.Header) (RefusedBody, error) {
	body := RefusedBody{Seq: seq}
	if err := json.Unmarshal([]byte(header.Get(headerRefused)), &body); err != nil {
		return body, fmt.Errorf("refused body %d: %w", seq, err)
	}
	return body, nil
}

// Refused returns the kept body with a sequence, without its bytes; ErrNotFound if there is none.
func (j *Journal) Refused(ctx context.Context, seq uint64) (RefusedBody, error) {
	stream, err := j.stream(ctx, streamDead)
	if err != nil {
		return RefusedBody{}, err
	}
	m, err := stream.GetMsg(ctx, max(seq, 1))
	if isNoMessage(err) || err == nil && (seq == 0 || !strings.HasPrefix(m.Subject, deadSubject(Receive, ""))) {
		return RefusedBody{}, ErrNotFound
	}
	if err != nil {
		return RefusedBody{}, fmt.Errorf("read refused body: %w", err)
	}
	return refusedBody(m.Sequence, m.Header)
}

// DiscardRefused gives up kept bodies for good and returns how many they were; those that are gone already do not count.
// how says by whom, when and why: that is stored, as of the destination Receive, before they are removed.
func (j *Journal) DiscardRefused(ctx context.Context, seqs []uint64, how Discarded) (n int, err error) {
	for _, seq := range seqs {
		body, err := j.Refused(ctx, seq)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return n, err
		}
		how.Source, how.Reason, how.DeadSeq = body.Source, body.Reason, body.Seq
		if _, err := j.Discard(ctx, Receive, []Discarded{how}); err != nil {
			return n, err
		}
		if err := j.removeRefused(ctx, body); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// removeRefused deletes a body, whose parts follow its first one without a gap. The first goes last: while it is there,
// the body is found again.
func (j *Journal) removeRefused(ctx context.Context, b RefusedBody) error {
	for i := b.Parts - 1; i >= 0; i-- {
		if err := j.RemoveDead(ctx, b.Seq+uint64(i)); err != nil {
			return fmt.Errorf("refused body %d: %w", b.Seq, err)
		}
	}
	return nil
}
