package admin

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The parameters of queries. Client and server share them through the functions below.
const (
	queryPerson       = "person"
	querySource       = "source"
	queryDestination  = "destination"
	queryType         = "type"
	queryReason       = "reason"
	querySince        = "since" // RFC 3339, as is until
	queryUntil        = "until"
	queryID           = "id" // any number of times: the UUID of an event, or the number of a letter
	queryAfter        = "after"
	queryLast         = "last"
	queryLimit        = "limit"
	queryBy           = "by"
	queryBefore       = "before"
	queryFile         = "file"
	queryColumn       = "column" // any number of times: COLUMN=HEADER
	queryAllowRepoint = "allow_repoint"
	queryPartial      = "partial"
	queryDryRun       = "dry_run"
	querySync         = "sync"
	querySkipEmpty    = "skip_empty"
	queryReasons      = "reasons" // of rejected lines, in a streamed answer
	querySuggested    = "suggested"
	queryEvidence     = "evidence"
	queryMetric       = "name[]" // of promhttp: any number of times
)

// repeated are the parameters that may be given several times.
func repeated() []string { return []string{queryColumn, queryID, queryMetric} }

// flags are the parameters that are true or false.
func flags() []string { return append(importFlags(), querySuggested) }

// importFlags are those of an import.
func importFlags() []string {
	return []string{queryAllowRepoint, queryPartial, queryDryRun, querySync, querySkipEmpty, queryReasons}
}

func heldQuery() []string { return []string{queryDestination, querySource, queryType} }

func deadQuery() []string {
	return []string{queryDestination, querySource, queryType, queryReason, querySince, queryUntil, queryID, queryLast}
}

func deadListQuery() []string { return append(deadQuery(), queryAfter, queryLimit) }

func changesQuery() []string {
	return []string{querySource, queryBy, querySince, queryUntil, queryBefore, queryLimit}
}

func importQuery() []string {
	return append(importFlags(), querySource, queryFile, queryColumn)
}

// SourceQuery asks for one source, or, with "", for all.
func SourceQuery(source string) url.Values { return queryOf(querySource, source) }

// DestinationQuery asks for one destination, or, with "", for all.
func DestinationQuery(destination string) url.Values {
	return queryOf(queryDestination, destination)
}

// PersonQuery asks for a person, who is named by a platform id or by any alias.
func PersonQuery(source, person string) url.Values {
	return queryOf(querySource, source, queryPerson, person)
}

// Query is the filter as a query.
func (f HeldFilter) Query() url.Values {
	return queryOf(queryDestination, f.Destination, querySource, f.Source, queryType, f.Type)
}

func (r *request) heldFilter() HeldFilter {
	return HeldFilter{
		Destination: r.query.Get(queryDestination), Source: r.query.Get(querySource), Type: r.query.Get(queryType),
	}
}

// Query is everything as a query but the body and the approved plan.
func (r *ImportRequest) Query() url.Values {
	query := queryOf(querySource, r.Source, queryFile, r.File,
		queryAllowRepoint, flag(r.AllowRepoint), queryPartial, flag(r.Partial), queryDryRun, flag(r.DryRun),
		querySync, flag(r.Sync), querySkipEmpty, flag(r.SkipEmpty), queryReasons, flag(r.Rejected != nil))
	for _, column := range slices.Sorted(maps.Keys(r.Columns)) {
		query.Add(queryColumn, column+"="+r.Columns[column])
	}
	return query
}

func (r *request) importRequest() (ImportRequest, error) {
	columns := map[string]string{}
	for _, pair := range r.query[queryColumn] {
		column, header, ok := strings.Cut(pair, "=")
		if !ok || column == "" || header == "" {
			return ImportRequest{}, newError(ClassBadRequest, "%s must be COLUMN=HEADER", queryColumn)
		}
		columns[column] = header
	}
	approved, err := r.approved()
	return ImportRequest{
		Source: r.query.Get(querySource), Columns: columns, File: baseName(r.query.Get(queryFile)), By: r.by(),
		AllowRepoint: r.flag(queryAllowRepoint), Partial: r.flag(queryPartial), DryRun: r.flag(queryDryRun),
		Sync: r.flag(querySync), SkipEmpty: r.flag(querySkipEmpty), Approved: approved,
	}, err
}

// flag says whether a parameter is set.
func (r *request) flag(name string) bool {
	set, _ := strconv.ParseBool(r.query.Get(name)) // checked at the door
	return set
}

// period reads the bounds of a time.
func (r *request) period() (since, until time.Time, err error) {
	if since, err = r.timestamp(querySince); err != nil {
		return since, until, err
	}
	if until, err = r.timestamp(queryUntil); err != nil {
		return since, until, err
	}
	return since, until, ordered(since, until)
}

// ordered refuses a period in which nothing can be.
func ordered(since, until time.Time) error {
	if !until.IsZero() && !until.After(since) {
		return newError(ClassBadRequest, "%s must be later than %s", queryUntil, querySince)
	}
	return nil
}

// timestamp reads a time; without the parameter it is zero.
func (r *request) timestamp(name string) (time.Time, error) {
	text := r.query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, newError(ClassBadRequest, "%s must be a time such as 2026-03-04T15:00:00Z", name)
	}
	return t.UTC(), nil
}

// count reads a number; without the parameter it is 0.
func (r *request) count(name string) (uint64, error) {
	text := r.query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, newError(ClassBadRequest, "%s must be a number, 1 or more", name)
	}
	return n, nil
}

// limit reads how many a list may have.
func (r *request) limit(otherwise, most int) (int, error) {
	n, err := r.count(queryLimit)
	switch {
	case err != nil:
		return 0, err
	case n > uint64(most):
		return 0, newError(ClassBadRequest, "%s must be at most %d", queryLimit, most)
	case n == 0:
		return otherwise, nil
	default:
		return int(n), nil
	}
}

// baseName drops the folders of a file's name, of whatever system.
func baseName(file string) string {
	return file[strings.LastIndexAny(file, `/\`)+1:]
}

// queryOf makes a query of names and values; a value "" is left out.
func queryOf(pairs ...string) url.Values {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return query
}

// timestamp writes a time; zero is "".
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// count writes a number; 0 is "".
func count(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

func flag(set bool) string {
	if set {
		return "true"
	}
	return ""
}
