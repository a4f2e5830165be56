package admin

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sirupsen/logrus"
	logtest "github.com/sirupsen/logrus/hooks/test"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// stub is a Service that notes what it is asked, and answers with what it is given. Package adapter's tests use the
// real one.
type stub struct {
	mu    sync.Mutex
	asked []string
	err   error

	stated mapping.Record
	edit   mapping.Edit
	file   ImportRequest
	body   string // of the imported file
	undo   UndoRequest
	merge  MergeRequest
	export func(io.Writer) error

	letters []DeadLetter
	discard Discard
	pause   Pause
	replay  ReplayRequest
}

var (
	_ Service  = (*stub)(nil)
	_ Delivery = (*stub)(nil)
)

func (s *stub) note(what ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, strings.Join(what, " "))
	return s.err
}

// calls returns what was asked since the last time.
func (s *stub) calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *stub) Status(context.Context) (Status, error) {
	return Status{Version: "test"}, s.note("status")
}

func (s *stub) Held(_ context.Context, f HeldFilter) ([]HeldEvent, error) {
	return []HeldEvent{{EventID: somebody.String(), Reason: ReasonUnmapped, Person: &Person{Key: "k", ExternalID: "x-1"}}}, s.note("held", f.Destination, f.Source, f.Type)
}

func (s *stub) PinSite(_ context.Context, source, site string) error {
	return s.note("pin", source, site)
}

func (s *stub) Ready(context.Context) (Readiness, error) {
	return Readiness{
		Destinations: map[string]string{"lrs": "paused"}, Reasons: map[string]string{"lrs": "paused by hand"},
	}, s.note("ready")
}

func (s *stub) Healthy(context.Context) error { return s.note("healthy") }

func (s *stub) Find(_ context.Context, source, person string) ([]mapping.Record, error) {
	return nil, s.note("find", source, person)
}

func (s *stub) Set(_ context.Context, stated mapping.Record, edit mapping.Edit) (mapping.Record, error) {
	s.stated, s.edit = stated, edit
	stated.Number, stated.Revision = 3, 7
	return stated, s.note("set")
}

func (s *stub) Remove(_ context.Context, source, person string, edit mapping.Edit) ([]mapping.Record, error) {
	s.edit = edit
	return nil, s.note("remove", source, person)
}

func (s *stub) Merge(_ context.Context, r MergeRequest, edit mapping.Edit) (Merged, error) {
	s.merge, s.edit = r, edit
	return Merged{Record: mapping.Record{Number: 1, Revision: 7}, Removed: mapping.Record{Number: 2, Revision: 5}}, s.note("merge")
}

func (s *stub) Import(_ context.Context, r ImportRequest) (ImportResult, error) {
	s.file = r
	if s.err != nil {
		return ImportResult{}, s.note("import") // before the body is read
	}
	body, err := io.ReadAll(r.Body)
	s.body = string(body)
	if err != nil {
		return ImportResult{}, Invalid("read file: %w", err)
	}
	return ImportResult{Applied: !r.DryRun}, s.note("import")
}

func (s *stub) Export(_ context.Context, source string, w io.Writer) error {
	if err := s.note("export", source); err != nil {
		return err
	}
	if s.export != nil {
		return s.export(w)
	}
	_, err := io.WriteString(w, "platform_id\n")
	return err
}

func (s *stub) History(_ context.Context, source, person string) ([]mapping.Version, error) {
	return nil, s.note("history", source, person)
}

func (s *stub) Changes(_ context.Context, f ChangeFilter) ([]MapChange, error) {
	return nil, s.note("changes", f.Query().Encode())
}

func (s *stub) Undo(_ context.Context, r UndoRequest) (Undoing, error) {
	s.undo = r
	change := mapping.ChangeInfo{Number: r.Change}
	return Undoing{Change: MapChange{Source: "myschool", ChangeInfo: change}}, s.note("undo")
}

// rig is a handler on a port of the loopback.
type rig struct {
	t       *testing.T
	stub    *stub
	handler *Handler
	log     *logtest.Hook
	url     string
	// transport holds everything that is asked and answered against openapi.yaml.
	transport http.RoundTripper
}

// tokens are one of each role, whose texts are the roles.
func tokens() []config.Token {
	var tokens []config.Token
	for _, role := range []config.Role{config.RoleViewer, config.RoleMapper, config.RoleAdmin} {
		tokens = append(tokens, config.Token{Token: config.NewKey(string(role)), Role: role, Name: "Ms " + string(role)})
	}
	return tokens
}

func newRig(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	log, hook := logtest.NewNullLogger()
	r := &rig{t: t, stub: &stub{}, log: hook}
	options := Options{Service: r.stub, Tokens: tokens(), Gatherer: prometheus.NewRegistry(), Log: log}
	if change != nil {
		change(&options)
	}
	var err error
	if r.handler, err = New(options); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(r.handler)
	server.Config = NewServer(r.handler, log)
	server.Start()
	t.Cleanup(server.Close)
	r.url = server.URL
	r.transport = document(t).Transport(http.DefaultTransport, func(breach error) { t.Errorf("openapi.yaml: %v", breach) })
	return r
}

// answered is a reply that has been read.
type answered struct {
	*http.Response
	body string
}

// ask sends a request with a token, "" for none.
func (r *rig) ask(token, method, path, body string, header ...string) answered {
	r.t.Helper()
	req, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := r.transport.RoundTrip(req) // no redirects
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answered{resp, string(text)}
}

// failure reads the body of an answer that is not 2xx.
func (r *rig) failure(a answered) Failure {
	r.t.Helper()
	var f Failure
	if err := json.Unmarshal([]byte(a.body), &f, json.RejectUnknownMembers(true)); err != nil || f.Error == "" {
		r.t.Errorf("answered %d %q, which is no Failure: %v", a.StatusCode, a.body, err)
	}
	return f
}

// logged returns the log's entries at warning level or above, as text.
func (r *rig) logged() string {
	var b bytes.Buffer
	for _, e := range r.log.AllEntries() {
		if e.Level <= logrus.WarnLevel {
			line, _ := e.Bytes()
			b.Write(line)
		}
	}
	return b.String()
}

var somebody = uuid.MustParse("5d0c1c1e-6b43-4d0e-9a53-2b2f2c1a8e77")
