package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// conditional are the paths whose changes can be bound to what somebody has seen: to the revision of a record or, of an
// import, to a plan.
func conditional() []string { return []string{PathRecords, PathMerge, PathImport} }

// checkConditions refuses a condition that would be overlooked: whoever sends one relies on it.
func checkConditions(route route, header http.Header) error {
	if route.method == http.MethodGet {
		return nil // nothing changes
	}
	if len(header.Values("If-None-Match")) > 0 {
		return newError(ClassBadRequest, "If-None-Match is not supported for changes")
	}
	if len(header.Values("If-Match")) > 0 && !slices.Contains(conditional(), route.path) {
		return newError(ClassBadRequest, "If-Match is not supported here: it is for changes of a record, and for imports")
	}
	return nil
}

// ifMatch reads the revision at which a record must still be; 0: at any. The text is that of RFC 9110 section 13.1.1: a
// list of entity tags, which are compared strongly, so that a weak one matches nothing, and neither does one that is no
// revision. A bare number is taken as well. Several revisions would leave open which record is meant, and so would `*`.
func ifMatch(header http.Header) (uint64, error) {
	values := header.Values("If-Match")
	if len(values) == 0 {
		return 0, nil
	}
	var revisions []uint64
	for tag := range strings.SplitSeq(strings.Join(values, ","), ",") {
		tag = strings.TrimSpace(tag)
		if !isTag(tag) {
			return 0, newError(ClassBadRequest, `If-Match must be the revision of a record, as in "41"`)
		}
		if revision, err := strconv.ParseUint(strings.Trim(tag, `"`), 10, 64); err == nil && revision > 0 {
			revisions = append(revisions, revision)
		}
	}
	switch slices.Sort(revisions); len(slices.Compact(revisions)) {
	case 0:
		return 0, newError(ClassChanged, "no record is at the revision of If-Match: %w", mapping.ErrRevision)
	case 1:
		return revisions[0], nil
	default:
		return 0, newError(ClassBadRequest, "If-Match must name one revision")
	}
}

// isTag says whether a text is an entity tag, weak or strong, or a bare number.
func isTag(text string) bool {
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		return true
	}
	opaque := strings.TrimPrefix(text, "W/")
	return len(opaque) >= 2 && opaque[0] == '"' && opaque[len(opaque)-1] == '"' &&
		!strings.ContainsFunc(opaque[1:len(opaque)-1], func(c rune) bool { return c == '"' || c <= ' ' || c == 0x7f })
}

// etag is the entity tag of a record: its revision, which no two versions of it share.
func etag(record *mapping.Record) string {
	return strconv.Quote(strconv.FormatUint(record.Revision, 10))
}
