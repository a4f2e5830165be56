package collector

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"
)

// The pace of a body that does not end: fast enough to fill whatever takes
// it, slow enough to leave the machine to others.
const (
	endlessBlock = 4 << 10
	endlessPause = time.Millisecond
)

// writeEndless writes until the client has left.
func (r reply) writeEndless(ctx context.Context, w http.ResponseWriter) {
	w.WriteHeader(r.status)
	flush := http.NewResponseController(w)
	block := append(bytes.Clone(r.body), bytes.Repeat([]byte{' '}, endlessBlock)...)
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
		if flush.Flush() != nil || !pause(ctx, endlessPause) {
			return
		}
	}
}

// writeCut promises a body, sends half of it and drops the connection.
func (r reply) writeCut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body[:len(r.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// writeDripping writes a body byte by byte over a time. Bytes that are late,
// because the machine is busy, come together: the whole takes no longer.
func (r reply) writeDripping(ctx context.Context, w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	flush := http.NewResponseController(w)
	_ = flush.Flush() // the head is there at once
	began, size := time.Now(), len(r.body)
	each := max(1, r.drip/time.Duration(max(size, 1)))
	for written := 0; written < size; {
		if !pause(ctx, each*time.Duration(written+1)-time.Since(began)) {
			panic(http.ErrAbortHandler)
		}
		due := min(size, max(written+1, int(time.Since(began)/each)))
		if _, err := w.Write(r.body[written:due]); err != nil {
			return
		}
		_ = flush.Flush()
		written = due
	}
}

// pause waits, and is false if the context ended meanwhile.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
