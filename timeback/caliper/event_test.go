package caliper

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const goldenLogin = `{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2",` +
	`"id":"urn:uuid:0f7f3f0e-0d1c-4c0a-9f9b-8f6f2d3f7b10","type":"SessionEvent","profile":"SessionProfile",` +
	`"actor":{"id":"urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11","type":"Person"},"action":"LoggedIn",` +
	`"object":{"id":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11","type":"SoftwareApplication"},` +
	`"target":{"id":"https://learn.example.edu/sites/1","type":"DigitalResource","name":"Example Learn"},` +
	`"eventTime":"2026-01-15T09:30:00.645Z",` +
	`"edApp":{"id":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11","type":"SoftwareApplication"},` +
	`"membership":{"id":"urn:uuid:9c3b3c5e-63a5-5d4b-8a0a-51c2b1f4a002","type":"Membership",` +
	`"organization":"urn:uuid:8c3b3c5e-63a5-5d4b-8a0a-51c2b1f4a003",` +
	`"member":{"id":"urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11","type":"Person"},` +
	`"roles":["Instructor","Instructor#TeachingAssistant"],"status":"Active"},` +
	`"session":{"id":"urn:uuid:7c0b3c5e-63a5-5d4b-8a0a-51c2b1f4a001","type":"Session",` +
	`"user":{"id":"urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11","type":"Person"},` +
	`"startedAtTime":"2026-01-15T09:30:00.645Z","dateCreated":"2026-01-15T09:30:00.645Z"}}`

func TestLoginIsWrittenAsAlways(t *testing.T) {
	got, err := loginEvent().AppendJSON([]byte("before "))
	if err != nil {
		t.Fatal(err)
	}
	if want := "before " + goldenLogin; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	wantAccepted(t, NewChecker(Options{}).Event([]byte(goldenLogin)))
}

func launchEvent() *Event {
	at := time.Date(2026, 1, 15, 10, 0, 0, 0, time.FixedZone("", 3600))
	course := &CourseSection{CourseOffering: CourseOffering{
		Organization: Organization{Entity: Entity{ID: "urn:uuid:6d0b3c5e-63a5-5d4b-8a0a-51c2b1f4a009", Name: "Algebra <1>"}},
		CourseNumber: "ALG-1",
	}}
	return &Event{
		ID: "urn:uuid:5f7f3f0e-0d1c-4c0a-9f9b-8f6f2d3f7b15", Type: ToolLaunchEvent, Profile: ToolLaunchProfile,
		Actor: IRI("urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11"), Action: Launched, EventTime: at,
		Object: &SoftwareApplication{Entity: Entity{ID: "https://tool.example.com"}},
		Target: &LtiLink{
			DigitalResource: DigitalResource{Entity: Entity{ID: "https://tool.example.com/launch"}},
			MessageType:     LtiResourceLinkRequest,
		},
		Group: course,
		FederatedSession: &LtiSession{
			Session: Session{Entity: Entity{ID: "urn:uuid:7c0b3c5e-63a5-5d4b-8a0a-51c2b1f4a001"}},
			MessageParameters: Map{
				"lti_version": "LTI-1p0", "context_id": "", "nothing": nil, "roles": []string{"Learner", ""},
				"custom": map[string]any{"a": 1, "empty": []any{nil, "", Map{}}, "deep": []any{true, 2.5, int64(3), at}},
				"flat":   map[string]string{"x": "y", "z": ""},
			},
		},
	}
}

func TestLaunchIsWrittenAndAccepted(t *testing.T) {
	doc, err := launchEvent().AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	wantAccepted(t, NewChecker(Options{}).Event(doc))
	for _, want := range []string{
		`"messageParameters":{"custom":{"a":1,"deep":[true,2.5,3,"2026-01-15T09:00:00.000Z"]},"flat":{"x":"y"},"lti_version":"LTI-1p0","roles":["Learner"]}`,
		`"eventTime":"2026-01-15T09:00:00.000Z"`, `"name":"Algebra <1>"`,
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("%s is not in %s", want, doc)
		}
	}
}

// Everything empty in every way: no null, no empty string, array or object.
func TestNothingEmptyIsWritten(t *testing.T) {
	var person *Person
	event := Event{
		Type: ViewEvent, Actor: person, Object: IRI(""), Session: (*LtiSession)(nil), Extensions: Map{"a": Map{"b": nil}},
		Group:  &Organization{Members: []Node{nil, person, IRI("")}, Entity: Entity{OtherIdentifiers: []*SystemIdentifier{nil}}},
		Target: &DigitalResource{Keywords: []string{"", ""}, Creators: []Node{}},
	}
	doc, err := event.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"@context":"` + Context + `","type":"ViewEvent","target":{"type":"DigitalResource"},"group":{"type":"Organization"}}`
	if string(doc) != want {
		t.Errorf("got %s\nwant %s", doc, want)
	}
}

func TestWhatHasNoFormIsAnError(t *testing.T) {
	for what, event := range map[string]*Event{
		"UTF-8":      {ID: "\xff"},
		"map name":   {Extensions: Map{"\xff": 1}},
		"map value":  {Extensions: Map{"a": struct{}{}}},
		"number":     {Extensions: Map{"a": math.NaN()}},
		"infinity":   {Object: &Score{MaxScore: new(math.Inf(1))}},
		"late year":  {EventTime: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"early year": {EventTime: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		dst, err := event.AppendJSON([]byte("kept"))
		if err == nil || string(dst) != "kept" {
			t.Errorf("%s: %q, error %v", what, dst, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	score := &Score{
		Entity: Entity{ID: someIRI}, MaxScore: new(100.0), ScoreGiven: new(0.0),
		Attempt: &Attempt{Entity: Entity{ID: someIRI}, Count: new(0), Duration: 90 * time.Minute},
	}
	doc, err := (&Event{Type: GradeEvent, Generated: score}).AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"maxScore":100,`, `"scoreGiven":0}`, `"count":0,`, `"duration":"PT5400S"`} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("%s is not in %s", want, doc)
		}
	}
	for f, want := range map[float64]string{1e21: "1e+21", 1e-7: "1e-07", 0.1: "0.1", -2: "-2", 123456789: "123456789"} {
		w := writer{}
		if w.number(f); string(w.dst) != want || !json.Valid(w.dst) {
			t.Errorf("%v is written %s", f, w.dst)
		}
	}
}

func TestDurationsAreWritten(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "PT1S", 90 * time.Second: "PT90S", 250 * time.Millisecond: "PT0.25S",
		26 * time.Hour: "PT93600S", time.Second + 999*time.Microsecond: "PT1S",
	} {
		if got := string(AppendDuration(nil, d)); got != want || !isDuration(got) {
			t.Errorf("%v is written %s, want %s", d, got, want)
		}
	}
	w := writer{dst: []byte("{")}
	w.duration("duration", 0)
	w.duration("duration", -time.Hour)
	if string(w.dst) != "{" {
		t.Errorf("written %s", w.dst)
	}
}

func TestEnvelopeIsWritten(t *testing.T) {
	at := time.Date(2026, 1, 15, 9, 30, 1, 2e6, time.UTC)
	checker := NewChecker(Options{})
	for n := 1; n <= 3; n++ {
		events := slices.Repeat([][]byte{[]byte(goldenLogin)}, n)
		doc := AppendEnvelope([]byte(" "), "https://example.edu/\"", at, events)
		wantAccepted(t, checker.Envelope(doc))
		report, err := checker.Items(doc)
		if err != nil || len(report.Items) != n {
			t.Errorf("%d items, error %v, want %d", len(report.Items), err, n)
		}
		if !strings.Contains(string(doc), `"sendTime":"2026-01-15T09:30:01.002Z"`) {
			t.Errorf("written %s", doc)
		}
	}
}

// models are all entity structs; the second is the type under which every field
// may be set, where the own type does not allow it.
var models = []struct {
	node Node
	as   EntityType
	omit []string // fields of other types
}{
	{&Person{}, TypePerson, nil},
	{&SoftwareApplication{}, TypeSoftwareApplication, nil},
	{&Organization{}, TypeOrganization, nil},
	{&Organization{}, TypeGroup, nil},
	{&CourseOffering{}, TypeCourseOffering, nil},
	{&CourseSection{}, TypeCourseSection, nil},
	{&Membership{}, TypeMembership, nil},
	{&Session{}, TypeSession, nil},
	{&LtiSession{}, TypeLtiSession, nil},
	{&DigitalResource{}, TypeDigitalResource, nil},
	{&DigitalResource{}, TypeWebPage, nil},
	{&Frame{}, TypeFrame, nil},
	{&Message{}, TypeMessage, nil},
	{&Link{}, TypeLink, nil},
	{&LtiLink{}, TypeLtiLink, nil},
	{&AssignableDigitalResource{}, TypeAssignableDigitalResource, nil},
	{&AssessmentItem{}, TypeAssessmentItem, nil},
	{&Attempt{}, TypeAttempt, nil},
	{&Response{}, TypeTrueFalseResponse, []string{"Values", "Selections"}},
	{&Response{}, TypeSelectTextResponse, []string{"Value", "Selections"}},
	{&Response{}, TypeRatingScaleResponse, []string{"Value", "Values"}},
	{&Score{}, TypeScore, nil},
	{&Result{}, TypeResult, nil},
	{&Comment{}, TypeComment, nil},
}

// Each model with every field filled is accepted, and has every property that
// the vocabulary has for its type.
func TestModelsCoverTheVocabulary(t *testing.T) {
	checker := NewChecker(Options{ExtraProperties: map[EntityType][]string{TypeScore: {"scoreType"}}})
	for _, model := range models {
		t.Run(string(model.as), func(t *testing.T) {
			fill(t, reflect.ValueOf(model.node).Elem(), model.as, model.omit)
			event := Event{
				ID: eventID, Type: GenericEvent, Profile: GeneralProfile, Actor: IRI(someIRI), Action: Used,
				Object: model.node, EventTime: time.Now(),
			}
			doc, err := event.AppendJSON(nil)
			if err != nil {
				t.Fatal(err)
			}
			wantAccepted(t, checker.Event(doc))
			var written struct{ Object map[string]any }
			if err := json.Unmarshal(doc, &written); err != nil {
				t.Fatal(err)
			}
			if got := written.Object["type"]; got != string(model.as) {
				t.Errorf("type %v", got)
			}
			for _, name := range checker.schema.entities[string(model.as)].names {
				if _, ok := written.Object[name]; !ok && name != "@context" && name != "storageName" {
					t.Errorf("%s is not written", name)
				}
			}
		})
	}
}

// fill gives every field of a model a right value.
func fill(t *testing.T, v reflect.Value, as EntityType, omit []string) {
	t.Helper()
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		if slices.Contains(omit, name) {
			continue
		}
		switch p := field.Addr().Interface().(type) {
		case *string:
			*p = someIRI
		case **int:
			*p = new(3)
		case **float64:
			*p = new(1.5)
		case **bool:
			*p = new(false)
		case *time.Time:
			*p = time.Unix(1e9, 5e6)
		case *time.Duration:
			*p = time.Minute
		case *Node:
			*p = IRI(someIRI)
		case *[]Node:
			*p = []Node{IRI(someIRI), IRI(someIRI)}
		case *[]string:
			*p = []string{"a", "b"}
		case *[]Role:
			*p = []Role{RoleLearner, RoleMentor}
		case *Status:
			*p = StatusActive
		case *MessageType:
			*p = LtiDeepLinkingRequest
		case *Map:
			*p = Map{"k": "v"}
		case *EntityType:
			*p = as
		case *[]*SystemIdentifier:
			*p = []*SystemIdentifier{{IdentifierType: IdentifierOther, Identifier: "x", Source: IRI(someIRI), Extensions: Map{"k": 1}}}
		default:
			if field.Kind() != reflect.Struct {
				t.Fatalf("no value for the field %s", name)
			}
			fill(t, field, as, omit)
		}
	}
}

// A struct writes its own type unless a subtype is asked for.
func TestModelsHaveTheirOwnType(t *testing.T) {
	for _, model := range models {
		v := reflect.New(reflect.TypeOf(model.node).Elem())
		w := writer{}
		v.Interface().(Node).appendNode(&w)
		if want := `{"type":"` + v.Elem().Type().Name() + `"}`; string(w.dst) != want {
			t.Errorf("written %s, want %s", w.dst, want)
		}
		null := writer{}
		reflect.Zero(reflect.TypeOf(model.node)).Interface().(Node).appendNode(&null)
		if len(null.dst) != 0 {
			t.Errorf("a nil %T is written %s", model.node, null.dst)
		}
	}
}
