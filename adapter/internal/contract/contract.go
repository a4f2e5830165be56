// Package contract holds requests and answers against an OpenAPI document, for tests: what a handler answers and the
// document does not have is a breach of it, and so is what the handler takes and the document forbids.
package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// The responses of the document's components that are answered where it has no operation.
const (
	responseNoPath   = "NotFound"
	responseNoMethod = "MethodNotAllowed"
)

// extensionRole is where an operation says who may ask.
const extensionRole = "x-role"

// Contract is a document that has been read. Its methods may be called concurrently.
type Contract struct {
	document *openapi3.T
	router   routers.Router
}

// New reads a document. It is an error if that is no valid OpenAPI document, its examples included.
func New(ctx context.Context, text string) (*Contract, error) {
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromData([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	if err := document.Validate(ctx, openapi3.EnableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("validate OpenAPI document: %w", err)
	}
	for _, name := range []string{responseNoPath, responseNoMethod} {
		if document.Components.Responses[name] == nil {
			return nil, fmt.Errorf("validate OpenAPI document: components.responses.%s is missing", name)
		}
	}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		return nil, fmt.Errorf("route OpenAPI document: %w", err)
	}
	return &Contract{document: document, router: router}, nil
}

// Operation is one thing that the document says can be asked.
type Operation struct {
	Method string
	// Path with the names of its parameters in braces.
	Path string
	// Role is the least that may ask; "": nobody is asked for one.
	Role string
	// Open says that it needs no token.
	Open        bool
	Description string
	// Described says that it has an id, a summary and a description.
	Described bool
	// Query are the parameters of the query, in alphabetical order; Headers those of the header.
	Query, Headers []string
	// Body says that requests have one.
	Body bool
}

// Operations lists what the document has, in the order of paths and methods.
func (c *Contract) Operations() []Operation {
	var all []Operation
	for path, item := range c.document.Paths.Map() {
		for method, operation := range item.Operations() {
			all = append(all, newOperation(method, path, item, operation))
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return all
}

func newOperation(method, path string, item *openapi3.PathItem, operation *openapi3.Operation) Operation {
	o := Operation{Method: method, Path: path, Open: operation.Security != nil && len(*operation.Security) == 0}
	o.Role, _ = operation.Extensions[extensionRole].(string)
	o.Body = operation.RequestBody != nil
	o.Description = strings.Join(strings.Fields(operation.Description), " ")
	o.Described = operation.OperationID != "" && operation.Summary != "" && o.Description != ""
	for _, p := range slices.Concat(item.Parameters, operation.Parameters) {
		switch p.Value.In {
		case openapi3.ParameterInQuery:
			o.Query = append(o.Query, p.Value.Name)
		case openapi3.ParameterInHeader:
			o.Headers = append(o.Headers, p.Value.Name)
		}
	}
	slices.Sort(o.Query)
	slices.Sort(o.Headers)
	return o
}

// LooseSchemas names the schemas of objects that do not say whether they have other properties than those that they
// list. Such a schema would let through whatever a handler answers.
func (c *Contract) LooseSchemas() []string {
	var loose []string
	for name, schema := range c.document.Components.Schemas {
		s := schema.Value
		if s.Type.Is(openapi3.TypeObject) && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
			loose = append(loose, name)
		}
	}
	slices.Sort(loose)
	return loose
}

// route finds the operation of a request, and what its path names. Where there is none, the operation has nothing but
// the answer that says so.
func (c *Contract) route(r *http.Request) (*routers.Route, map[string]string) {
	asked := r
	if r.Method == http.MethodHead {
		asked = r.Clone(r.Context())
		asked.Method = http.MethodGet
	}
	route, names, err := c.router.FindRoute(asked)
	if err == nil {
		return route, names
	}
	name, status := responseNoPath, http.StatusNotFound
	if err == routers.ErrMethodNotAllowed { //nolint:errorlint // the router returns it bare
		name, status = responseNoMethod, http.StatusMethodNotAllowed
	}
	responses := openapi3.NewResponses(openapi3.WithStatus(status, c.document.Components.Responses[name]))
	return &routers.Route{
		Spec: c.document, PathItem: &openapi3.PathItem{}, Method: asked.Method,
		Operation: &openapi3.Operation{Responses: responses, Security: openapi3.NewSecurityRequirements()},
	}, nil
}

// isMissing says whether an operation stands for one that the document does not have.
func isMissing(o *openapi3.Operation) bool { return o.OperationID == "" }
