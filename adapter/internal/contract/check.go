package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

const (
	typeJSON  = "application/json"
	typeLines = "application/x-ndjson"
)

var errRoute = errors.New("the document does not have this route")

// Request says how a request differs from what the document allows. A body that is JSON is read and put back; a file is
// a stream and is left alone.
func (c *Contract) Request(r *http.Request) error {
	input := c.input(r)
	switch {
	case isMissing(input.Route.Operation):
		return fmt.Errorf("%s %s: request: %w", r.Method, r.URL.Path, errRoute)
	case takesJSON(input.Route.Operation):
		input.Request.Body = peek(r)
	case input.Route.Operation.RequestBody != nil:
		input.Options.ExcludeRequestBody = true
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		return fmt.Errorf("%s %s: request: %w", r.Method, r.URL.Path, err)
	}
	return nil
}

// input is a copy of a request for the validator, which may change it. It has no body.
func (c *Contract) input(r *http.Request) *openapi3filter.RequestValidationInput {
	route, names := c.route(r)
	copied := r.Clone(r.Context())
	copied.Body, copied.GetBody = nil, nil
	if copied.Header.Get("Content-Type") == "" {
		copied.Header.Set("Content-Type", typeJSON) // the API does not ask for it
	}
	return &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: names, Route: route, Options: &openapi3filter.Options{
			AuthenticationFunc: bearer, SkipSettingDefaults: true, IncludeResponseStatus: true, MultiError: true,
			SchemaValidationOptions: strict(),
		},
	}
}

// peek returns the body of a request, which keeps it.
func peek(r *http.Request) io.ReadCloser {
	if r.Body == nil || r.Body == http.NoBody {
		return r.Body // which is how net/http knows that there is none
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
	return io.NopCloser(bytes.NewReader(body))
}

// broken is the rest of a body, which was read as far as it could be: an error, if there was one.
type broken struct{ err error }

// Read returns nothing.
func (b broken) Read([]byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}

// takesJSON says whether a body is JSON and nothing else. Files are streams: they are left alone.
func takesJSON(o *openapi3.Operation) bool {
	return o.RequestBody != nil && len(o.RequestBody.Value.Content) == 1 && o.RequestBody.Value.Content[typeJSON] != nil
}

// bearer wants a token, of whomever, where the document says that one is needed.
func bearer(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	scheme, token, _ := strings.Cut(input.RequestValidationInput.Request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return errors.New("there is no token")
	}
	return nil
}

// strict is how values are compared with schemas. Errors say where and what, and do not show the schema.
func strict() []openapi3.SchemaValidationOption {
	return []openapi3.SchemaValidationOption{
		openapi3.EnableFormatValidation(), openapi3.DisableSchemaErrorDetails(), openapi3.MultiErrors(),
		openapi3.WithStringFormatValidator("uuid", canonicalUUID{}),
	}
}

// canonicalUUID takes UUIDs as they are usually written.
type canonicalUUID struct{}

// Validate looks at one.
func (canonicalUUID) Validate(text string) error {
	if id, err := uuid.Parse(text); err != nil || id.String() != strings.ToLower(text) {
		return errors.New("is not a UUID with dashes")
	}
	return nil
}

// Answer is an answer to a request that has been read.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	// Partial says that the body was not read to its end: it is not looked at.
	Partial bool
}

// Response says how an answer differs from what the document has for the request.
func (c *Contract) Response(r *http.Request, a Answer) error {
	input := c.input(r)
	err := checkHead(input.Route.Operation, a)
	if err == nil {
		err = checkAnswer(r, input, a)
	}
	if err != nil {
		return fmt.Errorf("%s %s: answer %d: %w", r.Method, r.URL.Path, a.Status, err)
	}
	return nil
}

// checkHead looks for what the validator lets through: a status that is not there, and headers that mean something.
func checkHead(o *openapi3.Operation, a Answer) error {
	documented := o.Responses.Status(a.Status)
	switch {
	case documented == nil && isMissing(o):
		return errRoute
	case documented == nil:
		return errors.New("the document does not have this status")
	case len(documented.Value.Content) == 0 && len(a.Body) > 0:
		return errors.New("it has a body, which the document does not have")
	}
	for _, name := range []string{"ETag", "Allow", "Retry-After", "WWW-Authenticate", "Content-Disposition", "Location", "Link"} {
		if a.Header.Get(name) != "" && documented.Value.Headers[name] == nil {
			return fmt.Errorf("the document does not have its header %s", name)
		}
	}
	return nil
}

func checkAnswer(r *http.Request, input *openapi3filter.RequestValidationInput, a Answer) error {
	lines := isLines(a.Header)
	input.Options.ExcludeResponseBody = a.Partial || lines || r.Method == http.MethodHead
	answered := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.Status, Header: a.Header, Options: input.Options,
	}
	answered.SetBodyBytes(a.Body)
	if err := openapi3filter.ValidateResponse(r.Context(), answered); err != nil {
		return err
	}
	if lines && !a.Partial && r.Method != http.MethodHead {
		return checkLines(input.Route.Operation, a)
	}
	return nil
}

func isLines(header http.Header) bool {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return kind == typeLines
}

// checkLines compares each line with the schema, which OpenAPI has no other way to say.
func checkLines(o *openapi3.Operation, a Answer) error {
	content := o.Responses.Status(a.Status).Value.Content.Get(typeLines)
	if content == nil {
		return fmt.Errorf("the document has no %s here", typeLines)
	}
	number := 0
	for line := range bytes.Lines(a.Body) {
		number++
		var value any
		if err := json.Unmarshal(line, &value); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if err := content.Schema.Value.VisitJSON(value, slices.Concat(strict(), []openapi3.SchemaValidationOption{openapi3.VisitAsResponse()})...); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}
