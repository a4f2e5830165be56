package blackboard

import (
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
)

// IRIKind says what an identifier of Learn names.
type IRIKind uint8

// The kinds, with their paths below /v1/sites/{site}.
const (
	KindSite        IRIKind = iota + 1 // the site itself
	KindUser                           // /users/{user}
	KindCourse                         // /courses/{course}
	KindMember                         // /courses/{course}/members/{user}
	KindGroup                          // /courses/{course}/groups/{group}
	KindSession                        // /sessions/{session}
	KindLaunch                         // /ltiLaunches/{launch}
	KindApplication                    // /applications/{name}
	KindOther                          // anything else of the site
)

// IRI is the parts of an identifier of Learn's. The parts are as sent, in their
// own case, and may be empty: a session of ".../sessions/" is none.
type IRI struct {
	Kind   IRIKind
	Site   string // usually a UUID
	ID     string // the user, course, group, session, launch or application
	Course string // the course of a member or group
}

// sitesPath is how the path of every identifier begins.
const sitesPath = "/v1/sites/"

// ParseIRI reads an identifier such as
//
//	https://caliper-mapping.cloudbb.blackboard.com/v1/sites/{site}/users/{user}
//
// by its path. Scheme and host are an opaque namespace that nothing documents
// (reference notes on the stream, section 5) and are not looked at. A query or
// fragment is ignored. It is false for anything else, bare ids among them.
func ParseIRI(s string) (IRI, bool) {
	site, rest, ok := splitSite(s)
	if !ok {
		return IRI{}, false
	}
	if rest == "" {
		return IRI{Kind: KindSite, Site: site}, true
	}
	iri := parseSitePath(rest)
	iri.Site = site
	return iri, true
}

// splitSite gives the site of an identifier, and its path below the site.
func splitSite(s string) (site, below string, ok bool) {
	path, ok := pathOf(s)
	if !ok || !strings.HasPrefix(path, sitesPath) {
		return "", "", false
	}
	site, below, _ = strings.Cut(path[len(sitesPath):], "/")
	return site, below, site != ""
}

// NamesNothing tells whether an identifier is one of Learn's that stand where
// there is nothing to name: none at all, …/unknown/unknown, or a collection
// without an id in it, as in …/sessions/.
func NamesNothing(id string) bool {
	if id == "" {
		return true
	}
	_, below, ok := splitSite(id)
	if !ok || below == "" {
		return strings.HasSuffix(id, "/sessions/")
	}
	switch last := below[strings.LastIndexByte(below, '/')+1:]; last {
	case "", "unknown":
		return true
	default:
		return last == below
	}
}

// pathOf cuts scheme, authority, query and fragment off an absolute IRI.
func pathOf(s string) (string, bool) {
	colon := strings.IndexByte(s, ':')
	if colon < 1 || !isScheme(s[:colon]) || !strings.HasPrefix(s[colon:], "://") {
		return "", false
	}
	rest := s[colon+len("://"):]
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return "", false
	}
	path, _, _ := strings.Cut(rest[slash:], "?")
	path, _, _ = strings.Cut(path, "#")
	return path, !strings.ContainsAny(rest[:slash], "?#")
}

// isScheme tells whether s can be the scheme of an IRI (RFC 3986, section 3.1).
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return true
}

// parseSitePath reads what follows a site: a collection and an id in it.
func parseSitePath(path string) IRI {
	collection, id, _ := strings.Cut(path, "/")
	if collection == "courses" {
		return parseCoursePath(id)
	}
	id = strings.TrimSuffix(id, "/")
	kind := collectionKind(collection)
	if strings.IndexByte(id, '/') >= 0 {
		kind = KindOther
	}
	if kind == KindOther {
		return IRI{Kind: KindOther}
	}
	return IRI{Kind: kind, ID: id}
}

// collectionKind is the kind of the things directly below a site's collection.
func collectionKind(collection string) IRIKind {
	switch collection {
	case "users":
		return KindUser
	case "sessions":
		return KindSession
	case "ltiLaunches":
		return KindLaunch
	case "applications":
		return KindApplication
	}
	return KindOther
}

// parseCoursePath reads what follows /courses/: the course, or a member or
// group of it.
func parseCoursePath(path string) IRI {
	course, rest, _ := strings.Cut(path, "/")
	if rest == "" {
		return IRI{Kind: KindCourse, ID: course}
	}
	collection, id, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	kind := KindOther
	switch {
	case strings.IndexByte(id, '/') >= 0:
	case collection == "members":
		kind = KindMember
	case collection == "groups":
		kind = KindGroup
	}
	if kind == KindOther {
		id = ""
	}
	return IRI{Kind: kind, Course: course, ID: id}
}

// UUID is the id of a user, member, course or launch as a UUID: Learn writes 32
// hex digits, but case and dashes may differ.
func (i IRI) UUID() (uuid.UUID, bool) { return ParseUUID(i.ID) }

// ParseUUID reads a UUID of Learn's: 32 hex digits or the dashed form, in any
// case, and nothing around it. The nil UUID is none.
func ParseUUID(s string) (uuid.UUID, bool) {
	const plain, dashed = 32, 36
	var id uuid.UUID
	var err error
	switch len(s) {
	case plain:
		_, err = hex.Decode(id[:], []byte(s))
	case dashed:
		id, err = uuid.Parse(s)
	default:
		return uuid.Nil, false
	}
	if err != nil || id == uuid.Nil {
		return uuid.Nil, false
	}
	return id, true
}
