package caliper

// Options widen a check.
type Options struct {
	// ExtraProperties are property names that a type (and its subtypes) may
	// have beyond the specification, with any value but null: what a collector
	// asks for at the top of an entity, such as TimeBack's Score.scoreType.
	// Names of unknown types have no effect. Default: none.
	ExtraProperties map[EntityType][]string
}

// Checker checks documents against Caliper 1.2. It is safe for concurrent use
// and keeps nothing of what it has checked.
type Checker struct{ schema *schema }

// NewChecker compiles the vocabulary, which takes about a millisecond: make one
// and keep it.
func NewChecker(opts Options) *Checker {
	return &Checker{schema: compile(opts.ExtraProperties)}
}

// Event checks an event as it stands in an envelope's data: with its own
// @context. The error is the first *[Failure], nil for a conformant event.
func (c *Checker) Event(doc []byte) error {
	return c.check(doc, (*run).eventOnly)
}

// Document checks an event or an entity describe that stands alone, with its own
// @context. The error is the first *[Failure], nil for a conformant document.
func (c *Checker) Document(doc []byte) error {
	return c.check(doc, (*run).item)
}

// Envelope checks an envelope and every item of its data. The error is the first
// *[Failure], nil for a conformant envelope; paths begin at the envelope.
func (c *Checker) Envelope(doc []byte) error {
	return c.check(doc, (*run).envelopeAndItems)
}

func (c *Checker) check(doc []byte, how func(*run, int32) *Failure) error {
	d, failure := parse(doc)
	if failure != nil {
		return failure
	}
	defer d.release()
	r := run{schema: c.schema, doc: d}
	return asError(how(&r, 0))
}

// Shape is what a JSON text turned out to be.
type Shape uint8

// The shapes that [Checker.Items] tells apart.
const (
	SingleShape   Shape = iota // an event or entity describe
	ArrayShape                 // an array of them
	EnvelopeShape              // an envelope
)

// Report is the outcome of a check item by item.
type Report struct {
	Shape Shape
	// Items has an entry for each item in its order, nil for a conformant one,
	// else a *[Failure] whose path begins at the item.
	Items []error
}

// Items checks an envelope, an array of events and entity describes, or a single
// one, and reports on each item by itself. The error is a *[Failure] of the
// whole: no JSON, an envelope that is itself nonconformant, an empty array. An
// object without a type is taken for an envelope if it has any of an envelope's
// properties.
func (c *Checker) Items(doc []byte) (Report, error) {
	d, failure := parse(doc)
	if failure != nil {
		return Report{}, failure
	}
	defer d.release()
	r := run{schema: c.schema, doc: d}
	report := Report{Shape: r.shape()}
	switch report.Shape {
	case EnvelopeShape:
		if failure := r.envelope(0); failure != nil {
			return report, failure
		}
		report.Items = r.each(d.member(0, "data"))
	case ArrayShape:
		if d.nodes[0].child == none {
			return report, &Failure{"$", "an array holds at least one event or entity", envelopeSection}
		}
		report.Items = r.each(0)
	default:
		report.Items = []error{asError(r.item(0))}
	}
	return report, nil
}

// each checks the elements of an array, with paths that begin at the element.
func (r *run) each(array int32) []error {
	var results []error
	for n := r.doc.nodes[array].child; n != none; n = r.doc.nodes[n].next {
		r.root = n
		results = append(results, asError(r.item(n)))
	}
	return results
}

// shape looks at the outermost value only.
func (r *run) shape() Shape {
	switch r.doc.nodes[0].kind {
	case '[':
		return ArrayShape
	case '{':
		if r.doc.member(0, "type") == none && r.hasEnvelopeProperty() {
			return EnvelopeShape
		}
	}
	return SingleShape
}

func (r *run) hasEnvelopeProperty() bool {
	for m := r.doc.nodes[0].child; m != none; m = r.doc.nodes[m].next {
		if envelopeBit(r.doc.name(m)) != 0 {
			return true
		}
	}
	return false
}
