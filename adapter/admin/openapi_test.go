package admin

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"go.yaml.in/yaml/v3"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/internal/contract"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// described is openapi.yaml, which is read once: it is long.
var described = sync.OnceValues(func() (*contract.Contract, error) {
	return contract.New(context.Background(), OpenAPI())
})

// document returns openapi.yaml; an invalid one ends the test.
func document(t testing.TB) *contract.Contract {
	t.Helper()
	c, err := described()
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return c
}

// A route and its operation have the same method, path, role and parameters.
func TestDocumentHasEveryRoute(t *testing.T) {
	names := regexp.MustCompile(`\{[^}]*\}`)
	routed := map[string]route{}
	for _, r := range routes() {
		routed[r.method+" "+names.ReplaceAllString(r.path, "{}")] = r
	}
	for _, o := range document(t).Operations() {
		key := o.Method + " " + names.ReplaceAllString(o.Path, "{}")
		r, found := routed[key]
		if !found {
			t.Errorf("%s %s is in openapi.yaml, and no route", o.Method, o.Path)
			continue
		}
		delete(routed, key)
		compare(t, r, o)
	}
	for _, r := range routed {
		t.Errorf("route %s %s is missing in openapi.yaml, whose first lines say how to add it", r.method, r.path)
	}
}

// compare compares a route with what the document says of it.
func compare(t *testing.T, r route, o contract.Operation) {
	t.Helper()
	role := cmp.Or(string(r.role), "none")
	if o.Role != role || o.Open != (r.role == open) {
		t.Errorf("%s %s: the route wants the role %q, openapi.yaml says x-role: %q (without a token: %v)", o.Method, o.Path, role, o.Role, o.Open)
	}
	if query := slices.Sorted(slices.Values(r.query)); !slices.Equal(o.Query, query) {
		t.Errorf("%s %s: the route takes the parameters %q, openapi.yaml has %q", o.Method, o.Path, query, o.Query)
	}
	if o.Body != r.takesBody() {
		t.Errorf("%s %s: the route reads a body: %v, openapi.yaml has one: %v", o.Method, o.Path, r.takesBody(), o.Body)
	}
	conditions := r.method != http.MethodGet && slices.Contains(conditional(), r.path)
	if conditions != slices.Contains(o.Headers, "If-Match") {
		t.Errorf("%s %s: the route takes If-Match: %v, openapi.yaml has the headers %q", o.Method, o.Path, conditions, o.Headers)
	}
	if !o.Described || r.role != open && !strings.Contains(o.Description, "role "+role) {
		t.Errorf("%s %s: summary, operationId and a description that names the role are required", o.Method, o.Path)
	}
}

// Whatever a schema does not list would pass.
func TestSchemasAreClosed(t *testing.T) {
	for _, name := range document(t).LooseSchemas() {
		t.Errorf("schema %s of openapi.yaml does not say which properties are allowed beside those that it lists", name)
	}
}

// Both forms are the document, and say the same.
func TestDocumentIsServed(t *testing.T) {
	r := newRig(t, nil)
	asYAML := r.ask("viewer", http.MethodGet, PathOpenAPIYAML, "")
	if asYAML.body != OpenAPI() || asYAML.Header.Get("Content-Type") != "application/yaml" {
		t.Errorf("answered %d %s, %d bytes", asYAML.StatusCode, asYAML.Header.Get("Content-Type"), len(asYAML.body))
	}
	asJSON := r.ask("viewer", http.MethodGet, PathOpenAPIJSON, "")
	if _, err := contract.New(t.Context(), asJSON.body); err != nil || asJSON.Header.Get("Content-Type") != "application/json" {
		t.Errorf("answered %d %s: %v", asJSON.StatusCode, asJSON.Header.Get("Content-Type"), err)
	}
	var one, other any
	if err := yaml.Unmarshal([]byte(asYAML.body), &one); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(asJSON.body), &other); err != nil {
		t.Fatal(err)
	}
	first, err := json.Marshal(one, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(other, json.Deterministic(true))
	if err != nil || string(first) != string(second) {
		t.Errorf("the two forms differ: %v", err)
	}
}

// Limits and words are those of the code.
func TestDocumentHasTheLimits(t *testing.T) {
	for _, text := range []string{
		fmt.Sprintf("maximum: %d, default: %d", MaxDeadLimit, DefaultDeadLimit),
		fmt.Sprintf("maximum: %d, default: %d", MaxChangesLimit, DefaultChangesLimit),
		fmt.Sprintf("maximum: %d, default: %d", MaxUnmappedLimit, DefaultUnmappedLimit),
		fmt.Sprintf("maxItems: %d, items: { type: string", MaxNamed),
		fmt.Sprintf("maxLength: %d\n", MaxBecause),
		fmt.Sprintf("maxItems: %d\n", MaxReplayFirst),
		fmt.Sprintf("maxItems: %d\n", MaxFirstUndone),
		fmt.Sprintf("maxItems: %d\n", MaxImportList),
		fmt.Sprintf("maxItems: %d\n", MaxAccepted),
		enum(PlaceWaiting, PlaceInFlight, PlaceDelivered, PlaceHeld, PlaceDead, PlaceSkipped, PlaceDuplicate, PlaceDiscarded, PlaceUnknown),
		enum(MapFileStates()...),
		enum(ResolverWorking, ResolverFailing, ResolverProbing, ResolverLimited),
		enum(KindInvalid, KindConflict, KindRepoint, KindCandidate, LeftGone, LeftSeveral, LeftChanged, LeftAmbiguous, LeftRefused),
		enum(LeftGone, LeftSeveral, LeftChanged, LeftAmbiguous, LeftRefused),
		enum(DoubtOtherAccount, DoubtShared),
		enum(BecomesRemoved, BecomesThere, BecomesRepointed, BecomesChanged),
		enum(string(mapping.Reading), string(mapping.Writing)),
		"`" + string(config.RoleViewer) + "` looks, `" + string(config.RoleMapper) + "` also",
		"`" + string(config.RoleAdmin) + "` changes anything",
	} {
		if !strings.Contains(OpenAPI(), text) {
			t.Errorf("openapi.yaml does not have %q", text)
		}
	}
}

// enum is how openapi.yaml lists words.
func enum(words ...string) string { return "enum: [" + strings.Join(words, ", ") + "]" }
