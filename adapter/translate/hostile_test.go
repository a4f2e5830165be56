package translate_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// userIRI is a user or member IRI, plain. What separates IRIs in a text is in none.
var userIRI = regexp.MustCompile(`(?i)/v1/sites/[^"\s'<>,;|]*/(users|members|minimaluser)/[^"\s'<>,;|]`)

var checker = caliper.NewChecker(caliper.Options{})

// checkOutput fails on a translation that is neither a good event nor a reasoned refusal.
func checkOutput(t *testing.T, out []byte, err error) {
	t.Helper()
	var skip *translate.Skip
	var failed *translate.Error
	switch {
	case err == nil:
		if err := checker.Event(out); err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
		if userIRI.Match(out) {
			t.Errorf("a user left:\n%s", out)
		}
	case out != nil:
		t.Errorf("both an event and %v", err)
	case !errors.As(err, &skip) && !errors.As(err, &failed):
		t.Errorf("an error without a reason: %v", err)
	}
}

// FuzzTranslate changes events in places that the seed chooses, by a text that the fuzzer chooses.
func FuzzTranslate(f *testing.F) {
	var bodies [][]byte
	for i, name := range fixtures(f) {
		bodies = append(bodies, readFixture(f, name))
		for seed, text := range []string{
			"", "x", "https://u:p@h.example/?q#f", learn + "/users/u", "_1_1", "urn:uuid:x", "0", "a b", "\x00", "LoggedOut",
		} {
			f.Add(uint8(i), uint64(seed), text)
		}
	}
	var ways []*translate.Translator
	for _, form := range forms() {
		ways = append(ways, form.translator(f))
	}
	index := people(f)
	f.Fuzz(func(t *testing.T, fixture uint8, seed uint64, text string) {
		random := rand.New(rand.NewPCG(seed, 0))
		doc := parse(t, bodies[int(fixture)%len(bodies)])
		mutate(doc, random, strings.ToValidUTF8(text, "?"))
		way, s := ways[random.IntN(len(ways))], school{index, journal.NewMemory()}
		for _, event := range decode(t, doc.body(t)) {
			out, err := way.Translate(event, s.context(event))
			checkOutput(t, out, err)
		}
	})
}

// mutate changes one to three places of a document: a string, or a member that is moved, taken away or of another type.
func mutate(doc *tree, random *rand.Rand, text string) {
	for range 1 + random.IntN(3) {
		if random.IntN(2) == 0 {
			l := doc.leaves[random.IntN(len(doc.leaves))]
			l.set([]string{text, l.text + text, text + l.text}[random.IntN(3)])
			continue
		}
		to, from := doc.objects[random.IntN(len(doc.objects))], doc.objects[random.IntN(len(doc.objects))]
		other := map[string]any{"id": text, "x": text}
		replace(to.members, random, []any{text, nil, 41, true, []any{text}, other, from.members})
	}
}

// replace gives a member of an object, drawn in an order that does not change, one of the values or takes it away.
func replace(members map[string]any, random *rand.Rand, values []any) {
	names := sortedNames(members)
	if len(names) == 0 {
		return
	}
	name, value := names[random.IntN(len(names))], values[random.IntN(len(values))]
	if inner, ok := value.(map[string]any); ok {
		value = clone(inner) // or an object might be put into itself
	}
	if members[name] = value; random.IntN(4) == 0 {
		delete(members, name)
	}
}

// A course may be in a course, and so on, deeper than anything real.
func TestDeepOrganization(t *testing.T) {
	const deep = 2000
	course := strings.Repeat(`{"id":"`+learn+`/courses/c","type":"Group","subOrganizationOf":`, deep) + `{"id":"x:y"}` +
		strings.Repeat("}", deep)
	launch := decode(t, []byte(ltiEvent("LoggedIn", launchOf(launchID, toolURL), `,"group":`+course)))
	out := outputs(t, form{preset: timeback.PresetCaliper}.translator(t), launch)
	if len(out) != 1 || bytes.Count(out[0], []byte("subOrganizationOf")) != deep {
		t.Errorf("%d events", len(out))
	}
}

// The same input gives the same bytes: twice in a row, and with the members of every object in another order.
func TestDeterminism(t *testing.T) {
	for _, f := range forms() {
		translator := f.translator(t)
		text := func(body []byte) []byte { return bytes.Join(outputs(t, translator, decode(t, body)), []byte("\n")) }
		for _, name := range fixtures(t) {
			body := readFixture(t, name)
			first, second := text(body), text(body)
			if !bytes.Equal(first, second) {
				t.Errorf("%s %s:\n%s\n%s", f, name, first, second)
			}
			if sorted := text(parse(t, body).body(t)); !bytes.Equal(first, sorted) {
				t.Errorf("%s %s: with sorted members\n%s\n%s", f, name, first, sorted)
			}
		}
	}
}

// outputs are what events become, "" for what is left out.
func outputs(t *testing.T, translator *translate.Translator, events []*blackboard.Event) [][]byte {
	t.Helper()
	s := newSchool(t)
	var all [][]byte
	for _, event := range events {
		out, err := translator.Translate(event, s.context(event))
		checkOutput(t, out, err)
		all = append(all, out)
	}
	return all
}

// What is derived is a UUIDv5; the ids of Learn's events are whatever Learn gave them.
func TestDerivedIDsAreVersion5(t *testing.T) {
	ids := regexp.MustCompile(`"(session|federatedSession|membership|generated)":\{"id":"urn:uuid:.{14}(.)`)
	for _, f := range forms() {
		translator := f.translator(t)
		for _, name := range fixtures(t) {
			for _, out := range outputs(t, translator, decode(t, readFixture(t, name))) {
				for _, id := range ids.FindAllSubmatch(out, -1) {
					if string(id[2]) != "5" {
						t.Errorf("%s %s: %s", f, name, id[0])
					}
				}
			}
		}
	}
}
