package blackboard_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

func FuzzSplit(f *testing.F) {
	for _, name := range fixtures(f) {
		f.Add(readFixture(f, name))
	}
	for _, s := range []string{"", "[]", `[{"data":[1]},{"data":{"data":1}}]`, `{"data":1,"data":2,"actor":3}`, "\ufeffnull", `{"type":"\u0000"}`, `{"\udead":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		env, err := blackboard.Split(body, 100)
		if err != nil {
			var syntax *blackboard.SyntaxError
			if !errors.As(err, &syntax) && !errors.Is(err, blackboard.ErrTooManyEvents) {
				t.Fatalf("error %T %v", err, err)
			}
			if syntax != nil && (syntax.Offset < 0 || syntax.Offset > int64(len(body))) {
				t.Fatalf("offset %d of %d bytes", syntax.Offset, len(body))
			}
			return
		}
		end := 0
		for _, it := range env.Items {
			if it.Start < end || it.End <= it.Start || it.End > len(body) {
				t.Fatalf("item from %d to %d after %d, of %d bytes", it.Start, it.End, end, len(body))
			}
			end = it.End
			raw := body[it.Start:it.End]
			if !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) || !utf8.Valid(raw) {
				t.Fatalf("item %q is not JSON", raw)
			}
			if id, typ := blackboard.Identify(raw); id != it.ID || typ != it.Type {
				t.Fatalf("item %s %s is identified as %s %s", it.Type, it.ID, typ, id)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, name := range fixtures(f) {
		for _, raw := range events(f, readFixture(f, name)) {
			f.Add(raw)
		}
	}
	f.Add([]byte(event("group", group(), "membership", membership(`"roles":"x"`))))
	f.Add([]byte(timeout(`"9D41"`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := blackboard.Decode(raw)
		if err != nil {
			var refused *blackboard.DecodeError
			if !errors.As(err, &refused) || refused.Reason == "" {
				t.Fatalf("error %T %v", err, err)
			}
			return
		}
		if id, _ := blackboard.Identify(raw); id != e.ID {
			t.Fatalf("identified as %s, decoded as %s", id, e.ID)
		}
		if err := sound(e); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseIRI(f *testing.F) {
	for _, s := range []string{
		"", prefix, prefix + "/users/" + mira, prefix + "/courses/" + course + "/members/" + mira,
		prefix + "/sessions/", "fake://x/v1/sites/s/ltiLaunches/l?q#f", "https://h/v1/sites/%2e/users/%75",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		iri, ok := blackboard.ParseIRI(s)
		if ok != (iri.Kind != 0) || ok != (iri.Site != "") {
			t.Fatalf("%+v, %v", iri, ok)
		}
		if !strings.Contains(s, iri.Site) || !strings.Contains(s, iri.ID) || strings.ContainsAny(iri.Site+iri.ID+iri.Course, "/?#") {
			t.Fatalf("%+v", iri)
		}
		names := iri.Kind == blackboard.KindUser || iri.Kind == blackboard.KindMember
		if names && iri.ID != "" && !blackboard.ContainsUserIRI("see "+s) && !strings.ContainsAny(s, " \t\r\n\"'<>,;|%\\") {
			t.Fatalf("the user in %q goes unnoticed", s)
		}
	})
}
