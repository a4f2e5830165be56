package receive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// firstBuffer is what a body begins with, in bytes, unless it is known to be smaller.
const firstBuffer = 16 << 10

// errTooLarge says that more came than a buffer may hold.
var errTooLarge = errors.New("body is too large")

// errMemory says that the memory for bodies is used up.
var errMemory = errors.New("no memory for bodies")

// damage says that a body came whole but cannot be inflated.
type damage struct{ detail string }

// Error says what is wrong.
func (d *damage) Error() string { return "inflate body: " + d.detail }

// bodies reads the bodies of requests within their limits.
type bodies struct {
	limit   int64 // of one body, as sent and inflated
	memory  *memory
	buffers sync.Pool // of *[]byte, with a capacity of at most smallBody
	gunzips sync.Pool // of *gunzip
}

// gunzip is a decompressor with its source, which it must not keep alive in the pool.
type gunzip struct {
	reader gzip.Reader
	source bytes.Reader
}

func newBodies(o Options) *bodies {
	return &bodies{limit: o.MaxBody, memory: newMemory(o.MaxMemory, o.MemoryWait)}
}

// read returns the body of a request, inflated. The caller releases it when nobody needs its bytes any more; it is
// nil only together with an error. For a [damage] the body is what was sent.
func (bs *bodies) read(r *http.Request) (*buffer, error) {
	zipped, err := isGzip(r.Header)
	switch {
	case err != nil:
		return nil, err
	case r.ContentLength > bs.limit:
		return nil, refuse(ReasonTooLarge)
	}
	sent := bs.newBuffer()
	if err := sent.readFrom(r.Context(), r.Body, r.ContentLength); err != nil {
		sent.release()
		return nil, refuseRead(err)
	}
	if !zipped || len(sent.data) == 0 {
		return sent, nil
	}
	return bs.inflate(r.Context(), sent)
}

// isGzip reads the Content-Encoding of a request.
func isGzip(header http.Header) (bool, error) {
	switch coding := strings.ToLower(strings.TrimSpace(strings.Join(header.Values("Content-Encoding"), ","))); coding {
	case "", "identity":
		return false, nil
	case "gzip", "x-gzip":
		return true, nil
	}
	return false, refuse(ReasonEncoding)
}

// refuseRead tells apart why a body could not be read.
func refuseRead(err error) *refusal {
	switch {
	case errors.Is(err, errTooLarge):
		return refuse(ReasonTooLarge)
	case errors.Is(err, errMemory):
		return refuse(ReasonMemory)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(ReasonTimeout)
	}
	return refuse(ReasonIncomplete)
}

// inflate replaces a gzipped body by what is in it. It takes over sent, and gives it back where it is damaged.
func (bs *bodies) inflate(ctx context.Context, sent *buffer) (*buffer, error) {
	inflated := bs.newBuffer()
	err := bs.gunzip(ctx, inflated, sent.data)
	if err == nil {
		sent.release()
		return inflated, nil
	}
	inflated.release()
	if errors.Is(err, errTooLarge) || errors.Is(err, errMemory) {
		sent.release()
		return nil, refuseRead(err)
	}
	return sent, &damage{detail: gzipDetail(err)}
}

func (bs *bodies) gunzip(ctx context.Context, into *buffer, sent []byte) error {
	z, ok := bs.gunzips.Get().(*gunzip)
	if !ok {
		z = new(gunzip)
	}
	defer bs.gunzips.Put(z)
	defer z.source.Reset(nil)
	z.source.Reset(sent)
	if err := z.reader.Reset(&z.source); err != nil {
		return err
	}
	return into.readFrom(ctx, &z.reader, -1)
}

// gzipDetail says what is wrong without quoting anything.
func gzipDetail(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "truncated"
	case errors.Is(err, gzip.ErrHeader):
		return "no gzip header"
	case errors.Is(err, gzip.ErrChecksum):
		return "wrong checksum"
	}
	return "corrupt"
}

// buffer holds a body and its share of the memory. It belongs to one goroutine.
type buffer struct {
	bodies *bodies
	data   []byte
	share  share
}

func (bs *bodies) newBuffer() *buffer {
	return &buffer{bodies: bs, share: share{of: bs.memory}}
}

// readFrom appends everything that r has. length is how much that will be, as far as is known; otherwise -1. Memory
// is taken as the bytes come and not as they are announced, so a request that never sends what it promised holds
// little.
func (b *buffer) readFrom(ctx context.Context, r io.Reader, length int64) error {
	want := int64(firstBuffer)
	if length >= 0 {
		want = min(length+1, want) // one more byte, so that the end is seen without growing
	}
	for {
		if err := b.reserve(ctx, want); err != nil {
			return err
		}
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		switch {
		case int64(len(b.data)) > b.bodies.limit:
			return errTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case len(b.data) == cap(b.data):
			want = b.bodies.nextSize(cap(b.data))
		}
	}
}

// nextSize doubles a full buffer. The last step goes one byte beyond the limit, which is how too much is noticed.
func (bs *bodies) nextSize(size int) int64 {
	if next := 2 * int64(size); next < bs.limit {
		return next
	}
	return bs.limit + 1
}

// reserve makes room for size bytes altogether. While it copies, it holds the memory for both.
func (b *buffer) reserve(ctx context.Context, size int64) error {
	if int64(cap(b.data)) >= size {
		return nil
	}
	larger := b.bodies.pooled(size)
	if larger != nil {
		size = int64(cap(larger))
	}
	next := share{of: b.bodies.memory}
	if err := next.grow(ctx, size); err != nil {
		next.release()
		b.bodies.put(larger)
		if ctx.Err() != nil {
			return ctx.Err() // the sender has gone away meanwhile
		}
		return errMemory
	}
	if larger == nil {
		larger = make([]byte, 0, size)
	}
	larger = append(larger, b.data...)
	b.release()
	b.data, b.share = larger, next
	return nil
}

// release gives the buffer and its memory back. The bytes must not be used afterwards.
func (b *buffer) release() {
	b.bodies.put(b.data)
	b.share.release()
	b.data = nil
}

// pooled returns an empty slice that was put back and has a capacity of at least size, or nil.
func (bs *bodies) pooled(size int64) []byte {
	if size > smallBody {
		return nil
	}
	p, ok := bs.buffers.Get().(*[]byte)
	if !ok || int64(cap(*p)) < size {
		return nil
	}
	return (*p)[:0]
}

// put keeps a small slice for others.
func (bs *bodies) put(data []byte) {
	if cap(data) > 0 && cap(data) <= smallBody {
		bs.buffers.Put(&data)
	}
}
