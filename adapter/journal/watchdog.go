package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// How often the watchdog looks, and its bounds.
const (
	probeEvery   = 5 * time.Second
	probeTimeout = 3 * time.Second
	restartMin   = time.Second
	restartMax   = 10 * time.Second
)

// health is what the watchdog found last.
type health struct {
	mu  sync.Mutex
	err error
}

func (h *health) set(err error) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed = (h.err == nil) != (err == nil)
	h.err = err
	return changed
}

// Healthy returns nil if the last probe could write to every stream, else why not. While it is not nil, receive answers
// 503 without trying.
func (j *Journal) Healthy() error {
	j.health.mu.Lock()
	defer j.health.mu.Unlock()
	return j.health.err
}

// Probe writes to every stream and says what happened. A connection that is being made again, as after a restart of
// the engine, is waited for. A stream that has reached its own limit is well: HasRoom says what it has not.
func (j *Journal) Probe(ctx context.Context) error {
	if err := j.probeWithin(ctx, probeTimeout, probed()...); !isAtLimit(err) {
		return err
	}
	return nil
}

func probed() []string {
	return []string{streamJournal, streamHeld, streamDead, streamMap, streamMemory}
}

// probeEach gives each stream the time that a write has. On a slow disk all of them together take longer than Probe waits.
func (j *Journal) probeEach(ctx context.Context) error {
	for _, name := range probed() {
		if err := j.probeWithin(ctx, j.opts.PublishTimeout, name); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) probeWithin(ctx context.Context, most time.Duration, streams ...string) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		err := j.probeAll(ctx, streams)
		if err == nil || isFull(err) || pause(ctx, retryPause) != nil {
			return err
		}
	}
}

func (j *Journal) probeAll(ctx context.Context, streams []string) error {
	for _, name := range streams {
		if err := j.probe(ctx, name); err != nil {
			return fmt.Errorf("write to %s: %w", name, err)
		}
	}
	return nil
}

// probe writes one message and removes the one before it.
func (j *Journal) probe(ctx context.Context, stream string) error {
	subject := stream + "." + probeToken
	if _, err := j.js.PublishMsg(ctx, &nats.Msg{Subject: subject}); err != nil {
		return err
	}
	s, err := j.js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	return s.Purge(ctx, jetstream.WithPurgeSubject(subject), jetstream.WithPurgeKeep(1))
}

// watch probes until the journal closes. While the embedded engine fails it is restarted, with growing pauses: a store
// that once could not write, say on a full disk, takes no writes until it is opened anew.
func (j *Journal) watch() {
	wait := restartMin
	for {
		err := j.probeWithin(j.background, probeTimeout, probed()...)
		if errors.Is(err, context.DeadlineExceeded) { // it may just be slow, which a restart would make worse
			err = j.probeEach(j.background)
		}
		if j.background.Err() != nil {
			return
		}
		j.note(err)
		if err == nil || isAtLimit(err) {
			wait = restartMin
			j.lookForRoom()
			if pause(j.background, probeEvery) != nil {
				return
			}
			continue
		}
		if pause(j.background, wait) != nil {
			return
		}
		wait = min(2*wait, restartMax)
		j.restartEngine()
	}
}

func (j *Journal) note(err error) {
	if isAtLimit(err) {
		err = errors.Join(ErrFull, err)
	}
	if !j.health.set(err) {
		return
	}
	if err != nil {
		j.opts.Log.WithError(err).Error("store does not take writes: intake stops until it does")
		return
	}
	j.opts.Log.Info("store takes writes again")
}

func (j *Journal) restartEngine() {
	if !j.Embedded() {
		return
	}
	if err := j.engine.restart(); err != nil {
		j.opts.Log.WithError(err).Error("restart of the embedded engine failed")
	}
}
