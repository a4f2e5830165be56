// Package sample writes conformant documents for the tests of the collector
// client and of the try-out collector.
package sample

import (
	"fmt"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// Event is a LoggedIn by one person. Its number stands in the last digits of
// its id and of its session's.
func Event(n int) []byte {
	return fmt.Appendf(nil, `{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2",`+
		`"id":"%s","type":"SessionEvent","profile":"SessionProfile",`+
		`"actor":{"id":"urn:uuid:0a1b2c3d-0000-4000-8000-000000000001","type":"Person"},"action":"LoggedIn",`+
		`"object":{"id":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11","type":"SoftwareApplication"},`+
		`"eventTime":"2026-03-01T12:00:00.000Z","edApp":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11",`+
		`"session":{"id":"urn:uuid:7d6a0c1e-3b52-4a9e-9c39-%012d","type":"Session",`+
		`"startedAtTime":"2026-03-01T12:00:00.000Z"}}`, EventID(n), n)
}

// EventID is the id of Event(n). Ids are in the order of their numbers.
func EventID(n int) string {
	return fmt.Sprintf("urn:uuid:6b0d3c3a-54a4-4b43-8a3d-%012d", n)
}

// Grade is TimeBack's own form of a graded question: with a scoreType, which
// is no Caliper term.
func Grade() []byte {
	return []byte(`{"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2",` +
		`"id":"urn:uuid:6b0d3c3a-54a4-4b43-8a3d-0000000000ff","type":"GradeEvent",` +
		`"actor":"urn:uuid:0a1b2c3d-0000-4000-8000-000000000001","action":"Graded",` +
		`"object":"urn:uuid:7d6a0c1e-3b52-4a9e-9c39-000000000001",` +
		`"generated":{"id":"urn:uuid:7d6a0c1e-3b52-4a9e-9c39-000000000002","type":"Score",` +
		`"scoreType":"QUESTION_RESULT","attempt":"urn:uuid:7d6a0c1e-3b52-4a9e-9c39-000000000001",` +
		`"maxScore":1,"scoreGiven":1},"eventTime":"2026-03-01T12:00:00.000Z",` +
		`"edApp":"urn:uuid:1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11","session":"urn:tag:auto-attach"}`)
}

// Envelope holds documents, always with the same sensor and sendTime.
func Envelope(documents ...[]byte) []byte {
	sent := time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC)
	return caliper.AppendEnvelope(nil, "urn:uuid:11111111-2222-4333-8444-555555555555", sent, documents)
}

// Events is an envelope of the events with these numbers.
func Events(numbers ...int) []byte {
	documents := make([][]byte, len(numbers))
	for i, n := range numbers {
		documents[i] = Event(n)
	}
	return Envelope(documents...)
}
