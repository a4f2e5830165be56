package resolver

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// OneRosterOptions are the settings of a OneRoster service, 1.1 or 1.2.
type OneRosterOptions struct {
	// URL is the base of the rostering service, as in
	// https://platform.timeback.com/rostering/1.0; /users is put behind it.
	URL string
	// Filter says whom to ask for, with fields of the person in its values;
	// default DefaultFilter.
	Filter     string
	Auth       Auth
	Connection Connection
}

// oneRoster looks people up in a OneRoster service, whose sourcedId is the
// platform id. Exactly one user counts.
type oneRoster struct {
	users   string
	filter  filter
	fields  []Field
	service *service
}

// NewOneRoster returns a resolver, or an error that names the option that makes
// no sense.
func NewOneRoster(o OneRosterOptions) (Resolver, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if o.Filter == "" {
		o.Filter = DefaultFilter
	}
	f, err := parseFilter(o.Filter)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	users := base.JoinPath("users").String()
	s, err := newService(users, o.Connection, o.Auth)
	if err != nil {
		return nil, err
	}
	return &oneRoster{users: users, filter: f, fields: f.fields(), service: s}, nil
}

func (r *oneRoster) Kind() Kind       { return KindOneRoster }
func (r *oneRoster) Endpoint() string { return r.service.display }
func (r *oneRoster) closeIdle()       { r.service.closeIdle() }

func (r *oneRoster) Plan(p *Person) ([]Field, Reason) { return plan(p, r.fields, quotable) }

// The pages that are asked for. Two users tell whether there is one. Where one
// of the two does not count, the longest page that every service grants tells.
const (
	shortPage = 2
	longPage  = 100
)

func (r *oneRoster) Resolve(ctx context.Context, p *Person) (Answer, error) {
	users, whole, err := r.page(ctx, p, shortPage)
	if err == nil && !whole && len(present(users)) < shortPage {
		users, whole, err = r.page(ctx, p, longPage)
	}
	if err != nil {
		return Answer{}, err
	}
	return r.choose(users, whole, p), nil
}

// user is a user as the service returned it.
type user map[string]any

func (u user) text(name string) string {
	text, _ := u[name].(string)
	return text
}

// page asks for the first users, and says whether there are no more.
func (r *oneRoster) page(ctx context.Context, p *Person, limit int) (users []user, whole bool, err error) {
	query := "?filter=" + queryEscape(r.filter.fill(p)) + "&limit=" + strconv.Itoa(limit) + "&offset=0"
	reply, err := r.service.get(ctx, r.users+query)
	if err != nil {
		return nil, false, withFilterHint(err, reply)
	}
	if reply.status != http.StatusOK { // a collection is there, empty or not
		return nil, false, &Fault{
			Class: Misconfigured, Status: reply.status, Settings: []string{"url"},
			what: r.service.who() + " answered " + statusText(reply.status),
		}
	}
	users, err = parseUsers(reply)
	if err != nil {
		return nil, false, badReply(r.service.who(), err.Error())
	}
	return users, isWhole(reply.header, len(users), limit), nil
}

// withFilterHint names the filter where the service, not its token endpoint,
// cannot make sense of the request (OneRoster's invalid_filter_field and the
// like).
func withFilterHint(err error, r reply) error {
	f := faultOf(err)
	if r.status == http.StatusBadRequest || r.status == http.StatusUnprocessableEntity {
		f.Settings = []string{"filter"}
	}
	return f
}

// parseUsers reads {"users": […]}.
func parseUsers(r reply) ([]user, error) {
	var body struct {
		Users *[]user `json:"users"`
	}
	if err := json.Unmarshal(r.body, &body); err != nil {
		return nil, errNot(r, "a OneRoster collection of users")
	}
	if body.Users == nil {
		return nil, errNot(r, "a OneRoster collection of users")
	}
	return *body.Users, nil
}

// isWhole says whether a page holds all there is. A full page does if the total
// says so, and no page does that has a next one.
func isWhole(header http.Header, n, limit int) bool {
	if hasNext(header) {
		return false
	}
	total, err := strconv.Atoi(strings.TrimSpace(header.Get("X-Total-Count")))
	return n < limit || err == nil && total <= n
}

func hasNext(header http.Header) bool {
	for _, links := range header.Values("Link") {
		for link := range strings.SplitSeq(links, ",") {
			_, parameters, _ := strings.Cut(link, ">")
			parameters = strings.ToLower(strings.ReplaceAll(parameters, `"`, ""))
			if strings.Contains(parameters, "rel=next") {
				return true
			}
		}
	}
	return false
}

// present leaves out who is marked to be deleted.
func present(users []user) []user {
	return slices.DeleteFunc(slices.Clone(users), func(u user) bool { return strings.EqualFold(u.text("status"), "tobedeleted") })
}

// choose says which of the users it is.
func (r *oneRoster) choose(users []user, whole bool, p *Person) Answer {
	there := present(users)
	switch {
	case len(users) == 0 && whole:
		return no(NotFound)
	case slices.ContainsFunc(there, func(u user) bool { return !r.filter.confirms(u, p) }):
		return no(Unconfirmed)
	case len(there) > 1, !whole:
		return no(Ambiguous)
	case len(there) == 0:
		return no(Deleted)
	}
	id, err := mapping.ParsePlatformID(there[0].text("sourcedId"))
	if err != nil {
		return no(NotUUID)
	}
	return Answer{PlatformID: id}
}

// joined is base with a path behind it, already escaped.
func joined(base *url.URL, path string) string { return strings.TrimRight(base.String(), "/") + path }
