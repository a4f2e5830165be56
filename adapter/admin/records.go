package admin

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Statement is what an editor states about one account: the body that sets a record. What is left empty stays as it is.
type Statement struct {
	Source     string `json:"source,omitempty"`
	PlatformID string `json:"platform_id"`
	// UserUUID as hex digits, with dashes, or as the whole IRI of the person.
	UserUUID   string `json:"user_uuid,omitempty"`
	UserID     string `json:"user_id,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
	Email      string `json:"email,omitempty"`
	Note       string `json:"note,omitempty"`
	// Number names the record to change; 0: that which has the strongest of the aliases, or a new one.
	Number uint32 `json:"number,omitempty"`
	// Replace makes the record exactly what is stated: what is left empty is emptied.
	Replace bool `json:"replace,omitempty"`
	// AllowRepoint lets the record get another platform id. Without it that is refused.
	AllowRepoint bool `json:"allow_repoint,omitzero"`
	// Take takes the aliases from those records that have them; one that loses its last alias is removed. The record to
	// change is then that of Number, else that with the user uuid, else a new one.
	Take bool `json:"take,omitzero"`
}

// record reads the statement; the error is a mapping.InvalidError.
func (s *Statement) record() (mapping.Record, error) {
	var faults []mapping.Fault
	parse := func(column, text string, how func(string) (uuid.UUID, error)) uuid.UUID {
		if text == "" {
			return uuid.Nil
		}
		id, err := how(text)
		if err != nil {
			faults = append(faults, mapping.Fault{Column: column, Reason: err.Error()})
		}
		return id
	}
	record := mapping.Record{
		Source:     s.Source,
		PlatformID: parse("platform_id", s.PlatformID, mapping.ParsePlatformID),
		UserUUID:   parse("user_uuid", s.UserUUID, mapping.ParseUserUUID),
		UserID:     s.UserID, ExternalID: s.ExternalID, Email: s.Email, Note: s.Note,
	}
	if len(faults) > 0 {
		return mapping.Record{}, &mapping.InvalidError{Faults: faults}
	}
	return record, nil
}

func (h *Handler) findRecords(w http.ResponseWriter, r *request) error {
	person, err := r.person()
	if err != nil {
		return err
	}
	records, err := h.service.Find(r.Context(), r.query.Get(querySource), person)
	if err != nil {
		return err
	}
	if len(records) == 1 {
		return answerRecord(w, &records[0], records)
	}
	return answer(w, http.StatusOK, records)
}

// setRecord answers with the record as it is now, and its revision as the ETag.
func (h *Handler) setRecord(w http.ResponseWriter, r *request) error {
	var body Statement
	if err := read(w, r, &body); err != nil {
		return err
	}
	stated, err := body.record()
	if err != nil {
		return err
	}
	edit, err := r.edit("map set")
	if err != nil {
		return err
	}
	edit.Number, edit.Replace, edit.AllowRepoint, edit.Take = body.Number, body.Replace, body.AllowRepoint, body.Take
	record, err := h.service.Set(r.Context(), stated, edit)
	if err != nil {
		return err
	}
	return answerRecord(w, &record, record)
}

// answerRecord answers with a document whose ETag is the revision of a record.
func answerRecord(w http.ResponseWriter, record *mapping.Record, document any) error {
	w.Header().Set("ETag", etag(record))
	return answer(w, http.StatusOK, document)
}

func (h *Handler) removeRecord(w http.ResponseWriter, r *request) error {
	person, err := r.person()
	if err != nil {
		return err
	}
	edit, err := r.edit("map remove")
	if err != nil {
		return err
	}
	removed, err := h.service.Remove(r.Context(), r.query.Get(querySource), person, edit)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, removed)
}

func (r *request) person() (string, error) {
	person := strings.TrimSpace(r.query.Get(queryPerson))
	if person == "" {
		return "", newError(ClassBadRequest, "name a person: ?person= a platform id, any alias, or the number of a record, as in #12")
	}
	return person, nil
}

// edit says who changes a record, how, and, with If-Match, on the condition that it is still at a revision.
func (r *request) edit(command string) (mapping.Edit, error) {
	revision, err := ifMatch(r.Header)
	return mapping.Edit{By: r.by(), How: mapping.How{Command: command}, IfRevision: revision}, err
}
