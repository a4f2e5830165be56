package adapter_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestHostileBodies posts what must not harm: each is answered as it deserves, never with 5xx, and what a good sender
// posts afterwards arrives.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	waiting := [2]string{"Expect", "100-continue"} // an answer may be lost while a body is still being sent
	good := func() []byte { return envelope(l.next(u)) }
	for name, test := range map[string]struct {
		body   []byte
		header [2]string
		status int
	}{
		"truncated":              {body: envelope(u.login(uuid.New(), time.Now()))[:300], status: 400},
		"ends in a string":       {body: []byte(`{"data":["abc`), status: 400},
		"not JSON":               {body: []byte(`sensor=x&data=y`), status: 400},
		"two documents":          {body: []byte(`{"data":[]}{"data":[]}`), status: 400},
		"repeated envelope key":  {body: []byte(`{"sensor":"a","data":[],"data":[]}`), status: 400},
		"NUL":                    {body: []byte("{\"sensor\":\"\x00\",\"data\":[]}"), status: 400},
		"only NUL":               {body: make([]byte, 1000), status: 400},
		"invalid UTF-8":          {body: []byte("{\"sensor\":\"\xff\xfe\",\"data\":[]}"), status: 400},
		"half a surrogate":       {body: []byte(`{"sensor":"\ud800","data":["\ud800"]}`), status: 200},
		"UTF-16":                 {body: []byte("\xff\xfe{\x00}\x00"), status: 400},
		"nested arrays":          {body: bytes.Repeat([]byte("["), 100_000), status: 400},
		"nested objects":         {body: bytes.Repeat([]byte(`{"data":`), 100_000), status: 400},
		"nested in an event":     {body: envelope(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), status: 400},
		"33 MiB":                 {body: bytes.Repeat([]byte(" "), 33<<20), header: waiting, status: 413},
		"gzip bomb":              {body: gzipped(t, 64<<20), header: [2]string{"Content-Encoding", "gzip"}, status: 413},
		"damaged gzip":           {body: gzipped(t, 1<<10)[:20], header: [2]string{"Content-Encoding", "gzip"}, status: 400},
		"too many events":        {body: envelope(strings.TrimSuffix(strings.Repeat("1,", 5001), ",")), status: 413},
		"unknown encoding":       {body: envelope(u.login(uuid.New(), time.Now())), header: [2]string{"Content-Encoding", "br"}, status: 415},
		"empty":                  {status: 200},
		"data is null":           {body: []byte(`{"data":null}`), status: 200},
		"a number":               {body: []byte(`17`), status: 200},
		"a huge number":          {body: []byte(`1` + strings.Repeat("0", 10_000)), status: 200},
		"data is an object":      {body: []byte(`{"data":{"a":1}}`), status: 200},
		"repeated event key":     {body: envelope(`{"type":"SessionEvent","type":"LTIEvent"}`), status: 200},
		"escaped NUL in a value": {body: envelope(strings.Replace(u.login(uuid.New(), time.Now()), `"_7_1"`, `"\u0000"`, 1)), status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			if status := r.send(test.body, test.header); status != test.status {
				t.Errorf("answered %d, want %d", status, test.status)
			}
		})
		r.mustPost(good())
	}
	r.goodArrived(l)
}

// goodArrived demands that all of a ledger, and nothing that is not conformant, has arrived.
func (r *rig) goodArrived(l *ledger) {
	r.t.Helper()
	if got := r.finished(); got.Held > 0 {
		r.t.Errorf("%d events are held", got.Held)
	}
	missing := l.len()
	for _, e := range r.collector.Events() {
		if _, known := l.places[e.ID]; known {
			missing--
		}
		if e.Failure != "" {
			r.t.Errorf("event %s arrived, but %s", e.ID, e.Failure)
		}
	}
	if missing != 0 {
		r.t.Errorf("%d good events did not arrive", missing)
	}
}

// send posts a body with one more header and returns the status.
func (r *rig) send(body []byte, header [2]string) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+r.Addr()+"/caliper", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", testKey)
	if header[0] != "" {
		req.Header.Set(header[0], header[1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// gzipped compresses so many blanks.
func gzipped(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for ; n > 0; n -= len(blanks) {
		if _, err := z.Write(blanks[:min(n, len(blanks))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWrongTypesInEveryField replaces each value of the mission's payloads by values of other types, one event each.
// Every one of them must end somewhere, and what arrives must be conformant.
func TestWrongTypesInEveryField(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"login.json", "lti-launch.json"} {
		t.Run(file, func(t *testing.T) {
			r := newRig(t, collector.Options{}, "")
			r.importCSV("platform_id,user_uuid\n" + uuid.NewString() + ",ffc08009f0884c059192bac549e117b2\n")
			text, err := os.ReadFile("../testdata/v1p1/" + file)
			if err != nil {
				t.Fatal(err)
			}
			events := mutants(t, text)
			for rest := events; len(rest) > 0; rest = rest[min(100, len(rest)):] {
				r.mustPost(envelope(rest[:min(100, len(rest))]...))
			}
			got := r.finished()
			t.Logf("%d events ended as %+v", len(events), got)
			if sum := got.Delivered + got.Held + got.Dead; sum != uint64(len(events)) || got.Delivered == 0 || got.Dead == 0 {
				t.Errorf("%d events ended as %+v", len(events), got)
			}
			r.deadHaveReasons(got.Dead)
			for _, e := range r.collector.Events() {
				if e.Failure != "" {
					t.Errorf("%s arrived, but %s", e.Raw, e.Failure)
				}
			}
		})
	}
}

// mutants are an event with each of its values replaced by each of some others, each with an id of its own.
func mutants(t *testing.T, event []byte) []string {
	t.Helper()
	var root any
	if err := json.Unmarshal(event, &root); err != nil {
		t.Fatal(err)
	}
	id := root.(map[string]any)["id"].(string)
	var out []string
	keep := func() {
		text, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Replace(string(text), id, uuid.NewString(), 1))
	}
	mutate(root, keep)
	return out
}

// mutate calls keep with each value below node replaced in turn.
func mutate(node any, keep func()) {
	others := []any{nil, 5, -0.5, "x", "", []any{}, []any{nil}, map[string]any{}, true}
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			for _, other := range others {
				node[key] = other
				keep()
			}
			delete(node, key)
			keep()
			node[key] = value
			mutate(value, keep)
		}
	case []any:
		for i, value := range node {
			for _, other := range others {
				node[i] = other
				keep()
			}
			node[i] = value
			mutate(value, keep)
		}
	}
}

func (r *rig) deadHaveReasons(want uint64) {
	r.t.Helper()
	var n uint64
	for _, d := range r.dead() {
		n++
		if d.Reason == "" || d.Detail == "" || len(d.Raw) == 0 {
			r.t.Errorf("dead letter %d: reason %q, detail %q, %d bytes", d.Seq, d.Reason, d.Detail, len(d.Raw))
		}
	}
	if n != want {
		r.t.Errorf("%d dead letters, want %d", n, want)
	}
}

// TestHalfSentRequests leaves a thousand requests unfinished, some within their head and some within their body. Others
// are served all the same.
func TestHalfSentRequests(t *testing.T) {
	const unfinished = 1000
	r := newRig(t, collector.Options{}, "")
	l, u := newLedger(), newUser()
	r.set(u, uuid.New())
	for i := range unfinished {
		conn, err := net.Dial("tcp", r.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		head := "POST /caliper HTTP/1.1\r\nHost: x\r\nAuthorization: " + testKey + "\r\n"
		if i%2 == 0 {
			head += fmt.Sprintf("Content-Length: %d\r\n\r\n{\"data\":[", 31<<20)
		}
		if _, err := io.WriteString(conn, head); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 {
			r.mustPost(envelope(l.next(u)))
		}
	}
	r.goodArrived(l)
}
