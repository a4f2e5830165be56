package admin

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// TypeLines is the content type of an answer that is streamed, a JSON document a line. Whoever accepts it from an import
// is told how far that is.
const TypeLines = "application/x-ndjson"

// ImportLine is a line of a streamed answer to an import: one of its members is there. The last line is a result or a
// failure.
type ImportLine struct {
	Progress *ImportProgress `json:"progress,omitzero"`
	// Rejected lines come ascending, if they are asked for.
	Rejected *RejectedLine `json:"rejected,omitzero"`
	Result   *ImportResult `json:"result,omitzero"`
	Failure  *LateFailure  `json:"failure,omitzero"`
}

// LateFailure is a [Failure] after an answer has begun, when its status has been sent.
type LateFailure struct {
	Status int `json:"status"`
	Failure
}

// progressPause is how long a stage says nothing of its progress after it did.
const progressPause = 200 * time.Millisecond

// importStream is the answer to an import as lines. It begins with its first line: what fails before that is answered as
// anywhere else.
type importStream struct {
	w       http.ResponseWriter
	wanted  bool // by the request
	reasons bool // of rejected lines are wanted, too
	began   bool
	told    ImportProgress // last, at
	at      time.Time
}

func newImportStream(w http.ResponseWriter, r *request) *importStream {
	return &importStream{w: w, wanted: acceptsLines(r.Request), reasons: r.flag(queryReasons)}
}

// acceptsLines looks for the type by name: whoever takes anything gets one document.
func acceptsLines(r *http.Request) bool {
	for _, accepted := range strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, _, _ := strings.Cut(accepted, ";")
		if strings.EqualFold(strings.TrimSpace(kind), TypeLines) {
			return true
		}
	}
	return false
}

// listen has the import tell the stream how far it is.
func (s *importStream) listen(file *ImportRequest) {
	if s.wanted {
		file.Progress = s.progress
	}
	if s.wanted && s.reasons {
		file.Rejected = func(line RejectedLine) { s.line(ImportLine{Rejected: &line}) }
	}
}

func (s *importStream) progress(p ImportProgress) {
	if p.Stage == s.told.Stage && p.Done < p.Total && time.Since(s.at) < progressPause {
		return
	}
	s.told, s.at = p, time.Now()
	s.line(ImportLine{Progress: &p})
	_ = http.NewResponseController(s.w).Flush() // what cannot be flushed arrives later
}

// line writes a line. A client that is gone is nobody's loss.
func (s *importStream) line(line ImportLine) {
	if !s.began {
		s.began = true
		s.w.Header().Set("Content-Type", TypeLines)
		s.w.Header().Set("Cache-Control", "no-store")
	}
	text, err := json.Marshal(&line, json.Deterministic(true))
	if err == nil {
		_, _ = s.w.Write(append(text, '\n'))
	}
}

func (s *importStream) end(result *ImportResult) error {
	s.line(ImportLine{Result: result})
	return nil
}

// fail ends a stream that has begun with the reason.
func (s *importStream) fail(err error) error {
	if !s.began {
		return err
	}
	e := shown(err)
	s.line(ImportLine{Failure: &LateFailure{e.Class.status(), Failure{Error: e.Error(), Problems: e.Problems}}})
	return &toldError{err}
}

// toldError is one of which the caller has been told already.
type toldError struct{ error }

// Unwrap returns what went wrong.
func (e *toldError) Unwrap() error { return e.error }
