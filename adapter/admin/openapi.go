package admin

import (
	_ "embed"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var openAPI string

// OpenAPI is the document that describes the API, as YAML. The tests hold the handlers against it.
func OpenAPI() string { return openAPI }

// openAPIToJSON is the document as JSON.
func openAPIToJSON() ([]byte, error) {
	var document map[string]any
	if err := yaml.Unmarshal([]byte(openAPI), &document); err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	text, err := json.Marshal(document, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fmt.Errorf("write openapi.yaml as JSON: %w", err)
	}
	return append(text, '\n'), nil
}

func (h *Handler) openAPIAsYAML(w http.ResponseWriter, _ *request) error {
	return answerText(w, "application/yaml", []byte(openAPI)) // RFC 9512
}

func (h *Handler) openAPIAsJSON(w http.ResponseWriter, _ *request) error {
	text, err := h.openAPIJSON()
	if err != nil {
		return err
	}
	return answerText(w, "application/json", text)
}

// answerText writes a text that is always the same for one version of the program.
func answerText(w http.ResponseWriter, kind string, text []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // a client that is gone is nobody's loss
	return nil
}
