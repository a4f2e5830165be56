package receive

import (
	"net/http"

	"github.com/go-json-experiment/json"
)

// endpointConfiguration is what an endpoint tells a sensor that asks with GET (Caliper 1.2, Endpoint configuration).
type endpointConfiguration struct {
	// MaximumPayload is in kilobytes. It is counted in units of 1,024 bytes, which is the safe side for a reader who
	// takes a kilobyte for 1,000.
	MaximumPayload int64 `json:"caliperMaximumPayloadSize"`
	// Versions are the IRIs of the contexts on which data may be based. They are the two that Learn sends; anything
	// newer would be stored, but is not what this adapter can translate.
	Versions []string `json:"caliperSupportedVersions"`
}

// supportedVersions returns the contexts of Caliper 1.1 and 1.0.
func supportedVersions() []string {
	return []string{
		"http://purl.imsglobal.org/ctx/caliper/v1p1",
		"http://purl.imsglobal.org/ctx/caliper/v1/Context",
	}
}

// get answers with the configuration of the endpoint.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.authenticate(r); err != nil {
		return err
	}
	body, err := json.Marshal(endpointConfiguration{
		MaximumPayload: max(1, h.opts.MaxBody>>10),
		Versions:       supportedVersions(),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // a client that is gone is nobody's loss
	return nil
}
