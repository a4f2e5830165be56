package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// headerDead is the header with a letter's head, as JSON, so that letters are listed without reading texts. Letters
// without it are older: their body is the whole letter as JSON.
const headerDead = "Bbcaliper-Dead"

// Bounds of what is kept of a letter, in bytes.
const (
	maxDetail = 2 << 10
	maxReply  = 4 << 10
	maxTexts  = 960 << 10 // all texts, compressed: the engine takes 1 MiB with the headers
)

func deadMessage(destination string, of *DeadLetter) (*nats.Msg, error) {
	d := *of
	m := &nats.Msg{Subject: deadSubject(destination, d.Reason), Data: encodeTexts(&d), Header: nats.Header{}}
	m.Header.Set(jetstream.MsgIDHeader, deadID(destination, &d))
	d.Detail = clip(d.Detail, maxDetail)
	d.Raw, d.Sent, d.Reply = nil, nil, nil
	head, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	m.Header.Set(headerDead, string(head))
	return m, nil
}

// encodeTexts writes a letter's texts, each after its length, as one S2 block. A translated event that does not fit
// beside the one that came is left out: it can be made again.
func encodeTexts(d *DeadLetter) []byte {
	reply := d.Reply[:min(len(d.Reply), maxReply)]
	data := packTexts(d.Raw, d.Sent, reply)
	if len(data) > maxTexts {
		data = packTexts(d.Raw, nil, reply)
	}
	return data
}

func packTexts(texts ...[]byte) []byte {
	var block []byte
	for _, text := range texts {
		block = append(binary.AppendUvarint(block, uint64(len(text))), text...)
	}
	return s2.Encode(nil, block)
}

// errLetter says that a letter cannot be read; it can only mean damage or a newer version's data.
var errLetter = errors.New("not a dead letter that this version can read")

// maxLetter bounds what is unpacked of a letter: far above what is ever written.
const maxLetter = 16 << 20

// readTexts sets a letter's texts.
func (d *DeadLetter) readTexts(data []byte) error {
	block, err := unpack(data)
	if err != nil {
		return err
	}
	r := reader{data: block}
	d.Raw, d.Sent, d.Reply = r.text(), r.text(), r.text()
	if r.bad || len(r.data) > 0 {
		return errLetter
	}
	return nil
}

// text reads what packTexts wrote; nil for none.
func (r *reader) text() []byte {
	if b := r.bytes(r.length()); len(b) > 0 {
		return b[:len(b):len(b)]
	}
	return nil
}

func unpack(data []byte) ([]byte, error) {
	if n, err := s2.DecodedLen(data); err != nil || n > maxLetter {
		return nil, errLetter
	}
	block, err := s2.Decode(nil, data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLetter, err)
	}
	return block, nil
}

// readHead sets a letter's head and says whether the message has one.
func (d *DeadLetter) readHead(header nats.Header) (has bool, err error) {
	head := header.Get(headerDead)
	if head == "" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(head), d); err != nil {
		return true, fmt.Errorf("%w: %w", errLetter, err)
	}
	return true, nil
}

// readOld reads a letter from before heads were headers.
func (d *DeadLetter) readOld(data []byte) error {
	text, err := unpack(data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, d); err != nil {
		return fmt.Errorf("%w: %w", errLetter, err)
	}
	return nil
}
