package admin

import (
	"net/http"

	"github.com/google/uuid"
)

// Site is the body that pins a source.
type Site struct {
	// Site is the UUID of a Blackboard site, as it stands in the IRIs of its events.
	Site string `json:"site"`
}

func (h *Handler) pinSite(w http.ResponseWriter, r *request) error {
	var body Site
	if err := read(w, r, &body); err != nil {
		return err
	}
	site, err := uuid.Parse(body.Site)
	if err != nil || site == uuid.Nil {
		return Invalid("the site must be the UUID of a Blackboard site")
	}
	return h.setSite(w, r, site.String())
}

func (h *Handler) unpinSite(w http.ResponseWriter, r *request) error { return h.setSite(w, r, "") }

func (h *Handler) setSite(w http.ResponseWriter, r *request, site string) error {
	if err := h.service.PinSite(r.Context(), r.name, site); err != nil {
		return err
	}
	return done(w)
}
