package mapping

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
)

// An entry of the log:
//
//	0      version, 2
//	1      kind
//	2–17   id of the change set
//	18–    S2 block of the body
//
// The body is: at (varint, Unix milliseconds), by, command, file, sha256,
// resolver, undoes, parts, begun, the effect (new, changed, repointed, removed),
// count, then the changes. Numbers are uvarints; a text is its length and its
// bytes. A change is: op and flags (one byte), number, prior, and, if it is a
// put, the platform id (16 bytes) and those fields whose flag is set: user uuid
// (16 bytes), user id, external id, e-mail, note.
//
// Version 1 knew no resolver, undoes, begun and effect, and no change that says
// that it repoints.
const (
	entryVersion = 2
	headBytes    = 2 + 16
	// maxBodyBytes bounds what a damaged length can make us allocate.
	maxBodyBytes = 8 << 20
)

const (
	flagOp = 1 << iota // put; without it: remove
	flagUserUUID
	flagUserID
	flagExternalID
	flagEmail
	flagNote
	flagRepoints
)

// ErrEntry means that an entry of the log is damaged or was written by a newer
// version. It is never skipped: the map would differ from that of other members.
var ErrEntry = errors.New("unreadable entry in the map log")

// Encode returns the set as an entry of the log.
func (c *ChangeSet) Encode() []byte {
	body := c.appendHeader(nil, len(c.Changes))
	for i := range c.Changes {
		body = c.Changes[i].append(body)
	}
	return c.seal(body)
}

func (c *ChangeSet) appendHeader(b []byte, changes int) []byte {
	b = binary.AppendVarint(b, c.At.UnixMilli())
	for _, text := range [...]string{c.By, c.How.Command, c.How.File, c.How.SHA256, c.How.Resolver} {
		b = appendText(b, text)
	}
	b = binary.AppendUvarint(b, c.How.Undoes)
	b = binary.AppendUvarint(b, uint64(c.Parts))
	b = binary.AppendUvarint(b, c.Begun)
	for _, n := range c.Effect.counts() {
		b = binary.AppendUvarint(b, uint64(*n))
	}
	return binary.AppendUvarint(b, uint64(changes))
}

// counts are the effect's, in the order in which they are written.
func (e *Effect) counts() [4]*int { return [...]*int{&e.New, &e.Changed, &e.Repointed, &e.Removed} }

// seal compresses the body and puts the head before it.
func (c *ChangeSet) seal(body []byte) []byte {
	entry := make([]byte, headBytes, headBytes+s2.MaxEncodedLen(len(body)))
	entry[0], entry[1] = entryVersion, byte(c.Kind)
	copy(entry[2:], c.ID[:])
	return append(entry, s2.Encode(nil, body)...)
}

func (c *Change) append(b []byte) []byte {
	r := &c.Record
	if c.Op == Remove {
		b = append(b, 0)
		b = binary.AppendUvarint(b, uint64(r.Number))
		return binary.AppendUvarint(b, c.Prior)
	}
	flags := putFlags(r)
	if c.Repoints {
		flags |= flagRepoints
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, uint64(r.Number))
	b = binary.AppendUvarint(b, c.Prior)
	b = append(b, r.PlatformID[:]...)
	if r.UserUUID != uuid.Nil {
		b = append(b, r.UserUUID[:]...)
	}
	for _, text := range [...]string{r.UserID, r.ExternalID, r.Email, r.Note} {
		if text != "" {
			b = appendText(b, text)
		}
	}
	return b
}

func putFlags(r *Record) byte {
	flags := byte(flagOp)
	if r.UserUUID != uuid.Nil {
		flags |= flagUserUUID
	}
	for i, text := range [...]string{r.UserID, r.ExternalID, r.Email, r.Note} {
		if text != "" {
			flags |= flagUserID << i
		}
	}
	return flags
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// DecodeChangeSet reads an entry of the log. Every error is an [ErrEntry].
func DecodeChangeSet(entry []byte) (ChangeSet, error) {
	c, err := decodeHead(entry)
	if err != nil {
		return ChangeSet{}, err
	}
	body, err := decodeBody(entry[headBytes:])
	if err != nil {
		return ChangeSet{}, err
	}
	d := decoder{rest: body}
	d.changeSet(&c, entry[0])
	if d.failed || d.rest != "" {
		return ChangeSet{}, fmt.Errorf("decode changes: %w", ErrEntry)
	}
	return c, nil
}

// decodeHead reads what stands before the compressed body.
func decodeHead(entry []byte) (ChangeSet, error) {
	if len(entry) < headBytes {
		return ChangeSet{}, fmt.Errorf("decode head: %w: %d bytes", ErrEntry, len(entry))
	}
	if entry[0] == 0 || entry[0] > entryVersion {
		return ChangeSet{}, fmt.Errorf("decode head: %w: version %d, want at most %d", ErrEntry, entry[0], entryVersion)
	}
	c := ChangeSet{Kind: Kind(entry[1]), ID: uuid.UUID(entry[2:headBytes])}
	if c.Kind < Single || c.Kind > End {
		return ChangeSet{}, fmt.Errorf("decode head: %w: kind %d", ErrEntry, c.Kind)
	}
	return c, nil
}

func decodeBody(block []byte) (string, error) {
	n, err := s2.DecodedLen(block)
	if err != nil || n > maxBodyBytes {
		return "", fmt.Errorf("decompress changes: %w", ErrEntry)
	}
	body, err := s2.Decode(nil, block)
	if err != nil {
		return "", fmt.Errorf("decompress changes: %w", ErrEntry)
	}
	return string(body), nil
}

// decoder reads a body front to back; after a failure everything reads as zero.
// Texts are parts of the body, not copies.
type decoder struct {
	rest   string
	failed bool
}

func (d *decoder) changeSet(c *ChangeSet, version byte) {
	c.At = unixMilli(d.varint())
	for _, text := range [...]*string{&c.By, &c.How.Command, &c.How.File, &c.How.SHA256} {
		*text = d.text()
	}
	if version > 1 {
		c.How.Resolver, c.How.Undoes = d.text(), d.uvarint()
	}
	c.Parts = int(d.uvarint())
	if version > 1 {
		c.Begun = d.uvarint()
		for _, n := range c.Effect.counts() {
			*n = int(d.uvarint())
		}
	}
	d.changes(c)
	if version == 1 && c.Kind == Single {
		for i := range c.Changes {
			c.Effect.add(&c.Changes[i])
		}
	}
}

func (d *decoder) changes(c *ChangeSet) {
	count := d.uvarint()
	if count > MaxChanges {
		d.failed = true
		return
	}
	c.Changes = make([]Change, count)
	for i := range c.Changes {
		d.change(&c.Changes[i])
	}
}

func (d *decoder) change(c *Change) {
	flags := d.take(1)
	number := d.uvarint()
	c.Record.Number = uint32(number)
	c.Prior = d.uvarint()
	if d.failed || number > 1<<32-1 {
		d.failed = true
		return
	}
	c.Op = Remove
	if flags[0]&flagOp != 0 {
		c.Op, c.Repoints = Put, flags[0]&flagRepoints != 0
		d.put(&c.Record, flags[0])
	}
}

func (d *decoder) put(r *Record, flags byte) {
	copy(r.PlatformID[:], d.take(len(r.PlatformID)))
	if flags&flagUserUUID != 0 {
		copy(r.UserUUID[:], d.take(len(r.UserUUID)))
	}
	limits := [textFields]int{MaxUserID, MaxExternalID, MaxEmail, MaxNote}
	for i, text := range [...]*string{&r.UserID, &r.ExternalID, &r.Email, &r.Note} {
		if flags&(flagUserID<<i) == 0 {
			continue
		}
		*text = d.text()
		d.failed = d.failed || len(*text) > limits[i]
	}
	d.failed = d.failed || r.PlatformID == uuid.Nil
}

func (d *decoder) take(n int) string {
	if d.failed || n > len(d.rest) {
		d.failed = true
		return ""
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) text() string {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.failed = true
		return ""
	}
	return d.take(int(n))
}

func (d *decoder) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(d.rest) && i < binary.MaxVarintLen64; i++ {
		c := d.rest[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.rest = d.rest[i+1:]
			return v
		}
	}
	d.failed, d.rest = true, ""
	return 0
}

func unixMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// varint undoes the zig-zag of binary.AppendVarint.
func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}
