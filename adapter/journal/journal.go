// Package journal is bbcaliper's store: everything that must survive the process lives here, on NATS JetStream.
//
// The engine is either embedded (a server inside this process, no listener, every write synced to disk before it is
// acknowledged) or a cluster named by a URL; every line above the connection is the same for both. Nothing of the
// engine shows in this package's API: callers append envelopes, read frames, and move records by value.
//
//	journal   what arrived: frames of raw envelopes, a subject a source, read from a position
//	held      events that wait for a mapping, a subject a destination and person
//	dead      events refused for good, a subject a destination and reason; bodies refused at the door
//	map       the logs of the ID maps, a subject a source
//	memory    what the stream said of its sessions and launches, a subject a source
//	state     small records replaced by compare-and-set: positions, pinned sites, the tally of what was received
package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/sirupsen/logrus"
)

var (
	// ErrFull says that the journal has reached its size limit, or that its disk is full.
	ErrFull = errors.New("journal is full")
	// ErrConflict says that a record or log has moved on since it was read.
	ErrConflict = errors.New("changed by somebody else meanwhile")
	// ErrClosed says that the journal has been closed.
	ErrClosed = errors.New("journal is closed")
	// ErrNotFound says that there is no such record.
	ErrNotFound = errors.New("not found")
)

// Options says where the store is and how much it may keep. The zero value is not usable: Dir or URL is needed.
type Options struct {
	// Dir is the folder of the embedded engine. Exclusive with URL.
	Dir string
	// URL names the servers of an external engine, comma-separated.
	URL string
	// CredentialsFile is a NATS credentials file for URL; empty for none.
	CredentialsFile string
	// Replicas is the number of copies on an external cluster; 0 means 1.
	Replicas int
	// Keep is how long delivered events stay in the journal for replay; also the least life of the memory.
	Keep time.Duration
	// MaxBytes bounds the journal on disk; 0 means no bound.
	MaxBytes int64
	// PublishTimeout is how long a write is tried before its caller is told; 0 means 8 seconds.
	PublishTimeout time.Duration
	// Log receives changes of the engine's state; nil discards them.
	Log logrus.FieldLogger
}

func (o Options) withDefaults() Options {
	o.Replicas = cmp.Or(o.Replicas, 1)
	o.Keep = cmp.Or(o.Keep, 7*24*time.Hour)
	o.PublishTimeout = cmp.Or(o.PublishTimeout, 8*time.Second)
	if o.Log == nil {
		quiet := logrus.New()
		quiet.SetLevel(logrus.PanicLevel)
		o.Log = quiet
	}
	return o
}

// Journal is the open store. All methods may be called concurrently.
type Journal struct {
	opts   Options
	engine *engine
	nc     *nats.Conn
	js     jetstream.JetStream
	state  jetstream.KeyValue
	tally  *tally
	health health
	room   room

	mu         sync.Mutex
	committers map[string]*committer
	memories   map[string]*Memory
	closed     bool

	background context.Context // ends when the journal closes
	stop       context.CancelFunc
	running    sync.WaitGroup // every goroutine that the journal owns
}

// Open opens the store, creating what is missing. The folder of an embedded engine is locked for this process.
func Open(ctx context.Context, opts Options) (*Journal, error) {
	opts = opts.withDefaults()
	eng, err := openEngine(opts)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{opts: opts, engine: eng, committers: map[string]*committer{}, memories: map[string]*Memory{}}
	j.background, j.stop = context.WithCancel(context.Background())
	if err := j.connect(ctx); err != nil {
		_ = j.Close()
		return nil, fmt.Errorf("open journal: %w", err)
	}
	return j, nil
}

func (j *Journal) connect(ctx context.Context) error {
	nc, err := j.engine.dial("bbcaliper")
	if err != nil {
		return err
	}
	j.nc = nc
	if j.js, err = jetstream.New(nc, jetstream.WithDefaultTimeout(j.opts.PublishTimeout)); err != nil {
		return fmt.Errorf("connect to engine: %w", err)
	}
	if j.state, err = createStreams(ctx, j.js, j.opts); err != nil {
		return err
	}
	if j.tally, err = openTally(ctx, j); err != nil {
		return err
	}
	j.running.Go(j.watch)
	return nil
}

// Close writes what is pending, stops every goroutine of the journal and releases the folder. Readers end.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	j.closed = true
	for _, c := range j.committers {
		c.close()
	}
	j.mu.Unlock()
	j.stop()
	j.running.Wait()
	if j.tally != nil {
		j.tally.save()
	}
	if j.nc != nil {
		j.nc.Close()
	}
	return j.engine.close()
}

// Embedded says whether the engine runs inside this process, which makes this process the only member.
func (j *Journal) Embedded() bool { return j.opts.URL == "" }
