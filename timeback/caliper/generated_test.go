package caliper

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The tests in this file are generated from the vocabulary: vocabulary_test.go
// holds the vocabulary against the specification, these hold the interpreter
// against the vocabulary.

// eachForm calls back for every event type and action.
func eachForm(visit func(row eventRow, action Action)) {
	for _, row := range eventTypes {
		for _, action := range row.actions {
			visit(row, action)
		}
	}
}

func TestEveryEventAndAction(t *testing.T) {
	checker := NewChecker(Options{})
	forms := 0
	eachForm(func(row eventRow, action Action) {
		forms++
		t.Run(fmt.Sprintf("%s %s", row.event, action), func(t *testing.T) {
			wantAccepted(t, checker.Event(encode(t, eventOf(row, action))))
			if action != row.actions[0] {
				return // the other actions of a row share its rules
			}
			for _, p := range eventProperties {
				testEventProperty(t, checker, row, action, row.narrow(p))
			}
			testForeignActions(t, checker, row, action)
		})
	})
	if forms != 80+81 { // the generic Event's and all others'
		t.Errorf("%d pairs of event and action, want 161", forms)
	}
}

// testEventProperty tries a property of an event with right and wrong values.
func testEventProperty(t *testing.T, checker *Checker, row eventRow, action Action, p property) {
	path := "$." + p.name
	if p.required {
		wantRefused(t, checker.Event(encode(t, without(eventOf(row, action), p.name))), path, "required")
	}
	if p.value.kind == settledKind {
		return
	}
	wantAccepted(t, checker.Event(encode(t, changed(eventOf(row, action), p.name, sample(p.value)))))
	wantRefused(t, checker.Event(encode(t, changed(eventOf(row, action), p.name, nil))), path, "null")
	for _, wrong := range wrongValues(p.value) {
		wantRefused(t, checker.Event(encode(t, changed(eventOf(row, action), p.name, wrong))), path, "")
	}
	if p.value.kind != entityKind {
		return
	}
	wantAccepted(t, checker.Event(encode(t, changed(eventOf(row, action), p.name, someIRI))))
	for _, r := range entityTypes {
		doc := encode(t, changed(eventOf(row, action), p.name, minimal(r.entity)))
		if isAny(r.entity, p.value.types) {
			wantAccepted(t, checker.Event(doc))
		} else {
			wantRefused(t, checker.Event(doc), path, p.name+" is ")
		}
	}
}

// testForeignActions tries all actions that the event type does not have.
func testForeignActions(t *testing.T, checker *Checker, row eventRow, action Action) {
	for _, a := range actions {
		if !slices.ContainsFunc(eventTypes, func(r eventRow) bool { return r.event == row.event && slices.Contains(r.actions, a) }) {
			doc := changed(eventOf(row, action), "action", string(a))
			wantRefused(t, checker.Event(encode(t, doc)), "$.action", "action is ")
		}
	}
}

// isAny walks the table by itself: is t one of the types, or a subtype?
func isAny(t EntityType, types []EntityType) bool {
	if slices.Contains(types, t) {
		return true
	}
	return slices.ContainsFunc(entityTypes[typeIndex(t)].supertypes, func(super EntityType) bool { return isAny(super, types) })
}

func TestEveryPropertyOfEveryEntity(t *testing.T) {
	checker := NewChecker(Options{})
	for _, row := range entityTypes {
		t.Run(string(row.entity), func(t *testing.T) {
			wantAccepted(t, checker.Document(encode(t, describe(row.entity))))
			unknown := changed(describe(row.entity), "com.example.key", 1)
			wantRefused(t, checker.Document(encode(t, unknown)), `$["com.example.key"]`, "extensions")
			for _, p := range inherited(row) {
				testEntityProperty(t, checker, row.entity, p)
			}
		})
	}
}

func testEntityProperty(t *testing.T, checker *Checker, entity EntityType, p property) {
	path := "$." + p.name
	if p.required {
		wantRefused(t, checker.Document(encode(t, without(describe(entity), p.name))), path, "required")
	}
	if p.value.kind == settledKind {
		return
	}
	wantAccepted(t, checker.Document(encode(t, changed(describe(entity), p.name, sample(p.value)))))
	wantRefused(t, checker.Document(encode(t, changed(describe(entity), p.name, nil))), path, "null")
	for _, wrong := range wrongValues(p.value) {
		wantRefused(t, checker.Document(encode(t, changed(describe(entity), p.name, wrong))), path, "")
	}
	single := p.value
	single.list = false
	if p.value.list {
		wantAccepted(t, checker.Document(encode(t, changed(describe(entity), p.name, list{}))))
		for _, wrong := range wrongValues(single) {
			wantRefused(t, checker.Document(encode(t, changed(describe(entity), p.name, list{sample(single), wrong}))), path+"[1]", "")
		}
		wantRefused(t, checker.Document(encode(t, changed(describe(entity), p.name, list{nil}))), path+"[0]", "null")
	}
	if single.kind == entityKind {
		testNestedEntities(t, checker, entity, p)
	}
}

// testNestedEntities tries every entity type as the value of a property.
func testNestedEntities(t *testing.T, checker *Checker, entity EntityType, p property) {
	for _, r := range entityTypes {
		var v any = minimal(r.entity)
		path := "$." + p.name
		if p.value.list {
			v, path = list{v}, path+"[0]"
		}
		doc := encode(t, changed(describe(entity), p.name, v))
		if isAny(r.entity, p.value.types) {
			wantAccepted(t, checker.Document(doc))
		} else {
			wantRefused(t, checker.Document(doc), path, p.name+" is ")
		}
	}
}

// wrongValues are values of every JSON kind that a range does not have, and
// near misses of its lexical form.
func wrongValues(v value) []any {
	if v.list {
		return []any{"text", 1, true, object{}, sample(value{kind: v.kind, types: v.types, terms: v.terms})}
	}
	switch v.kind {
	case textKind:
		return []any{1, true, list{"text"}, object{"a": "text"}}
	case integerKind:
		return []any{"7", 7.5, true, list{7}, object{}}
	case naturalKind:
		return []any{"7", 7.5, -1, true, list{7}, object{}}
	case decimalKind:
		return []any{"7.5", true, list{7}, object{}}
	case booleanKind:
		return []any{"true", 1, list{true}, object{}}
	case dateTimeKind:
		return []any{1, "2026-02-03", strings.TrimSuffix(moment, "Z"), "2026-13-03T04:05:06.789Z", object{}}
	case durationKind:
		return []any{90, "90", "PT", "P1H", "1:30", list{"PT1H"}}
	case entityIDKind:
		return []any{1, "free text", "", "relative/path", list{someIRI}, object{}}
	case eventIDKind:
		return []any{1, someIRI, "urn:uuid:", strings.ToUpper(eventID), object{}}
	case entityKind:
		return []any{1, true, "free text", "", "relative/path", list{someIRI}}
	case termKind:
		return []any{1, "", v.terms[0] + "x", strings.ToLower(v.terms[0]), "http://purl.imsglobal.org/vocab#" + v.terms[0], object{}}
	case mapKind:
		return []any{1, "text", someIRI, list{object{}}, true}
	case contextKind:
		return []any{1, true, "free text"}
	}
	return nil
}
