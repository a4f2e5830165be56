package contract_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/internal/contract"
)

// sample is a small API.
const sample = `
openapi: 3.0.3
info: { title: sample, version: "1" }
security: [token: []]
paths:
  /things/{thing}:
    parameters:
      - { name: thing, in: path, required: true, schema: { type: string } }
    get:
      operationId: show
      summary: Shows a thing
      description: Needs the role viewer.
      x-role: viewer
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 9 } }
      responses:
        "200":
          description: It.
          headers: { ETag: { required: true, schema: { type: string } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } }
    put:
      operationId: change
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } }
      responses:
        "204": { description: Done. }
  /lines:
    get:
      operationId: lines
      security: []
      responses:
        "200":
          description: Things.
          content: { application/x-ndjson: { schema: { $ref: "#/components/schemas/Thing" } } }
  /files:
    post:
      operationId: send
      requestBody:
        content: { text/csv: { schema: { type: string } } }
      responses:
        "200": { description: Taken., content: { text/csv: { schema: { type: string } } } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  responses:
    NotFound: { description: No such path., content: { text/plain: { schema: { type: string } } } }
    MethodNotAllowed:
      description: No such method.
      headers: { Allow: { required: true, schema: { type: string } } }
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required: [id]
      properties: { id: { type: string, format: uuid }, at: { type: string, format: date-time } }
    Loose: { type: object, properties: { id: { type: string } } }
`

const (
	thing = `{"id":"5d0c1c1e-6b43-4d0e-9a53-2b2f2c1a8e77"}`
	named = "application/json"
)

func newContract(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.New(t.Context(), sample)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOperations(t *testing.T) {
	c := newContract(t)
	all := c.Operations()
	if len(all) != 4 || all[2].Method != http.MethodGet || all[2].Path != "/things/{thing}" {
		t.Fatalf("operations are %+v", all)
	}
	if show := all[2]; show.Role != "viewer" || show.Open || !show.Described || !slices.Equal(show.Query, []string{"limit"}) {
		t.Errorf("operation is %+v", show)
	}
	if lines := all[1]; !lines.Open || lines.Described {
		t.Errorf("operation is %+v", lines)
	}
	if got := c.LooseSchemas(); !slices.Equal(got, []string{"Loose"}) {
		t.Errorf("loose are %q", got)
	}
}

func TestInvalidDocuments(t *testing.T) {
	for says, text := range map[string]string{
		"read":             "paths: [",
		"responses":        strings.Replace(sample, "responses:\n        \"204\": { description: Done. }", "", 1),
		"MethodNotAllowed": strings.Replace(sample, "    MethodNotAllowed:", "    Other:", 1),
		"example":          strings.Replace(sample, "      required: [id]", "      required: [id]\n      example: { at: now }", 1),
	} {
		if _, err := contract.New(t.Context(), text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// exchange is a request and what it is answered.
type exchange struct {
	method, path, sent string
	status             int
	header             http.Header
	body               string
	says               []string // what the breaches say, in order; empty: there are none
}

func TestBreaches(t *testing.T) {
	tagged := http.Header{"Content-Type": {named}, "Etag": {`"1"`}}
	asLines := http.Header{"Content-Type": {"application/x-ndjson"}}
	for _, x := range []exchange{
		{method: "GET", path: "/things/x", status: 200, header: tagged, body: thing},
		{method: "HEAD", path: "/things/x", status: 200, header: tagged},
		{method: "GET", path: "/things/x?limit=9", status: 200, header: tagged, body: thing},
		{method: "GET", path: "/things/x?limit=10", status: 200, header: tagged, body: thing, says: []string{`parameter "limit"`}},
		{method: "GET", path: "/things/x", status: 200, header: tagged, body: `{"id":"x"}`, says: []string{"is not a UUID"}},
		{method: "GET", path: "/things/x", status: 200, header: tagged, body: `{}`, says: []string{`"id" is missing`}},
		{method: "GET", path: "/things/x", status: 200, header: tagged, body: thing[:len(thing)-1] + `,"more":1}`, says: []string{`"more" is unsupported`}},
		{method: "GET", path: "/things/x", status: 200, header: tagged, body: thing[:len(thing)-1] + `,"at":"now"}`, says: []string{"/at"}},
		{method: "GET", path: "/things/x", status: 200, header: http.Header{"Content-Type": {named}}, body: thing, says: []string{`"ETag" missing`}},
		{method: "GET", path: "/things/x", status: 200, header: http.Header{"Content-Type": {"text/html"}, "Etag": {`"1"`}}, body: thing, says: []string{"text/html"}},
		{method: "GET", path: "/things/x", status: 418, says: []string{"this status"}},
		{method: "PUT", path: "/things/x", sent: thing, status: 204},
		{method: "PUT", path: "/things/x", sent: thing, status: 204, header: http.Header{"Etag": {`"1"`}}, says: []string{"header ETag"}},
		{method: "PUT", path: "/things/x", sent: `{"idea":1}`, status: 204, says: []string{`"idea" is unsupported`}},
		{method: "POST", path: "/files", sent: "a,b\n", status: 200, header: http.Header{"Content-Type": {"text/csv"}}, body: "a,b\n"},
		{method: "GET", path: "/lines", status: 200, header: asLines, body: thing + "\n" + thing + "\n"},
		{method: "GET", path: "/lines", status: 200, header: asLines},
		{method: "GET", path: "/lines", status: 200, header: asLines, body: thing + "\n{}\n", says: []string{"line 2"}},
		{method: "GET", path: "/lines", status: 200, header: asLines, body: thing + "\n{", says: []string{"line 2"}},
		{method: "GET", path: "/nowhere", status: 404, header: http.Header{"Content-Type": {"text/plain"}}, body: "no"},
		{method: "GET", path: "/nowhere", status: 200, header: tagged, body: thing, says: []string{"request: the document does not have this route", "200: the document does not have this route"}},
		{method: "DELETE", path: "/things/x", status: 405, header: http.Header{"Allow": {"GET, PUT"}}},
		{method: "DELETE", path: "/things/x", status: 405, says: []string{`"Allow" missing`}},
		{method: "DELETE", path: "/things/x", status: 204, says: []string{"request: the document does not have", "204: the document does not have"}},
	} {
		breaches := x.carry(t)
		if !slices.EqualFunc(breaches, x.says, strings.Contains) {
			t.Errorf("%s %s sent %q, answered %d %q: breaches %q, want %q", x.method, x.path, x.sent, x.status, x.body, breaches, x.says)
		}
	}
}

// carry asks a server that answers as the exchange says, and returns the breaches.
func (x *exchange) carry(t *testing.T) (breaches []string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil || string(sent) != x.sent {
			t.Errorf("%s %s: %q arrived of %q: %v", x.method, x.path, sent, x.sent, err)
		}
		for name, values := range x.header {
			w.Header()[name] = values
		}
		w.WriteHeader(x.status)
		_, _ = io.WriteString(w, x.body)
	}))
	defer server.Close()
	r, err := http.NewRequest(x.method, server.URL+x.path, strings.NewReader(x.sent))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer hush")
	transport := newContract(t).Transport(http.DefaultTransport, func(err error) { breaches = append(breaches, err.Error()) })
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != x.body && x.method != http.MethodHead {
		t.Errorf("read %q: %v", got, err)
	}
	return breaches
}

// A request that the document wants a token for must not be answered 2xx without one.
func TestAnsweredWithoutAToken(t *testing.T) {
	c := newContract(t)
	r := httptest.NewRequest(http.MethodPut, "/things/x", strings.NewReader(thing))
	if err := c.Request(r); err == nil || !strings.Contains(err.Error(), "no token") {
		t.Errorf("error is %v", err)
	}
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != thing {
		t.Errorf("the body is %q: %v", body, err)
	}
}

// A body that was not read to its end is nobody's breach, and a stream is not held up.
func TestBodiesAreNotHeldUp(t *testing.T) {
	next := make(chan string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		for line := range next {
			_, _ = io.WriteString(w, line)
			w.(http.Flusher).Flush()
		}
	}))
	defer server.Close()
	defer close(next)
	transport := newContract(t).Transport(http.DefaultTransport, func(err error) { t.Error(err) })
	r, err := http.NewRequest(http.MethodGet, server.URL+"/lines", nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		next <- "{}\n"
		next <- "{"
	}()
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	if _, err := io.ReadFull(resp.Body, make([]byte, 4)); err != nil {
		t.Error(err)
	}
	_ = resp.Body.Close()
}
