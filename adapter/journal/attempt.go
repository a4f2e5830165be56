package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
)

// Attempt is one POST to a collector: what was tried, when, and with which answer. It is there for people; nothing that
// is delivered depends on it.
type Attempt struct {
	At        time.Time         // when the POST began; kept to the microsecond
	Request   string            // the X-Request-ID that it was sent with
	Status    int               // of the HTTP reply; 0 if there was none
	Class     string            // what the reply means, in timeback's words
	Error     string            // what was wrong, redacted; its first KiB is kept
	Took      time.Duration     // until the reply; kept to the microsecond
	Events    []Span            // the events that it held, ascending: see Spans
	Refused   []Place           // those of them that its reply settled as refused
	Revisions map[string]uint64 // by source: the revision of the map with which they were translated
	Replay    bool              // it was sent because somebody asked for a replay
}

// Sent says whether an event was in the POST.
func (a *Attempt) Sent(p Place) bool {
	return slices.ContainsFunc(a.Events, func(s Span) bool { return s.Seq == p.Seq && s.From <= p.N && p.N < s.To })
}

// Refuses says whether the reply settled an event as refused.
func (a *Attempt) Refuses(p Place) bool { return slices.Contains(a.Refused, p) }

// Spans returns the spans that places make up: sorted, neighbours joined. The places stay as they are.
func Spans(places []Place) []Span {
	sorted := slices.Clone(places)
	slices.SortFunc(sorted, Place.Compare)
	var spans []Span
	for _, p := range slices.Compact(sorted) {
		if last := len(spans) - 1; last >= 0 && spans[last].Seq == p.Seq && spans[last].To == p.N {
			spans[last].To++
			continue
		}
		spans = append(spans, Span{Seq: p.Seq, From: p.N, To: p.N + 1})
	}
	return spans
}

// attemptVersion is the first byte of a logged list of attempts.
const attemptVersion = 1

// Bounds of what one message of the log holds.
const (
	maxAttempts     = 256 << 10 // bytes before compression; one attempt may exceed it
	maxAttemptError = 1 << 10   // bytes of an error's text
)

// encodeAttempts writes as many attempts as fit a message, at least one, and says how many they are. The form is the
// version and an S2 block, in which numbers are differences to the ones before where those are small.
func encodeAttempts(attempts []Attempt) (data []byte, n int) {
	var block []byte
	var before int64
	for n < len(attempts) && (n == 0 || len(block) < maxAttempts) {
		a := &attempts[n]
		at := a.At.UnixMicro()
		block = appendAttempt(binary.AppendVarint(block, at-before), a)
		before = at
		n++
	}
	out := append(make([]byte, 0, 1+s2.MaxEncodedLen(len(block))), attemptVersion)
	return append(out, s2.Encode(out[1:cap(out)], block)...), n
}

func appendAttempt(b []byte, a *Attempt) []byte {
	b = appendRequest(b, a.Request)
	b = binary.AppendUvarint(b, uint64(max(a.Status, 0)))
	b = appendString(b, a.Class)
	b = appendString(b, clip(a.Error, maxAttemptError))
	b = binary.AppendVarint(b, a.Took.Microseconds())
	b = append(b, flagOf(a.Replay))
	b = appendRevisions(b, a.Revisions)
	b = appendSpans(b, a.Events)
	return appendPlaces(b, a.Refused)
}

func appendRevisions(b []byte, revisions map[string]uint64) []byte {
	b = binary.AppendUvarint(b, uint64(len(revisions)))
	for _, source := range slices.Sorted(maps.Keys(revisions)) {
		b = binary.AppendUvarint(appendString(b, source), revisions[source])
	}
	return b
}

func appendSpans(b []byte, spans []Span) []byte {
	b = binary.AppendUvarint(b, uint64(len(spans)))
	seq := uint64(0)
	for _, s := range spans {
		b = binary.AppendVarint(b, int64(s.Seq-seq))
		b = binary.AppendUvarint(b, uint64(max(s.From, 0)))
		b = binary.AppendUvarint(b, uint64(max(s.To-s.From, 0)))
		seq = s.Seq
	}
	return b
}

func appendPlaces(b []byte, places []Place) []byte {
	b = binary.AppendUvarint(b, uint64(len(places)))
	seq := uint64(0)
	for _, p := range places {
		b = binary.AppendVarint(b, int64(p.Seq-seq))
		b = binary.AppendUvarint(b, uint64(max(p.N, 0)))
		seq = p.Seq
	}
	return b
}

// appendRequest writes a request id: the sixteen bytes of a UUID in its usual form, any other as it is.
func appendRequest(b []byte, request string) []byte {
	if id, err := uuid.Parse(request); err == nil && id.String() == request {
		return append(append(b, 1), id[:]...)
	}
	return appendString(append(b, 0), request)
}

func flagOf(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// clip shortens a text to a number of bytes without cutting a character.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// errAttempts says that a logged list cannot be read; it can only mean damage or a newer version's data.
var errAttempts = errors.New("not a list of attempts that this version can read")

// decodeAttempts reads what encodeAttempts wrote.
func decodeAttempts(data []byte) ([]Attempt, error) {
	if len(data) == 0 || data[0] != attemptVersion {
		return nil, errAttempts
	}
	if n, err := s2.DecodedLen(data[1:]); err != nil || n > maxAttemptBlock {
		return nil, errAttempts
	}
	block, err := s2.Decode(nil, data[1:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAttempts, err)
	}
	var attempts []Attempt
	var at int64
	for r := (reader{data: block}); len(r.data) > 0; {
		at += r.varint()
		a := r.attempt()
		a.At = time.UnixMicro(at).UTC()
		if r.bad {
			return nil, errAttempts
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

// maxAttemptBlock bounds what is unpacked of a message: far above what encodeAttempts writes.
const maxAttemptBlock = 64 << 20

// attempt reads all of an attempt but its time.
func (r *reader) attempt() Attempt {
	return Attempt{
		Request: r.request(), Status: r.length(), Class: r.string(), Error: r.string(),
		Took: time.Duration(r.varint()) * time.Microsecond, Replay: r.byte() == 1,
		Revisions: r.revisions(), Events: r.spans(), Refused: r.places(),
	}
}

func (r *reader) string() string { return string(r.bytes(r.length())) }

func (r *reader) revisions() map[string]uint64 {
	n := r.length()
	if n == 0 {
		return nil
	}
	revisions := map[string]uint64{}
	for i := 0; i < n && !r.bad; i++ {
		source := r.string()
		revisions[source] = uint64(r.length())
	}
	return revisions
}

func (r *reader) spans() []Span {
	var spans []Span
	seq := uint64(0)
	for i, n := 0, r.length(); i < n && !r.bad; i++ {
		seq += uint64(r.varint())
		from := r.length()
		spans = append(spans, Span{Seq: seq, From: from, To: from + r.length()})
	}
	return spans
}

func (r *reader) places() []Place {
	var places []Place
	seq := uint64(0)
	for i, n := 0, r.length(); i < n && !r.bad; i++ {
		seq += uint64(r.varint())
		places = append(places, Place{Seq: seq, N: r.length()})
	}
	return places
}

func (r *reader) request() string {
	if r.byte() == 0 {
		return r.string()
	}
	var id uuid.UUID
	copy(id[:], r.bytes(len(id)))
	return id.String()
}
