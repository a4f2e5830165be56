package translate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
)

const testdata = "../../testdata/"

// appID is the application of all tests.
var appID = uuid.MustParse("1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11")

// form is one way to write events: a preset, and what becomes of launches.
type form struct {
	preset string
	lti    timeback.LTIMode
}

func (f form) String() string { return f.preset + "/" + string(f.lti) }

// forms are all ways there are.
func forms() []form {
	var all []form
	for _, preset := range timeback.PresetNames() {
		for _, lti := range timeback.LTIModes() {
			all = append(all, form{preset, lti})
		}
	}
	return all
}

// translator writes events of a form, with the launch parameters that leave by default.
func (f form) translator(tb testing.TB) *translate.Translator {
	tb.Helper()
	preset, ok := timeback.LookupPreset(f.preset)
	if !ok {
		tb.Fatalf("no preset %q", f.preset)
	}
	preset.Events.Skip = nil // as with `skip: []`: every type has a form in every preset
	preset.Events.LTI = f.lti
	return translate.New(translate.Options{
		Events: preset.Events, AppID: appID, LaunchParameters: config.DefaultLaunchParameters(),
	})
}

// policy holds unmapped people's events, as is usual.
func (f form) policy(tb testing.TB) pipeline.Policy {
	tb.Helper()
	return pipeline.Policy{Translator: f.translator(tb), Unmapped: mapping.Hold, Trust: mapping.DefaultTrust()}
}

// people is the map of the fixtures, which is only read.
func people(tb testing.TB) *mapping.Index {
	tb.Helper()
	index, err := loadPeople()
	if err != nil {
		tb.Fatal(err)
	}
	return index
}

var loadPeople = sync.OnceValues(func() (*mapping.Index, error) {
	file, err := os.Open(testdata + "map.csv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return mapping.LoadFile(context.Background(), file, "northfield")
})

// written are how the names of those payloads begin that have a v1p2 form. A type more is a name more.
var written = []string{
	"login", "logout", "timeout", "lti-", "forum", "blog", "wiki", "content", "coursegroup",
	"view", "assignable", "assessment", "grade", "outcome", "calculatedgrade",
}

// fixtures are the names of all payloads that have a v1p2 form, as in v1p1/login.
func fixtures(tb testing.TB) []string {
	tb.Helper()
	var names []string
	for _, begin := range written {
		files, err := filepath.Glob(testdata + "v1p[01]/" + begin + "*.json")
		if err != nil || len(files) == 0 {
			tb.Fatal("no fixtures of ", begin, err)
		}
		for _, file := range files {
			generation := filepath.Base(filepath.Dir(file))
			names = append(names, generation+"/"+strings.TrimSuffix(filepath.Base(file), ".json"))
		}
	}
	return names
}

func readFixture(tb testing.TB, name string) []byte {
	tb.Helper()
	body, err := os.ReadFile(testdata + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// isLaunch tells whether a fixture has launches or returns in it.
func isLaunch(fixture string) bool { return strings.Contains(fixture, "/lti-") }

// decode gives the events of a body, without those that cannot be decoded.
func decode(tb testing.TB, body []byte) []*blackboard.Event {
	tb.Helper()
	split, err := blackboard.Split(body, 0)
	if err != nil {
		tb.Fatal(err)
	}
	var all []*blackboard.Event
	for _, item := range split.Items {
		if event, err := blackboard.Decode(body[item.Start:item.End]); err == nil {
			all = append(all, event)
		}
	}
	return all
}

// school is one source: its map, and what its events have said.
type school struct {
	people *mapping.Index
	memory *journal.Memory
}

func newSchool(tb testing.TB) *school {
	tb.Helper()
	return &school{people(tb), journal.NewMemory()}
}

func (s *school) lookup(p *blackboard.Person) (uuid.UUID, bool) {
	id := mapping.Identity{UserUUID: p.UUID, UserID: p.UserID, ExternalID: p.ExternalID}
	match, ok := s.people.Lookup(id, mapping.DefaultTrust())
	return match.PlatformID, ok
}

// context is what a pipeline would know of an event, once it has remembered what the event says.
func (s *school) context(event *blackboard.Event) translate.Context {
	for _, fact := range translate.Facts(event) {
		s.memory.Note(fact, event.Time)
	}
	c := translate.Context{Site: event.Site(), Memory: s.memory, Lookup: s.lookup}
	person, known := event.Person()
	if !known {
		var whom journal.Whom
		_, whom, known = s.memory.Session(translate.SessionRef(event))
		person = translate.Person(whom)
	}
	if platform, mapped := s.lookup(&person); known && mapped {
		c.Person, c.PersonID = &person, platform
	}
	return c
}

// compact is a body as Learn sends it, without white space.
func compact(tb testing.TB, body []byte) []byte {
	tb.Helper()
	text := jsontext.Value(body)
	if err := text.Compact(); err != nil {
		tb.Fatal(err)
	}
	return text
}
