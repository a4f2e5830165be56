package receive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sirupsen/logrus"
	logtest "github.com/sirupsen/logrus/hooks/test"
	"go.uber.org/goleak"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

const (
	testKey  = "7c1f8d1e-school-key"
	otherKey = "b2 key with blanks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(patient{m}) }

// patient gives what has been told to end the time that a busy machine needs; goleak gives it less than half a second.
type patient struct{ *testing.M }

func (p patient) Run() int {
	code := p.M.Run()
	for end := time.Now().Add(time.Minute); goleak.Find() != nil && time.Now().Before(end); {
	}
	return code
}

// site is a real server in front of a real journal.
type site struct {
	t        testing.TB
	url      string
	addr     string
	handler  *Handler
	journal  *journal.Journal
	registry *prometheus.Registry
	log      *logtest.Hook
	client   *http.Client
}

// startSite starts a server on a free port with two sources, school and college. Both change functions may be nil.
func startSite(t testing.TB, change func(*Options), changeServer func(*ServerOptions)) *site {
	t.Helper()
	s := &site{t: t, journal: openJournal(t, journal.Options{}), registry: prometheus.NewRegistry()}
	opts := Options{
		Journal:  s.journal,
		Registry: s.registry,
		Sources: []Source{
			{Name: "college", Keys: [][sha256.Size]byte{sha256.Sum256([]byte(otherKey)), sha256.Sum256([]byte("second"))}},
			{Name: "school", Keys: [][sha256.Size]byte{sha256.Sum256([]byte(testKey))}},
		},
	}
	if change != nil {
		change(&opts)
	}
	var err error
	if s.handler, err = New(opts); err != nil {
		t.Fatal(err)
	}
	s.serve(changeServer)
	return s
}

func openJournal(t testing.TB, opts journal.Options) *journal.Journal {
	t.Helper()
	opts.Dir = t.TempDir()
	j, err := journal.Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func (s *site) serve(change func(*ServerOptions)) {
	s.t.Helper()
	log, hook := logtest.NewNullLogger()
	s.log = hook
	opts := ServerOptions{Handler: s.handler, Log: logrus.FieldLogger(log)}
	if change != nil {
		change(&opts)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr, s.url = l.Addr().String(), "http://"+l.Addr().String()+Path
	server := NewServer(opts)
	ended := make(chan error, 1)
	go func() { ended <- Serve(server, l) }()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64, ExpectContinueTimeout: time.Minute}
	s.client = &http.Client{Transport: transport, Timeout: 5 * time.Minute}
	s.t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		if err := <-ended; err != nil {
			s.t.Errorf("Serve: %v", err)
		}
	})
}

// answer is a whole response.
type answer struct {
	status int
	header http.Header
	body   string
}

// reason returns what the body of a refusal says.
func (a answer) reason() Reason {
	var p problem
	_ = json.Unmarshal([]byte(a.body), &p)
	return p.Reason
}

// do sends a request with headers in pairs of name and value.
func (s *site) do(method, url string, body io.Reader, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, url, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: string(text)}
}

// post sends a body with the school's key.
func (s *site) post(body []byte, headers ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, s.url, bytes.NewReader(body), append([]string{"Authorization", testKey}, headers...)...)
}

// received returns what the journal has counted for a source.
func (s *site) received(source string) journal.Received {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	all, err := s.journal.Received(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return all[source]
}

// kept returns the bodies that the journal keeps as refused, by their bytes.
func (s *site) kept() map[string]journal.RefusedBody {
	s.t.Helper()
	var list []journal.RefusedBody
	if err := s.journal.ListRefused(context.Background(), 0, func(b journal.RefusedBody) bool { list = append(list, b); return true }); err != nil {
		s.t.Fatal(err)
	}
	out := map[string]journal.RefusedBody{}
	for _, b := range list {
		raw, err := s.journal.RefusedBytes(context.Background(), b)
		if err != nil {
			s.t.Fatal(err)
		}
		out[string(raw)] = b
	}
	return out
}

// count returns the value of a counter, or the number of observations of a histogram; 0 if there is none.
func (s *site) count(metric string, labels ...string) float64 {
	s.t.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != metric {
			continue
		}
		for _, m := range f.GetMetric() {
			have := map[string]string{}
			for _, l := range m.GetLabel() {
				have[l.GetName()] = l.GetValue()
			}
			matches := true
			for i := 0; i < len(labels); i += 2 {
				matches = matches && have[labels[i]] == labels[i+1]
			}
			if matches {
				return m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(5 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not in time: %s", what)
		}
	}
}

// logins returns an envelope of n login events, each with its own id.
func logins(t testing.TB, n int) []byte {
	t.Helper()
	login, err := os.ReadFile(filepath.Join("..", "..", "testdata", "v1p1", "login.json"))
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, login); err != nil {
		t.Fatal(err)
	}
	const id = "f8c984e2-de73-4c0b-8183-779ab4149422"
	var out bytes.Buffer
	out.WriteString(`{"sensor":"a118bba8-5378-4533-899b-8862ac59db03","sendTime":"2020-12-24T21:38:10.000Z",` +
		`"dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p1","data":[`)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(bytes.Replace(compact.Bytes(), []byte(id), []byte(uuid.NewString()), 1))
	}
	out.WriteString("]}")
	return out.Bytes()
}

func zip(t testing.TB, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// halfPost opens a connection, announces a body and sends only its beginning.
func (s *site) halfPost(announced int, sent []byte) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n", Path, testKey, announced)
	if _, err := conn.Write(append([]byte(head), sent...)); err != nil {
		s.t.Fatal(err)
	}
	return conn
}
