package timeback_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
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

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

// proxy is a forward proxy that opens tunnels, too. Whatever host is asked for,
// it leads to one server.
type proxy struct {
	t        testing.TB
	to       string // host and port of the server
	password string // demanded of the user "school"; "" demands nothing

	mu   sync.Mutex
	seen []string // method and host of each request
}

const proxyPassword = "c4naryProxyPassw0rd"

// startProxy returns a proxy in front of a server, and its URL with the
// password that it demands, if any.
func startProxy(t testing.TB, server, password string) (*proxy, *url.URL) {
	t.Helper()
	p := &proxy{t: t, to: must(url.Parse(server))(t).Host, password: password}
	listener := httptest.NewServer(p)
	t.Cleanup(listener.Close)
	address := must(url.Parse(listener.URL))(t)
	if password != "" {
		address.User = url.UserPassword("school", password)
	}
	return p, address
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.Host)
	p.mu.Unlock()
	authorized := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	if _, password, _ := authorized.BasicAuth(); password != p.password {
		w.WriteHeader(http.StatusProxyAuthRequired)
		fmt.Fprintf(w, "you sent %v, which is %s", r.Header, password)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	p.forward(w, r)
}

func (p *proxy) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.seen)
}

func (p *proxy) forward(w http.ResponseWriter, r *http.Request) {
	request := r.Clone(r.Context())
	request.RequestURI, request.URL.Host = "", p.to
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(request)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
	if r.URL.Path != collector.TokenPath {
		fmt.Fprintf(w, "forwarded with %v", r.Header) // as a careless proxy does
	}
}

func (p *proxy) tunnel(w http.ResponseWriter) {
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.t.Error(err)
		return
	}
	defer client.Close()
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, buffered)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server)
}

func through(proxy *url.URL) func(*timeback.Options) {
	return func(o *timeback.Options) { o.Proxy = http.ProxyURL(proxy) }
}

// What a proxy answers to CONNECT, and what it means.
func TestAProxyThatRefusesTheTunnel(t *testing.T) {
	for status, want := range map[int]timeback.Class{
		407: timeback.Pause, 403: timeback.Pause, 404: timeback.Pause, 400: timeback.Pause,
		429: timeback.Retry, 500: timeback.Retry, 502: timeback.Retry, 503: timeback.Retry, 504: timeback.Retry,
	} {
		refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, r.Header)
		}))
		address := must(url.Parse(refusing.URL))(t)
		c := client(t, "https://collector.example/", func(o *timeback.Options) { through(address)(o); o.Retries = -1 })
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		expect(t, reply, want, 0, 1)
		if text := reply.Err.Error(); !strings.Contains(text, fmt.Sprint("the proxy answered CONNECT with ", status)) ||
			strings.Contains(text, "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY") != (want == timeback.Pause) {
			t.Errorf("%d: error %q", status, text)
		}
		refusing.Close()
	}
}

func TestAProxyThatIsDown(t *testing.T) {
	c := client(t, "https://collector.example/", through(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}))
	reply := c.Send(t.Context(), sample.Events(0), requestID)
	expect(t, reply, timeback.Retry, 0, 3)
	if !strings.Contains(reply.Err.Error(), "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY") {
		t.Errorf("error %q", reply.Err)
	}
}

// Neither the proxy's address nor what it is told is shown.
func TestProxyPasswordsAreShownNowhere(t *testing.T) {
	_, plain := serve(t, collector.Options{})
	own := newAuthority(t)
	secure := serveTLS(t, must(collector.New(collector.Options{}))(t),
		&tls.Config{Certificates: []tls.Certificate{own.issue("127.0.0.1", hour)}})
	for name, test := range map[string]struct {
		url, demanded string
		class         timeback.Class
	}{
		"forwards": {plain, proxyPassword, timeback.Accepted}, "refuses to forward": {plain, "another", timeback.Pause},
		"tunnels": {secure, proxyPassword, timeback.Accepted}, "refuses to tunnel": {secure, "another", timeback.Pause},
	} {
		_, address := startProxy(t, test.url, test.demanded)
		address.User = url.UserPassword("school", proxyPassword)
		out, log := tracing()
		c := client(t, test.url, func(o *timeback.Options) {
			through(address)(o)
			trust(own)(o)
			o.Logger = log
		})
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		if reply.Class != test.class {
			t.Errorf("%s: %s, %v", name, reply.Class, reply.Err)
		}
		if strings.Contains(name, "forward") && !strings.Contains(string(reply.Body), "<redacted>") {
			t.Errorf("%s: the echo is not seen in %q", name, reply.Body)
		}
		holdsNoCanary(t, name, fmt.Sprintf("%s %v %+v %#v %v %s", reply.Body, reply.Err, reply.Err, reply.Err, c, out))
	}
}

// net/http quotes a proxy variable that is no URL.
func TestAProxyVariableThatIsNoURL(t *testing.T) {
	broken := fmt.Errorf("invalid proxy address %q", "http://school:"+proxyPassword+"@[::bad")
	out, log := tracing()
	c := client(t, "http://collector.example/", func(o *timeback.Options) {
		o.Logger = log
		o.Proxy = func(*http.Request) (*url.URL, error) { return nil, broken }
	})
	reply := c.Send(t.Context(), sample.Events(0), requestID)
	expect(t, reply, timeback.Pause, 0, 1)
	if !strings.Contains(reply.Err.Error(), "the address of the proxy is no URL: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY") {
		t.Errorf("error %q", reply.Err)
	}
	holdsNoCanary(t, "broken variable", fmt.Sprintf("%v %s", reply.Err, out))
}

// The environment of a sender in a process of its own: net/http reads the proxy
// variables once, and sends nothing for the loopback through a proxy.
const (
	senderURL = "BBCALIPER_TEST_SENDER_URL" // of the collector
	senderCA  = "BBCALIPER_TEST_SENDER_CA"  // PEM of the authority to trust
)

// runSender sends one envelope with OAuth2 and prints what came of it.
func runSender() int {
	base := os.Getenv(senderURL)
	o := timeback.Options{URL: base, Retries: -1, AttemptTimeout: time.Minute}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(os.Getenv(senderCA)))
	o.TLS = &tls.Config{RootCAs: roots}
	var err error
	if o.Auth, err = timeback.OAuth2Auth(oauth2Options(base)); err != nil {
		fmt.Println(err)
		return 1
	}
	c, err := timeback.NewClient(o)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	reply := c.Send(context.Background(), sample.Events(0), requestID)
	fmt.Println(reply.Class)
	fmt.Fprintln(os.Stderr, reply.Err)
	return 0
}

// startSender runs a sender with an environment and returns the class that it
// prints.
func startSender(t *testing.T, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(env, "PATH="+os.Getenv("PATH"), "HOME="+t.TempDir())
	var why strings.Builder
	cmd.Stderr = &why
	out := must(cmd.Output())(t)
	t.Logf("%s%s", out, why.String())
	return strings.TrimSpace(string(out))
}

// Envelopes and token requests take the proxy that the environment names, for
// http and for https, unless NO_PROXY has their host.
func TestProxyVariables(t *testing.T) {
	own := newAuthority(t)
	plainSink, plain := serve(t, demandTokens())
	secureSink := must(collector.New(demandTokens()))(t)
	secure := serveTLS(t, secureSink, &tls.Config{Certificates: []tls.Certificate{own.issue("collector.invalid", hour)}})
	for name, test := range map[string]struct {
		server, url, variable string
		sink                  *collector.Collector
		want                  []string
	}{
		"http":  {plain, "http://collector.invalid", "HTTP_PROXY", plainSink, []string{"POST collector.invalid", "POST collector.invalid"}},
		"https": {secure, "https://collector.invalid", "HTTPS_PROXY", secureSink, []string{"CONNECT collector.invalid:443"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, address := startProxy(t, test.server, proxyPassword)
			env := []string{senderURL + "=" + test.url, senderCA + "=" + string(own.pem()), test.variable + "=" + address.String()}
			if class := startSender(t, env...); class != "accepted" || !slices.Equal(p.requests(), test.want) {
				t.Errorf("%s; the proxy saw %v, want %v", class, p.requests(), test.want)
			}
			if test.sink.Accepted() != 1 || fetches(test.sink) != 1 {
				t.Errorf("%d accepted, %d token requests; want 1, 1", test.sink.Accepted(), fetches(test.sink))
			}
			before := len(p.requests())
			if class := startSender(t, append(env, "NO_PROXY=.invalid")...); class != "retry" || len(p.requests()) != before {
				t.Errorf("with NO_PROXY: %s; the proxy saw %v", class, p.requests())
			}
		})
	}
}
