package resolver_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// authority is a certificate authority of a test's own.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t}
	made := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, time.Hour)
	a.cert, a.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

// issue makes a certificate for a host, for both sides of a connection.
func (a *authority) issue(host string, life time.Duration) tls.Certificate {
	a.t.Helper()
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	return a.sign(template, life)
}

// sign signs with the authority's key, or, the first time, with that of the
// certificate itself.
func (a *authority) sign(template *x509.Certificate, life time.Duration) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(life)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// trust is a client's configuration, with certificates of its own.
func (a *authority) trust(own ...tls.Certificate) *tls.Config {
	return &tls.Config{RootCAs: a.pool(), Certificates: own}
}

// serveTLS is serve with a certificate; failed handshakes are not logged.
func serveTLS(t testing.TB, h http.Handler, config *tls.Config) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = config
	server.StartTLS()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// The authorities and the client certificate are for the service and for its
// token endpoint.
func TestTLSOfServicesAndTokens(t *testing.T) {
	a := newAuthority(t)
	demand := &tls.Config{Certificates: []tls.Certificate{a.issue("127.0.0.1", time.Hour)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool()}
	connection := Connection{TLS: a.trust(a.issue("a client", time.Hour))}
	roster, learn, d := newRoster(enrolled(1)), newSite(atLearn(1)), newPeople()
	d.replies["/net0001"] = answering(200, platform(1).String())
	rosterURL, learnURL, directoryURL := serveTLS(t, roster, demand), serveTLS(t, learn, demand), serveTLS(t, d, demand)
	for _, r := range []Resolver{
		must(t)(NewOneRoster(OneRosterOptions{
			URL: rosterURL + rosterBase, Connection: connection,
			Auth: Auth{Type: AuthOAuth2, TokenURL: rosterURL + "/auth/1.0/token", ClientID: roster.id, ClientSecret: roster.secret, Scopes: []string{rosterScope}},
		})),
		must(t)(NewBlackboard(BlackboardOptions{URL: learnURL, Key: learn.id, Secret: learn.secret, Connection: connection})),
		must(t)(NewHTTP(HTTPOptions{URL: directoryURL + "/{external_id}", Connection: connection})),
	} {
		if answer, err := ask(t, r, person(1)); err != nil || !positive(answer) {
			t.Errorf("%s: %q, %v", r.Kind(), answer.Reason, err)
		}
	}
}

// What is wrong with TLS is named with the setting to mend, and opens the
// circuit at once: the next question would fare no better.
func TestTLSFaults(t *testing.T) {
	own, other := newAuthority(t), newAuthority(t)
	here := own.issue("127.0.0.1", time.Hour)
	for name, test := range map[string]struct {
		server   *tls.Config
		trust    *tls.Config
		says     string
		settings []string
	}{
		"the system's authorities": {&tls.Config{Certificates: []tls.Certificate{here}}, nil, "authority of its certificate is not known", []string{"tls.ca_file"}},
		"another authority":        {&tls.Config{Certificates: []tls.Certificate{here}}, other.trust(), "authority of its certificate is not known", []string{"tls.ca_file"}},
		"another host":             {&tls.Config{Certificates: []tls.Certificate{own.issue("roster.example", time.Hour)}}, own.trust(), "for another host", []string{"url"}},
		"expired":                  {&tls.Config{Certificates: []tls.Certificate{own.issue("127.0.0.1", -time.Hour)}}, own.trust(), "has expired", nil},
		"a client certificate is wanted": {
			&tls.Config{Certificates: []tls.Certificate{here}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: own.pool()},
			own.trust(), "refuses the TLS handshake", []string{"tls.cert_file", "tls.key_file"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serveTLS(t, newPeople(), test.server)
			r := newRig(t, entry("dir", must(t)(NewHTTP(HTTPOptions{URL: url + "/{external_id}?key=s3cret", Connection: Connection{TLS: test.trust}}))))
			_, err := ask(t, must(t)(NewHTTP(HTTPOptions{URL: url + "/{external_id}", Connection: Connection{TLS: test.trust}})), person(1))
			expectFault(t, err, Misconfigured, 0, test.settings...)
			r.resolve(person(1))
			s := r.stat(0)
			if s.State != Open || !strings.Contains(s.LastError, test.says) {
				t.Errorf("%s: %s", s.State, s.LastError)
			}
			expectDiscreet(t, s.LastError)
		})
	}
}

// The token endpoint's host has a setting of its own, which Learn does not have.
func TestTLSFaultsOfTokenEndpoints(t *testing.T) {
	a := newAuthority(t)
	config := &tls.Config{Certificates: []tls.Certificate{a.issue("token.example", time.Hour)}}
	roster, learn := serveTLS(t, newRoster(), config), serveTLS(t, newSite(), config)
	auth := Auth{Type: AuthOAuth2, TokenURL: roster + "/auth/1.0/token", ClientID: "me", ClientSecret: "s3cret"}
	for want, r := range map[string]Resolver{
		"auth.token_url": must(t)(NewOneRoster(OneRosterOptions{URL: roster, Auth: auth, Connection: Connection{TLS: a.trust()}})),
		"url":            must(t)(NewBlackboard(BlackboardOptions{URL: learn, Key: "me", Secret: "s3cret", Connection: Connection{TLS: a.trust()}})),
	} {
		_, err := ask(t, r, person(1))
		expectFault(t, err, Misconfigured, 0, want)
		var fault *Fault
		if errors.As(err, &fault) && !strings.HasSuffix(fault.At("mapping.resolvers[3]."), "; look at mapping.resolvers[3]."+want) {
			t.Error(fault.At("mapping.resolvers[3]."))
		}
	}
}

// proxy leads everything to one server, if it is told the password.
type proxy struct {
	to, password string

	mu   sync.Mutex
	seen []string // method and host of each request
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, req.Method+" "+req.Host)
	p.mu.Unlock()
	told := &http.Request{Header: http.Header{"Authorization": req.Header["Proxy-Authorization"]}}
	if _, password, _ := told.BasicAuth(); password != p.password {
		http.Error(w, "you said "+password, http.StatusProxyAuthRequired)
		return
	}
	if req.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	p.forward(w, req)
}

func (p *proxy) forward(w http.ResponseWriter, req *http.Request) {
	out := req.Clone(req.Context())
	out.URL.Host, out.RequestURI = p.to, ""
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

func (p *proxy) tunnel(w http.ResponseWriter) {
	there, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, sent, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(there, sent); there.Close() })
	both.Go(func() { _, _ = io.Copy(here, there); here.Close() })
	both.Wait()
}

func (p *proxy) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.seen)
}

// newProxy starts one that wants a password, and returns its address with one.
func newProxy(t testing.TB, to, wants, told string) (*proxy, *url.URL) {
	t.Helper()
	server, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{to: server.Host, password: wants}
	address, err := url.Parse(serve(t, p))
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("school", told)
	return p, address
}

func TestProxies(t *testing.T) {
	a := newAuthority(t)
	d := newPeople()
	d.replies["/net0001"] = answering(200, platform(1).String())
	plain, secure := serve(t, d), serveTLS(t, d, &tls.Config{Certificates: []tls.Certificate{a.issue("127.0.0.1", time.Hour)}})
	for _, server := range []string{plain, secure} {
		for _, wants := range []string{"s3cret-proxy", "another"} {
			p, address := newProxy(t, server, wants, "s3cret-proxy")
			r := must(t)(NewHTTP(HTTPOptions{URL: server + "/{external_id}", Connection: Connection{TLS: a.trust(), Proxy: http.ProxyURL(address)}}))
			answer, err := ask(t, r, person(1))
			if wants == "s3cret-proxy" && (err != nil || answer.PlatformID != platform(1)) {
				t.Errorf("through the proxy: %q, %v", answer.Reason, err)
			}
			if wants != "s3cret-proxy" {
				expectDiscreet(t, fmt.Sprint(err))
				if !strings.HasSuffix(fmt.Sprint(err), "407 Proxy Authentication Required; look at HTTPS_PROXY, HTTP_PROXY and NO_PROXY") {
					t.Errorf("refused by the proxy: %v", err)
				}
			}
			if len(p.requests()) != 1 {
				t.Errorf("the proxy saw %q", p.requests())
			}
		}
	}
}

func TestProxiesThatAreNone(t *testing.T) {
	away := func(*http.Request) (*url.URL, error) { return url.Parse("http://school:s3cret@127.0.0.1:1") }
	broken := func(*http.Request) (*url.URL, error) { return nil, errors.New("bad proxy http://school:s3cret@[::bad") }
	for says, proxy := range map[string]func(*http.Request) (*url.URL, error){
		"the proxy is not reached; look at HTTPS_PROXY": away, "the address of the proxy is no URL; look at HTTPS_PROXY": broken,
	} {
		_, err := ask(t, must(t)(NewHTTP(HTTPOptions{URL: "https://host.invalid/{external_id}", Connection: Connection{Proxy: proxy}})), person(1))
		expectDiscreet(t, fmt.Sprint(err))
		if !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}

// The proxy is that of the environment, which net/http reads once a process.
func TestProxyVariables(t *testing.T) {
	const child = "BBCALIPER_TEST_ASKS_THROUGH_A_PROXY"
	if os.Getenv(child) != "" {
		r := newRig(t, entry("dir", must(t)(NewHTTP(HTTPOptions{URL: "http://directory.invalid/{external_id}"}))))
		if r.resolve(person(1)); r.found.ids()[platform(1)] != 1 {
			t.Errorf("%+v", r.stat(0))
		}
		return
	}
	d := newPeople()
	d.replies["/net0001"] = answering(200, platform(1).String())
	p, address := newProxy(t, serve(t, d), "s3cret", "s3cret")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyVariables$")
	cmd.Env = []string{child + "=1", "HTTP_PROXY=" + address.String(), "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("PASS")) || !slices.Equal(p.requests(), []string{"GET directory.invalid"}) {
		t.Errorf("%v, the proxy saw %q:\n%s", err, p.requests(), out)
	}
}
