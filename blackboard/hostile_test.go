package blackboard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

// oddValues are put in place of every node of every fixture.
var oddValues = []any{nil, 5, "x", []any{}, map[string]any{}, true, ""}

// personal are the values in the fixtures that no error may quote.
var personal = []string{mira, tomas, "_4711_1", "_4802_1", "lindqvist", "okafor", "Mozilla", "203.0.113", "northfield", "administrator", "98.10.178.27", "herokuapp", ines, "ines.duarte", "_4733_1"}

// TestHostileNodes replaces each node of each event in turn by a value of every
// JSON type: the outcome is an event that keeps its promises, or a DecodeError
// that says where and quotes nothing. A place that an event of the same type
// and generation had before, with the same generated, is not tried again.
func TestHostileNodes(t *testing.T) {
	if underRace {
		t.Skip("one goroutine: the run without the race detector does it")
	}
	seen := make(map[string]bool)
	for _, name := range fixtures(t) {
		for _, raw := range events(t, readFixture(t, name)) {
			var doc any
			if err := json.Unmarshal(raw, &doc); err != nil {
				t.Fatal(err)
			}
			e := decode(t, raw)
			h := hostile{seen: seen, check: func() { checkOutcome(t, name, doc) }}
			h.mutate(doc, e.Generation.String()+e.Type+kindOf(e.Generated))
		}
	}
	if len(seen) < 1500 {
		t.Errorf("only %d places", len(seen))
	}
}

// hostile calls check with each node of a document replaced by each odd value.
type hostile struct {
	seen  map[string]bool // places
	check func()
}

func (h *hostile) mutate(v any, place string) {
	try := func(name string, was any, set func(any)) {
		at := place + "/" + name
		h.mutate(was, at)
		if h.seen[at] {
			return
		}
		h.seen[at] = true
		for _, odd := range oddValues {
			set(odd)
			h.check()
		}
		set(was)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, was := range v {
			try(name, was, func(odd any) { v[name] = odd })
		}
	case []any:
		for i, was := range v {
			try(fmt.Sprint(i), was, func(odd any) { v[i] = odd })
		}
	}
}

func checkOutcome(t *testing.T, name string, doc any) {
	t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := outcome(raw); err != nil {
		t.Errorf("%s: %v\n%s", name, err, raw)
	}
}

// outcome decodes raw and says what is wrong with how that ended.
func outcome(raw []byte) error {
	e, err := blackboard.Decode(raw)
	if err != nil {
		return soundRefusal(err)
	}
	if id, typ := blackboard.Identify(raw); id != e.ID || typ != e.Type {
		return fmt.Errorf("identified as %s %s, decoded as %s %s", typ, id, e.Type, e.ID)
	}
	return sound(e)
}

func soundRefusal(err error) error {
	var refused *blackboard.DecodeError
	if !errors.As(err, &refused) || refused.Reason == "" || refused.Detail == "" {
		return fmt.Errorf("refused without a reason: %w", err)
	}
	if len(refused.Path) > 250 {
		return fmt.Errorf("a path too long: %w", err)
	}
	for _, secret := range personal {
		if strings.Contains(refused.Reason+refused.Detail+refused.Path, secret) {
			return fmt.Errorf("the error quotes %q", secret)
		}
	}
	return nil
}

// sound checks what Event and the Action constants promise.
func sound(e *blackboard.Event) error {
	person, named := e.Person()
	if named && person.IRI == "" && person.UserID == "" && person.ExternalID == "" && person.UUID == (blackboard.Person{}).UUID {
		return errors.New("a person without any identifier")
	}
	if e.Time.IsZero() || e.Generation == 0 {
		return errors.New("no time or generation")
	}
	for _, s := range []*blackboard.Session{e.Session, e.FederatedSession} {
		if s != nil && (s.ID == "" || strings.HasSuffix(s.ID, "/sessions/")) {
			return errors.New("an empty session")
		}
	}
	if !kept(e, named) {
		return fmt.Errorf("%s %s of %T by %T breaks its promise", e.Type, e.Action, e.Object, e.Actor)
	}
	return soundMentions(e)
}

// kept tells whether the event is what its Action constant promises.
func kept(e *blackboard.Event, named bool) bool {
	_, byPerson := e.Actor.(*blackboard.Person)
	switch e.Type {
	case blackboard.TypeSession:
		if e.Action == blackboard.ActionTimedOut {
			return is[*blackboard.Session](e.Object)
		}
		return named && byPerson
	case blackboard.TypeLTI:
		if e.Action == blackboard.ActionReturn {
			return named && byPerson && is[*blackboard.LTIReturn](e.Object)
		}
		return named && byPerson && is[*blackboard.LTILaunch](e.Object)
	case blackboard.TypeGrade:
		score, scored := e.Generated.(*blackboard.Score)
		return is[*blackboard.Attempt](e.Object) && (!scored || score.Attempt != nil)
	case blackboard.TypeCalculatedGradeSnapshot:
		return is[*blackboard.CalculatedGrade](e.Object)
	case blackboard.TypeView:
		return named && byPerson && e.Object != nil
	case blackboard.TypeAssignable, blackboard.TypeAssessment, blackboard.TypeAssessmentItem:
		return named && byPerson && is[*blackboard.Assignable](e.Object)
	case blackboard.TypeForum:
		return named && byPerson && is[*blackboard.Forum](e.Object)
	case blackboard.TypeContent:
		return named && byPerson && is[*blackboard.Content](e.Object)
	case blackboard.TypeCourseGroup:
		return named && byPerson && is[*blackboard.Organization](e.Object)
	case blackboard.TypeBlog:
		return named && byPerson && is[*blackboard.Blog](e.Object)
	case blackboard.TypeWiki:
		return named && byPerson && is[*blackboard.WikiPage](e.Object)
	}
	return false
}

func is[T blackboard.Entity](e blackboard.Entity) bool {
	_, ok := e.(T)
	return ok
}

// soundMentions checks that nobody is mentioned without an identifier.
func soundMentions(e *blackboard.Event) error {
	for _, p := range e.People() {
		if p.IRI == "" && p.UserID == "" && p.ExternalID == "" && p.Email == "" && p.UUID == (blackboard.Person{}).UUID {
			return errors.New("a mention of nobody")
		}
	}
	return nil
}

// Refusing a payload must not tell what is in it.
func TestErrorsQuoteNothing(t *testing.T) {
	for _, name := range fixtures(t) {
		raw := firstEvent(t, name)
		for n := range len(raw) {
			if n%97 != 0 {
				continue
			}
			cut := append([]byte(nil), raw[:n]...)
			for _, bad := range [][]byte{cut, append(cut, '\x01'), append(cut, '\xff', '"')} {
				if _, err := blackboard.Decode(bad); err == nil {
					t.Fatalf("%s: %d bytes decode", name, n)
				} else if err := soundRefusal(err); err != nil {
					t.Fatalf("%s, %d bytes: %v", name, n, err)
				}
			}
		}
	}
}

func TestHostileSizes(t *testing.T) {
	for name, raw := range map[string]string{
		"deep array":     event("actor", strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000)),
		"deep object":    event("group", strings.Repeat(`{"subOrganizationOf":`, 9_000)+"1"+strings.Repeat("}", 9_000)),
		"deep slots":     event("object", strings.Repeat(`{"type":"Session","user":`, 9_000)+"1"+strings.Repeat("}", 9_000)),
		"deep parameter": event("type", `"LTIEvent"`, "object", lti(strings.Repeat(`{"a":[`, 4_000)+strings.Repeat(`]}`, 4_000))),
		"too deep":       event("x", strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)),
		"long key":       `{"` + strings.Repeat("é", 100_000) + `":1,"` + strings.Repeat("é", 100_000) + `":2}`,
		"long number":    event("eventTime", strings.Repeat("9", 100_000)),
		"many members":   event("x", "{"+strings.TrimSuffix(manyMembers(), ",")+"}"),
		"many escapes":   event("action", `"`+strings.Repeat(`\\`, 100_000)+`"`),
	} {
		t.Run(name, func(t *testing.T) {
			if err := outcome([]byte(raw)); err != nil {
				t.Error(err)
			}
		})
	}
}

func manyMembers() string {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, `"k%d":%d,`, i, i)
	}
	return b.String()
}
