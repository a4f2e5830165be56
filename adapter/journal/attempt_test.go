package journal

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go/jetstream"
)

func TestLogOfAttemptsIsBounded(t *testing.T) {
	for _, c := range []struct {
		opts  Options
		life  time.Duration
		bytes int64
	}{
		{Options{Keep: time.Hour}, 24 * time.Hour, 1 << 30},
		{Options{Keep: 168 * time.Hour, MaxBytes: 20 << 30}, 168 * time.Hour, 1 << 30},
		{Options{Keep: 48 * time.Hour, MaxBytes: 1 << 20}, 48 * time.Hour, 64 << 20},
	} {
		config := attemptConfig(c.opts)
		if config.MaxAge != c.life || config.MaxBytes != c.bytes || config.Discard != jetstream.DiscardOld {
			t.Errorf("%+v: kept %s and %d bytes", c.opts, config.MaxAge, config.MaxBytes)
		}
	}
}

func FuzzDecodeAttempts(f *testing.F) {
	data, _ := encodeAttempts([]Attempt{
		{At: time.Now(), Request: uuid.NewString(), Status: 202, Events: []Span{{1, 2, 3}}, Refused: []Place{{1, 2}}},
		{Request: "x", Error: "y", Revisions: map[string]uint64{"a": 1}},
	})
	f.Add(data[1:])
	block, err := s2.Decode(nil, data[1:])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(block)
	f.Fuzz(func(t *testing.T, block []byte) {
		_, _ = decodeAttempts(block)
		attempts, err := decodeAttempts(append([]byte{attemptVersion}, s2.Encode(nil, block)...))
		if err != nil {
			return
		}
		for len(attempts) > 0 {
			again, n := encodeAttempts(attempts)
			if got, err := decodeAttempts(again); err != nil || len(got) != n {
				t.Fatalf("%d attempts came back as %d, %v", n, len(got), err)
			}
			attempts = attempts[n:]
		}
	})
}
