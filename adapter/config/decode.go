package config

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	// The original module, archived at v1.5.0. Its fork has the same API, so moving to it changes this line only.
	"github.com/mitchellh/mapstructure"
)

// tag is the struct tag with the name of a key.
const tag = "mapstructure"

// decode fills cfg from the document and adds what is wrong to its problems: unknown keys, wrong types, values that
// cannot be read. What can be read is read even then, so that one run reports everything.
//
// The decoder is made strict here: names match case-sensitively; nothing is converted between types; numbers never
// lose anything; and no error text of the library is shown, because it quotes values.
func (d *document) decode(cfg *Config, values converter) {
	dec, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result:     cfg,
		TagName:    tag,
		MatchName:  func(key, field string) bool { return key == field },
		DecodeHook: mapstructure.DecodeHookFuncValue(values.convert),
	})
	if err != nil {
		d.problem("", 0, "cannot be decoded")
		return
	}
	for _, text := range flatten(dec.Decode(d.root)) {
		path, reason := hookProblem(text)
		d.problem(path, 0, reason)
	}
	d.findUnknown("", d.root, reflect.TypeFor[Config]())
}

// flatten returns the error texts of the decoder, one for each key.
func flatten(err error) []string {
	var several *mapstructure.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &several):
		return several.Errors
	}
	return []string{err.Error()}
}

// hookProblem takes apart what the decoder made of an error of [converter.convert]. Every mismatch is found there; were
// one not, its text is not repeated.
func hookProblem(text string) (path, reason string) {
	rest, ok := strings.CutPrefix(text, "error decoding '")
	if path, reason, found := strings.Cut(rest, "': "); ok && found {
		return path, reason
	}
	return "", "has a value of the wrong type"
}

// convert turns what YAML gave into what a field holds, or says why it does not fit. The decoder calls it for every
// value, from the outside in.
func (r converter) convert(from, to reflect.Value) (any, error) {
	if to.Kind() == reflect.Interface { // a value of an open map: validation looks at it, and knows its path
		return from.Interface(), nil
	}
	if from.Type() == reflect.TypeFor[empty]() {
		return nil, errors.New("has no value: give it one or remove the key")
	}
	if made, ok, err := r.special(from, to.Type()); ok {
		return made, err
	}
	switch to.Kind() {
	case reflect.Struct:
		return expect(from, reflect.Map, "must be a map of keys")
	case reflect.Slice:
		return expect(from, reflect.Slice, "must be a list: put it in [ ]")
	case reflect.String:
		return expect(from, reflect.String, "must be text: put it in quotes")
	case reflect.Int:
		return wholeNumber(from)
	case reflect.Float64:
		return number(from)
	case reflect.Bool:
		return expect(from, reflect.Bool, "must be true or false")
	case reflect.Map:
		return expect(from, reflect.Map, "must be a map of keys")
	}
	return from.Interface(), nil // a pointer: the decoder comes again for what it points to
}

// special converts to the types that are written as one text. It is not ok for any other type.
func (r converter) special(from reflect.Value, to reflect.Type) (made any, ok bool, err error) {
	switch to {
	case reflect.TypeFor[time.Duration]():
		made, err = durationOf(from)
	case reflect.TypeFor[Size]():
		made, err = sizeOf(from)
	case reflect.TypeFor[Secret]():
		made, err = r.secretOf(from)
	case reflect.TypeFor[Key]():
		made, err = r.keyOf(from)
	case reflect.TypeFor[uuid.UUID]():
		made, err = uuidOf(from)
	case reflect.TypeFor[Removals]():
		made, err = removalsOf(from)
	case reflect.TypeFor[Start]():
		made, err = startOf(from)
	case reflect.TypeFor[Authorities]():
		made, err = r.authoritiesOf(from)
	case reflect.TypeFor[Token]():
		if from.Kind() != reflect.String {
			return nil, false, nil
		}
		made = map[string]any{"token": from.String(), "role": string(RoleAdmin)}
	default:
		return nil, false, nil
	}
	return made, true, err
}

func expect(from reflect.Value, kind reflect.Kind, otherwise string) (any, error) {
	if from.Kind() != kind {
		return nil, errors.New(otherwise)
	}
	return from.Interface(), nil
}

func wholeNumber(from reflect.Value) (any, error) {
	return expect(from, reflect.Int, "must be a whole number that is not too large")
}

func number(from reflect.Value) (any, error) {
	switch from.Kind() {
	case reflect.Int:
		return float64(from.Int()), nil
	case reflect.Float64:
		if f := from.Float(); !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, nil
		}
	}
	return nil, errors.New("must be a number")
}

// findUnknown reports every key below path that has no field in typ.
func (d *document) findUnknown(path string, value any, typ reflect.Type) {
	if typ.Kind() == reflect.Slice {
		items, _ := value.([]any)
		for i, item := range items {
			d.findUnknown(path+"["+strconv.Itoa(i)+"]", item, typ.Elem())
		}
		return
	}
	keys, isMap := value.(map[string]any)
	if !isMap || typ.Kind() != reflect.Struct {
		return
	}
	fields, names := fieldsOf(typ)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if field, known := fields[key]; known {
			d.findUnknown(joinPath(path, key), keys[key], field)
			continue
		}
		d.problem(joinPath(path, key), 0, unknownReason(key, names))
	}
}

// fieldsOf returns the type of each key of a struct, and the keys in their order.
func fieldsOf(typ reflect.Type) (fields map[string]reflect.Type, names []string) {
	fields = make(map[string]reflect.Type, typ.NumField())
	for i := range typ.NumField() {
		if name := typ.Field(i).Tag.Get(tag); name != "" {
			fields[name] = typ.Field(i).Type
			names = append(names, name)
		}
	}
	return fields, names
}

func unknownReason(key string, names []string) string {
	if near := nearest(key, names); near != "" {
		return fmt.Sprintf("is unknown: did you mean %s?", near)
	}
	return "is unknown; possible here: " + strings.Join(names, ", ")
}

// nearest returns the name that differs from key by case, separators or one slip of the keyboard, or none.
func nearest(key string, names []string) string {
	plain := strings.NewReplacer("_", "", "-", "")
	fold := func(s string) string { return plain.Replace(strings.ToLower(s)) }
	i := slices.IndexFunc(names, func(name string) bool { return oneSlip(fold(key), fold(name)) })
	if i < 0 {
		return ""
	}
	return names[i]
}

// oneSlip says whether at most one letter inserted, left out, mistaken, or swapped with its neighbour makes a into b.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch restA, restB := a[i:], b[i:]; {
	case len(restB) == 0:
		return true
	case len(restA) == len(restB)-1:
		return restA == restB[1:]
	case len(restA) != len(restB):
		return false
	case restA[1:] == restB[1:]:
		return true
	default:
		return len(restA) > 1 && restA[0] == restB[1] && restA[1] == restB[0] && restA[2:] == restB[2:]
	}
}
