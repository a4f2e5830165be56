package mapping

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
)

// A snapshot is an index in chunks, each:
//
//	0      version, 1
//	1      1 for the last chunk, else 0
//	2–17   id of the snapshot
//	18–21  number of the chunk, from 0, little endian
//	22–25  CRC-32C of everything else, little endian
//	26–    S2 block of the body
//
// The body of the first is: revision, highest record number, how many records
// there are, how many have each alias, how many editors there are, their names.
// The body of every other is records one after the other: flags, number (less
// that of the record before), revision, changed at (varint, milliseconds since
// that of the record before), editor, platform id and, by its flags, user uuid,
// user id, external id, e-mail and note. Numbers are uvarints, texts have their
// length before them.
const (
	snapshotVersion   = 1
	snapshotHeadBytes = 26
	snapshotSum       = 22
	// snapshotChunkBytes is how large a chunk is before compression: small, for
	// envelopes of the stream wait behind it in the engine.
	snapshotChunkBytes = 128 << 10
)

// errSnapshot means that a snapshot is damaged, incomplete or of a newer
// version. Unlike an entry, it can be done without.
var errSnapshot = errors.New("unreadable snapshot of the map")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotWriter makes the chunks of one snapshot.
type snapshotWriter struct {
	id      uuid.UUID
	next    uint32
	body    []byte
	number  uint32 // of the record before
	changed int64  // when it was
}

// chunks yields the picture as a snapshot. A chunk is valid until the next.
func (p *picture) chunks() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		w := snapshotWriter{id: uuid.New()}
		w.head(p)
		for number, r := range p.all() {
			if len(w.body) >= snapshotChunkBytes || w.next == 0 {
				if !yield(w.seal(false)) {
					return
				}
			}
			w.record(&p.records, number, r)
		}
		yield(w.seal(true))
	}
}

func (w *snapshotWriter) head(p *picture) {
	for _, n := range [...]uint64{p.revision, uint64(p.last), uint64(p.count)} {
		w.body = binary.AppendUvarint(w.body, n)
	}
	for _, n := range p.aliases {
		w.body = binary.AppendUvarint(w.body, uint64(n))
	}
	w.body = binary.AppendUvarint(w.body, uint64(len(p.records.editors.names)))
	for _, name := range p.records.editors.names {
		w.body = appendText(w.body, name)
	}
}

func (w *snapshotWriter) record(s *store, number uint32, p *packed) {
	w.body = append(w.body, p.flags())
	w.body = binary.AppendUvarint(w.body, uint64(number-w.number))
	w.body = binary.AppendUvarint(w.body, p.revision)
	w.body = binary.AppendVarint(w.body, p.changedAt-w.changed)
	w.body = binary.AppendUvarint(w.body, uint64(p.changedBy))
	w.body = append(w.body, p.platform[:]...)
	if p.user != uuid.Nil {
		w.body = append(w.body, p.user[:]...)
	}
	for field, n := range p.lengths {
		if n > 0 {
			w.body = binary.AppendUvarint(w.body, uint64(n))
			w.body = append(w.body, s.text(p, field)...)
		}
	}
	w.number, w.changed = number, p.changedAt
}

func (p *packed) flags() byte {
	flags := byte(flagOp)
	if p.user != uuid.Nil {
		flags |= flagUserUUID
	}
	for field, n := range p.lengths {
		if n > 0 {
			flags |= flagUserID << field
		}
	}
	return flags
}

func (w *snapshotWriter) seal(last bool) []byte {
	chunk := make([]byte, snapshotHeadBytes, snapshotHeadBytes+s2.MaxEncodedLen(len(w.body)))
	chunk[0] = snapshotVersion
	if last {
		chunk[1] = 1
	}
	copy(chunk[2:], w.id[:])
	binary.LittleEndian.PutUint32(chunk[18:], w.next)
	chunk = append(chunk, s2.Encode(nil, w.body)...)
	binary.LittleEndian.PutUint32(chunk[snapshotSum:], sumOf(chunk))
	w.next++
	w.body = w.body[:0]
	return chunk
}

func sumOf(chunk []byte) uint32 {
	return crc32.Update(crc32.Checksum(chunk[:snapshotSum], castagnoli), castagnoli, chunk[snapshotHeadBytes:])
}

// snapshotReader builds an index from the chunks of a snapshot.
type snapshotReader struct {
	index *Index
	id    uuid.UUID
	next  uint32
	whole bool // the last chunk has come

	revision uint64
	last     uint32
	count    int
	editors  []string
	number   uint32 // of the record before
	changed  int64  // when it was
}

// chunk takes the next chunk.
func (r *snapshotReader) chunk(chunk []byte) error {
	switch {
	case len(chunk) < snapshotHeadBytes || chunk[0] != snapshotVersion || chunk[1] > 1:
		return fmt.Errorf("read chunk %d: %w", r.next, errSnapshot)
	case binary.LittleEndian.Uint32(chunk[snapshotSum:]) != sumOf(chunk):
		return fmt.Errorf("read chunk %d: %w: the checksum is wrong", r.next, errSnapshot)
	case r.whole || binary.LittleEndian.Uint32(chunk[18:]) != r.next || r.next > 0 && uuid.UUID(chunk[2:18]) != r.id:
		return fmt.Errorf("read chunk %d: %w: it is another one", r.next, errSnapshot)
	}
	body, err := decodeBody(chunk[snapshotHeadBytes:])
	if err != nil {
		return fmt.Errorf("read chunk %d: %w", r.next, errors.Join(errSnapshot, err))
	}
	d := decoder{rest: body}
	if r.next == 0 {
		r.id = uuid.UUID(chunk[2:18])
		r.head(&d)
	}
	for d.rest != "" && !d.failed {
		r.record(&d)
	}
	if d.failed {
		return fmt.Errorf("read chunk %d: %w", r.next, errSnapshot)
	}
	r.next++
	r.whole = chunk[1] == 1
	return nil
}

// maxReserved bounds what the counts of a head make us allocate ahead.
const maxReserved = 1 << 24

func (r *snapshotReader) head(d *decoder) {
	r.revision, r.last, r.count = d.uvarint(), uint32(d.uvarint()), int(d.uvarint())
	for a := range r.index.keys.tables {
		r.index.keys.tables[a].reserve(int(min(d.uvarint(), maxReserved)))
	}
	r.index.people.reserve(min(r.count, maxReserved))
	names := d.uvarint()
	for ; names > 0 && !d.failed; names-- {
		r.editors = append(r.editors, d.text())
	}
}

func (r *snapshotReader) record(d *decoder) {
	flags := d.take(1)
	if d.failed {
		return
	}
	var record Record
	r.number += uint32(d.uvarint())
	record.Number, record.Revision = r.number, d.uvarint()
	r.changed += d.varint()
	record.ChangedAt = unixMilli(r.changed)
	editor := d.uvarint()
	d.put(&record, flags[0])
	if d.failed || record.Number > r.last || editor >= uint64(len(r.editors)) {
		d.failed = true
		return
	}
	record.ChangedBy = r.editors[editor]
	d.failed = !r.index.restore(&record)
}

// finish makes the index whole. An error means that chunks are missing.
func (r *snapshotReader) finish() error {
	x := r.index
	if !r.whole || x.records.live != r.count {
		return fmt.Errorf("%w: %d chunks with %d of %d records", errSnapshot, r.next, x.records.live, r.count)
	}
	for x.records.last < r.last {
		x.records.next() // those behind the last living record
	}
	x.show(r.revision)
	return nil
}

// restore puts a record of a snapshot into an index that nobody reads yet.
// False: the number or an alias is taken.
func (x *Index) restore(r *Record) bool {
	if r.Number <= x.records.last {
		return false
	}
	for x.records.last < r.Number {
		x.records.next()
	}
	id := r.Identity()
	for a := UserUUID; a < aliasEnd; a++ {
		if x.keys.claim(&x.records, a, &id, r.Number) != r.Number {
			return false
		}
	}
	x.people.add(x.keys.hash(r.PlatformID[:]), r.Number)
	x.records.put(r)
	return true
}
