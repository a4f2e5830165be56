package admin

import (
	"net/http"
)

// status shows how everything is doing.
func (h *Handler) status(w http.ResponseWriter, r *request) error {
	status, err := h.service.Status(r.Context())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, status)
}

// health is for whoever restarts the process when it does not work.
func (h *Handler) health(w http.ResponseWriter, r *request) error {
	if err := h.service.Healthy(r.Context()); err != nil {
		return unavailable(err)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // a client that is gone is nobody's loss
	return nil
}

// ready is for whoever decides where requests of Learn are sent.
func (h *Handler) ready(w http.ResponseWriter, r *request) error {
	readiness, err := h.service.Ready(r.Context())
	readiness.Ready = err == nil
	if err != nil {
		readiness.Reason = unavailable(err).Error()
		return answer(w, http.StatusServiceUnavailable, readiness)
	}
	return answer(w, http.StatusOK, readiness)
}

// unavailable is what everybody may know of why something does not work: these routes need no token, and are asked
// every few seconds, so that the error is neither shown nor logged; the engine logs when its state changes.
func unavailable(err error) error {
	if e := shown(err); e.Class != ClassInternal {
		return newError(ClassUnavailable, "%w", e)
	}
	return Unavailable("the store does not work: the log of bbcaliper says more")
}

func (h *Handler) metrics(w http.ResponseWriter, r *request) error {
	h.exporter.ServeHTTP(w, r.Request)
	return nil
}
