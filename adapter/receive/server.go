package receive

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"golang.org/x/time/rate"
)

// The defaults of ServerOptions.
const (
	DefaultReadHeaderTimeout = 10 * time.Second
	DefaultReadTimeout       = 30 * time.Second
	DefaultWriteTimeout      = DefaultReadTimeout + 2*DefaultStoreTimeout
	DefaultIdleTimeout       = 2 * time.Minute

	maxHeaderBytes = 32 << 10
	// handshakeLogEvery is how often failed TLS handshakes are logged.
	handshakeLogEvery = time.Minute
)

// ServerOptions says how the public listener serves. Handler and Log are required.
type ServerOptions struct {
	Handler http.Handler
	// Log receives what the server has to complain about.
	Log logrus.FieldLogger
	// Certificate is shown to every client. Nil means plain HTTP.
	Certificate *Certificate
	// ReadHeaderTimeout bounds the reading of a request's head, ReadTimeout that of the whole request. Defaults
	// DefaultReadHeaderTimeout, DefaultReadTimeout.
	ReadHeaderTimeout, ReadTimeout time.Duration
	// WriteTimeout bounds everything from the end of the head to the end of the answer, so it has to hold the reading
	// of the body and the writing to the journal. Default DefaultWriteTimeout.
	WriteTimeout time.Duration
	// IdleTimeout is how long a connection waits for its next request. Default DefaultIdleTimeout.
	IdleTimeout time.Duration
}

// NewServer returns a server for the public listener; Serve runs it. It speaks HTTP/1 only: Learn's client gains
// nothing from HTTP/2, and the time-outs mean what they say.
func NewServer(o ServerOptions) *http.Server {
	o.ReadHeaderTimeout = cmp.Or(o.ReadHeaderTimeout, DefaultReadHeaderTimeout)
	o.ReadTimeout = cmp.Or(o.ReadTimeout, DefaultReadTimeout)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, DefaultWriteTimeout)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, DefaultIdleTimeout)
	server := &http.Server{
		Handler:           o.Handler,
		ReadHeaderTimeout: o.ReadHeaderTimeout,
		ReadTimeout:       o.ReadTimeout,
		WriteTimeout:      o.WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          newErrorLog(o.Log),
		Protocols:         new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	if o.Certificate != nil {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: o.Certificate.Get}
	}
	return server
}

// Serve answers what comes in on l, with TLS if the server has a certificate, until the server is shut down, which is
// no error.
func Serve(server *http.Server, l net.Listener) error {
	var err error
	if server.TLSConfig != nil {
		err = server.ServeTLS(l, "", "")
	} else {
		err = server.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", l.Addr(), err)
}

// errorLog takes what http.Server logs. Failed handshakes can come from anybody and at any rate; one a minute is
// logged, with the number of those that were not.
type errorLog struct {
	log       logrus.FieldLogger
	throttle  rate.Sometimes
	handshake atomic.Int64
}

func newErrorLog(l logrus.FieldLogger) *log.Logger {
	e := &errorLog{log: l, throttle: rate.Sometimes{First: 1, Interval: handshakeLogEvery}}
	return log.New(e, "", 0)
}

// Write logs one line.
func (e *errorLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	if !strings.Contains(text, "TLS handshake error") {
		e.log.Warn(text)
		return len(line), nil
	}
	e.handshake.Add(1)
	e.throttle.Do(func() { e.log.WithField("failures", e.handshake.Swap(0)).Warn(text) })
	return len(line), nil
}
