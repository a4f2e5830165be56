package admin

import "net/http"

func (h *Handler) planReplay(w http.ResponseWriter, r *request) error {
	asked, err := r.replayRequest(w)
	if err != nil {
		return err
	}
	plans, err := h.service.PlanReplay(r.Context(), asked)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, plans)
}

// startReplay answers when the replays have begun; how they go on stands in the status.
func (h *Handler) startReplay(w http.ResponseWriter, r *request) error {
	asked, err := r.replayRequest(w)
	if err != nil {
		return err
	}
	started, err := h.service.StartReplay(r.Context(), asked)
	if err != nil {
		return err
	}
	return answer(w, http.StatusAccepted, ReplayNames{Destinations: started})
}

func (h *Handler) stopReplay(w http.ResponseWriter, r *request) error {
	stopped, err := h.service.StopReplay(r.Context(), r.query.Get(queryDestination), r.by())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, ReplayNames{Destinations: stopped})
}

// replayRequest reads which events are meant. That all that was ever received is sent again must be said.
func (r *request) replayRequest(w http.ResponseWriter) (ReplayRequest, error) {
	var asked ReplayRequest
	if err := read(w, r, &asked); err != nil {
		return asked, err
	}
	if asked.Since.IsZero() && len(asked.Events) == 0 {
		return asked, Invalid("say since when, or name the events")
	}
	if err := ordered(asked.Since, asked.Until); err != nil {
		return asked, err
	}
	asked.By = r.by()
	return asked, nil
}
