package admin

import (
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
)

// The time-outs of the admin listener. Files have longer ones of their own.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = readTimeout + shortRequest
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10
)

// NewServer returns a server for the admin listener. Log receives what it has to complain about.
func NewServer(handler http.Handler, l logrus.FieldLogger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(complaints{l}, "", 0),
	}
}

// complaints takes what http.Server logs.
type complaints struct{ log logrus.FieldLogger }

// Write logs one line.
func (c complaints) Write(line []byte) (int, error) {
	c.log.Warn(strings.TrimSpace(string(line)))
	return len(line), nil
}
