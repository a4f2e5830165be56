package caliper

import "math/bits"

const envelopeSection = "Caliper 1.2 Envelope"

// envelopeNames are the four properties of an envelope, all required, by bit.
var envelopeNames = [...]string{"sensor", "sendTime", "dataVersion", "data"}

func envelopeBit(name []byte) uint {
	for i, known := range envelopeNames {
		if string(name) == known {
			return 1 << i
		}
	}
	return 0
}

// envelopeAndItems checks an envelope and then its items, with paths that begin
// at the envelope.
func (r *run) envelopeAndItems(n int32) *Failure {
	if failure := r.envelope(n); failure != nil {
		return failure
	}
	data := r.doc.member(n, "data")
	for e := r.doc.nodes[data].child; e != none; e = r.doc.nodes[e].next {
		if failure := r.item(e); failure != nil {
			return failure
		}
	}
	return nil
}

// envelope checks the envelope alone: exactly its four properties.
func (r *run) envelope(n int32) *Failure {
	if r.doc.nodes[n].kind != '{' {
		return r.fail(n, "an envelope is an object", envelopeSection)
	}
	var seen uint
	for m := r.doc.nodes[n].child; m != none; m = r.doc.nodes[m].next {
		bit := envelopeBit(r.doc.name(m))
		switch {
		case bit == 0:
			return r.fail(m, "an envelope has no custom properties", envelopeSection)
		case seen&bit != 0:
			return r.fail(m, "each property is referenced only once", envelopeSection)
		}
		seen |= bit
		if rule := r.envelopeProperty(m); rule != "" {
			return r.fail(m, rule, envelopeSection)
		}
	}
	if missing := ^seen & (1<<len(envelopeNames) - 1); missing != 0 {
		name := envelopeNames[bits.TrailingZeros(missing)]
		return r.missing(n, name, name+" is required", envelopeSection)
	}
	return nil
}

// envelopeProperty gives the rule that a property breaks, "" if none. That the
// sensor is an IRI is only a SHOULD.
func (r *run) envelopeProperty(m int32) string {
	kind, value := r.doc.nodes[m].kind, r.doc.value(m)
	switch string(r.doc.name(m)) {
	case "sensor":
		if kind != '"' || len(value) == 0 {
			return "sensor is a string that is not empty"
		}
	case "sendTime":
		if kind != '"' || !isDateTime(value) {
			return "sendTime is " + literalRules[dateTimeKind]
		}
	case "dataVersion":
		if kind != '"' || string(value) != DataVersion {
			return "dataVersion is " + DataVersion
		}
	case "data":
		if kind != '[' || r.doc.nodes[m].child == none {
			return "data is an array of one or more events and entity describes"
		}
	}
	return ""
}
