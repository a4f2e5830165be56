package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// The size of a page of changes of the map.
const (
	DefaultChangesLimit = mapping.DefaultLimit
	MaxChangesLimit     = 1000
)

// MapChange is a change of the map of a source: what one editor did at once. No two have the same number, of whatever
// sources they are; later ones have greater numbers.
type MapChange struct {
	Source string `json:"source"`
	mapping.ChangeInfo
}

// ChangeFilter selects changes of the map; an empty field selects all.
type ChangeFilter struct {
	Source string
	// By is who: the name of a token, or `stream` for what was learned.
	By string
	// Since and Until bound when it was: not before Since, and before Until.
	Since, Until time.Time
	// Before bounds the numbers: below it; 0 is no bound. The next page is before the last number of a page.
	Before uint64
	// Limit is how many a page has at most; 0: DefaultChangesLimit.
	Limit int
}

// Empty says whether the filter selects everything.
func (f ChangeFilter) Empty() bool { f.Limit = 0; return len(f.Query()) == 0 }

// Query is the filter as a query.
func (f *ChangeFilter) Query() url.Values {
	return queryOf(querySource, f.Source, queryBy, f.By, querySince, timestamp(f.Since), queryUntil, timestamp(f.Until),
		queryBefore, count(f.Before), queryLimit, count(uint64(max(0, f.Limit))))
}

// changeFilter reads the filter of a request.
func (r *request) changeFilter() (f ChangeFilter, err error) {
	f.Source, f.By = r.query.Get(querySource), r.query.Get(queryBy)
	if f.Since, f.Until, err = r.period(); err != nil {
		return f, err
	}
	if f.Before, err = r.count(queryBefore); err != nil {
		return f, err
	}
	f.Limit, err = r.limit(DefaultChangesLimit, MaxChangesLimit)
	return f, err
}

// mapHistory shows every version that the records of a person ever had.
func (h *Handler) mapHistory(w http.ResponseWriter, r *request) error {
	person, err := r.person()
	if err != nil {
		return err
	}
	versions, err := h.service.History(r.Context(), r.query.Get(querySource), person)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, versions)
}

// mapChanges lists changes, a page at a time.
func (h *Handler) mapChanges(w http.ResponseWriter, r *request) error {
	filter, err := r.changeFilter()
	if err != nil {
		return err
	}
	changes, err := h.service.Changes(r.Context(), filter)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, changes)
}

// ParseChange reads the number of a change of the map. The error does not hold the text.
func ParseChange(text string) (uint64, error) {
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || number == 0 {
		return 0, newError(ClassBadRequest, "a change of the map is named by its number")
	}
	return number, nil
}
