package collector

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// envelope is as much of an envelope as the endpoint rules speak of.
type envelope struct {
	DataVersion string           `json:"dataVersion"`
	Data        []jsontext.Value `json:"data"`
}

// readBody reads a request's body up to limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
}

// refuseBody answers a body that could not be read.
func refuseBody(err error) reply {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "the payload is too large")
	}
	return refuse(http.StatusBadRequest, "the body cannot be read")
}

// isJSON holds the content type to the rule: application/json "with no charset
// text", anything else is 415 (Caliper 1.2, "HTTP request", "HTTP response").
func isJSON(r *http.Request) bool {
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/json" && len(parameters) == 0
}

// parseEnvelope returns the checked events of an envelope, or a reply that
// refuses the body: 400 no or malformed envelope, 422 a dataVersion other than
// v1p2. An event that breaks a rule refuses nothing: the endpoint rules speak
// of envelopes only.
func (c *Collector) parseEnvelope(body []byte) ([]Event, *reply) {
	if len(body) == 0 {
		return nil, new(refuse(http.StatusBadRequest, "no envelope"))
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, new(refuse(http.StatusBadRequest, "malformed envelope: no JSON object of an envelope's form"))
	}
	if e.DataVersion != "" && e.DataVersion != caliper.DataVersion {
		return nil, new(refuse(http.StatusUnprocessableEntity, "dataVersion: want "+caliper.DataVersion))
	}
	report, err := c.checker.Items(body)
	if err != nil {
		return nil, new(refuse(http.StatusBadRequest, "malformed envelope: "+err.Error()))
	}
	if report.Shape != caliper.EnvelopeShape {
		return nil, new(refuse(http.StatusBadRequest, "no envelope: events must come in one"))
	}
	return newEvents(e.Data, report.Items), nil
}

func newEvents(data []jsontext.Value, results []error) []Event {
	events := make([]Event, len(data))
	now := time.Now()
	for i, raw := range data {
		events[i] = newEvent(raw, now)
		if i < len(results) && results[i] != nil {
			events[i].Failure = results[i].Error()
		}
	}
	return events
}

// newEvent picks what is shown of a document.
func newEvent(raw jsontext.Value, at time.Time) Event {
	e := summarize(raw)
	e.Raw, e.At = raw, at
	return e
}
