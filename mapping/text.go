package mapping

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	utf8Mark     = []byte("\xEF\xBB\xBF")
	utf16LittleE = []byte("\xFF\xFE")
	utf16BigE    = []byte("\xFE\xFF")
)

// plainText returns the text of a file as UTF-8 without its byte order mark, of
// which there are three: those of UTF-8 and of both kinds of UTF-16.
func plainText(r io.Reader) (*bufio.Reader, error) {
	buffered := bufio.NewReaderSize(r, maxHeaderBytes)
	head, err := buffered.Peek(len(utf8Mark))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, utf8Mark):
		_, err = buffered.Discard(len(utf8Mark))
		return buffered, err
	case bytes.HasPrefix(head, utf16LittleE):
		_, err = buffered.Discard(len(utf16LittleE))
		return bufio.NewReaderSize(&utf16Reader{src: buffered, order: binary.LittleEndian}, maxHeaderBytes), err
	case bytes.HasPrefix(head, utf16BigE):
		_, err = buffered.Discard(len(utf16BigE))
		return bufio.NewReaderSize(&utf16Reader{src: buffered, order: binary.BigEndian}, maxHeaderBytes), err
	}
	return buffered, nil
}

// utf16Reader reads UTF-16 as UTF-8. What is no UTF-16, half of a pair or of a
// unit, becomes a byte that is no UTF-8, so that it is found where it stands.
type utf16Reader struct {
	src   *bufio.Reader
	order binary.ByteOrder
	out   []byte // what does not fit in p yet
	err   error
}

// notText is never part of UTF-8.
const notText = 0xFF

func (u *utf16Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(u.out) == 0 && u.err == nil {
			u.next()
		}
		if len(u.out) == 0 {
			break
		}
		moved := copy(p[n:], u.out)
		u.out = u.out[moved:]
		n += moved
	}
	if n == 0 && len(p) > 0 {
		return 0, u.err
	}
	return n, nil
}

// next decodes one character.
func (u *utf16Reader) next() {
	u.out = u.out[:0]
	first, ok := u.unit()
	switch {
	case !ok:
	case !utf16.IsSurrogate(first):
		u.out = utf8.AppendRune(u.out, first)
	default:
		u.pair(first)
	}
}

// pair decodes a character of two units; what follows half a pair is left.
func (u *utf16Reader) pair(first rune) {
	next, err := u.src.Peek(2)
	if err != nil {
		u.out = append(u.out, notText)
		return // unit meets the error again
	}
	r := utf16.DecodeRune(first, rune(u.order.Uint16(next)))
	if r == utf8.RuneError {
		u.out = append(u.out, notText)
		return
	}
	u.out = utf8.AppendRune(u.out, r)
	_, u.err = u.src.Discard(2)
}

func (u *utf16Reader) unit() (rune, bool) {
	unit, err := u.src.Peek(2)
	if err != nil {
		u.err = err
		if len(unit) == 1 {
			u.out = append(u.out, notText)
		}
		return 0, false
	}
	r := rune(u.order.Uint16(unit))
	_, u.err = u.src.Discard(2)
	return r, true
}
