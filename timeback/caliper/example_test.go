package caliper_test

import (
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

func ExampleEvent_AppendJSON() {
	event := caliper.Event{
		ID: "urn:uuid:0f7f3f0e-0d1c-4c0a-9f9b-8f6f2d3f7b10", Type: caliper.SessionEvent, Profile: caliper.SessionProfile,
		Actor:     &caliper.Person{Entity: caliper.Entity{ID: "urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11"}},
		Action:    caliper.LoggedOut,
		Object:    &caliper.SoftwareApplication{Entity: caliper.Entity{ID: "urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11"}},
		EventTime: time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
		Session:   caliper.AutoAttachSession,
	}
	doc, err := event.AppendJSON(nil)
	fmt.Println(string(doc), err)
	// Output:
	// {"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2","id":"urn:uuid:0f7f3f0e-0d1c-4c0a-9f9b-8f6f2d3f7b10","type":"SessionEvent","profile":"SessionProfile","actor":{"id":"urn:uuid:3fb9d2b1-7a0c-4a2f-9d53-0b8f1f2a6c11","type":"Person"},"action":"LoggedOut","object":{"id":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11","type":"SoftwareApplication"},"eventTime":"2026-01-15T09:30:00.000Z","session":"urn:tag:auto-attach"} <nil>
}

func ExampleChecker_Document() {
	checker := caliper.NewChecker(caliper.Options{})
	err := checker.Document([]byte(`{
		"@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
		"id": "https://example.edu/terms/1/courses/7/members/3",
		"type": "Membership",
		"roles": ["urn:lti:role:ims/lis/Learner"],
		"status": "Deleted"
	}`))
	fmt.Println(err)
	// Output:
	// $.roles[0]: each element of roles is one of the 57 terms of LIS Roles, such as Administrator (Caliper 1.2 LIS Roles)
}
