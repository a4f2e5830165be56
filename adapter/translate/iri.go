package translate

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// urn is a UUID as an IRI.
func urn(id uuid.UUID) string { return id.URN() }

// derived is the IRI of a thing whose own identifier must not leave, or is no IRI: its UUIDv5 in the URL namespace
// (RFC 9562 section 5.5), the same for every event that names the thing.
func derived(id string) string { return urn(uuid.NewSHA1(uuid.NameSpaceURL, []byte(id))) }

// safeIRI is an identifier in the form in which it may leave; false for what is no absolute IRI and does not leave.
//
//	https://user:pass@host/path?token=1#top   https://host/path
//	https://host/page;jsessionid=9D41         https://host/page
//	https://…/v1/sites/{site}                 as it is: a site names nobody
//	https://…/v1/sites/{site}/users/{user}    derived
//	https://host/~jane@school.edu             derived
//	urn:uuid:…                                as it is
//	mailto:…, urn:email:…, and the like       derived: only its scheme knows what such an IRI names
//	session123, _41_1, //host/path            false
func safeIRI(id string) (string, bool) {
	id = strings.TrimSpace(id)
	u, err := url.Parse(id)
	switch {
	case err != nil || !u.IsAbs():
		return "", false
	case u.Opaque != "":
		return opaqueIRI(id)
	}
	clean := stripped(u)
	if namesSomebody(clean, u.Path) {
		return derived(clean), true
	}
	return clean, caliper.IsIRI(clean)
}

// safeURL is safeIRI for what must be a web address.
func safeURL(id string) (string, bool) {
	iri, ok := safeIRI(id)
	if !ok || !isURL(iri) {
		return "", false
	}
	return iri, true
}

// isURL tells a web address from other IRIs in the form of safeIRI.
func isURL(iri string) bool {
	return strings.HasPrefix(iri, "https://") || strings.HasPrefix(iri, "http://")
}

// opaqueIRI is safeIRI for an IRI without a hierarchy, of which nothing can be taken off.
func opaqueIRI(id string) (string, bool) {
	if !caliper.IsIRI(id) {
		return "", false
	}
	const form = len("urn:uuid:") + 36
	if u, err := uuid.Parse(id); err == nil && len(id) == form {
		return urn(u), true
	}
	return derived(id), true
}

// stripped is a URL without userinfo, path parameters, query and fragment: the parts in which tokens, session ids and
// people stand.
func stripped(u *url.URL) string {
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if strings.Contains(u.Path, ";") {
		bare.Path, bare.RawPath = withoutParameters(u.Path), ""
	}
	return bare.String()
}

// withoutParameters takes ";name=value" off the segments of a path (RFC 3986 section 3.3).
func withoutParameters(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i], _, _ = strings.Cut(segment, ";")
	}
	return strings.Join(segments, "/")
}

// emailPath is an e-mail address within a segment of a path.
var emailPath = regexp.MustCompile(`[^/@]+@[^/@]+\.[^/@]+`)

// namesSomebody tells whether a cleaned URL still names a person: a user by Learn's IRI, or anybody by e-mail address.
func namesSomebody(clean, path string) bool {
	return blackboard.ContainsUserIRI(clean) || strings.Contains(path, "@") && emailPath.MatchString(path)
}
