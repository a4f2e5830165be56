package receive

import (
	"bytes"
	"net/http"
	"testing"
	"time"
)

// Whatever is sent, plain or as gzip, the body is within its limit or refused, and all memory is given back.
func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"data":[]}`), "", int64(11))
	f.Add(zip(f, []byte(`{"data":[]}`)), "gzip", int64(-1))
	f.Add(zip(f, make([]byte, 1<<20)), "x-gzip", int64(-1))
	f.Add(append(zip(f, nil), 0x1f), "gzip", int64(0))
	f.Add([]byte{}, "br", int64(1<<40))
	const limit = 64 << 10
	f.Fuzz(func(t *testing.T, sent []byte, encoding string, announced int64) {
		bs := newBodies(Options{MaxBody: limit, MaxMemory: memoryLeast * limit, MemoryWait: time.Millisecond})
		r, err := http.NewRequest(http.MethodPost, "http://x/caliper", bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Encoding", encoding)
		r.ContentLength = max(announced, -1)
		body, err := bs.read(r)
		if (body == nil) == (err == nil) && body == nil {
			t.Fatal("neither a body nor a refusal")
		}
		if body != nil {
			if len(body.data) > limit {
				t.Errorf("%d bytes", len(body.data))
			}
			body.release()
		}
		half := int64(memoryLeast * limit / 2)
		if !bs.memory.large.TryAcquire(half) || !bs.memory.small.TryAcquire(max(half, 2*smallBody)) {
			t.Error("memory is not given back")
		}
	})
}
