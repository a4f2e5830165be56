package caliper

import (
	"testing"
	"time"
)

// loginEvent is what a login becomes: about 1.1 KB of JSON.
func loginEvent() *Event {
	at := time.Date(2026, 1, 15, 9, 30, 0, 645e6, time.UTC)
	person := &Person{Entity: Entity{ID: "urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11"}}
	app := &SoftwareApplication{Entity: Entity{ID: "urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11"}}
	session := &Session{
		Entity:        Entity{ID: "urn:uuid:7c0b3c5e-63a5-5d4b-8a0a-51c2b1f4a001", DateCreated: at},
		User:          person,
		StartedAtTime: at,
	}
	return &Event{
		ID: "urn:uuid:0f7f3f0e-0d1c-4c0a-9f9b-8f6f2d3f7b10", Type: SessionEvent, Profile: SessionProfile,
		Actor: person, Action: LoggedIn, Object: app, EventTime: at, EdApp: app, Session: session,
		Target: &DigitalResource{Entity: Entity{ID: "https://learn.example.edu/sites/1", Name: "Example Learn"}},
		Membership: &Membership{
			Entity: Entity{ID: "urn:uuid:9c3b3c5e-63a5-5d4b-8a0a-51c2b1f4a002"},
			Member: person, Organization: IRI("urn:uuid:8c3b3c5e-63a5-5d4b-8a0a-51c2b1f4a003"),
			Roles: []Role{RoleInstructor, RoleTeachingAssistant}, Status: StatusActive,
		},
	}
}

func BenchmarkCheckLogin(b *testing.B) {
	doc, err := loginEvent().AppendJSON(nil)
	if err != nil {
		b.Fatal(err)
	}
	checker := NewChecker(Options{})
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := checker.Event(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendLogin(b *testing.B) {
	event := loginEvent()
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = event.AppendJSON(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkNewChecker(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewChecker(Options{})
	}
}
