package caliper

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// object is a document under construction; edit changes it.
type (
	object = map[string]any
	list   = []any
	edit   func(object)
)

const (
	eventID = "urn:uuid:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01"
	moment  = "2026-02-03T04:05:06.789Z"
	someIRI = "https://example.edu/things/1"
)

// set puts a value at a path such as "actor.name", making objects on the way.
func set(path string, v any) edit {
	return func(doc object) {
		keys := strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			next, ok := doc[key].(object)
			if !ok {
				next = object{}
				doc[key] = next
			}
			doc = next
		}
		doc[keys[len(keys)-1]] = v
	}
}

func drop(path string) edit {
	return func(doc object) {
		keys := strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			doc = doc[key].(object)
		}
		delete(doc, keys[len(keys)-1])
	}
}

func of(t EntityType) object {
	return object{"id": someIRI, "type": string(t)}
}

// describe is an entity as an item of its own.
func describe(t EntityType) object {
	doc := minimal(t)
	doc["@context"] = Context
	return doc
}

// minimal is an entity with no more than it must have.
func minimal(t EntityType) object {
	doc := of(t)
	if !hasID(t) {
		delete(doc, "id")
	}
	row := entityTypes[typeIndex(t)]
	for _, p := range inherited(row) {
		if p.required && doc[p.name] == nil && p.name != "id" {
			doc[p.name] = sample(p.value)
		}
	}
	return doc
}

// sample is a right value for a range.
func sample(v value) any {
	if v.list {
		v.list = false
		return list{sample(v)}
	}
	switch v.kind {
	case entityKind:
		return minimal(v.types[0])
	case termKind:
		return v.terms[0]
	}
	return map[kind]any{
		textKind: "Some text", integerKind: 7, naturalKind: 7, decimalKind: 7.5, booleanKind: true,
		dateTimeKind: moment, durationKind: "PT1H30M", entityIDKind: someIRI, eventIDKind: eventID,
		mapKind: object{"com.example.key": "v"}, contextKind: Context,
	}[v.kind]
}

// eventOf is an event with no more than it must have.
func eventOf(row eventRow, action Action) object {
	doc := object{
		"@context": Context, "id": eventID, "type": string(row.event), "action": string(action),
		"actor": minimal(row.actor[0]), "object": minimal(row.object[0]), "eventTime": moment,
	}
	for _, name := range row.required {
		for _, p := range eventProperties {
			if p.name == name {
				doc[name] = sample(row.narrow(p).value)
			}
		}
	}
	return doc
}

// rowOf is the row of an event type and action.
func rowOf(event EventType, action Action) eventRow {
	for _, row := range eventTypes {
		if row.event != event {
			continue
		}
		for _, a := range row.actions {
			if a == action {
				return row
			}
		}
	}
	panic("no such row: " + string(event) + " " + string(action))
}

func login() object   { return eventOf(rowOf(SessionEvent, LoggedIn), LoggedIn) }
func timeout() object { return eventOf(rowOf(SessionEvent, TimedOut), TimedOut) }
func launch() object  { return eventOf(rowOf(ToolLaunchEvent, Launched), Launched) }

func envelopeOf(items ...any) object {
	return object{"sensor": "https://example.edu/sensor", "sendTime": moment, "dataVersion": DataVersion, "data": items}
}

func encode(t testing.TB, doc any) []byte {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantAccepted and wantRefused judge one outcome.
func wantAccepted(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("refused: %v", err)
	}
}

func wantRefused(t *testing.T, err error, path, rule string) {
	t.Helper()
	var failure *Failure
	if !errors.As(err, &failure) {
		t.Errorf("accepted, want a failure at %s", path)
		return
	}
	if failure.Path != path || !strings.Contains(failure.Rule, rule) {
		t.Errorf("failure %q, want %s: …%s…", failure, path, rule)
	}
	if failure.Section == "" {
		t.Errorf("failure %q has no section", failure)
	}
}
