package admin

import "net/http"

// explain tells the way of one event.
func (h *Handler) explain(w http.ResponseWriter, r *request) error {
	event, err := ParseEventID(r.name)
	if err != nil {
		return err
	}
	explanation, err := h.service.Explain(r.Context(), event)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, explanation)
}
