package caliper

import "slices"

// schema is the vocabulary in the form that the interpreter reads: supertypes
// resolved, properties inherited, names in maps.
type schema struct {
	events   map[string]*eventSpec
	entities map[string]*entitySpec
	// words are the terms of the Caliper context that an inline context must
	// not define again: types, properties and actions.
	words map[string]struct{}
}

// eventSpec is an event type: an objectSpec for each of its actions.
type eventSpec struct {
	forms      map[string]*objectSpec
	actionRule string
	section    string
}

// entitySpec is an entity type.
type entitySpec struct {
	objectSpec
	lineage typeSet // the type and all its supertypes
}

// objectSpec says which members an object has.
type objectSpec struct {
	section  string // "Caliper 1.2 Person"
	label    string // "a Person"
	members  map[string]*member
	required uint64
	names    []string // by bit
}

type member struct {
	bit uint64 // 0 for a property beyond the specification
	valueSpec
}

// valueSpec is a value of the tables, compiled.
type valueSpec struct {
	kind    kind
	list    bool
	byIRI   bool    // an entity that may be an IRI
	accepts typeSet // the types named by the table; an entity fits if its lineage meets them
	terms   map[string]struct{}
	rule    string // of the value, or of each element
	section string
}

// compile builds the schema, with extra property names that entity types (and
// their subtypes) may have beyond the specification.
func compile(extra map[EntityType][]string) *schema {
	s := &schema{
		events:   make(map[string]*eventSpec),
		entities: make(map[string]*entitySpec, len(entityTypes)),
		words:    make(map[string]struct{}),
	}
	for _, row := range entityTypes {
		s.entities[string(row.entity)] = compileEntity(row, extra)
	}
	for _, row := range eventTypes {
		s.addEvent(row)
	}
	s.addWords()
	return s
}

func compileEntity(row entityRow, extra map[EntityType][]string) *entitySpec {
	spec := &entitySpec{lineage: lineage(row.entity)}
	spec.section, spec.label = sectionOf(row.entity), article(string(row.entity))
	spec.members = make(map[string]*member)
	for _, p := range inherited(row) {
		spec.add(p)
	}
	for i := range entityTypes {
		if !spec.lineage.has(i) {
			continue
		}
		for _, name := range extra[entityTypes[i].entity] {
			spec.addExtra(name)
		}
	}
	return spec
}

// inherited lists the properties of a type, those of its supertypes first, a
// narrower definition in place of the one that it narrows.
func inherited(row entityRow) []property {
	var all []property
	for _, super := range row.supertypes {
		all = override(all, inherited(entityTypes[typeIndex(super)]))
	}
	return override(all, row.properties)
}

func override(all, with []property) []property {
	for _, p := range with {
		if i := slices.IndexFunc(all, func(q property) bool { return q.name == p.name }); i >= 0 {
			all[i] = p
		} else {
			all = append(all, p)
		}
	}
	return all
}

// add gives the object a property of the specification. No type has more than
// 64 (held by a test).
func (o *objectSpec) add(p property) {
	m := &member{bit: 1 << len(o.names), valueSpec: compileValue(p.name, p.value, o.section)}
	if p.required {
		o.required |= m.bit
	}
	o.members[p.name] = m
	o.names = append(o.names, p.name)
}

func (o *objectSpec) addExtra(name string) {
	if o.members[name] == nil {
		o.members[name] = &member{valueSpec: compileValue(name, value{kind: anyKind}, o.section)}
	}
}

func (s *schema) addEvent(row eventRow) {
	spec := s.events[string(row.event)]
	if spec == nil {
		spec = &eventSpec{forms: make(map[string]*objectSpec), section: sectionOf(row.event)}
		s.events[string(row.event)] = spec
	}
	form := compileForm(row)
	for _, action := range row.actions {
		spec.forms[string(action)] = form
	}
	spec.actionRule = actionRule(row.event)
}

// compileForm makes the members of an event for the actions of one row.
func compileForm(row eventRow) *objectSpec {
	form := &objectSpec{
		section: sectionOf(row.event),
		label:   article(string(row.event)),
		members: make(map[string]*member, len(eventProperties)),
	}
	for _, p := range eventProperties {
		form.add(row.narrow(p))
	}
	return form
}

// narrow gives a property of the base Event the range that the row has for it.
func (row eventRow) narrow(p property) property {
	slots := map[string][]EntityType{
		"actor": row.actor, "object": row.object, "target": row.target,
		"generated": row.generated, "referrer": row.referrer,
	}
	if types := slots[p.name]; types != nil {
		p.value = entity(types...)
	}
	if p.name == "profile" {
		profiles := append(in{GeneralProfile}, row.profiles...)
		slices.Sort(profiles)
		p.value = term(p.value.section, slices.Compact(profiles))
	}
	p.required = p.required || slices.Contains(row.required, p.name)
	return p
}

func (s *schema) addWords() {
	for name, spec := range s.entities {
		s.words[name] = struct{}{}
		for _, property := range spec.names {
			s.words[property] = struct{}{}
		}
	}
	for name := range s.events {
		s.words[name] = struct{}{}
	}
	for _, p := range eventProperties {
		s.words[p.name] = struct{}{}
	}
	for _, action := range actions {
		s.words[string(action)] = struct{}{}
	}
}

func compileValue(name string, v value, section string) valueSpec {
	spec := valueSpec{kind: v.kind, list: v.list, byIRI: v.byIRI, section: section}
	for _, t := range v.types {
		spec.accepts.add(typeIndex(t))
		spec.byIRI = spec.byIRI || hasID(t)
	}
	if v.kind == termKind {
		spec.section = sectionOf(v.section)
		spec.terms = make(map[string]struct{}, len(v.terms))
		for _, t := range v.terms {
			spec.terms[t] = struct{}{}
		}
	}
	if spec.rule = name + " is " + ruleOf(v, spec.byIRI); v.list {
		spec.rule = "each element of " + spec.rule
	}
	return spec
}
