package receive

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	logtest "github.com/sirupsen/logrus/hooks/test"
)

// writeCertificate writes a new self-signed certificate with a name, and its key.
func writeCertificate(t *testing.T, dir, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	writePEM(t, certFile, "CERTIFICATE", der)
	writePEM(t, keyFile, "PRIVATE KEY", keyDER)
	return certFile, keyFile
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// clock is a clock that tests set.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// shown returns the name of the certificate that a client is shown; serverName may be empty.
func shown(t *testing.T, addr, serverName string) string {
	t.Helper()
	conn, err := tls.Dial("tcp", addr, &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestCertificateIsShownToEveryClientAndReRead(t *testing.T) {
	dir := t.TempDir()
	log, hook := logtest.NewNullLogger()
	certFile, keyFile := writeCertificate(t, dir, "old.example.org")
	cert, err := LoadCertificate(certFile, keyFile, log)
	if err != nil {
		t.Fatal(err)
	}
	var c clock
	cert.now = c.now
	s := startSite(t, nil, func(o *ServerOptions) { o.Certificate = cert })
	for _, serverName := range []string{"", "old.example.org", "another.example.org"} {
		if got := shown(t, s.addr, serverName); got != "old.example.org" {
			t.Errorf("asked for %q, shown %q", serverName, got)
		}
	}

	writePEM(t, filepath.Join(dir, "server.key"), "PRIVATE KEY", []byte("half written"))
	for range 3 {
		c.advance(certificateCheckEvery)
		if got := shown(t, s.addr, ""); got != "old.example.org" {
			t.Errorf("while the files do not match: %q", got)
		}
	}
	if entries := hook.AllEntries(); len(entries) != 1 || !strings.Contains(entries[0].Message, "keeping the old one") {
		t.Errorf("logged %v", entries)
	}

	writeCertificate(t, dir, "new.example.org")
	c.advance(certificateCheckEvery)
	if got := shown(t, s.addr, ""); got != "new.example.org" || cert.Leaf().Subject.CommonName != got {
		t.Errorf("after the change: %q", got)
	}
	if got := hook.LastEntry().Message; got != "certificate re-read" {
		t.Errorf("logged %q", got)
	}
}

func TestCertificateThatCannotBeLoaded(t *testing.T) {
	log, _ := logtest.NewNullLogger()
	if _, err := LoadCertificate("/nowhere/a.crt", "/nowhere/a.key", log); err == nil || !strings.Contains(err.Error(), "/nowhere/a.crt") {
		t.Errorf("got %v", err)
	}
}

func TestPostOverTLS(t *testing.T) {
	log, _ := logtest.NewNullLogger()
	certFile, keyFile := writeCertificate(t, t.TempDir(), "learn.example.org")
	cert, err := LoadCertificate(certFile, keyFile, log)
	if err != nil {
		t.Fatal(err)
	}
	s := startSite(t, nil, func(o *ServerOptions) { o.Certificate = cert })
	roots := x509.NewCertPool()
	roots.AddCert(cert.Leaf())
	conn, err := tls.Dial("tcp", s.addr, &tls.Config{ServerName: "learn.example.org", RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if got := conn.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("negotiated %q", got)
	}
	if _, err := conn.Write([]byte("POST /caliper HTTP/1.1\r\nHost: x\r\nAuthorization: " + testKey + "\r\nContent-Length: 2\r\n\r\n[]")); err != nil {
		t.Fatal(err)
	}
	if status := readStatus(conn); status != 200 {
		t.Errorf("got %d", status)
	}
}

func TestFailedHandshakesAreLoggedSparingly(t *testing.T) {
	log, _ := logtest.NewNullLogger()
	certFile, keyFile := writeCertificate(t, t.TempDir(), "learn.example.org")
	cert, err := LoadCertificate(certFile, keyFile, log)
	if err != nil {
		t.Fatal(err)
	}
	s := startSite(t, nil, func(o *ServerOptions) { o.Certificate = cert })
	for range 20 {
		if _, err := tls.Dial("tcp", s.addr, &tls.Config{ServerName: "x", InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
			t.Fatal("TLS 1.1 accepted")
		}
	}
	eventually(t, "the first one is logged", func() bool { return len(s.log.AllEntries()) > 0 })
	if entries := s.log.AllEntries(); len(entries) != 1 || entries[0].Data["failures"] != int64(1) {
		t.Errorf("%d lines, first %v", len(entries), entries[0].Data)
	}
}
