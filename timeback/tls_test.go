package timeback_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	logtest "github.com/sirupsen/logrus/hooks/test"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

// authority is a certificate authority of a test's own.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))(t)
	return authority{t, must(x509.ParseCertificate(der))(t), key}
}

// issue makes a certificate for a host that ends some time from now.
func (a authority) issue(host string, life time.Duration) tls.Certificate {
	a.t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(a.t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(life),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der := must(x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key))(a.t)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// serveTLS starts a handler with TLS; failed handshakes are not logged.
func serveTLS(t testing.TB, handler http.Handler, config *tls.Config) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func trust(a authority, certificates ...tls.Certificate) func(*timeback.Options) {
	return func(o *timeback.Options) { o.TLS = &tls.Config{RootCAs: a.pool(), Certificates: certificates} }
}

const hour = time.Hour

func TestAnUntrustedCertificatePausesAtOnce(t *testing.T) {
	own, other := newAuthority(t), newAuthority(t)
	for name, test := range map[string]struct {
		certificate tls.Certificate
		use         func(*timeback.Options)
		want        string
	}{
		"system's authorities": {own.issue("127.0.0.1", hour), nil, "check tls.ca_file (the authority of the server's certificate is not known)"},
		"another authority":    {own.issue("127.0.0.1", hour), trust(other), "check tls.ca_file"},
		"another host":         {own.issue("collector.example", hour), trust(own), "check url (the server's certificate is for another host)"},
		"expired":              {own.issue("127.0.0.1", -hour), trust(own), "ask the server's operator to renew its certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			url := serveTLS(t, must(collector.New(collector.Options{}))(t), &tls.Config{Certificates: []tls.Certificate{test.certificate}})
			logger, lines := logtest.NewNullLogger()
			c := client(t, url, func(o *timeback.Options) {
				if test.use != nil {
					test.use(o)
				}
				o.Logger = logger
			})
			reply := c.Send(t.Context(), sample.Events(0), requestID)
			expect(t, reply, timeback.Pause, 0, 1)
			if !strings.Contains(reply.Err.Error(), test.want) {
				t.Errorf("error %q, want %q", reply.Err, test.want)
			}
			if len(lines.AllEntries()) != 1 {
				t.Errorf("%d log lines, want 1", len(lines.AllEntries()))
			}
		})
	}
}

// The authorities and the client certificate are for the token endpoint, too.
func TestTLSOfEnvelopesAndTokens(t *testing.T) {
	own := newAuthority(t)
	config := &tls.Config{
		Certificates: []tls.Certificate{own.issue("127.0.0.1", hour)},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: own.pool(),
	}
	sink := must(collector.New(demandTokens()))(t)
	url := serveTLS(t, sink, config)
	use := withOAuth2(t, oauth2Options(url))
	both := func(tls func(*timeback.Options)) func(*timeback.Options) {
		return func(o *timeback.Options) { use(o); tls(o) }
	}
	client := client(t, url, both(trust(own, own.issue("a client", hour))))
	expect(t, client.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
	if fetches(sink) != 1 {
		t.Errorf("%d token requests, want 1", fetches(sink))
	}
}

func TestTheTokenEndpointsCertificateIsNotTrusted(t *testing.T) {
	own := newAuthority(t)
	sink := must(collector.New(demandTokens()))(t)
	for host, want := range map[string]string{
		"127.0.0.1":     "x509: certificate signed by unknown authority: check tls.ca_file",
		"token.example": "check auth.token_url (the server's certificate is for another host)",
	} {
		url := serveTLS(t, sink, &tls.Config{Certificates: []tls.Certificate{own.issue(host, hour)}})
		use := withOAuth2(t, oauth2Options(url))
		c := client(t, url, func(o *timeback.Options) {
			if use(o); host != "127.0.0.1" {
				trust(own)(o)
			}
		})
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		expect(t, reply, timeback.Pause, 0, 0)
		if !strings.Contains(reply.Err.Error(), want) || !strings.Contains(reply.Err.Error(), "fetch a token from "+url) {
			t.Errorf("error %q, want %q", reply.Err, want)
		}
	}
}

func TestAClientCertificateIsDemanded(t *testing.T) {
	own, other := newAuthority(t), newAuthority(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		url := serveTLS(t, must(collector.New(collector.Options{}))(t), &tls.Config{
			Certificates: []tls.Certificate{own.issue("127.0.0.1", hour)}, MaxVersion: version,
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: own.pool(),
		})
		for name, use := range map[string]func(*timeback.Options){
			"none": trust(own), "another authority's": trust(own, other.issue("a client", hour)),
			"expired": trust(own, own.issue("a client", -hour)),
		} {
			t.Run(tls.VersionName(version)+" "+name, func(t *testing.T) {
				reply := client(t, url, use).Send(t.Context(), sample.Events(0), requestID)
				expect(t, reply, timeback.Pause, 0, 1)
				if !strings.Contains(reply.Err.Error(), "check tls.cert_file and tls.key_file") {
					t.Errorf("error %q", reply.Err)
				}
			})
		}
		c := client(t, url, trust(own, own.issue("a client", hour)))
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
	}
}

func TestHTTPSSpokenToAnHTTPPortPauses(t *testing.T) {
	_, url := serve(t, collector.Options{})
	reply := client(t, strings.Replace(url, "http:", "https:", 1), nil).Send(t.Context(), sample.Events(0), requestID)
	expect(t, reply, timeback.Pause, 0, 1)
	if !strings.Contains(reply.Err.Error(), "check url (the port does not speak TLS") {
		t.Errorf("error %q", reply.Err)
	}
}
