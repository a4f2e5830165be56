package journal

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// Limits of a frame, in bytes before compression. The engine takes messages of up to 1 MiB; half of that leaves room
// for headers and for content that does not compress.
const (
	maxFrame     = 512 << 10
	oversizeKept = 64 << 10 // how much is kept of an event that is larger than a frame
)

// Envelope is what one POST brought.
type Envelope struct {
	Source   string
	Received time.Time
	Body     []byte              // as received, after gunzip
	Split    blackboard.Envelope // its events as spans of Body
}

// Place is where an event stands in the journal: the frame's sequence, and the event's number in the frame from 0.
// Places order all events of all sources.
type Place struct {
	Seq uint64 `json:"seq"`
	N   int    `json:"n"`
}

// Before says whether p comes before q.
func (p Place) Before(q Place) bool { return p.Seq < q.Seq || p.Seq == q.Seq && p.N < q.N }

// Compare orders places as they stand in the journal: negative if p comes before q, 0 if they are the same.
func (p Place) Compare(q Place) int { return cmp.Or(cmp.Compare(p.Seq, q.Seq), cmp.Compare(p.N, q.N)) }

// Event is one event as it came, with what is known of it without decoding.
type Event struct {
	Place    Place
	Source   string
	Sensor   string // the envelope's sensor, "" for a bare event
	Received time.Time
	ID       uuid.UUID // identity for deduplication
	Type     string    // a Learn type or "unknown"
	Raw      []byte    // the JSON text; only its beginning if Oversize
	Oversize *Oversize // set for an event that was too large to keep
}

// Oversize says what is known of an event larger than a frame.
type Oversize struct {
	Bytes  int               // its size as it came
	SHA256 [sha256.Size]byte // of the whole text
}

// Frame is one message of the journal: the envelopes that arrived while the one before it was being written.
type Frame struct {
	Seq    uint64
	Source string
	Stored time.Time // the engine's time
	Events []Event
}

// parcel is one envelope, or a part of one, as it is written into a frame.
type parcel struct {
	received time.Time
	sensor   string
	bodies   [][]byte // the bytes to keep, to be written one after the other
	size     int      // their total length
	events   []span
}

// span is an event's place within its parcel's bytes.
type span struct {
	id       uuid.UUID
	kind     string
	start    int
	length   int
	oversize *Oversize
}

// parcels cuts an envelope into pieces that fit a frame. One that fits stays whole, as it came; a larger one is cut
// between events and keeps the events alone.
func parcels(e Envelope) []parcel {
	if len(e.Body) <= maxFrame {
		p := parcel{received: e.Received, sensor: e.Split.Sensor, bodies: [][]byte{e.Body}, size: len(e.Body)}
		p.events = make([]span, len(e.Split.Items))
		for i, item := range e.Split.Items {
			p.events[i] = span{id: item.ID, kind: item.Type, start: item.Start, length: item.End - item.Start}
		}
		return []parcel{p}
	}
	return cut(e)
}

func cut(e Envelope) []parcel {
	var out []parcel
	p := parcel{received: e.Received, sensor: e.Split.Sensor}
	for _, item := range e.Split.Items {
		raw, oversize := keepable(e.Body[item.Start:item.End])
		if p.size+len(raw) > maxFrame {
			out = append(out, p)
			p = parcel{received: e.Received, sensor: e.Split.Sensor}
		}
		p.events = append(p.events, span{id: item.ID, kind: item.Type, start: p.size, length: len(raw), oversize: oversize})
		p.bodies = append(p.bodies, raw)
		p.size += len(raw)
	}
	return append(out, p)
}

func keepable(raw []byte) ([]byte, *Oversize) {
	if len(raw) <= maxFrame {
		return raw, nil
	}
	return raw[:oversizeKept], &Oversize{Bytes: len(raw), SHA256: sha256.Sum256(raw)}
}

// frameVersion is the first byte of a frame.
const frameVersion = 1

// encodeFrame writes a frame: the version, the length of the head, the head, and the parcels' bytes as one S2 block.
// The head is not compressed, so that windows and counts are rebuilt without touching the block. scratch is used and
// returned, for the next frame.
func encodeFrame(ps []parcel, scratch []byte) (frame, block []byte) {
	block = scratch[:0]
	for i := range ps {
		for _, b := range ps[i].bodies {
			block = append(block, b...)
		}
	}
	head := encodeHead(ps)
	out := make([]byte, 0, len(head)+16+s2.MaxEncodedLen(len(block)))
	out = append(out, frameVersion)
	out = binary.AppendUvarint(out, uint64(len(head)))
	out = append(out, head...)
	return append(out, s2.Encode(out[len(out):cap(out)], block)...), block
}

func encodeHead(ps []parcel) []byte {
	head := binary.AppendUvarint(nil, uint64(len(ps)))
	for _, p := range ps {
		head = binary.AppendVarint(head, p.received.UnixMicro())
		head = appendString(head, p.sensor)
		head = binary.AppendUvarint(head, uint64(p.size))
		head = binary.AppendUvarint(head, uint64(len(p.events)))
		for _, s := range p.events {
			head = append(head, s.id[:]...)
			head = appendString(head, s.kind)
			head = binary.AppendUvarint(head, uint64(s.start))
			head = binary.AppendUvarint(head, uint64(s.length))
			head = appendOversize(head, s.oversize)
		}
	}
	return head
}

func appendOversize(head []byte, o *Oversize) []byte {
	if o == nil {
		return binary.AppendUvarint(head, 0)
	}
	head = binary.AppendUvarint(head, uint64(o.Bytes))
	return append(head, o.SHA256[:]...)
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// errFrame says that a frame cannot be read; it can only mean damage or a newer version's data.
var errFrame = errors.New("not a frame that this version can read")

// decodeFrame reads what encodeFrame wrote. The events' Raw are nil if headOnly.
func decodeFrame(data []byte, headOnly bool) ([]Event, error) {
	r := reader{data: data}
	if r.byte() != frameVersion {
		return nil, errFrame
	}
	head := reader{data: r.bytes(r.length())}
	if r.bad {
		return nil, errFrame
	}
	var block []byte
	if !headOnly {
		var err error
		if block, err = s2.Decode(nil, r.data); err != nil {
			return nil, fmt.Errorf("%w: %w", errFrame, err)
		}
	}
	return decodeHead(&head, block)
}

func decodeHead(r *reader, block []byte) ([]Event, error) {
	var events []Event
	base := 0
	for range r.length() {
		received := time.UnixMicro(r.varint()).UTC()
		sensor := string(r.bytes(r.length()))
		size, count := r.length(), r.length()
		if r.bad {
			return nil, errFrame
		}
		for range count {
			e := Event{Place: Place{N: len(events)}, Sensor: sensor, Received: received}
			copy(e.ID[:], r.bytes(len(e.ID)))
			e.Type = string(r.bytes(r.length()))
			start, length := base+r.length(), r.length()
			e.Oversize = r.oversize()
			if block != nil && (start < 0 || length < 0 || start+length > len(block)) {
				return nil, errFrame
			}
			if block != nil {
				e.Raw = block[start : start+length : start+length]
			}
			if r.bad {
				return nil, errFrame
			}
			events = append(events, e)
		}
		base += size
	}
	if r.bad {
		return nil, errFrame
	}
	return events, nil
}

// reader takes a byte slice apart; bad stays set once something was missing.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) bytes(n int) []byte {
	if r.bad || n < 0 || n > len(r.data) {
		r.bad = true
		return nil
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// length reads a length or count. None can exceed what a message can hold, so a damaged one reads as 0 and bad.
func (r *reader) length() int {
	v, n := binary.Uvarint(r.data)
	if r.bad || n <= 0 || v > 1<<40 {
		r.bad = true
		return 0
	}
	r.data = r.data[n:]
	return int(v)
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.data)
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.data = r.data[n:]
	return v
}

func (r *reader) oversize() *Oversize {
	n := r.length()
	if n == 0 {
		return nil
	}
	o := &Oversize{Bytes: n}
	copy(o.SHA256[:], r.bytes(len(o.SHA256)))
	return o
}
