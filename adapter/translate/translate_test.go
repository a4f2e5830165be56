package translate

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// The last look finds what the translation itself never writes.
func TestVerify(t *testing.T) {
	const head = `{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2","type":"SessionEvent","profile":"SessionProfile",` +
		`"id":"urn:uuid:5f0a1c2e-0000-4000-8000-00000000a001","action":"LoggedIn","eventTime":"2026-01-15T09:30:00.000Z",` +
		`"object":{"id":"urn:uuid:5f0a1c2e-0000-4000-8000-00000000a002","type":"SoftwareApplication"}`
	const person = `,"actor":{"id":"urn:uuid:5f0a1c2e-0000-4000-8000-00000000a003","type":"Person"`
	for _, c := range []struct{ name, json, reason string }{
		{"good", head + person + `}}`, ""},
		{"no actor", head + `}`, ReasonNonconformant},
		{"user in a name", head + person + `,"name":"` + site + "/users/" + user + `"}}`, ReasonIdentity},
		{"escaped user", head + person + `,"name":"\/v1\/sites\/s\/users\/` + user + `"}}`, ReasonIdentity},
		{"member as an IRI", head + person + `},"membership":"` + site + "/courses/c/members/" + user + `"}`, ReasonIdentity},
	} {
		err := New(Options{}).verify([]byte(c.json))
		var failed *Error
		switch {
		case c.reason == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.reason != "" && (!errors.As(err, &failed) || failed.Reason != c.reason):
			t.Errorf("%s: %v", c.name, err)
		case c.reason != "" && strings.Contains(failed.Detail, user):
			t.Errorf("%s: the error names the user", c.name)
		}
	}
}

func TestSkippedType(t *testing.T) {
	preset, _ := timeback.LookupPreset(timeback.PresetTimeBack)
	_, err := New(Options{Events: preset.Events}).Translate(&blackboard.Event{Type: "ForumEvent"}, Context{})
	var skip *Skip
	if !errors.As(err, &skip) || skip.Reason != SkipPolicy {
		t.Error(err)
	}
}

// An event with which decoding has been more generous than translation is dead, not a panic.
func TestUntranslatable(t *testing.T) {
	person := blackboard.Person{UUID: uuid.MustParse(user)}
	for name, ev := range map[string]*blackboard.Event{
		"unknown type":       {Type: "ForumEvent"},
		"no type":            {},
		"unknown action":     {Type: blackboard.TypeSession, Action: "Paused"},
		"LTI without object": {Type: blackboard.TypeLTI, Actor: &person},
		"LTI with another":   {Type: blackboard.TypeLTI, Actor: &person, Object: new(blackboard.Thing)},
	} {
		_, err := New(Options{}).Translate(ev, Context{Person: &person})
		var failed *Error
		if !errors.As(err, &failed) || failed.Reason != ReasonUntranslatable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without a mode of its own a destination has its preset's.
func TestLTIModeOfPreset(t *testing.T) {
	launch := &blackboard.Event{Type: blackboard.TypeLTI, Object: new(blackboard.LTILaunch)}
	_, err := New(Options{Events: timeback.EventForm{LTI: timeback.LTIDrop}}).Translate(launch, Context{})
	var skip *Skip
	if !errors.As(err, &skip) {
		t.Error(err)
	}
}
