package receive

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
)

// certificateCheckEvery is how long the files of a certificate are trusted not to have changed.
const certificateCheckEvery = time.Second

// Certificate is a TLS certificate that is read again when its files change. All methods may be called concurrently.
type Certificate struct {
	certFile, keyFile string
	log               logrus.FieldLogger
	now               func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	stamps  [2]stamp // of the files that current was read from
	checked time.Time
	failure string // why the files could not be read; empty while current is what they hold
}

// stamp tells versions of a file apart.
type stamp struct {
	modified time.Time
	size     int64
}

// LoadCertificate reads a certificate and its key from PEM files.
func LoadCertificate(certFile, keyFile string, log logrus.FieldLogger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	if err := c.load(); err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	c.checked = c.now()
	return c, nil
}

// Get is for tls.Config. Every client gets the same certificate, whether it says which host it wants or not: Learn's
// client is known to leave it out.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.checked) >= certificateCheckEvery {
		c.checked = now
		c.refresh()
	}
	return c.current, nil
}

// Leaf returns the certificate itself, for its names and dates.
func (c *Certificate) Leaf() *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current.Leaf
}

// refresh reads changed files. While they cannot be read, as between the writing of the one and the other, the old
// certificate stays; the log is told when that begins and ends.
func (c *Certificate) refresh() {
	if stamps, err := c.stat(); err == nil && stamps == c.stamps {
		return
	}
	err := c.load()
	switch {
	case err == nil:
		c.failure = ""
		c.log.WithField("not_after", c.current.Leaf.NotAfter.Format(time.RFC3339)).Info("certificate re-read")
	case err.Error() != c.failure:
		c.failure = err.Error()
		c.log.WithError(err).Warn("certificate has changed and cannot be read: keeping the old one")
	}
}

// load reads both files. What changes while they are being read is read again at the next check.
func (c *Certificate) load() error {
	stamps, err := c.stat()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.current, c.stamps = &pair, stamps
	return nil
}

func (c *Certificate) stat() (stamps [2]stamp, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return stamps, err
		}
		stamps[i] = stamp{modified: info.ModTime(), size: info.Size()}
	}
	return stamps, nil
}
