package blackboard

import "strings"

// Generation is the wire form in which Learn wrote an envelope or an event.
// The zero value says that nothing in the text told it.
type Generation uint8

// Learn sent v1p0 until January 2019 and has sent v1p1 since.
const (
	V1P0 Generation = iota + 1
	V1P1
)

// String gives the name that Caliper uses in its context IRIs, "" if unknown.
func (g Generation) String() string {
	switch g {
	case V1P0:
		return "v1p0"
	case V1P1:
		return "v1p1"
	}
	return ""
}

// generationOf reads the generation from a dataVersion, a context IRI such as
// http://purl.imsglobal.org/ctx/caliper/v1p1.
func generationOf(dataVersion string) Generation {
	switch term(strings.TrimRight(dataVersion, "/")) {
	case "v1p0":
		return V1P0
	case "v1p1":
		return V1P1
	}
	return 0
}
