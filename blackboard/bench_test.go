package blackboard_test

import (
	"bytes"
	"testing"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// BenchmarkSplit splits an envelope of 25 logins, Learn's default batch, as
// Learn writes it: without white space.
func BenchmarkSplit(b *testing.B) {
	login := compact(b, readFixture(b, "v1p1/login"))
	body := envelopeOf(bytes.Repeat(append(login, ','), 25))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := blackboard.Split(body, 5000); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode decodes one event of each kind; v1p0 and odd events take the
// slow way.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{
		"v1p1/login", "v1p1/logout", "v1p1/timeout", "v1p1/lti-launch", "v1p1/lti-launch-course", "v1p1/lti-return",
		"v1p1/view-viewed", "v1p1/assignable-completed", "v1p1/assessmentitem-completed", "v1p1/grade-graded", "v1p1/forum-created",
		"v1p0/login", "v1p0/lti-launch", "v1p0/outcome-graded",
	} {
		b.Run(name, func(b *testing.B) {
			raw := compact(b, firstEvent(b, name))
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := blackboard.Decode(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSplitWithoutIDs splits v1p0, whose ids are made of the content.
func BenchmarkSplitWithoutIDs(b *testing.B) {
	body := readFixture(b, "v1p0/login")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := blackboard.Split(body, 5000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseIRI(b *testing.B) {
	const iri = "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985/users/7b1f4c9ad2e84f06a3c5d8e9017f2b64"
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := blackboard.ParseIRI(iri); !ok {
			b.Fatal("not read")
		}
	}
}

func BenchmarkContainsUserIRI(b *testing.B) {
	doc := string(compact(b, readFixture(b, "v1p1/lti-launch")))
	doc = string(bytes.ReplaceAll([]byte(doc), []byte("/users/"), []byte("/sessions/")))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if blackboard.ContainsUserIRI(doc) {
			b.Fatal("found")
		}
	}
}
