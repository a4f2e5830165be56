package caliper

import (
	"bytes"
	"math/bits"
)

// run is one check of one document: the interpreter of the tables. Its methods
// take the index of a node and return the first rule that it breaks.
type run struct {
	schema *schema
	doc    *document
	root   int32 // where paths begin
	top    int32 // the event or describe that is being checked
}

func (r *run) fail(n int32, rule, section string) *Failure {
	return &Failure{string(r.doc.path(r.root, n)), rule, section}
}

// missing is a failure at a member that the object does not have.
func (r *run) missing(object int32, name, rule, section string) *Failure {
	path := appendName(r.doc.path(r.root, object), []byte(name))
	return &Failure{string(path), rule, section}
}

// item checks an event or entity describe that is an item of data or stands
// alone; its type decides.
func (r *run) item(n int32) *Failure {
	r.top = n
	t, failure := r.typeOf(n, "an item is an event or entity describe, as an object", "Caliper 1.2 Envelope")
	if failure != nil {
		return failure
	}
	name := r.doc.value(t)
	if spec := r.schema.events[string(name)]; spec != nil {
		return r.event(n, spec)
	}
	if spec := r.schema.entities[string(name)]; spec != nil {
		return r.describe(n, spec)
	}
	return r.fail(t, "type is the term of an event or entity type of Caliper 1.2", "Caliper 1.2 Terms")
}

// eventOnly checks an event and nothing else.
func (r *run) eventOnly(n int32) *Failure {
	r.top = n
	t, failure := r.typeOf(n, "an event is an object", "Caliper 1.2 Event")
	if failure != nil {
		return failure
	}
	spec := r.schema.events[string(r.doc.value(t))]
	if spec == nil {
		return r.fail(t, "type is the term of an event type of Caliper 1.2", "Caliper 1.2 Event")
	}
	return r.event(n, spec)
}

// typeOf finds the type of an object, which must be a string.
func (r *run) typeOf(n int32, rule, section string) (int32, *Failure) {
	if r.doc.nodes[n].kind != '{' {
		return none, r.fail(n, rule, section)
	}
	t := r.doc.member(n, "type")
	if t == none {
		return none, r.missing(n, "type", "type is required", section)
	}
	if r.doc.nodes[t].kind != '"' {
		return none, r.fail(t, "type is a string, the term of a type", section)
	}
	return t, nil
}

// event checks an event by the row of its type and action.
func (r *run) event(n int32, spec *eventSpec) *Failure {
	action := r.doc.member(n, "action")
	if action == none {
		return r.missing(n, "action", "action is required", spec.section)
	}
	if r.doc.nodes[action].kind != '"' {
		return r.fail(action, spec.actionRule, spec.section)
	}
	form := spec.forms[string(r.doc.value(action))]
	if form == nil {
		return r.fail(action, spec.actionRule, spec.section)
	}
	return r.members(n, form)
}

// describe checks an entity that is an item of its own, not nested in another.
func (r *run) describe(n int32, spec *entitySpec) *Failure {
	if r.doc.member(n, "@context") == none {
		return r.missing(n, "@context", "@context is required on an event or entity describe", contextSection)
	}
	return r.members(n, &spec.objectSpec)
}

// members checks every member of an object, and that no required one is missing.
func (r *run) members(n int32, spec *objectSpec) *Failure {
	var seen uint64
	for m := r.doc.nodes[n].child; m != none; m = r.doc.nodes[m].next {
		p := spec.members[string(r.doc.name(m))]
		if p == nil {
			return r.fail(m, spec.label+" has no such property; custom ones go into extensions", spec.section)
		}
		if seen&p.bit != 0 || p.bit == 0 && r.repeated(m) {
			return r.fail(m, "each property is referenced only once", spec.section)
		}
		seen |= p.bit
		if failure := r.value(m, &p.valueSpec); failure != nil {
			return failure
		}
	}
	if missing := spec.required &^ seen; missing != 0 {
		name := spec.names[bits.TrailingZeros64(missing)]
		return r.missing(n, name, name+" is required", spec.section)
	}
	return nil
}

// repeated reports whether an earlier member of the same object has m's name.
func (r *run) repeated(m int32) bool {
	name := r.doc.name(m)
	for e := r.doc.nodes[r.doc.nodes[m].parent].child; e != m; e = r.doc.nodes[e].next {
		if bytes.Equal(r.doc.name(e), name) {
			return true
		}
	}
	return false
}

// value checks a member against its range; a list is checked by its elements.
func (r *run) value(n int32, v *valueSpec) *Failure {
	if !v.list {
		return r.single(n, v)
	}
	switch r.doc.nodes[n].kind {
	case '[':
	case 'n':
		return r.null(n)
	default:
		return r.fail(n, string(r.doc.name(n))+" is an array", v.section)
	}
	for e := r.doc.nodes[n].child; e != none; e = r.doc.nodes[e].next {
		if failure := r.single(e, v); failure != nil {
			return failure
		}
	}
	return nil
}

func (r *run) single(n int32, v *valueSpec) *Failure {
	kind := r.doc.nodes[n].kind
	if kind == 'n' {
		return r.null(n)
	}
	switch v.kind {
	case settledKind:
		return nil
	case entityKind:
		return r.entity(n, v)
	case contextKind:
		return r.context(n)
	case mapKind, anyKind:
		if v.kind == mapKind && kind != '{' {
			return r.fail(n, v.rule, v.section)
		}
		return r.free(n)
	}
	if !r.literal(n, v) {
		return r.fail(n, v.rule, v.section)
	}
	return nil
}

func (r *run) null(n int32) *Failure {
	return r.fail(n, "a property without a value is left out, never null", "Caliper 1.2 Null or Empty Properties")
}

// literal reports whether a string, number or boolean has the form of its kind.
func (r *run) literal(n int32, v *valueSpec) bool {
	text := r.doc.value(n)
	switch kind := r.doc.nodes[n].kind; v.kind {
	case integerKind:
		return kind == '0' && isWhole(text)
	case naturalKind:
		return kind == '0' && isNatural(text)
	case decimalKind:
		return kind == '0'
	case booleanKind:
		return kind == 't' || kind == 'f'
	default:
		return kind == '"' && v.matches(text)
	}
}

// matches reports whether a string has the form of the kind.
func (v *valueSpec) matches(text []byte) bool {
	switch v.kind {
	case textKind:
		return true
	case dateTimeKind:
		return isDateTime(text)
	case durationKind:
		return isDuration(text)
	case entityIDKind:
		return isIRI(text) || isBlankNode(text)
	case eventIDKind:
		return isUUIDURN(text)
	case termKind:
		_, ok := v.terms[string(text)]
		return ok
	}
	return false
}

// entity checks an IRI or a nested entity of one of the accepted types.
func (r *run) entity(n int32, v *valueSpec) *Failure {
	if r.doc.nodes[n].kind == '"' {
		if v.byIRI && isIRI(r.doc.value(n)) {
			return nil
		}
		return r.fail(n, v.rule, v.section)
	}
	t, failure := r.typeOf(n, v.rule, v.section)
	if failure != nil {
		return failure
	}
	spec := r.schema.entities[string(r.doc.value(t))]
	if spec == nil {
		return r.fail(t, "type is the term of an entity type of Caliper 1.2", "Caliper 1.2 Terms")
	}
	if !spec.lineage.meets(v.accepts) {
		return r.fail(n, v.rule, v.section)
	}
	return r.members(n, &spec.objectSpec)
}
