package blackboard

import (
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	// Archived at v1.5.0. The maintained fork, github.com/go-viper/mapstructure/v2,
	// has the same API: moving there is this line.
	"github.com/mitchellh/mapstructure"
)

// weakDecode fills a struct, by its json tags, from a map that [readAny] made.
// Whatever has another type than the field is brought to it, or else dropped,
// so that decoding cannot fail. That is as well, since mapstructure's errors
// quote the values.
//
// Its other traps: names match without regard to case unless MatchName forbids
// it; unexact numbers are truncated, so numbers come as their digits and all
// fields are strings; embedded structs need Squash; a decoder serves once.
func weakDecode(m map[string]any, into any) {
	dec, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result:     into,
		TagName:    "json",
		MatchName:  func(key, field string) bool { return key == field },
		Squash:     true,
		DecodeHook: mapstructure.DecodeHookFuncType(weaken),
	})
	if err == nil {
		_ = dec.Decode(m) // drops what weaken could not bring into form
	}
}

// jsonNames are the names that the json tags of a flat struct give.
func jsonNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("json"))
	}
	return names
}

var (
	slotType     = reflect.TypeFor[slot]()
	peopleType   = reflect.TypeFor[people]()
	embeddedType = reflect.TypeFor[embedded]()
)

// weaken is the hook that sees every value before it is set.
func weaken(_, to reflect.Type, v any) (any, error) {
	switch to {
	case slotType:
		return newSlot(v), nil
	case peopleType:
		return newPeople(v), nil
	case embeddedType:
		return newEmbedded(v), nil
	}
	switch to.Kind() {
	case reflect.String:
		return text(v), nil
	case reflect.Slice:
		return texts(v), nil
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return objectOrNone(v), nil
	}
	return v, nil
}

// text is a scalar as text, "" for what is none.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case jsontext.Value:
		return string(v)
	}
	return ""
}

// texts is an array of scalars, or a single one, as texts.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, item := range list {
		if s := text(item); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// objectOrNone is v if that is an object, else an empty one.
func objectOrNone(v any) any {
	if _, ok := v.(map[string]any); ok {
		return v
	}
	return map[string]any(nil)
}

// newSlot decodes an entity by its type.
func newSlot(v any) slot {
	m, ok := v.(map[string]any)
	if !ok {
		return slot{}
	}
	s := slot{newWireEntity(knownTerm(m))}
	if s.wireEntity == nil {
		s.wireEntity = new(wireThing)
	}
	weakDecode(m, s.wireEntity)
	return s
}
