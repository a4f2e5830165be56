package translate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/timeback"
)

const (
	learn = "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985"
	mira  = `{"id":"` + learn + `/users/7b1f4c9ad2e84f06a3c5d8e9017f2b64","type":"Person"}`
	app   = `{"id":"` + learn + `/applications/learn","type":"SoftwareApplication"}`

	miraPlatform = "urn:uuid:5f0a1c2e-0000-4000-8000-00000000a002"
)

// sessionEvent is a SessionEvent about Mira, with more members. A time-out says only which session, as Learn may.
func sessionEvent(id, action, at, more string) string {
	actor, object := mira, app
	if action == "TimedOut" {
		actor, object = app, `{"id":"`+learn+`/sessions/S1","type":"Session"}`
	}
	return sessionEventOn(object, id, actor, action, at, more)
}

func sessionEventOn(object, id, actor, action, at, more string) string {
	return `{"type":"SessionEvent","id":"00000000-0000-4000-8000-0000000000` + id + `","actor":` + actor +
		`,"object":` + object + `,"action":"` + action + `","eventTime":"2021-02-09T` + at + `Z"` + more + `}`
}

func federated(id string) string {
	return `,"federatedSession":{"id":"` + id + `","type":"LtiSession"}`
}

// v5 is the derived IRI of a thing.
func v5(id string) string { return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(id)).String() }

// results are the events that an array becomes, as they were written by a preset's own form.
func results(t *testing.T, preset string, events ...string) []map[string]any {
	t.Helper()
	f := form{preset: preset}
	translator, s := f.translator(t), newSchool(t)
	var all []map[string]any
	for _, event := range decode(t, []byte("["+strings.Join(events, ",")+"]")) {
		out, err := translator.Translate(event, s.context(event))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, members(t, out))
	}
	if len(all) != len(events) {
		t.Fatalf("%d of %d events were decoded", len(all), len(events))
	}
	return all
}

// members are those of a JSON object.
func members(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// at is the value at a path of names with dots, nil if nothing is there.
func at(m map[string]any, path string) any {
	var v any = m
	for name := range strings.SplitSeq(path, ".") {
		inner, _ := v.(map[string]any)
		v = inner[name]
	}
	return v
}

// wants compares places of an event; a nil must not be there.
func wants(t *testing.T, event map[string]any, want map[string]any) {
	t.Helper()
	for path, value := range want {
		if got := at(event, path); got != value {
			t.Errorf("%s: got %v, want %v", path, got, value)
		}
	}
}

func TestSessionOfLogin(t *testing.T) {
	for _, session := range []string{learn + "/sessions/0356052DAA966AA071787F54DBFEB1B1", "session123"} {
		login := results(t, timeback.PresetCaliper, sessionEvent("01", "LoggedIn", "08:00:00.000", federated(session)))[0]
		wants(t, login, map[string]any{
			"session.id": v5(session), "session.type": "Session", "session.startedAtTime": "2021-02-09T08:00:00.000Z",
			"session.endedAtTime": nil, "federatedSession": nil,
		})
	}
}

// TimeBack asks for a session in every SessionEvent; one that Learn does not name is known to this event alone.
func TestSessionThatIsNotNamed(t *testing.T) {
	own := func(id string) any { return v5("urn:uuid:00000000-0000-4000-8000-0000000000" + id + "/session") }
	events := results(t, timeback.PresetTimeBack,
		sessionEvent("01", "LoggedIn", "08:00:00.000", federated(learn+"/sessions/")),
		sessionEvent("02", "LoggedOut", "09:00:00.000", ""),
		sessionEventOn(`{"type":"Session","user":`+mira+`}`, "03", app, "TimedOut", "10:00:00.000", ""),
	)
	wants(t, events[0], map[string]any{"session.id": own("01"), "session.startedAtTime": "2021-02-09T08:00:00.000Z"})
	wants(t, events[1], map[string]any{
		"session.id": own("02"), "session.endedAtTime": "2021-02-09T09:00:00.000Z",
		"session.startedAtTime": nil, "session.duration": nil,
	})
	wants(t, events[2], map[string]any{
		"object.id": own("03"), "object.user": miraPlatform, "object.endedAtTime": "2021-02-09T10:00:00.000Z", "session": nil,
	})
}

func TestSessionDuration(t *testing.T) {
	for _, c := range []struct{ login, logout, duration string }{
		{"08:00:00.000", "09:30:00.250", "PT5400.25S"},
		{"08:00:00.000", "08:00:00.001", "PT0.001S"},
		{"08:00:00.000", "08:00:00.000", ""}, // nothing is no duration
		{"08:00:00.001", "08:00:00.000", "-"},
		{"", "08:00:00.000", "-"},
	} {
		var events []string
		if c.login != "" {
			events = append(events, sessionEvent("01", "LoggedIn", c.login, federated("S")))
		}
		events = append(events, sessionEvent("02", "LoggedOut", c.logout, federated("S")))
		out := results(t, timeback.PresetCaliper, events...)
		want := map[string]any{
			"session.startedAtTime": "2021-02-09T" + c.login + "Z", "session.duration": c.duration,
			"session.endedAtTime": "2021-02-09T" + c.logout + "Z",
		}
		if c.duration == "-" {
			want["session.startedAtTime"] = nil
		}
		if c.duration == "-" || c.duration == "" {
			want["session.duration"] = nil
		}
		wants(t, out[len(out)-1], want)
	}
}

// Where Learn writes the event's own time as the session's start, that is no start.
func TestSessionStartOfLearnIsIgnored(t *testing.T) {
	out := results(t, timeback.PresetCaliper, sessionEvent("02", "LoggedOut", "08:00:00.000",
		`,"federatedSession":{"id":"S","type":"LtiSession","startedAtTime":"2021-02-09T08:00:00.000Z"}`))
	wants(t, out[0], map[string]any{"session.startedAtTime": nil, "session.duration": nil})
}

func TestTimedOut(t *testing.T) {
	login := sessionEvent("01", "LoggedIn", "08:00:00.000", federated(learn+"/sessions/S1"))
	timeout := sessionEvent("02", "TimedOut", "09:00:00.000", "")
	remembered := map[string]any{
		"actor.id": "urn:uuid:" + appID.String(), "actor.type": "SoftwareApplication", "object.type": "Session",
		"object.id": v5(learn + "/sessions/S1"), "object.user.id": miraPlatform, "object.duration": "PT3600S", "session": nil,
		"target": nil,
	}
	wants(t, results(t, timeback.PresetCaliper, login, timeout)[1], remembered)
	// with nobody known it leaves without a user
	wants(t, results(t, timeback.PresetCaliper, timeout)[0], map[string]any{
		"object.id": v5(learn + "/sessions/S1"), "object.user": nil, "object.startedAtTime": nil, "object.duration": nil,
		"object.endedAtTime": "2021-02-09T09:00:00.000Z",
	})
}

// The presets write one event in their own forms.
func TestLoginByPreset(t *testing.T) {
	login := sessionEvent("01", "LoggedIn", "08:00:00.000",
		federated("S")+`,"target":{"id":"`+learn+`","type":"DigitalResource"}`)
	app := "urn:uuid:" + appID.String()
	both := map[string]any{
		"actor.id": miraPlatform, "actor.type": "Person", "object.id": app, "object.type": "SoftwareApplication",
		"profile": "SessionProfile", "@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
	}
	for preset, own := range map[string]map[string]any{
		timeback.PresetCaliper:  {"edApp.id": app, "session.user.id": miraPlatform, "target.id": learn},
		timeback.PresetTimeBack: {"edApp": app, "session.user": miraPlatform, "target": nil},
		timeback.PresetBeyondAI: {"edApp": app, "session.user": miraPlatform, "target": nil},
	} {
		out := results(t, preset, login)[0]
		wants(t, out, both)
		wants(t, out, own)
	}
}

func TestLogoutHasNoTarget(t *testing.T) {
	out := results(t, timeback.PresetCaliper, sessionEvent("02", "LoggedOut", "08:00:00.000",
		`,"target":{"id":"`+learn+`/sessions/S1","type":"Session","user":`+mira+`}`))
	wants(t, out[0], map[string]any{"target": nil, "session.id": v5(learn + "/sessions/S1")})
}

func TestLoginTargetThatIsNoIRIStays(t *testing.T) {
	out := results(t, timeback.PresetCaliper, sessionEvent("01", "LoggedIn", "08:00:00.000",
		`,"target":{"id":"home page","type":"DigitalResource"}`))
	wants(t, out[0], map[string]any{"target": nil})
}

// An event whose actor the pipeline could not tell has no form, in whatever way it is written.
func TestEventOfNobody(t *testing.T) {
	for _, text := range []string{
		sessionEvent("01", "LoggedIn", "08:00:00.000", ""), sessionEvent("01", "LoggedOut", "08:00:00.000", ""),
		ltiEvent("LoggedIn", launchOf(launchID, toolURL), ""), ltiEvent("LoggedOut", returnOf(launchID, ""), ""),
	} {
		event := decode(t, []byte(text))[0]
		c := newSchool(t).context(event)
		c.Person = nil
		for _, lti := range []timeback.LTIMode{timeback.LTIToolLaunch, timeback.LTIView} {
			_, err := form{timeback.PresetCaliper, lti}.translator(t).Translate(event, c)
			var failed *translate.Error
			if !errors.As(err, &failed) || failed.Reason != translate.ReasonUntranslatable {
				t.Errorf("%s %s: %v", event.Type, event.Action, err)
			}
		}
	}
}
