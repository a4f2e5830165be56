package admin

import (
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxBody bounds a request's body where it is no file, in bytes.
const maxBody = 64 << 10

// answer writes a JSON document. A client that is gone is nobody's loss.
func answer(w http.ResponseWriter, status int, document any) error {
	body, err := encode(document)
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}

// encode writes a document as a line of JSON. Bytes that are no UTF-8 are replaced: the texts of others have them, such as
// paths that do not exist, and replies of collectors that were cut off.
func encode(document any) ([]byte, error) {
	text, err := json.Marshal(document, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	return append(text, '\n'), err
}

// done answers a request that has nothing to say but that it went well.
func done(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// fail answers with what the caller may know of an error, unless they have been told, and logs what they may not.
func (h *Handler) fail(w http.ResponseWriter, route string, err error) {
	e := shown(err)
	if e.Class == ClassInternal {
		h.log.WithError(err).WithField("request", route).Error("admin request failed")
	}
	if errors.As(err, new(*toldError)) {
		return
	}
	switch e.Class {
	case ClassUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="bbcaliper"`)
	case ClassUnavailable:
		w.Header().Set("Retry-After", "5")
	}
	_ = answer(w, e.Class.status(), Failure{Error: e.Error(), Problems: e.Problems}) // plain texts and numbers
}

// read decodes the body of a request, which is a small JSON document without unknown members, whatever its
// Content-Type says.
func read(w http.ResponseWriter, r *request, document any) error {
	return readUpTo(w, r, document, maxBody)
}

// readUpTo is read for documents that may have more bytes.
func readUpTo(w http.ResponseWriter, r *request, document any, most int64) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return unreadable(err)
	}
	if err := json.Unmarshal(body, document, json.RejectUnknownMembers(true)); err != nil {
		return newError(ClassBadRequest, "the body is not the JSON that is expected%s", place(err))
	}
	return nil
}

// place says where in a document something is wrong, without its values.
func place(err error) string {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) && semantic.JSONPointer != "" {
		return " at " + string(semantic.JSONPointer)
	}
	return ""
}

// unreadable says why a body did not come whole.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return newError(ClassTooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	}
	return newError(ClassBadRequest, "the body did not arrive whole")
}
