package caliper

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
)

// FuzzCheck: a check never panics, what it accepts is JSON, and the four ways of
// asking agree.
func FuzzCheck(f *testing.F) {
	for _, test := range mustTests {
		doc := test.base()
		test.broken(doc)
		f.Add(encode(f, doc))
	}
	f.Add([]byte(goldenLogin))
	f.Add(encode(f, envelopeOf(login(), launch(), describe(TypeQuestionnaire))))
	f.Add([]byte(`[{"a\u0062":"\ud83d\ude00","a":[{}]}]`))
	checker := NewChecker(Options{ExtraProperties: map[EntityType][]string{TypeEntity: {"a", "b"}}})
	f.Fuzz(func(t *testing.T, doc []byte) {
		before := bytes.Clone(doc)
		event, document, envelope := checker.Event(doc), checker.Document(doc), checker.Envelope(doc)
		report, whole := checker.Items(doc)
		if (event == nil || document == nil || envelope == nil || whole == nil) && !json.Valid(doc) {
			t.Error("what is no JSON was accepted")
		}
		if event == nil && document != nil {
			t.Errorf("an event, but no document: %v", document)
		}
		if report.Shape == SingleShape && len(report.Items) == 1 && (report.Items[0] == nil) != (document == nil) {
			t.Errorf("Items says %v, Document %v", report.Items[0], document)
		}
		if report.Shape == EnvelopeShape && whole == nil && (errors.Join(report.Items...) == nil) != (envelope == nil) {
			t.Errorf("Items says %v, Envelope %v", report.Items, envelope)
		}
		if !bytes.Equal(before, doc) {
			t.Error("the document was changed")
		}
	})
}

// One checker serves everybody at once; run with -race.
func TestConcurrentUse(t *testing.T) {
	checker := NewChecker(Options{})
	good := [][]byte{[]byte(goldenLogin), encode(t, launch()), encode(t, describe(TypeAssessment))}
	bad := encode(t, without(login(), "actor"))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				if err := checker.Document(good[(worker+i)%len(good)]); err != nil {
					t.Errorf("refused: %v", err)
				}
				if err := checker.Document(bad); err == nil || !strings.HasPrefix(err.Error(), "$.actor:") {
					t.Errorf("failure %v", err)
				}
			}
		})
	}
	group.Wait()
}

func TestNothingOfTheDocumentIsKept(t *testing.T) {
	checker := NewChecker(Options{})
	doc := []byte(`{"@context":"` + Context + `","id":"https://example.edu/1","type":"Person","secretName":"secret value"}`)
	err := checker.Document(doc)
	said := strings.Clone(err.Error())
	clear(doc)
	if err.Error() != said {
		t.Errorf("the failure changed to %q", err)
	}
	if !strings.HasPrefix(said, "$.secretName: a Person has no such property") || strings.Contains(said, "secret value") {
		t.Errorf("failure %q", said)
	}
	d := documents.Get().(*document)
	if d.src != nil {
		t.Error("a pooled document still has its source")
	}
}

func TestFailureReadsAsOneLine(t *testing.T) {
	err := NewChecker(Options{}).Document(encode(t, changed(login(), "actor", "Ada")))
	want := "$.actor: actor is a Person, as an object with id and type or as an absolute IRI (Caliper 1.2 SessionEvent)"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	hostile := NewChecker(Options{}).Document([]byte(`{"@context":"` + Context + `","id":"a:b","type":"Person","a\n\tb":1}`))
	if hostile == nil || strings.ContainsAny(hostile.Error(), "\n\t") {
		t.Errorf("failure %q", hostile)
	}
}

func TestCheckAllocatesNextToNothing(t *testing.T) {
	checker, doc := NewChecker(Options{}), []byte(goldenLogin)
	allocs := testing.AllocsPerRun(200, func() {
		if err := checker.Event(doc); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 10 { // one here; more under -race, whose pools forget at random
		t.Errorf("%v allocations a check", allocs)
	}
}
