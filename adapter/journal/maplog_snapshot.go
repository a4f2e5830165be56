package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// A snapshot of a map lies beside its log: chunks under one subject, and under another, when all are stored, a message
// that says which chunks they are. Each chunk is stored on the condition that none of another member came in between.
const (
	tokenChunk    = ".chunk"
	tokenSnapshot = ".snapshot"
)

// snapshotPatience is how long after its last chunk an unfinished snapshot is taken for one that is being written.
const snapshotPatience = time.Minute

// mapSnapshot is the message that completes a snapshot.
type mapSnapshot struct {
	Revision uint64 `json:"revision"`
	First    uint64 `json:"first"` // the sequences of its first and its last chunk
	Last     uint64 `json:"last"`
}

// Snapshot returns the revision of the newest complete snapshot, 0 if there is none.
func (l *MapLog) Snapshot(ctx context.Context) (uint64, error) {
	snapshot, _, err := l.newestSnapshot(ctx)
	if err != nil {
		return 0, fmt.Errorf("find map snapshot: %w", err)
	}
	return snapshot.Revision, nil
}

// newestSnapshot also returns the sequence of its message, 0 if there is none.
func (l *MapLog) newestSnapshot(ctx context.Context) (snapshot mapSnapshot, seq uint64, err error) {
	m, err := l.newest(ctx, l.subject+tokenSnapshot)
	if m == nil || err != nil {
		return mapSnapshot{}, 0, err
	}
	if err := json.Unmarshal(m.Data, &snapshot); err != nil {
		return mapSnapshot{}, m.Sequence, nil // as good as none; the next one replaces it
	}
	return snapshot, m.Sequence, nil
}

var (
	errChunkMissing = errors.New("a chunk is missing")
	errAhead        = errors.New("it is ahead of the log")
)

// LoadSnapshot hands the chunks of the newest complete snapshot to apply, in order; none if there is no snapshot.
func (l *MapLog) LoadSnapshot(ctx context.Context, apply func(chunk []byte) error) error {
	snapshot, _, err := l.newestSnapshot(ctx)
	if err != nil || snapshot.Last == 0 {
		return err
	}
	last, err := l.last(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read map snapshot: %w", err)
	case last < snapshot.Revision:
		return fmt.Errorf("read map snapshot: %w", errAhead)
	}
	if err := l.readChunks(ctx, &snapshot, apply); err != nil {
		return fmt.Errorf("read map snapshot: %w", err)
	}
	return nil
}

func (l *MapLog) readChunks(ctx context.Context, snapshot *mapSnapshot, apply func(chunk []byte) error) error {
	f, err := l.journal.follow(ctx, streamMap, followFrom(snapshot.First), followSubjects(l.subject+tokenChunk))
	if err != nil {
		return err
	}
	defer f.Stop()
	for f.last < snapshot.Last {
		m, ok, err := f.NextStored(ctx)
		switch {
		case err != nil:
			return err
		case !ok || m.seq > snapshot.Last:
			return errChunkMissing
		}
		if err := apply(m.Data()); err != nil {
			return err
		}
	}
	return nil
}

// SaveSnapshot stores the chunks as the newest snapshot and removes those before it. The error is mapping.ErrConflict
// if another member is storing one.
func (l *MapLog) SaveSnapshot(ctx context.Context, revision uint64, chunks iter.Seq[[]byte]) error {
	if err := l.saveSnapshot(ctx, revision, chunks); err != nil {
		return fmt.Errorf("write map snapshot: %w", err)
	}
	return nil
}

func (l *MapLog) saveSnapshot(ctx context.Context, revision uint64, chunks iter.Seq[[]byte]) error {
	_, before, err := l.newestSnapshot(ctx)
	if err != nil {
		return err
	}
	after, err := l.lastChunk(ctx, before)
	if err != nil {
		return err
	}
	snapshot := mapSnapshot{Revision: revision}
	for chunk := range chunks {
		if after, err = l.store(ctx, l.subject+tokenChunk, after, chunk); err != nil {
			return err
		}
		if snapshot.First == 0 {
			snapshot.First = after
		}
	}
	snapshot.Last = after
	body, err := json.Marshal(snapshot)
	if err != nil {
		return err
	}
	if _, err := l.store(ctx, l.subject+tokenSnapshot, before, body); err != nil {
		return err
	}
	return l.removeOlder(ctx, &snapshot)
}

// lastChunk returns the sequence of the last chunk that was stored, 0 if there is none; mapping.ErrConflict if it
// belongs to a snapshot that another member is storing.
func (l *MapLog) lastChunk(ctx context.Context, complete uint64) (uint64, error) {
	m, err := l.newest(ctx, l.subject+tokenChunk)
	switch {
	case err != nil || m == nil:
		return 0, err
	case m.Sequence > complete && time.Since(m.Time) < snapshotPatience:
		return 0, mapping.ErrConflict
	}
	return m.Sequence, nil
}

// removeOlder removes what no snapshot needs any more.
func (l *MapLog) removeOlder(ctx context.Context, snapshot *mapSnapshot) error {
	stream, err := l.journal.stream(ctx, streamMap)
	if err != nil {
		return err
	}
	err = stream.Purge(ctx, jetstream.WithPurgeSubject(l.subject+tokenChunk), jetstream.WithPurgeSequence(snapshot.First))
	if err != nil {
		return err
	}
	return stream.Purge(ctx, jetstream.WithPurgeSubject(l.subject+tokenSnapshot), jetstream.WithPurgeKeep(1))
}

// store stores a message if the last sequence of its subject is still after (0: it has none); mapping.ErrConflict
// otherwise.
func (l *MapLog) store(ctx context.Context, subject string, after uint64, data []byte) (uint64, error) {
	m := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{}}
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(after, 10))
	// A repeated attempt whose first answer was lost is answered by its id, not as a conflict with itself.
	m.Header.Set(jetstream.MsgIDHeader, nuid.Next())
	seq, err := l.journal.publishAll(ctx, []*nats.Msg{m})
	if errors.Is(err, ErrConflict) {
		return 0, mapping.ErrConflict
	}
	return seq, err
}

// newest returns the last message of a subject, nil if it has none.
func (l *MapLog) newest(ctx context.Context, subject string) (*jetstream.RawStreamMsg, error) {
	stream, err := l.journal.stream(ctx, streamMap)
	if err != nil {
		return nil, err
	}
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if isNoMessage(err) {
		return nil, nil
	}
	return m, err
}
