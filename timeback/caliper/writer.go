package caliper

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// writer appends JSON to dst. Every method that writes a member leaves out an
// empty value together with its name, so nothing null or empty is ever written.
// The first error stays in err; what was appended then is of no use.
type writer struct {
	dst []byte
	err error
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// name begins a member.
func (w *writer) name(name string) {
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(w.dst, '"')
	w.dst = append(w.dst, name...)
	w.dst = append(w.dst, '"', ':')
}

// quote writes a JSON string, without escapes for HTML.
func (w *writer) quote(s string) {
	dst, err := jsontext.AppendQuote(w.dst, s)
	if err != nil {
		w.fail(errors.New("write string: invalid UTF-8"))
	}
	w.dst = dst
}

func (w *writer) text(name, s string) {
	if s == "" {
		return
	}
	w.name(name)
	w.quote(s)
}

func (w *writer) integer(name string, n *int) {
	if n == nil {
		return
	}
	w.name(name)
	w.dst = strconv.AppendInt(w.dst, int64(*n), 10)
}

func (w *writer) decimal(name string, f *float64) {
	if f == nil {
		return
	}
	w.name(name)
	w.number(*f)
}

func (w *writer) boolean(name string, b *bool) {
	if b == nil {
		return
	}
	w.name(name)
	w.dst = strconv.AppendBool(w.dst, *b)
}

// number writes a float without an exponent unless it is very large or small.
func (w *writer) number(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.fail(errors.New("write number: not a finite number"))
		return
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	w.dst = strconv.AppendFloat(w.dst, f, format, -1, 64)
}

func (w *writer) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	w.name(name)
	w.quoteTime(t)
}

func (w *writer) quoteTime(t time.Time) {
	if y := t.UTC().Year(); y < 0 || y > 9999 {
		w.fail(fmt.Errorf("write time: year %d has no four digits", y))
	}
	w.dst = append(AppendTime(append(w.dst, '"'), t), '"')
}

func (w *writer) duration(name string, d time.Duration) {
	if d < time.Millisecond {
		return
	}
	w.name(name)
	w.dst = append(AppendDuration(append(w.dst, '"'), d), '"')
}

// writeTexts writes an array of strings, without the empty ones.
func writeTexts[T ~string](w *writer, name string, list []T) {
	w.array(name, len(list), func(i int) {
		if list[i] != "" {
			w.quote(string(list[i]))
		}
	})
}

// writeNodes writes an array of entities.
func writeNodes[T Node](w *writer, name string, list []T) {
	w.array(name, len(list), func(i int) {
		if node := Node(list[i]); node != nil {
			node.appendNode(w)
		}
	})
}

// array writes the elements that write something, and nothing if none does.
func (w *writer) array(name string, n int, element func(int)) {
	if n == 0 {
		return
	}
	start := len(w.dst)
	w.name(name)
	w.dst = append(w.dst, '[')
	first := len(w.dst)
	for i := range n {
		before := len(w.dst)
		if before > first {
			w.dst = append(w.dst, ',')
		}
		at := len(w.dst)
		if element(i); len(w.dst) == at {
			w.dst = w.dst[:before]
		}
	}
	if len(w.dst) == first {
		w.dst = w.dst[:start]
		return
	}
	w.dst = append(w.dst, ']')
}

// node writes an entity or IRI.
func (w *writer) node(name string, n Node) {
	if n == nil {
		return
	}
	start := len(w.dst)
	w.name(name)
	at := len(w.dst)
	if n.appendNode(w); len(w.dst) == at {
		w.dst = w.dst[:start]
	}
}

// AppendTime appends the one form of a date and time that Caliper has, in UTC
// and without quotes: 2026-01-15T09:30:00.000Z. Parts of a millisecond are cut.
func AppendTime(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

// AppendDuration appends an ISO 8601 duration in seconds, without quotes: PT90S,
// PT0.25S. Seconds and not hours and minutes, so that a reader need not know how
// long anything else is. Parts of a millisecond are cut.
func AppendDuration(dst []byte, d time.Duration) []byte {
	dst = append(dst, "PT"...)
	dst = strconv.AppendFloat(dst, d.Truncate(time.Millisecond).Seconds(), 'f', -1, 64)
	return append(dst, 'S')
}
