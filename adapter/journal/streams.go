package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// Names of the engine's objects.
const (
	streamJournal = "journal"
	streamHeld    = "held"
	streamDead    = "dead"
	streamMap     = "map"
	streamMemory  = "memory"
	streamAttempt = "attempt"
	bucketState   = "state"
)

// probeToken is the last token of the subject that the watchdog writes to in every stream. No source or destination
// can be named so: names have no underscore in front.
const probeToken = "_probe"

// duplicateWindow is how long the engine remembers message ids. It only has to outlast the retries of one publish.
const duplicateWindow = 2 * time.Minute

// streamConfigs is what the engine holds: see the package comment.
func streamConfigs(opts Options) []jetstream.StreamConfig {
	stream := func(name string, subjects ...string) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name:               name,
			Subjects:           subjects,
			Storage:            jetstream.FileStorage,
			Replicas:           opts.Replicas,
			Discard:            jetstream.DiscardNew,
			Duplicates:         duplicateWindow,
			AllowAtomicPublish: true,
		}
	}
	journal := stream(streamJournal, streamJournal+".*")
	journal.AllowDirect = true // what is stored already is read in pages
	journal.MaxBytes = -1
	if opts.MaxBytes > 0 {
		journal.MaxBytes = opts.MaxBytes
	}
	memory := stream(streamMemory, streamMemory+".*")
	memory.MaxAge = memoryLife(opts.Keep)
	memory.Discard = jetstream.DiscardOld
	held := stream(streamHeld, streamHeld+".*", streamHeld+".*.*")
	held.AllowDirect = true // it is read in pages
	return []jetstream.StreamConfig{
		journal,
		memory,
		held,
		stream(streamDead, streamDead+".*", streamDead+".*.*", subjectDiscarded+".*"),
		stream(streamMap, streamMap+".*", streamMap+".*.*"),
		attemptConfig(opts),
	}
}

// attemptConfig is the log of attempts: the oldest leave by age and size. An embedded engine does not sync it, so that
// it costs those that are synced nothing.
func attemptConfig(opts Options) jetstream.StreamConfig {
	config := jetstream.StreamConfig{
		Name:       streamAttempt,
		Subjects:   []string{streamAttempt + ".*"},
		Storage:    jetstream.FileStorage,
		Replicas:   opts.Replicas,
		Discard:    jetstream.DiscardOld,
		Duplicates: duplicateWindow,
		MaxAge:     attemptLife(opts.Keep),
		MaxBytes:   attemptBytes(opts.MaxBytes),
	}
	if opts.URL == "" {
		config.PersistMode = jetstream.AsyncPersistMode
	}
	return config
}

// createStreams makes the engine hold what streamConfigs says, and returns the bucket of small records.
func createStreams(ctx context.Context, js jetstream.JetStream, opts Options) (jetstream.KeyValue, error) {
	for _, config := range streamConfigs(opts) {
		if err := createStream(ctx, js, config); err != nil {
			return nil, fmt.Errorf("create stream %s: %w", config.Name, err)
		}
	}
	state, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: bucketState, History: 1, Storage: jetstream.FileStorage, Replicas: opts.Replicas,
	})
	if err != nil {
		return nil, fmt.Errorf("create bucket %s: %w", bucketState, err)
	}
	return state, nil
}

// createStream creates or updates one stream. A duplicate window longer than the life of the messages is refused by
// the engine, so it is cut to that.
func createStream(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) error {
	if config.MaxAge > 0 {
		config.Duplicates = min(config.Duplicates, config.MaxAge)
	}
	_, err := js.CreateOrUpdateStream(ctx, config)
	return err
}

// getNext asks for the first message of a subject from a sequence on.
func getNext(subject string) jetstream.GetMsgOpt { return jetstream.WithGetMsgSubject(subject) }

// isNoMessage says whether the engine has no such message.
func isNoMessage(err error) bool { return errors.Is(err, jetstream.ErrMsgNotFound) }

// stream returns a handle of a stream.
func (j *Journal) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	s, err := j.js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return s, nil
}

// streamState returns the engine's counts of a stream.
func (j *Journal) streamState(ctx context.Context, name string) (jetstream.StreamState, error) {
	s, err := j.js.Stream(ctx, name)
	if err != nil {
		return jetstream.StreamState{}, fmt.Errorf("ask engine about %s: %w", name, err)
	}
	return s.CachedInfo().State, nil
}

// isAtLimit says whether the engine refused a write because a stream has reached its configured size. Unlike a full
// disk, that is no fault of the engine.
func isAtLimit(err error) bool {
	return isFull(err) && strings.Contains(err.Error(), server.ErrMaxBytes.Error())
}

// isFull says whether the engine refused a write because of a size limit or a full disk.
func isFull(err error) bool {
	const (
		insufficientStorage  = 10047
		streamStoreFailed    = 10077
		storageExceededError = 10028
	)
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode {
	case insufficientStorage, streamStoreFailed, storageExceededError:
		return true
	}
	return false
}

// isWrongSequence says whether a write was refused because its log or record has moved on.
func isWrongSequence(err error) bool {
	const wrongLastSequenceConstant = 10164
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	return api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == wrongLastSequenceConstant
}
