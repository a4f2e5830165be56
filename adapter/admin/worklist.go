package admin

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// The size of a page of the work list.
const (
	DefaultUnmappedLimit = 100
	MaxUnmappedLimit     = 10_000
)

// UnmappedPerson is an entry of the work list: somebody whose events are held because the map does not know them. It has
// everything by which the stream names the account, but never the person's name.
type UnmappedPerson struct {
	// Key is the hash under which the person's events are kept, see mapping.PersonKey. No two entries have the same.
	Key        string    `json:"key"`
	Source     string    `json:"source"`
	UserUUID   uuid.UUID `json:"user_uuid,omitzero"`
	UserID     string    `json:"user_id,omitempty"`
	ExternalID string    `json:"external_id,omitempty"`
	// Email only where mapping.suggest or mapping.trust has e-mail addresses.
	Email string `json:"email,omitempty"`
	// Events is how many wait for this person, over all destinations; Since and Until are when the first and the last of
	// them were received.
	Events int       `json:"events"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	// Types and Destinations are how many events wait of each type, and at each destination.
	Types        map[string]int `json:"types"`
	Destinations map[string]int `json:"destinations"`
	// Suggestions say who the person may be, the strongest evidence first. Several contradict one another.
	Suggestions []Suggestion `json:"suggestions"`
	// Doubts say what speaks against an alias as evidence.
	Doubts []Doubt `json:"doubts"`
}

// Acceptable returns the suggestion that can be accepted, nil if there is none.
func (p *UnmappedPerson) Acceptable() *Suggestion {
	if len(p.Suggestions) == 1 && p.Suggestions[0].Unambiguous {
		return &p.Suggestions[0]
	}
	return nil
}

// DoubtText says what is in doubt, and names the alias: `external id 4711 belongs to record 12, …`.
func (p *UnmappedPerson) DoubtText(d *Doubt) string { return d.text(p.alias(d.Alias)) }

// alias returns one of the person's texts.
func (p *UnmappedPerson) alias(a mapping.Alias) string {
	switch a {
	case mapping.UserID:
		return p.UserID
	case mapping.ExternalID:
		return p.ExternalID
	case mapping.Email:
		return p.Email
	default:
		return ""
	}
}

// UnmappedCursor is a place in the work list: whoever waits longer, or as long with a lower key, comes before it. It
// stays good when people come and go. The zero value is the beginning.
type UnmappedCursor struct {
	Since time.Time
	Key   string
}

// Compare orders places as the work list does.
func (c UnmappedCursor) Compare(o UnmappedCursor) int {
	if order := c.Since.Compare(o.Since); order != 0 {
		return order
	}
	return strings.Compare(c.Key, o.Key)
}

// MarshalText writes a place as text; its form is nobody's business.
func (c UnmappedCursor) MarshalText() ([]byte, error) {
	if c == (UnmappedCursor{}) {
		return nil, nil
	}
	return []byte(strconv.FormatInt(c.Since.UnixNano(), 10) + "-" + c.Key), nil
}

var errCursor = errors.New("is not the next of a page")

// UnmarshalText reads what MarshalText has written.
func (c *UnmappedCursor) UnmarshalText(text []byte) error {
	*c = UnmappedCursor{}
	if len(text) == 0 {
		return nil
	}
	since, key, _ := strings.Cut(string(text), "-")
	at, err := strconv.ParseInt(since, 10, 64)
	if err != nil || key == "" {
		return errCursor
	}
	*c = UnmappedCursor{Since: time.Unix(0, at).UTC(), Key: key}
	return nil
}

// UnmappedFilter selects people of the work list; an empty field selects all.
type UnmappedFilter struct {
	Source string
	// Person is somebody's key or any alias of theirs; several people may have the same.
	Person string
	// Suggested selects those for whom there is a suggestion; Evidence those with evidence of that kind.
	Suggested bool
	Evidence  mapping.Alias
	// After is where the page begins: the Next of the one before.
	After UnmappedCursor
	// Limit is how many a page has at most; 0: no limit, which only a Service understands.
	Limit int
}

// Query is the filter as a query.
func (f *UnmappedFilter) Query() url.Values {
	after, _ := f.After.MarshalText() // which never fails
	return queryOf(querySource, f.Source, queryPerson, f.Person, querySuggested, flag(f.Suggested),
		queryEvidence, f.Evidence.String(), queryAfter, string(after), queryLimit, count(uint64(max(0, f.Limit))))
}

// UnmappedPage is a part of the work list.
type UnmappedPage struct {
	// People are the longest waiting first.
	People []UnmappedPerson `json:"people"`
	// Total is how many people the filter selects, on whatever page, and Events how many events wait for them.
	Total  int `json:"total"`
	Events int `json:"events"`
	// Mapped is how many people the map knows by now, whose held events are still to be released. They are not listed.
	Mapped int `json:"mapped"`
	// Next is where the next page begins; zero: there is none.
	Next UnmappedCursor `json:"next,omitzero"`
}

func unmappedExportQuery() []string {
	return []string{querySource, queryPerson, querySuggested, queryEvidence}
}

func unmappedQuery() []string { return append(unmappedExportQuery(), queryAfter, queryLimit) }

// unmappedFilter reads the filter of a request.
func (r *request) unmappedFilter() (f UnmappedFilter, err error) {
	f.Source, f.Person = r.query.Get(querySource), strings.TrimSpace(r.query.Get(queryPerson))
	f.Suggested = r.flag(querySuggested)
	if f.Evidence, err = ParseEvidence(r.query.Get(queryEvidence)); err != nil {
		return f, err
	}
	if err := f.After.UnmarshalText([]byte(r.query.Get(queryAfter))); err != nil {
		return f, newError(ClassBadRequest, "%s %w", queryAfter, err)
	}
	f.Limit, err = r.limit(DefaultUnmappedLimit, MaxUnmappedLimit)
	return f, err
}

// ParseEvidence reads a kind of evidence; "" is none in particular.
func ParseEvidence(text string) (mapping.Alias, error) {
	switch alias, err := mapping.ParseAlias(text); {
	case text == "":
		return mapping.NoAlias, nil
	case err != nil, alias != mapping.ExternalID && alias != mapping.Email:
		return mapping.NoAlias, newError(ClassBadRequest, "evidence must be %s or %s", mapping.ExternalID, mapping.Email)
	default:
		return alias, nil
	}
}

// unmapped lists a page of the work list.
func (h *Handler) unmapped(w http.ResponseWriter, r *request) error {
	filter, err := r.unmappedFilter()
	if err != nil {
		return err
	}
	page, err := h.service.Unmapped(r.Context(), filter)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, page)
}

// exportUnmapped streams the whole work list.
func (h *Handler) exportUnmapped(w http.ResponseWriter, r *request) error {
	filter, err := r.unmappedFilter()
	if err != nil {
		return err
	}
	filter.Limit = 0
	return h.download(w, "text/csv; charset=utf-8", "unmapped.csv", func(out io.Writer) error {
		return h.service.ExportUnmapped(r.Context(), filter, out)
	})
}
