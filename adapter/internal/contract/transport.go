package contract

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

// maxBody is how much of a body is kept to be looked at, in bytes. Of what is longer only the head is checked.
const maxBody = 16 << 20

// Transport carries requests over another one and reports every breach: an answer that the document does not have, and
// a request that was answered 2xx and that the document forbids. Requests that are wrong on purpose are thus only held
// against what they are answered. Bodies are checked when they have been read to their end, and never held up. A breach
// is reported once.
func (c *Contract) Transport(next http.RoundTripper, breach func(error)) http.RoundTripper {
	return &transport{contract: c, next: next, breach: breach}
}

type transport struct {
	contract *Contract
	next     http.RoundTripper
	breach   func(error)
	reported sync.Map // texts of breaches
}

func (t *transport) report(breach error) {
	if _, known := t.reported.LoadOrStore(breach.Error(), true); !known {
		t.breach(breach)
	}
}

// RoundTrip carries one request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context()) // the body is put into the copy
	forbidden := t.contract.Request(r)
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if forbidden != nil && resp.StatusCode/100 == 2 {
		t.report(forbidden)
	}
	resp.Body = &witness{body: resp.Body, length: resp.ContentLength, read: func(body []byte, partial bool) {
		answer := Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, Partial: partial}
		if err := t.contract.Response(r, answer); err != nil {
			t.report(err)
		}
	}}
	return resp, nil
}

// witness keeps what is read of a body.
type witness struct {
	body   io.ReadCloser
	length int64 // -1: not known
	kept   bytes.Buffer
	long   bool // more than maxBody
	told   bool
	read   func(body []byte, partial bool) // called once
}

// Read reads on.
func (w *witness) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if w.kept.Len()+n > maxBody {
		w.long = true
		w.kept.Reset()
	}
	if !w.long {
		w.kept.Write(p[:n])
	}
	if err != nil {
		w.tell(!errors.Is(err, io.EOF))
	}
	return n, err
}

// Close ends the reading, wherever it was.
func (w *witness) Close() error {
	w.tell(w.length < 0 || int64(w.kept.Len()) < w.length)
	return w.body.Close()
}

func (w *witness) tell(partial bool) {
	if !w.told {
		w.told = true
		w.read(w.kept.Bytes(), partial || w.long)
	}
}
