package caliper

// The words in which the tables of event and entity types are written.

// kind says what a value must look like.
type kind uint8

const (
	textKind     kind = iota // a string
	integerKind              // a whole number
	naturalKind              // a whole number that is not negative
	decimalKind              // any number
	booleanKind              // true or false
	dateTimeKind             // YYYY-MM-DDTHH:mm:ss.SSSZ
	durationKind             // ISO 8601, such as PT1H30M
	entityIDKind             // an absolute IRI, or a blank node
	eventIDKind              // urn:uuid: and a UUID
	entityKind               // an entity of the listed types or their subtypes, or its IRI
	termKind                 // a string out of a closed list
	mapKind                  // an object with any content
	contextKind              // a JSON-LD context
	settledKind              // type and action: checked before the others, since they choose the rules
	anyKind                  // whatever JSON has but null: a property beyond the specification
)

// value is the range of a property.
type value struct {
	kind  kind
	list  bool         // an array of such values
	byIRI bool         // of entityKind: also as an IRI, although the type has no id
	types []EntityType // of entityKind
	terms []string     // of termKind
	// section is the part of the specification that closes the list of terms.
	section string
}

var (
	text     = value{kind: textKind}
	integer  = value{kind: integerKind}
	natural  = value{kind: naturalKind}
	decimal  = value{kind: decimalKind}
	boolean  = value{kind: booleanKind}
	dateTime = value{kind: dateTimeKind}
	duration = value{kind: durationKind}
	freeMap  = value{kind: mapKind}
	settled  = value{kind: settledKind}
)

// entity is the range "one of these types, a subtype of one, or an IRI".
func entity(types ...EntityType) value { return value{kind: entityKind, types: types} }

// orIRI is the range "v, or an IRI" where the types of v have no id of their own.
func orIRI(v value) value {
	v.byIRI = true
	return v
}

// term is the range "one of these strings".
func term[T ~string](section string, terms []T) value {
	v := value{kind: termKind, section: section, terms: make([]string, len(terms))}
	for i, t := range terms {
		v.terms[i] = string(t)
	}
	return v
}

// listOf is the range "an array of v".
func listOf(v value) value {
	v.list = true
	return v
}

// property is a line of a property table.
type property struct {
	name     string
	value    value
	required bool
}

const (
	optional = false
	required = true
)

// entityRow is a line of the table of entity types: own properties only, the
// inherited ones come from the supertypes.
type entityRow struct {
	entity     EntityType
	supertypes []EntityType
	properties []property
}

// eventRow is a line of the table of event types, one for each group of actions
// with rules of their own. An empty slot has the range of the base Event, which
// is any entity. The properties that every event has are in eventProperties.
type eventRow struct {
	event     EventType
	actions   []Action
	actor     []EntityType
	object    []EntityType
	target    []EntityType
	generated []EntityType
	referrer  []EntityType
	required  []string // beyond what every event requires
	profiles  []Profile
}
