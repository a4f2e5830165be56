package receive

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Bad content never crashes the server, and is never its fault (5xx).
func TestHostileBodies(t *testing.T) {
	s := startSite(t, nil, nil)
	bomb := zip(t, make([]byte, 64<<20))
	waiting := []string{"Expect", "100-continue"} // an answer may be lost while a body is still being sent
	cases := []struct {
		name   string
		body   []byte
		header []string
		status int
	}{
		{"NUL", []byte("\x00"), nil, 400},
		{"NUL in a string", []byte("{\"sensor\":\"a\x00b\",\"data\":[]}"), nil, 400},
		{"escaped NUL", []byte(`{"sensor":"a\u0000b","data":[]}`), nil, 200},
		{"invalid UTF-8", []byte("{\"sensor\":\"\xff\",\"data\":[]}"), nil, 400},
		{"lone surrogate", []byte(`{"sensor":"\ud800","data":["\ud800"]}`), nil, 200},
		{"UTF-16", []byte("\xff\xfe{\x00}\x00"), nil, 400},
		{"byte order mark", append([]byte("\xef\xbb\xbf"), logins(t, 1)...), nil, 200},
		{"deep arrays", []byte(strings.Repeat("[", 100_000)), nil, 400},
		{"deep and closed", []byte(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), nil, 400},
		{"deep objects", []byte(strings.Repeat(`{"a":`, 100_000)), nil, 400},
		{"deep within data", []byte(`{"data":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"), nil, 400},
		{"wrong types", []byte(`{"sensor":1,"sendTime":{},"dataVersion":[],"data":{"type":[],"id":0}}`), nil, 200},
		{"data is a string", []byte(`{"data":"x"}`), nil, 200},
		{"long number", []byte(`{"data":[` + strings.Repeat("9", 1<<20) + `]}`), nil, 200},
		{"many events", []byte(`[` + strings.Repeat("0,", 5000) + `0]`), nil, 413},
		{"33 MiB", bytes.Repeat([]byte(" "), 33<<20), waiting, 413},
		{"gzip bomb", bomb, []string{"Content-Encoding", "gzip"}, 413},
		{"two gzip members", append(zip(t, []byte("[")), zip(t, []byte("]"))...), []string{"Content-Encoding", "gzip"}, 200},
		{"text after gzip", append(zip(t, []byte("[]")), "text"...), []string{"Content-Encoding", "gzip"}, 400},
		{"gzip that is no JSON", zip(t, []byte("no")), []string{"Content-Encoding", "gzip"}, 400},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if a := s.post(c.body, c.header...); a.status != c.status {
				t.Errorf("got %d %s, want %d", a.status, a.body, c.status)
			}
		})
	}
	if a := s.post(logins(t, 1)); a.status != 200 {
		t.Errorf("afterwards: %d", a.status)
	}
	if len(s.log.AllEntries()) != 0 {
		t.Errorf("logged: %v", s.log.LastEntry().Message)
	}
	checkMemoryIsBack(t, s)
}

// A body whose length nobody announced is bounded as well. The answer may be lost, for the connection is closed while
// the body is still being sent; the count is not.
func TestChunkedBodyIsBounded(t *testing.T) {
	s := startSite(t, func(o *Options) { o.MaxBody = 1 << 20 }, nil)
	req, err := http.NewRequest("POST", s.url, io.MultiReader(bytes.NewReader(make([]byte, 3<<20))))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", testKey)
	if resp, err := s.client.Do(req); err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode != 413 {
			t.Errorf("got %d", resp.StatusCode)
		}
	}
	if got := s.count("bbcaliper_requests_refused_total", "source", "school", "reason", "too_large"); got != 1 {
		t.Errorf("%v counted", got)
	}
	checkMemoryIsBack(t, s)
}

// A thousand requests announce 32 MiB, send a little and never finish. Others are served meanwhile, memory stays
// within its bound, and in the end all are cut off and everything is given back.
func TestThousandHalfSentRequests(t *testing.T) {
	s := startSite(t, nil, func(o *ServerOptions) { o.ReadTimeout = 10 * time.Second })
	part := bytes.Repeat([]byte("["), 40<<10)
	conns := make([]net.Conn, 1000)
	for i := range conns {
		conns[i] = s.halfPost(32<<20, part)
	}
	start := time.Now()
	for range 10 {
		if a := s.post(logins(t, 25)); a.status != 200 {
			t.Fatalf("meanwhile: %d %s", a.status, a.body)
		}
	}
	t.Logf("10 good requests meanwhile: %v", time.Since(start))
	statuses := map[int]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, conn := range conns {
		wg.Go(func() {
			status := readStatus(conn)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	if statuses[http.StatusRequestTimeout] != len(conns) {
		t.Errorf("answers by status: %v", statuses)
	}
	if got := s.count("bbcaliper_requests_refused_total", "source", "school", "reason", "timeout"); got != 1000 {
		t.Errorf("%v time-outs counted", got)
	}
	checkMemoryIsBack(t, s)
}

// Large bodies that hold all of their memory keep out other large ones, with 503, and no small ones.
func TestMemoryIsBounded(t *testing.T) {
	s := startSite(t, func(o *Options) { o.MaxBody, o.MaxMemory, o.MemoryWait = 1<<20, 6<<20, time.Second },
		func(o *ServerOptions) { o.ReadTimeout = time.Hour }) // those that hold it must not be cut off
	part := bytes.Repeat([]byte(" "), 900<<10)
	var conns []net.Conn
	for range 3 {
		conns = append(conns, s.halfPost(1<<20, part))
	}
	large := s.handler.bodies.memory.large
	eventually(t, "large bodies hold their memory", func() bool {
		if !large.TryAcquire(1 << 20) {
			return true
		}
		large.Release(1 << 20)
		return false
	})
	if a := s.post(part); a.status != 503 || a.reason() != ReasonMemory || a.header.Get("Retry-After") == "" {
		t.Errorf("large: got %d %v %s", a.status, a.header, a.body)
	}
	if a := s.post(logins(t, 25)); a.status != 200 {
		t.Errorf("small: got %d %s", a.status, a.body)
	}
	for _, conn := range conns {
		_ = conn.Close()
	}
	checkMemoryIsBack(t, s)
	if a := s.post(part); a.status != 200 {
		t.Errorf("large afterwards: got %d %s", a.status, a.body)
	}
}

// The largest gzipped body that does not compress fits the least memory that is allowed.
func TestLargestBodyFitsLeastMemory(t *testing.T) {
	s := startSite(t, func(o *Options) { o.MaxBody, o.MaxMemory, o.MemoryWait = 1<<20, 6<<20, time.Millisecond }, nil)
	body := make([]byte, 1<<20-1<<10)
	fill(body, 1)
	if a := s.post(zip(t, body), "Content-Encoding", "gzip"); a.reason() != ReasonSyntax {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

// checkMemoryIsBack waits until no request holds any of the memory.
func checkMemoryIsBack(t *testing.T, s *site) {
	t.Helper()
	m, half := s.handler.bodies.memory, s.handler.opts.MaxMemory/2
	eventually(t, "memory is given back", func() bool {
		small := m.small.TryAcquire(half)
		if small {
			m.small.Release(half)
		}
		large := m.large.TryAcquire(half)
		if large {
			m.large.Release(half)
		}
		return small && large
	})
}

func TestSenderThatGoesAwayIsCountedAndNotLogged(t *testing.T) {
	s := startSite(t, nil, nil)
	conn := s.halfPost(1<<20, []byte("{"))
	_ = conn.Close()
	eventually(t, "it is counted", func() bool {
		return s.count("bbcaliper_requests_refused_total", "source", "school", "reason", "incomplete") == 1
	})
	if len(s.log.AllEntries()) != 0 || len(s.kept()) != 0 {
		t.Errorf("logged %v, kept %v", s.log.AllEntries(), s.kept())
	}
}

// A sender that closes only its own half must not read a 200.
func TestHalfClosedBodyIsNot200(t *testing.T) {
	s := startSite(t, nil, nil)
	conn := s.halfPost(100, []byte(`{"data":[]}`))
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if status := readStatus(conn); status != 400 && status != 0 {
		t.Errorf("got %d", status)
	}
	if got := s.received("school"); got.Envelopes != 0 {
		t.Errorf("stored %+v", got)
	}
}

func TestExpectContinue(t *testing.T) {
	s := startSite(t, nil, nil)
	for key, want := range map[string]int{testKey: 100, "wrong": 401} {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		head := "POST /caliper HTTP/1.1\r\nHost: x\r\nAuthorization: " + key + "\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
		if _, err := conn.Write([]byte(head)); err != nil {
			t.Fatal(err)
		}
		if status := readStatus(conn); status != want {
			t.Errorf("%s: got %d, want %d before any of the body was sent", key, status, want)
		}
		_ = conn.Close()
	}
}

// readStatus returns the status of the next answer, or 0 if the connection ends without one.
func readStatus(conn net.Conn) int {
	line, err := bufio.NewReader(conn).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) < 2 || len(fields[1]) != 3 {
		return 0
	}
	status := 0
	for _, c := range fields[1] {
		status = status*10 + int(c-'0')
	}
	return status
}
