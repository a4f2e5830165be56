package resolver_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// roster is a OneRoster service: OAuth2 client credentials with a scope, the
// filter grammar of section 3.4.3, paging with its headers, and its errors.
type roster struct {
	issuer
	faults faults

	mu           sync.Mutex
	users        []map[string]any
	filters      []string // as they came, unescaped
	limits       []string
	ignoreFilter bool // as a service does that does not know the field
	noTotal      bool
}

const (
	rosterBase  = "/rostering/1.0"
	rosterScope = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
)

func newRoster(users ...map[string]any) *roster {
	return &roster{issuer: issuer{id: "roster-id", secret: "roster-s3cret", scope: rosterScope}, users: users}
}

func (r *roster) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch req.URL.Path {
	case "/auth/1.0/token":
		r.issue(w, req)
	case rosterBase + "/users":
		if r.faults.serve(w, req) {
			return
		}
		if !r.allows(req) {
			rosterError(w, http.StatusUnauthorized, "unauthorised_request")
			return
		}
		r.list(w, req)
	default:
		http.NotFound(w, req)
	}
}

func (r *roster) list(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	query := req.URL.Query()
	r.filters, r.limits = append(r.filters, query.Get("filter")), append(r.limits, query.Get("limit"))
	match, err := parseRosterFilter(query.Get("filter"))
	limit, limitErr := strconv.Atoi(query.Get("limit"))
	offset, offsetErr := strconv.Atoi(query.Get("offset"))
	if err != nil || limitErr != nil || offsetErr != nil || limit < 1 || limit > 100 {
		rosterError(w, http.StatusBadRequest, "invalid_filter_field")
		return
	}
	found := []map[string]any{}
	for _, u := range r.users {
		if r.ignoreFilter || match(u) {
			found = append(found, u)
		}
	}
	page := found[min(offset, len(found)):min(offset+limit, len(found))]
	if !r.noTotal {
		w.Header().Set("X-Total-Count", strconv.Itoa(len(found)))
	}
	if offset+limit < len(found) {
		w.Header().Set("Link", fmt.Sprintf(`<https://%s%s?limit=%d&offset=%d>; rel="next"`, req.Host, req.URL.Path, limit, offset+limit))
	}
	writeJSON(w, http.StatusOK, map[string]any{"users": page})
}

func (r *roster) asked() (filters, limits []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.filters...), append([]string(nil), r.limits...)
}

func rosterError(w http.ResponseWriter, status int, minor string) {
	writeJSON(w, status, map[string]any{
		"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "asked for " + canary,
		"imsx_CodeMinor": map[string]any{"imsx_codeMinorField": []any{
			map[string]any{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor},
		}},
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// parseRosterFilter reads a filter byte by byte: predicates of a field, an
// operator and a quoted value, joined by AND or OR, two at most.
func parseRosterFilter(text string) (func(map[string]any) bool, error) {
	first, rest, err := parseRosterPredicate(text)
	if err != nil || rest == "" {
		return first, err
	}
	and, isAnd := strings.CutPrefix(rest, " AND ")
	or, isOr := strings.CutPrefix(rest, " OR ")
	if !isAnd && !isOr {
		return nil, errors.New("want AND or OR")
	}
	if isOr {
		and = or
	}
	second, rest, err := parseRosterPredicate(and)
	if err != nil || rest != "" {
		return nil, errors.New("want one more predicate, and no more")
	}
	return func(u map[string]any) bool {
		if isOr {
			return first(u) || second(u)
		}
		return first(u) && second(u)
	}, nil
}

func parseRosterPredicate(text string) (func(map[string]any) bool, string, error) {
	end := strings.IndexAny(text, "=!<>~ '")
	if end <= 0 {
		return nil, "", errors.New("want a field")
	}
	field, text := text[:end], text[end:]
	operator := ""
	for _, candidate := range []string{"!=", ">=", "<=", "=", ">", "<", "~"} {
		if strings.HasPrefix(text, candidate) {
			operator, text = candidate, text[len(candidate):]
			break
		}
	}
	if operator == "" || !strings.HasPrefix(text, "'") {
		return nil, "", errors.New("want an operator and a quoted value")
	}
	value, rest, closed := strings.Cut(text[1:], "'")
	if !closed {
		return nil, "", errors.New("a quote is not closed")
	}
	return func(u map[string]any) bool { return rosterHolds(u, field, operator, value) }, rest, nil
}

func rosterHolds(u map[string]any, field, operator, value string) bool {
	text, _ := u[field].(string)
	switch operator {
	case "=":
		if ids, ok := u[field].([]map[string]string); ok {
			for _, id := range ids {
				if id["identifier"] == value {
					return true
				}
			}
		}
		return strings.EqualFold(text, value) // as some databases compare
	case "!=":
		return !strings.EqualFold(text, value)
	case "~":
		return strings.Contains(strings.ToLower(text), strings.ToLower(value))
	case ">":
		return text > value
	case ">=":
		return text >= value
	case "<":
		return text < value
	default:
		return text <= value
	}
}
