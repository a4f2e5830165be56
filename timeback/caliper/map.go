package caliper

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Map is an open map of a document: extensions, messageParameters. Values are
// strings, booleans, int, int64, float64, time.Time, Map, map[string]any,
// map[string]string, []string or []any of these; names are written in
// their sorted order, what is nil or empty is left out at every depth.
type Map map[string]any

var errMapValue = errors.New("write map: a value of no JSON type")

// openMap writes a member that is a Map.
func (w *writer) openMap(name string, m Map) {
	if len(m) == 0 {
		return
	}
	start := len(w.dst)
	w.name(name)
	at := len(w.dst)
	if writeMap(w, m); len(w.dst) == at {
		w.dst = w.dst[:start]
	}
}

// writeMap writes an object, or nothing if nothing is in it.
func writeMap[V any](w *writer, m map[string]V) {
	start := len(w.dst)
	w.dst = append(w.dst, '{')
	for _, name := range slices.Sorted(maps.Keys(m)) {
		w.mapMember(name, m[name])
	}
	if len(w.dst) == start+1 {
		w.dst = w.dst[:start]
		return
	}
	w.dst = append(w.dst, '}')
}

func (w *writer) mapMember(name string, v any) {
	start := len(w.dst)
	if start > 0 && w.dst[start-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.quote(name)
	w.dst = append(w.dst, ':')
	at := len(w.dst)
	if w.any(v); len(w.dst) == at {
		w.dst = w.dst[:start]
	}
}

// any writes a value of a Map, or nothing for one that is nil or empty.
func (w *writer) any(v any) {
	switch v := v.(type) {
	case nil:
	case string:
		if v != "" {
			w.quote(v)
		}
	case bool:
		w.dst = strconv.AppendBool(w.dst, v)
	case int:
		w.dst = strconv.AppendInt(w.dst, int64(v), 10)
	case int64:
		w.dst = strconv.AppendInt(w.dst, v, 10)
	case float64:
		w.number(v)
	case time.Time:
		if !v.IsZero() {
			w.quoteTime(v)
		}
	default:
		w.composite(v)
	}
}

func (w *writer) composite(v any) {
	switch v := v.(type) {
	case Map:
		writeMap(w, v)
	case map[string]any:
		writeMap(w, v)
	case map[string]string:
		writeMap(w, v)
	case []any:
		writeList(w, v)
	case []string:
		writeList(w, v)
	default:
		w.fail(errMapValue)
	}
}

// writeList writes an array, or nothing if nothing is in it.
func writeList[V any](w *writer, list []V) {
	start := len(w.dst)
	w.dst = append(w.dst, '[')
	for _, v := range list {
		before := len(w.dst)
		if before > start+1 {
			w.dst = append(w.dst, ',')
		}
		at := len(w.dst)
		if w.any(v); len(w.dst) == at {
			w.dst = w.dst[:before]
		}
	}
	if len(w.dst) == start+1 {
		w.dst = w.dst[:start]
		return
	}
	w.dst = append(w.dst, ']')
}
