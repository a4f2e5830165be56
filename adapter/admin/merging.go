package admin

import (
	"net/http"
	"strings"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// MergeRequest is the body that makes one record of two that stand for the same account. Each is named by a platform id
// or any alias, if only it has that, or by its number, as in #12.
type MergeRequest struct {
	// Source is that of both records. With several configured, "" looks for each name in all of them.
	Source string `json:"source,omitempty"`
	// Into is the record that stays and gets what it lacks. With If-Match it must still be at that revision.
	Into string `json:"into"`
	// From is the record that is removed; FromRevision the one that it must still be at, 0: any.
	From         string `json:"from"`
	FromRevision uint64 `json:"from_revision,omitzero"`
	// AllowRepoint lets From have another platform id than Into. Without it that is refused, for the events of an account
	// would leave as another person's.
	AllowRepoint bool `json:"allow_repoint,omitzero"`
}

// Merged is what merging did.
type Merged struct {
	// Record is the one that stays, as it is now.
	Record mapping.Record `json:"record"`
	// Removed is the other one, as it was.
	Removed mapping.Record `json:"removed"`
}

// mergeRecords answers with the record that stays, and its revision as the ETag.
func (h *Handler) mergeRecords(w http.ResponseWriter, r *request) error {
	var body MergeRequest
	if err := read(w, r, &body); err != nil {
		return err
	}
	if strings.TrimSpace(body.Into) == "" || strings.TrimSpace(body.From) == "" {
		return newError(ClassBadRequest, "name two records: into, which stays, and from, which is removed")
	}
	edit, err := r.edit("map merge")
	if err != nil {
		return err
	}
	edit.AllowRepoint, edit.IfFromRevision = body.AllowRepoint, body.FromRevision
	merged, err := h.service.Merge(r.Context(), body, edit)
	if err != nil {
		return err
	}
	return answerRecord(w, &merged.Record, merged)
}
