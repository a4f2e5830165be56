package admin

import (
	"net/http"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// held lists events that wait; those who may not see personal data do not learn for whom.
func (h *Handler) held(w http.ResponseWriter, r *request) error {
	events, err := h.service.Held(r.Context(), r.heldFilter())
	if err != nil {
		return err
	}
	if !r.token.Role.Covers(config.RoleMapper) {
		for i := range events {
			events[i].Person = nil
		}
	}
	return answer(w, http.StatusOK, events)
}
