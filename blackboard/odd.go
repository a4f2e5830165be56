package blackboard

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decodeOdd is the way of v1p0, and of v1p1 that is not in the plain form: the
// event becomes a map, the map is brought into v1p1's form, and that is decoded
// weakly into the same wire structs.
func decodeOdd(raw []byte) (*Event, error) {
	var doc document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, syntaxFailure(err)
	}
	tree, ok := doc.any.(map[string]any)
	if !ok {
		return nil, &DecodeError{Reason: ReasonMalformed, Detail: "not an object"}
	}
	if depth(raw) > maxDepth {
		return nil, &DecodeError{Reason: ReasonMalformed, Detail: "nested too deep"}
	}
	event := upgrade(tree)
	if err := checkSlots(event); err != nil {
		return nil, err
	}
	imply(event)
	var w wireEvent
	weakDecode(event, &w)
	return w.event(generationOfTree(tree), raw)
}

// document is a whole JSON text of any kind.
type document struct{ any }

// UnmarshalJSONFrom reads any value.
func (d *document) UnmarshalJSONFrom(dec *jsontext.Decoder) (err error) {
	d.any, err = readAny(dec)
	return err
}

func generationOfTree(tree map[string]any) Generation {
	if _, ok := tree["type"]; ok {
		return V1P1
	}
	return V1P0
}

// The members of an event that are entities.
var eventSlots = [...]string{
	"actor", "object", "target", "generated", "edApp", "group", "membership", "session", "federatedSession",
}

// isEntity tells whether members of this name are entities, wherever they
// stand, so that a string there is an IRI.
func isEntity(name string) bool {
	switch name {
	case "user", "member", "organization", "subOrganizationOf", "assignee", "assignable", "attempt",
		"isPartOf", "scoredBy", "course":
		return true
	}
	return slices.Contains(eventSlots[:], name)
}

// upgrade gives an object in the form of v1p1: "@id" becomes "id", null and
// empty are left out, an IRI that stands for an entity becomes an object with
// that id. What is no part of the model (parameters, extensions) stays as it is.
func upgrade(tree map[string]any) map[string]any {
	up := plainNames(tree)
	for name, v := range up {
		if v = upgradeValue(name, v); v != nil {
			up[name] = v
		} else {
			delete(up, name)
		}
	}
	return up
}

// plainNames gives an object whose own members are named as in v1p1.
func plainNames(tree map[string]any) map[string]any {
	plain := make(map[string]any, len(tree))
	for name, v := range tree {
		as, isAt := strings.CutPrefix(name, "@")
		if _, both := tree[as]; !isAt || !both {
			plain[as] = v
		}
	}
	return plain
}

// upgradeValue is nil for what counts as absent.
func upgradeValue(name string, v any) any {
	switch v := v.(type) {
	case string:
		if v != "" && isEntity(name) {
			return map[string]any{"id": v}
		}
		if v == "" {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
	case map[string]any:
		return upgradeObject(name, v)
	}
	return v
}

func upgradeObject(name string, tree map[string]any) any {
	switch {
	case name == "launchParameters", name == "customParameters", name == "extensions":
	case termIn(tree, "@type") == termContentUpdate:
		tree = plainNames(tree)
	default:
		tree = upgrade(tree)
	}
	if len(tree) == 0 {
		return nil
	}
	return tree
}

// checkSlots refuses an event with something in place of an entity that is
// neither an object nor an IRI.
func checkSlots(event map[string]any) error {
	for _, name := range eventSlots {
		v, ok := event[name]
		if _, isObject := v.(map[string]any); ok && !isObject {
			return &DecodeError{Reason: ReasonWrongType, Path: "/" + name, Detail: "neither an object nor an IRI"}
		}
	}
	return nil
}

// imply gives actor, object, target and generated a type where they have none
// that is known: by their IRI, else by what the event's action works on.
func imply(event map[string]any) {
	object, _ := event["object"].(map[string]any)
	act, err := findAction(termIn(event, "type"), termIn(event, "action"), termIn(object, "type"))
	if err != nil {
		act = &eventAction{} // refused soon
	}
	implyType(event, "actor", act.actor)
	implyType(event, "object", act.object)
	implyType(event, "target", "")
	implyType(event, "generated", act.generated)
}

func implyType(event map[string]any, name, otherwise string) {
	entity, ok := event[name].(map[string]any)
	if !ok {
		return
	}
	if t := knownTerm(entity); t != "" {
		entity["type"] = t
	} else if termIn(entity, "type") == "" && otherwise != "" {
		entity["type"] = otherwise
	}
}

// knownTerm is the type of an entity, by its word or else by its IRI, if a type
// of this package stands for it.
func knownTerm(entity map[string]any) string {
	typ := termIn(entity, "type")
	if newWireEntity(typ) != nil {
		return typ
	}
	iri, _ := ParseIRI(text(entity["id"]))
	return termOfKind(iri.Kind)
}

func termIn(m map[string]any, name string) string { return term(text(m[name])) }
