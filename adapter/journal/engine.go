package journal

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/sirupsen/logrus"
)

// engine is the server behind the journal: one inside this process, or others named by a URL.
// Connections made by dial outlive a restart of the embedded server: they reconnect to whatever server runs.
type engine struct {
	opts Options
	lock *flock.Flock // held while an embedded engine is open; nil otherwise

	mu     sync.Mutex
	server *server.Server // the embedded server; nil for an external engine, and between stop and start
}

// startTimeout is how long an embedded server may take to recover its streams.
const startTimeout = 60 * time.Second

func openEngine(opts Options) (*engine, error) {
	e := &engine{opts: opts}
	if opts.URL != "" {
		return e, nil
	}
	if err := e.lockDir(); err != nil {
		return nil, err
	}
	if err := e.start(); err != nil {
		_ = e.lock.Unlock()
		return nil, err
	}
	return e, nil
}

// lockDir makes this process the only one on the folder; two engines on one folder would destroy it.
func (e *engine) lockDir() error {
	if err := os.MkdirAll(e.opts.Dir, 0o700); err != nil {
		return fmt.Errorf("create data_dir: %w", err)
	}
	e.lock = flock.New(filepath.Join(e.opts.Dir, "lock"))
	got, err := e.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock data_dir: %w", err)
	}
	if !got {
		return &LockedError{Dir: e.opts.Dir}
	}
	return nil
}

// LockedError says that another process has the data folder open.
type LockedError struct{ Dir string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("data_dir %s is in use by another bbcaliper: stop it, or use another data_dir", e.Dir)
}

func (e *engine) start() error {
	s, err := server.NewServer(&server.Options{
		ServerName: "bbcaliper",
		DontListen: true,
		NoSigs:     true,
		JetStream:  true,
		StoreDir:   e.opts.Dir,
		SyncAlways: true,
		// The bounds are the streams' own; the engine's guess from today's free space would refuse them.
		JetStreamMaxStore:  1 << 50,
		JetStreamMaxMemory: 1 << 30,
	})
	if err != nil {
		return fmt.Errorf("start engine: %w", err)
	}
	s.SetLoggerV2(engineLog{e.opts.Log.WithField("component", "engine")}, false, false, false)
	go s.Start()
	if !s.ReadyForConnections(startTimeout) {
		s.Shutdown()
		return fmt.Errorf("start engine: not ready after %s: see the log for its reason", startTimeout)
	}
	e.mu.Lock()
	e.server = s
	e.mu.Unlock()
	return nil
}

// stop ends the embedded server and waits for it.
func (e *engine) stop() {
	e.mu.Lock()
	s := e.server
	e.server = nil
	e.mu.Unlock()
	if s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
}

// restart replaces the embedded server by a fresh one on the same folder, after its store stopped accepting writes.
func (e *engine) restart() error {
	e.stop()
	return e.start()
}

func (e *engine) close() error {
	e.stop()
	if e.lock == nil {
		return nil
	}
	return e.lock.Unlock()
}

// InProcessConn connects to the server that runs now. The client calls it for the first connection and each reconnect.
func (e *engine) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return nil, errors.New("embedded engine is not running")
	}
	return e.server.InProcessConn()
}

// dial opens a connection of its own for one purpose. It reconnects for ever.
func (e *engine) dial(name string) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name(name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(50*time.Millisecond, 100*time.Millisecond),
		// What could not be sent is an error at once, never kept to be sent after a reconnect: its caller decides.
		nats.ReconnectBufSize(-1),
		// Readers notice what they miss and read again from there; whoever cannot go on returns an error.
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			e.opts.Log.WithError(err).WithField("connection", name).Debug("engine connection")
		}),
	}
	url := e.opts.URL
	if url == "" {
		options = append(options, nats.InProcessServer(e))
	}
	if e.opts.CredentialsFile != "" {
		options = append(options, nats.UserCredentials(e.opts.CredentialsFile))
	}
	nc, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to engine: %w", err)
	}
	return nc, nil
}

// engineLog hands the server's log to ours. Its notices are startup chatter; its errors are warnings here, because the
// watchdog decides what they mean.
type engineLog struct{ log logrus.FieldLogger }

func (l engineLog) Noticef(string, ...any)            {}
func (l engineLog) Debugf(string, ...any)             {}
func (l engineLog) Tracef(string, ...any)             {}
func (l engineLog) Warnf(format string, args ...any)  { l.log.Warnf(format, args...) }
func (l engineLog) Errorf(format string, args ...any) { l.log.Warnf(format, args...) }
func (l engineLog) Fatalf(format string, args ...any) { l.log.Errorf(format, args...) }
