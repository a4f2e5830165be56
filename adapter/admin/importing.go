package admin

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// ImportRequest is a file for the ID map, of CSV or of JSON lines.
type ImportRequest struct {
	// Source of the rows that name none; "": the only one there is.
	Source string
	// Columns gives columns another header than their own name, see mapping.FileOptions.
	Columns map[string]string
	// AllowRepoint, Partial, Sync and SkipEmpty are those of mapping.PlanOptions.
	AllowRepoint, Partial, Sync, SkipEmpty bool
	// DryRun changes nothing.
	DryRun bool
	// Approved is the Plan of a dry run that somebody has agreed to. If the file or the map has changed since, so that the
	// import would do anything else, nothing is changed: that is a mapping.ErrStale. "": whatever the file does now.
	Approved string
	// By is who sent the file, File its name without folders; both for the map's history, which also gets the SHA-256
	// of the body.
	By, File string
	// Command is what the history names as the way in which the file came. Default: "map import".
	Command string
	// Progress, if not nil, is told now and then how far the import is; not before the whole body has been read.
	Progress func(ImportProgress)
	// Rejected, if not nil, is told of each line that is not imported, ascending, and why. Unlike the lists of the result
	// it is told of all of them.
	Rejected func(RejectedLine)
	// Body is the file. It can be read once.
	Body io.Reader
}

// ImportProgress is how far an import is.
type ImportProgress struct {
	// Stage is one of mapping.Reading and mapping.Writing.
	Stage mapping.Stage `json:"stage"`
	// Done is how many rows were read or changes written, Total how many there are.
	Done  int `json:"done"`
	Total int `json:"total"`
}

// RejectedLine is a line of a file that is not imported.
type RejectedLine struct {
	Line   int    `json:"line"` // the header is line 1
	Reason string `json:"reason"`
}

// Edit returns the edit that an import makes. digest is the SHA-256 of the whole body, in hex.
func (r *ImportRequest) Edit(digest string) mapping.Edit {
	command := cmp.Or(r.Command, "map import")
	return mapping.Edit{By: r.By, How: mapping.How{Command: command, File: r.File, SHA256: digest}}
}

// Options are those with which the request's rows are planned.
func (r *ImportRequest) Options() mapping.PlanOptions {
	options := mapping.PlanOptions{
		Source: r.Source, AllowRepoint: r.AllowRepoint, Partial: r.Partial, Sync: r.Sync, SkipEmpty: r.SkipEmpty,
		Exact: r.Approved != "",
	}
	if r.Progress != nil {
		options.Progress = r.progress
	}
	return options
}

// progress passes on what is told once the file has been read; until then it is the sender who knows how far it is.
func (r *ImportRequest) progress(p mapping.Progress) {
	if p.Stage == mapping.Writing || p.Done == p.Total {
		r.Progress(ImportProgress(p))
	}
}

// PlanID names what importing a file would do: the file, given by its SHA-256, what is asked for, and what follows from
// the map, which is the plan's fingerprint.
func (r *ImportRequest) PlanID(digest string, plan *mapping.Plan) string {
	asked := *r
	asked.DryRun, asked.File, asked.Rejected = false, "", nil
	sum := sha256.Sum256([]byte(digest + "\n" + asked.Query().Encode() + "\n" + plan.Fingerprint()))
	return hex.EncodeToString(sum[:])
}

// importRecords reads a file from the body. The whole body is read even when it is refused early, or the client would
// see a broken connection in place of the reason.
func (h *Handler) importRecords(w http.ResponseWriter, r *request) error {
	file, err := r.importRequest()
	if err != nil {
		return err
	}
	body := http.MaxBytesReader(w, r.Body, h.maxImport)
	file.Body = body
	stream := newImportStream(w, r)
	stream.listen(&file)
	result, err := h.service.Import(r.Context(), file)
	_, drained := io.Copy(io.Discard, body)
	if errors.As(drained, new(*http.MaxBytesError)) {
		err = unreadable(drained)
	}
	switch {
	case err != nil:
		return stream.fail(err)
	case stream.wanted:
		return stream.end(&result)
	}
	if result.Plan != "" {
		w.Header().Set("ETag", strconv.Quote(result.Plan))
	}
	return answer(w, http.StatusOK, result)
}

// approved reads the plan that a request insists on, from If-Match; "": it does not.
func (r *request) approved() (string, error) {
	tag := strings.Join(r.Header.Values("If-Match"), ",")
	if tag == "" {
		return "", nil
	}
	plan := strings.Trim(tag, `"`)
	if !isTag(tag) || plan == "" {
		return "", newError(ClassBadRequest, "If-Match must be the plan of a dry run, in quotes")
	}
	return plan, nil
}
