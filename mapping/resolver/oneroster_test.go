package resolver_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

func oneRosterOf(t testing.TB, r *roster, change ...func(*OneRosterOptions)) Resolver {
	t.Helper()
	url := serve(t, r)
	o := OneRosterOptions{
		URL: url + rosterBase,
		Auth: Auth{
			Type: AuthOAuth2, TokenURL: url + "/auth/1.0/token", ClientID: r.id, ClientSecret: r.secret, Scopes: []string{rosterScope},
		},
	}
	for _, f := range change {
		f(&o)
	}
	return must(t)(NewOneRoster(o))
}

func withFilter(filter string) func(*OneRosterOptions) {
	return func(o *OneRosterOptions) { o.Filter = filter }
}

// ask asks one resolver as a chain would.
func ask(t testing.TB, r Resolver, p Person) (Answer, error) {
	t.Helper()
	if _, reason := r.Plan(&p); reason != "" {
		return Answer{Reason: reason}, nil
	}
	return r.Resolve(context.Background(), &p)
}

func expect(t testing.TB, r Resolver, p Person, id uuid.UUID, reason Reason) {
	t.Helper()
	answer, err := ask(t, r, p)
	if err != nil || answer.PlatformID != id || answer.Reason != reason {
		t.Errorf("answer %v, %q, error %v; want %v, %q", answer.PlatformID, answer.Reason, err, id, reason)
	}
}

func TestOneRosterFindsByEmail(t *testing.T) {
	roster := newRoster(enrolled(1), enrolled(2))
	r := oneRosterOf(t, roster)
	expect(t, r, person(2), platform(2), "")
	expect(t, r, person(3), uuid.Nil, NotFound)
	filters, limits := roster.asked()
	if want := []string{"email='student0002@school.edu'", "email='student0003@school.edu'"}; !slices.Equal(filters, want) {
		t.Errorf("filters %q, want %q", filters, want)
	}
	if want := []string{"2", "2"}; !slices.Equal(limits, want) || roster.tokens() != 1 {
		t.Errorf("limits %q, %d tokens", limits, roster.tokens())
	}
}

func TestOneRosterFilters(t *testing.T) {
	withLDAP := person(1)
	withLDAP.Identity.ExternalID = "ldap0001"
	withName := person(1)
	withName.UserName = "user0001"
	for filter, test := range map[string]struct {
		person Person
		sent   string
	}{
		"identifier='{external_id}'":                            {person(1), "identifier='net0001'"},
		"userIds='{external_id}'":                               {withLDAP, "userIds='ldap0001'"},
		"username='{user_name}'":                                {withName, "username='user0001'"},
		"email='{email}' AND status='active'":                   {person(1), "email='student0001@school.edu' AND status='active'"},
		"identifier='{external_id}' AND email='{email}'":        {person(1), "identifier='net0001' AND email='student0001@school.edu'"},
		"identifier='nobody-{external_id}' OR email='{email}'":  {person(1), "identifier='nobody-net0001' OR email='student0001@school.edu'"},
		"identifier='{external_id}' AND familyName!='{source}'": {person(1), "identifier='net0001' AND familyName!='school'"},
	} {
		t.Run(filter, func(t *testing.T) {
			roster := newRoster(enrolled(2), enrolled(1))
			expect(t, oneRosterOf(t, roster, withFilter(filter)), test.person, platform(1), "")
			if filters, _ := roster.asked(); !slices.Equal(filters, []string{test.sent}) {
				t.Errorf("sent %q, want %q", filters, test.sent)
			}
		})
	}
}

// change returns a user with another value.
func change(user map[string]any, name string, value any) map[string]any {
	user[name] = value
	return user
}

func TestOneRosterCountsOneUserOnly(t *testing.T) {
	email := person(1).Identity.Email
	gone := func(n int) map[string]any {
		return change(change(enrolled(n), "email", email), "status", "tobedeleted")
	}
	for name, test := range map[string]struct {
		users  []map[string]any
		id     uuid.UUID
		reason Reason
		pages  []string
	}{
		"two":                       {[]map[string]any{enrolled(1), change(enrolled(2), "email", email)}, uuid.Nil, Ambiguous, []string{"2"}},
		"one is to be deleted":      {[]map[string]any{gone(2), enrolled(1)}, platform(1), "", []string{"2"}},
		"all are to be deleted":     {[]map[string]any{gone(2)}, uuid.Nil, Deleted, []string{"2"}},
		"the third is the one":      {[]map[string]any{gone(2), gone(3), enrolled(1)}, platform(1), "", []string{"2", "100"}},
		"two behind deleted ones":   {[]map[string]any{gone(2), gone(3), enrolled(1), change(enrolled(4), "email", email)}, uuid.Nil, Ambiguous, []string{"2", "100"}},
		"id is a number":            {[]map[string]any{change(enrolled(1), "sourcedId", 17)}, uuid.Nil, NotUUID, []string{"2"}},
		"id is not a UUID":          {[]map[string]any{change(enrolled(1), "sourcedId", "u-17")}, uuid.Nil, NotUUID, []string{"2"}},
		"id is nil":                 {[]map[string]any{change(enrolled(1), "sourcedId", uuid.Nil.String())}, uuid.Nil, NotUUID, []string{"2"}},
		"address in other letters":  {[]map[string]any{change(enrolled(1), "email", strings.ToUpper(email))}, platform(1), "", []string{"2"}},
		"more deleted than a page":  {slices.Repeat([]map[string]any{gone(2)}, 150), uuid.Nil, Ambiguous, []string{"2", "100"}},
		"an empty roster":           {nil, uuid.Nil, NotFound, []string{"2"}},
		"id in capitals and spaces": {[]map[string]any{change(enrolled(1), "sourcedId", " "+strings.ToUpper(platform(1).String())+" ")}, platform(1), "", []string{"2"}},
	} {
		t.Run(name, func(t *testing.T) {
			roster := newRoster(test.users...)
			expect(t, oneRosterOf(t, roster), person(1), test.id, test.reason)
			if _, limits := roster.asked(); !slices.Equal(limits, test.pages) {
				t.Errorf("pages of %v, want %v", limits, test.pages)
			}
		})
	}
}

// A page that is full and says neither total nor next may not be all there is.
func TestOneRosterLooksOnWithoutATotal(t *testing.T) {
	roster := newRoster(change(change(enrolled(2), "email", person(1).Identity.Email), "status", "tobedeleted"), enrolled(1))
	roster.noTotal = true
	expect(t, oneRosterOf(t, roster), person(1), platform(1), "")
	if _, limits := roster.asked(); !slices.Equal(limits, []string{"2", "100"}) {
		t.Errorf("pages of %v", limits)
	}
}

// A service that does not know a field may return whoever comes first.
func TestOneRosterDoesNotBelieveAServiceThatIgnoresTheFilter(t *testing.T) {
	roster := newRoster(enrolled(7))
	roster.ignoreFilter = true
	expect(t, oneRosterOf(t, roster), person(1), uuid.Nil, Unconfirmed)
	byID := oneRosterOf(t, roster, withFilter("identifier='{external_id}'"))
	expect(t, byID, person(7), platform(7), "")
	other := person(7)
	other.Identity.ExternalID = "NET0007" // another account, as far as the map is concerned
	expect(t, byID, other, uuid.Nil, Unconfirmed)
}

func TestOneRosterValues(t *testing.T) {
	for value, reason := range map[string]Reason{
		"o'brien@school.edu":           Unsafe,
		`back\slash@school.edu`:        Unsafe,
		"line\nbreak@school.edu":       Unsafe,
		"no\xffutf8@school.edu":        Unsafe,
		strings.Repeat("x", 400) + "@": Unsafe,
		"":                             NoAlias,
		"nobody":                       NoAlias, // no address
		"noreply@school.edu":           NoAlias, // a placeholder of Learn
		"No-Reply@school.edu":          NoAlias,
		"a+b c&d=e#f%g@school.edu":     "",
		"jürgen@schule.example":        "",
		`quo"te@school.edu`:            "",
		"x' OR email!='":               Unsafe,
	} {
		roster := newRoster(change(enrolled(1), "email", value))
		r := oneRosterOf(t, roster)
		p := person(1)
		p.Identity.Email = value
		id := platform(1)
		if reason != "" {
			id = uuid.Nil
		}
		if strings.HasPrefix(value, "x' OR") { // it has an @ nowhere, so it is not even an address
			reason = NoAlias
		}
		expect(t, r, p, id, reason)
		if filters, _ := roster.asked(); (reason == "") != (len(filters) == 1) {
			t.Errorf("%q: asked %d times", value, len(filters))
		}
	}
}

// Whatever is asked by, a value cannot end the quotes around it.
func TestOneRosterFiltersCannotBeInjected(t *testing.T) {
	for _, value := range []string{"o'brien", "' OR status='active", `x\`, "x' OR identifier!='"} {
		roster := newRoster(enrolled(1))
		p := person(2)
		p.Identity.ExternalID, p.UserName = value, value
		for _, filter := range []string{"identifier='{external_id}'", "email='{email}' OR username='{user_name}'", "identifier='a-{external_id}' AND status='active'"} {
			expect(t, oneRosterOf(t, roster, withFilter(filter)), p, uuid.Nil, Unsafe)
		}
		if filters, _ := roster.asked(); len(filters) > 0 {
			t.Errorf("%q: asked %q", value, filters)
		}
	}
}

func TestOneRosterWithAFixedToken(t *testing.T) {
	roster := newRoster(enrolled(1))
	roster.good = "fixed-t0ken"
	bearer := func(o *OneRosterOptions) { o.Auth = Auth{Type: AuthBearer, Token: "fixed-t0ken"} }
	expect(t, oneRosterOf(t, roster, bearer), person(1), platform(1), "")
	wrong := func(o *OneRosterOptions) { o.Auth = Auth{Type: AuthBearer, Token: "wrong-t0ken"} }
	_, err := ask(t, oneRosterOf(t, roster, wrong), person(1))
	expectFault(t, err, Misconfigured, 401, "auth")
}

func TestOneRosterOptionsThatMakeNoSense(t *testing.T) {
	base := "https://s3cret-host/rostering"
	for _, test := range []struct {
		setting string
		options OneRosterOptions
	}{
		{"url", OneRosterOptions{URL: "rostering"}},
		{"url", OneRosterOptions{URL: "ftp://host/x"}},
		{"url", OneRosterOptions{URL: "https://u:s3cret@host/x"}},
		{"url", OneRosterOptions{URL: "https://host/x?key=s3cret"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email={email}"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email='{mail}'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email='{email'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "status='active'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "org='{source}'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email~'{email}'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email!='{email}'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email='{email}' or status='active'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "email='{email}' OR status='active'"}},
		{"filter", OneRosterOptions{URL: base, Filter: "a='{email}' AND b='1' AND c='2'"}},
		{"auth.type", OneRosterOptions{URL: base, Auth: Auth{Type: "magic"}}},
		{"auth.token", OneRosterOptions{URL: base, Auth: Auth{Type: AuthBearer}}},
		{"auth.token", OneRosterOptions{URL: base, Auth: Auth{Type: AuthBearer, Token: "s3cret\n"}}},
		{"auth.name", OneRosterOptions{URL: base, Auth: Auth{Type: AuthHeader, Name: "X Y", Value: "s3cret"}}},
		{"auth.value", OneRosterOptions{URL: base, Auth: Auth{Type: AuthHeader, Name: "X-Key"}}},
		{"auth.username", OneRosterOptions{URL: base, Auth: Auth{Type: AuthBasic, Username: "s3cret:x"}}},
		{"auth.token_url", OneRosterOptions{URL: base, Auth: Auth{Type: AuthOAuth2, TokenURL: "/s3cret"}}},
		{"auth.client_id", OneRosterOptions{URL: base, Auth: Auth{Type: AuthOAuth2, TokenURL: base}}},
		{"auth.client_secret", OneRosterOptions{URL: base, Auth: Auth{Type: AuthOAuth2, TokenURL: base, ClientID: "s3cret"}}},
		{"auth.style", OneRosterOptions{URL: base, Auth: Auth{Type: AuthOAuth2, TokenURL: base, ClientID: "i", ClientSecret: "s3cret", Style: "form"}}},
	} {
		r, err := NewOneRoster(test.options)
		if r != nil || err == nil || !strings.HasPrefix(err.Error(), test.setting+":") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, error %v", test.setting, r, err)
		}
	}
}

func TestOneRosterBaseWithAndWithoutASlash(t *testing.T) {
	for _, tail := range []string{"", "/", "//"} {
		roster := newRoster(enrolled(1))
		r := oneRosterOf(t, roster, func(o *OneRosterOptions) { o.URL += tail })
		expect(t, r, person(1), platform(1), "")
		if !strings.HasSuffix(r.Endpoint(), rosterBase+"/users") {
			t.Errorf("endpoint %s", r.Endpoint())
		}
	}
}

func TestAuthByHeaderBasicAndForm(t *testing.T) {
	seen := make(chan http.Header, 1)
	echo := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen <- req.Header
		w.WriteHeader(http.StatusNoContent)
	})
	for want, auth := range map[string]Auth{
		"":                     {},
		"raw key":              {Type: AuthHeader, Name: "Authorization", Value: "raw key"},
		"Basic dTpwOnc=":       {Type: AuthBasic, Username: "u", Password: "p:w"},
		"Bearer fixed-t0ken=?": {Type: AuthBearer, Token: "fixed-t0ken=?"},
	} {
		url := serve(t, echo)
		r := must(t)(NewHTTP(HTTPOptions{URL: url + "/{external_id}", Auth: auth}))
		expect(t, r, person(1), uuid.Nil, NotFound)
		if header := <-seen; header.Get("Authorization") != want || header.Get("User-Agent") != "bbcaliper" {
			t.Errorf("sent %q", header)
		}
	}
	roster := newRoster(enrolled(1))
	roster.form = true
	expect(t, oneRosterOf(t, roster, func(o *OneRosterOptions) { o.Auth.Style = StylePost }), person(1), platform(1), "")
}
