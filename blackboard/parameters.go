package blackboard

import (
	"github.com/go-json-experiment/json/jsontext"
)

// parameters is an object with members of any kind: launch parameters, the
// extensions of an event. Anything else than an object reads as none.
type parameters map[string]any

// UnmarshalJSONFrom reads an object, or skips what is none.
func (p *parameters) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	m, err := readObject(dec)
	if len(m) > 0 {
		*p = m
	}
	return err
}

// readAny reads a value as string, bool, nil, []any, map[string]any or, for a
// number, jsontext.Value: as float64 an id above 2^53 would silently become
// another. Nothing refers to the decoder's buffer.
func readAny(dec *jsontext.Decoder) (any, error) {
	switch dec.PeekKind() {
	case '{':
		return readObject(dec)
	case '[':
		return readArray(dec)
	case '0':
		v, err := dec.ReadValue()
		return v.Clone(), err
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case '"':
		return tok.String(), nil
	case 't', 'f':
		return tok.Bool(), nil
	}
	return nil, nil
}

// typicalObject is about how many members an object has.
const typicalObject = 12

// readObject is nil for an empty object.
func readObject(dec *jsontext.Decoder) (map[string]any, error) {
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	if dec.PeekKind() == '}' {
		_, err := dec.ReadToken()
		return nil, err
	}
	m := make(map[string]any, typicalObject)
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		if m[key], err = readAny(dec); err != nil {
			return nil, err
		}
	}
	_, err := dec.ReadToken()
	return m, err
}

func readArray(dec *jsontext.Decoder) ([]any, error) {
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	var list []any
	for dec.PeekKind() != ']' {
		v, err := readAny(dec)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.ReadToken()
	return list, err
}
