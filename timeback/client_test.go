package timeback_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sirupsen/logrus"
	logtest "github.com/sirupsen/logrus/hooks/test"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

func TestSendDeliversAnEnvelope(t *testing.T) {
	sink, url := serve(t, collector.Options{KeepBodies: true})
	body := sample.Events(upTo(50)...)
	c := client(t, url+"/events/1.0/?tenant=a%20b", nil)
	expect(t, c.Send(t.Context(), body, requestID), timeback.Accepted, 200, 1)

	events := sink.Events()
	if len(events) != 50 || events[49].Failure != "" || events[49].Type != "SessionEvent" {
		t.Fatalf("%d events, last %+v", len(events), events[len(events)-1])
	}
	r := sink.Requests()[0]
	sameBodies(t, sink.Requests(), body)
	for name, want := range map[string]string{
		"Content-Type": "application/json", "X-Request-Id": requestID, "User-Agent": timeback.DefaultUserAgent,
	} {
		if got := r.Header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if r.Path != "/events/1.0/" || r.Query != "tenant=a%20b" {
		t.Errorf("sent to %s?%s, want the URL as written", r.Path, r.Query)
	}
}

// Every reply that a script can say, against a real server.
func TestSendClassifiesReplies(t *testing.T) {
	for play, want := range map[string]struct {
		class            timeback.Class
		status, attempts int
	}{
		"200":                         {timeback.Accepted, 200, 1},
		"201":                         {timeback.Accepted, 201, 1},
		"202":                         {timeback.Accepted, 202, 1},
		"204":                         {timeback.Accepted, 204, 1},
		"garbage":                     {timeback.Accepted, 200, 1},
		"400":                         {timeback.Permanent, 400, 1},
		"400@1":                       {timeback.Permanent, 400, 1},
		"400@7":                       {timeback.Accepted, 200, 1},
		"409":                         {timeback.Permanent, 409, 1},
		"415":                         {timeback.Permanent, 415, 1},
		"422":                         {timeback.Permanent, 422, 1},
		"413":                         {timeback.TooLarge, 413, 1},
		"401":                         {timeback.Pause, 401, 1},
		"403":                         {timeback.Pause, 403, 1},
		"404":                         {timeback.Pause, 404, 1},
		"301":                         {timeback.Pause, 301, 1},
		"302":                         {timeback.Pause, 302, 1},
		"303":                         {timeback.Pause, 303, 1},
		"307":                         {timeback.Pause, 307, 1},
		"308":                         {timeback.Pause, 308, 1},
		"408":                         {timeback.Retry, 408, 1},
		"425":                         {timeback.Retry, 425, 1},
		"500":                         {timeback.Retry, 500, 1},
		"501":                         {timeback.Retry, 501, 1},
		"503":                         {timeback.Accepted, 200, 2},
		"503x2":                       {timeback.Accepted, 200, 3},
		"503x3":                       {timeback.Retry, 503, 3},
		"502,504,202":                 {timeback.Accepted, 202, 3},
		"503,400":                     {timeback.Permanent, 400, 2},
		"429:Retry-After=0x3":         {timeback.Retry, 429, 3},
		"429:Retry-After=2":           {timeback.Retry, 429, 1},
		"503:Retry-After=3600":        {timeback.Retry, 503, 1},
		"503:Retry-After=nonsense":    {timeback.Accepted, 200, 2},
		"503:Retry-After=99999999999": {timeback.Retry, 503, 1},
		"close":                       {timeback.Accepted, 200, 2},
		"closex3":                     {timeback.Retry, 0, 3},
		"lost":                        {timeback.Accepted, 200, 2},
		"slow:1ms":                    {timeback.Accepted, 200, 1},
	} {
		t.Run(play, func(t *testing.T) {
			sink, url := serve(t, collector.Options{Script: script(t, play), KeepBodies: true})
			body := sample.Events(0, 1)
			reply := client(t, url, nil).Send(t.Context(), body, requestID)
			expect(t, reply, want.class, want.status, want.attempts)
			sameBodies(t, sink.Requests(), body)
			if len(sink.Requests()) != want.attempts {
				t.Errorf("the collector saw %d requests, want %d", len(sink.Requests()), want.attempts)
			}
		})
	}
}

func TestSendReportsRetryAfter(t *testing.T) {
	_, url := serve(t, collector.Options{Script: script(t, "429:Retry-After=2,503:Retry-After=99999999999")})
	c := client(t, url, nil)
	for _, want := range []time.Duration{2 * time.Second, timeback.MaxRetryAfter} {
		if got := c.Send(t.Context(), sample.Events(0), requestID).RetryAfter; got != want {
			t.Errorf("RetryAfter = %s, want %s", got, want)
		}
	}
}

func TestPausesSayWhatToChange(t *testing.T) {
	auths := map[string]timeback.Auth{
		"none": timeback.NoAuth(), "bearer": must(timeback.BearerAuth("k3y"))(t),
		"header": must(timeback.HeaderAuth("X-Key", "k3y"))(t), "basic": must(timeback.BasicAuth("u", "k3y"))(t),
		"query": must(timeback.QueryAuth("key", "k3y"))(t),
	}
	for _, test := range []struct{ play, auth, want string }{
		{"301:Location=https://new.example/events?k=v", "none", "301 Moved Permanently to https://new.example/events: check url (redirects are not followed: it has to be the final address)"},
		{"401", "none", "401 Unauthorized: check auth (the collector refuses the credential)"},
		{"401", "bearer", "check auth.token (the"},
		{"401", "header", "check auth.name and auth.value (the"},
		{"401", "basic", "check auth.username and auth.password (the"},
		{"403", "query", "check auth.name and auth.value (the credential may not send events; or ask the collector's operator)"},
		{"404", "none", "check url (nothing takes events there; a final slash counts)"},
		{"405", "none", "check url"},
		{"407", "none", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"},
		{"451", "none", "451 Unavailable For Legal Reasons: ask the collector's operator"},
	} {
		_, url := serve(t, collector.Options{Script: script(t, test.play)})
		c := client(t, url, func(o *timeback.Options) { o.Auth = auths[test.auth] })
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		if reply.Class != timeback.Pause || !strings.Contains(reply.Err.Error(), test.want) {
			t.Errorf("%s, %s: %s, %v; want pause and %q", test.play, test.auth, reply.Class, reply.Err, test.want)
		}
	}
}

// Who knows where the destination stands in the configuration can name the
// settings in full.
func TestAFaultNamesSettingsWithTheirPath(t *testing.T) {
	_, url := serve(t, collector.Options{Script: script(t, "404")})
	reply := client(t, url, nil).Send(t.Context(), sample.Events(0), requestID)
	var fault *timeback.Fault
	if !errors.As(reply.Err, &fault) {
		t.Fatalf("error %T", reply.Err)
	}
	const want = "check destinations[3].url (nothing takes events there; a final slash counts)"
	if got := fault.Remedy("destinations[3]."); got != want || fault.Error() != fault.What+": "+fault.Remedy("") {
		t.Errorf("remedy %q, error %q", got, fault)
	}
}

// A web server answers 400 to http on its https port. Taken for a word about
// the events, that would refuse them all.
func TestHTTPSpokenToAnHTTPSPortPauses(t *testing.T) {
	sink := must(collector.New(collector.Options{}))(t)
	server := httptest.NewUnstartedServer(sink)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c := client(t, "http://"+server.Listener.Addr().String(), nil)
	for _, reply := range []timeback.Reply{c.Send(t.Context(), sample.Events(0), requestID), c.Probe(t.Context())} {
		expect(t, reply, timeback.Pause, 400, 1)
		if !strings.Contains(reply.Err.Error(), "check url (the port speaks TLS: https instead of http)") {
			t.Errorf("error %v", reply.Err)
		}
	}
}

func TestNobodyListening(t *testing.T) {
	const address = "127.0.0.1:1"
	c := client(t, "http://user:hunter22@"+address+"/x?k=v", nil)
	reply := c.Send(t.Context(), sample.Events(0), requestID)
	expect(t, reply, timeback.Retry, 0, 3)
	if text := reply.Err.Error(); !strings.HasPrefix(text, "POST http://"+address+"/x: ") || strings.Count(text, "http://") != 1 ||
		!strings.HasSuffix(text, "check url (nothing listens there now)") {
		t.Errorf("error %q", reply.Err)
	}
}

func TestACancelledSendIsARetry(t *testing.T) {
	sink, url := serve(t, collector.Options{Script: script(t, "slow:1h")})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = sink.Await(ctx, func() bool { return sink.Waiting() > 0 })
		cancel()
	}()
	reply := client(t, url, nil).Send(ctx, sample.Events(0), requestID)
	expect(t, reply, timeback.Retry, 0, 1)
	if !errors.Is(reply.Err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled inside", reply.Err)
	}
	if sink.Accepted() != 0 {
		t.Error("a request that ended was accepted")
	}
}

func TestAnAttemptIsBoundedAndNotRepeatedInline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := must(collector.New(collector.Options{Script: script(t, "slow:1hx2")}))(t)
		c := client(t, "http://collector.example/", func(o *timeback.Options) {
			o.Transport, o.AttemptTimeout = inProcess{sink}, 20*time.Second
		})
		began := time.Now()
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Retry, 0, 1)
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("took %s, want the attempt's 20s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began = time.Now()
		reply := c.Send(ctx, sample.Events(0), requestID)
		if took := time.Since(began); took != 5*time.Second || !errors.Is(reply.Err, context.DeadlineExceeded) {
			t.Errorf("took %s, %v; want the context's 5s", took, reply.Err)
		}
	})
}

func TestInlineWaitsAreShortAndHonourRetryAfter(t *testing.T) {
	for play, want := range map[string]struct{ from, to time.Duration }{
		"503x2":               {150 * time.Millisecond, 300 * time.Millisecond},
		"503:Retry-After=1x2": {2 * time.Second, 2200 * time.Millisecond},
		"closex2":             {150 * time.Millisecond, 300 * time.Millisecond},
	} {
		t.Run(play, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := must(collector.New(collector.Options{Script: script(t, play)}))(t)
				c := must(timeback.NewClient(timeback.Options{
					URL: "http://collector.example/", Transport: inProcess{sink},
				}))(t)
				began := time.Now()
				expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 3)
				if took := time.Since(began); took < want.from || took > want.to {
					t.Errorf("took %s, want %s to %s", took, want.from, want.to)
				}
			})
		})
	}
}

func TestLongRepliesAreCutAndTheConnectionIsKept(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(bytes.Repeat([]byte("x"), 5*timeback.MaxReplyBody))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := client(t, server.URL, nil)
	const requests = 10
	for range requests {
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		if len(reply.Body) != timeback.MaxReplyBody {
			t.Fatalf("%d bytes kept, want %d", len(reply.Body), timeback.MaxReplyBody)
		}
	}
	// net/http itself gives a connection up whose request is still being written, by its clock, when the reply is there.
	if n := connections.Load(); n >= requests {
		t.Errorf("%d connections for %d requests: none is used again", n, requests)
	}
}

// A status counts although its body never ends, and keeps nobody waiting.
func TestABodyThatHangsDelaysNothing(t *testing.T) {
	for _, status := range []int{202, 400} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"message":"so far",`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}))
		c := client(t, server.URL, func(o *timeback.Options) { o.Retries, o.AttemptTimeout = -1, time.Minute })
		began := time.Now()
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		class, _ := timeback.Classify(status, nil, nil, began)
		expect(t, reply, class, status, 1)
		if took := time.Since(began); took > 30*time.Second || !strings.Contains(string(reply.Body), "so far") {
			t.Errorf("%d took %s, kept %q", status, took, reply.Body)
		}
		server.Close()
	}
}

// pool counts how often its idle connections are dropped.
type pool struct {
	http.Transport
	drops atomic.Int32
}

func (p *pool) CloseIdleConnections() {
	p.drops.Add(1)
	p.Transport.CloseIdleConnections()
}

// go-retryablehttp closes the idle connections of its client after every
// failure; those of the requests beside it must survive.
func TestAFailureCostsNoOtherConnection(t *testing.T) {
	var shared pool
	failing := client(t, "http://127.0.0.1:1/", func(o *timeback.Options) { o.Transport, o.Retries = &shared, -1 })
	for range 5 {
		expect(t, failing.Send(t.Context(), sample.Events(0), requestID), timeback.Retry, 0, 1)
	}
	if n := shared.drops.Load(); n != 0 {
		t.Errorf("the idle connections were dropped %d times", n)
	}
	failing.Close()
	if n := shared.drops.Load(); n != 1 {
		t.Errorf("dropped %d times by Close, want 1", n)
	}
}

func TestTheLogSaysWhatFailedWithoutNoise(t *testing.T) {
	logger, lines := logtest.NewNullLogger()
	logger.SetLevel(logrus.DebugLevel)
	_, url := serve(t, collector.Options{Script: script(t, "close")})
	c := client(t, url+"/?key=opensesame", func(o *timeback.Options) { o.Logger = logger })
	expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 2)
	warnings := 0
	for _, line := range lines.AllEntries() {
		if line.Level < logrus.WarnLevel {
			t.Errorf("%s at %s: a blip is no error", line.Message, line.Level)
		}
		if line.Level == logrus.WarnLevel {
			warnings++
			if line.Data["url"] != url+"/" || line.Data["cause"] == nil {
				t.Errorf("warning with %v", line.Data)
			}
		}
	}
	if warnings != 1 {
		t.Errorf("%d warnings, want 1", warnings)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for want, o := range map[string]timeback.Options{
		"url: want":        {URL: "ftp://secret@host/"},
		"url: want an":     {URL: "://secret"},
		"url: want an abs": {URL: "/events"},
		"attempt timeout":  {URL: "https://host/", AttemptTimeout: -1},
		"retry wait":       {URL: "https://host/", RetryWaitMin: 2, RetryWaitMax: 1},
		"user agent":       {URL: "https://host/", UserAgent: "a\nb"},
	} {
		_, err := timeback.NewClient(o)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("error %v, want %s…", err, want)
		}
	}
}

func TestConcurrentSends(t *testing.T) {
	sink, url := serve(t, collector.Options{Script: script(t, "503x20,closex20")})
	c := client(t, url, func(o *timeback.Options) { o.Retries = 50 })
	done := make(chan timeback.Reply)
	for i := range 40 {
		go func() { done <- c.Send(context.Background(), sample.Events(i), requestID) }()
	}
	for range 40 {
		if reply := <-done; reply.Class != timeback.Accepted {
			t.Errorf("%s: %v", reply.Class, reply.Err)
		}
	}
	if sink.Accepted() != 40 {
		t.Errorf("%d accepted, want 40", sink.Accepted())
	}
}

func TestProbe(t *testing.T) {
	sink, url := serve(t, collector.Options{Key: "the key"})
	right := must(timeback.BearerAuth("the key"))(t)
	c := client(t, url, func(o *timeback.Options) { o.Auth = right })
	expect(t, c.Probe(t.Context()), timeback.Accepted, 200, 1)
	if r := sink.Requests()[0]; r.Method != http.MethodGet || r.Header.Get("Content-Type") != "" {
		t.Errorf("%s with Content-Type %q", r.Method, r.Header.Get("Content-Type"))
	}
	expect(t, client(t, url, nil).Probe(t.Context()), timeback.Pause, 401, 1)
	expect(t, client(t, "http://127.0.0.1:1/", nil).Probe(t.Context()), timeback.Retry, 0, 3)
	expect(t, c.Authorize(t.Context()), timeback.Accepted, 0, 0)
	for status, want := range map[int]timeback.Class{
		404: timeback.Accepted, 405: timeback.Accepted, 501: timeback.Accepted,
		403: timeback.Pause, 301: timeback.Pause, 500: timeback.Retry,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		expect(t, client(t, server.URL, nil).Probe(t.Context()), want, status, 1)
		server.Close()
	}
}
