package adapter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// TestNothingPersonalLeaves puts a canary into every field of the payloads that can say something of a person, sends
// them to a destination of every preset in every LTI mode, and looks for the canaries in all that leaves, is logged at
// debug level, or counted.
func TestNothingPersonalLeaves(t *testing.T) {
	payloads, secrets := plantedPayloads(t)
	logs := &lockedBuffer{}
	r, modes := newModesRig(t, logs)
	r.importCSV(secrets.csv())
	for _, body := range payloads {
		r.mustPost(body)
	}
	for _, name := range modes {
		var got want
		if !r.await(func() bool { var rest bool; got, _, rest = r.endedAt(name); return rest }) || got.Held+got.Dead > 0 || got.Delivered < 6 {
			t.Errorf("%s: ended as %+v", name, got)
		}
	}
	if len(r.collector.Events()) < 6*len(modes) {
		t.Fatalf("only %d events arrived", len(r.collector.Events()))
	}
	for _, request := range r.collector.Requests() {
		secrets.checkAbsent(t, "request", request.Body)
		secrets.checkAbsent(t, "request head", fmt.Append(nil, request.Path, request.Query, request.Header))
	}
	r.restart() // what is logged at a stop and a start counts, too
	secrets.checkAbsent(t, "log", logs.Bytes())
	secrets.checkAbsent(t, "metrics", r.metrics())
}

// newModesRig is an adapter with a destination of every preset in every LTI mode.
func newModesRig(t *testing.T, logs io.Writer) (*rig, []string) {
	t.Helper()
	c, url := newCollector(t, collector.Options{Keep: -1, KeepBodies: true})
	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource}
	log := logrus.New()
	log.SetOutput(logs)
	log.SetLevel(logrus.DebugLevel)
	r.log = log
	var more strings.Builder
	modes := []string{"lrs"}
	for _, preset := range timeback.PresetNames() {
		for _, mode := range timeback.LTIModes() {
			name := preset + "-" + strings.ReplaceAll(string(mode), "_", "-")
			modes = append(modes, name)
			fmt.Fprintf(&more, "  - { name: %s, preset: %s, lti: %s, url: %q, app_id: %s, batch: { max_wait: 20ms }, rate: 1000 }\n",
				name, preset, mode, url, testApp)
		}
	}
	r.extra = more.String()
	r.start()
	return r, modes
}

// metrics is what a scrape returns, once the destinations have told their counts.
func (r *rig) metrics() (text []byte) {
	r.t.Helper()
	eventually(r.t, "the counts are there", func() bool {
		text = r.read(admin.PathMetrics)
		return bytes.Contains(text, []byte("bbcaliper_events_total"))
	})
	return text
}

// secrets are what must not leave.
type secrets struct {
	users    []string // as 32 hex
	canaries int
}

const canary = "c4n4ry"

// plant returns a canary that has not been used yet.
func (s *secrets) plant() string {
	s.canaries++
	return fmt.Sprintf("%s%04d", canary, s.canaries)
}

// csv maps all users.
func (s *secrets) csv() string {
	var b strings.Builder
	b.WriteString("platform_id,user_uuid\n")
	for _, hex := range s.users {
		fmt.Fprintf(&b, "%s,%s\n", uuid.New(), hex)
	}
	return b.String()
}

// checkAbsent looks for canaries, users and Blackboard's names.
func (s *secrets) checkAbsent(t *testing.T, where string, text []byte) {
	t.Helper()
	low := bytes.ToLower(text)
	search := []string{canary, "/users/", "/members/", "bb:", "oauth_"}
	for _, hex := range s.users {
		search = append(search, hex, uuid.MustParse(hex).String())
	}
	for _, secret := range search {
		if i := bytes.Index(low, []byte(secret)); i >= 0 {
			t.Errorf("%s: …%s…", where, text[max(0, i-100):min(len(text), i+100)])
		}
	}
}

// plantedPayloads are login, logout, time-out, launch and return of both generations, with canaries.
func plantedPayloads(t *testing.T) ([][]byte, *secrets) {
	t.Helper()
	s := &secrets{}
	var out [][]byte
	for _, generation := range []string{"v1p1", "v1p0"} {
		for _, name := range []string{"login", "logout", "timeout", "lti-launch", "lti-return"} {
			text, err := os.ReadFile("../testdata/" + generation + "/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, s.planted(t, text))
		}
	}
	text, err := os.ReadFile("../testdata/v1p1/lti-launch-course.json")
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, s.planted(t, text))
	if s.canaries < 400 {
		t.Fatalf("only %d canaries", s.canaries)
	}
	return out, s
}

// planted makes all payloads of one site and puts the canaries in.
func (s *secrets) planted(t *testing.T, text []byte) []byte {
	t.Helper()
	text = regexp.MustCompile(`/v1/sites/[0-9a-f-]{36}`).ReplaceAll(text, []byte("/v1/sites/"+testSite))
	for _, m := range regexp.MustCompile(`/users/([0-9a-f]{32})"`).FindAllSubmatch(text, -1) {
		if !slices.Contains(s.users, string(m[1])) {
			s.users = append(s.users, string(m[1]))
		}
	}
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	s.walk(root, "", false)
	out, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// walk plants below a node. private says that every text in it tells of a person, unless it is one that must be left
// for the event to be understood.
func (s *secrets) walk(node any, key string, private bool) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			s.walk(item, key, private)
		}
	case map[string]any:
		private = private || slices.Contains([]string{"extensions", "launchParameters", "customParameters"}, key)
		for name, value := range node {
			text, isText := value.(string)
			switch {
			case !isText:
				s.walk(value, name, private)
			case private:
				node[name] = s.plantPrivate(name, text)
			case name == "launchUrl" || name == "destinationUrl":
				node[name] = s.plantURL(text)
			}
		}
		if key == "extensions" || private {
			node["bb:"+s.plant()] = s.plant()
		}
		if id, _ := node["id"].(string); strings.Contains(id, "/users/") {
			s.plantPerson(node)
		} else if id, _ := node["@id"].(string); strings.Contains(id, "/users/") {
			s.plantPerson(node)
		}
	}
}

// plantPerson says of a person whatever the specification lets an event say.
func (s *secrets) plantPerson(person map[string]any) {
	for _, name := range []string{"name", "description", "email", "givenName", "familyName"} {
		person[name] = s.plant()
	}
	person["otherIdentifiers"] = []any{map[string]any{"type": "SystemIdentifier", "identifier": s.plant(), "source": s.plant()}}
}

// plantPrivate replaces a text, or hides a canary in one that is needed.
func (s *secrets) plantPrivate(name, text string) string {
	switch name {
	case "context_id", "context_label", "context_title", "resource_link_id", "resource_link_title", "lti_version", "lti_message_type":
		return text // may leave, by default
	case "user_id", "ext_launch_id", "custom_caliper_federated_session_id", "context_type":
		return text
	case "roles":
		return text + "," + s.plant()
	}
	if strings.HasPrefix(text, "https://") {
		return s.plantURL(text)
	}
	return s.plant()
}

// plantURL hides canaries in those parts of a URL that have to stay behind.
func (s *secrets) plantURL(text string) string {
	rest := strings.TrimPrefix(text, "https://")
	separator := "?"
	if strings.Contains(rest, "?") {
		separator = "&"
	}
	return "https://" + s.plant() + ":" + s.plant() + "@" + rest + separator + s.plant() + "=" + s.plant() + "#" + s.plant()
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.buf.Bytes())
}
