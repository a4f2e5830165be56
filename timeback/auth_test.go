package timeback_test

import (
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

// Each kind of credential reaches a collector that demands its key, in the
// form in which it is meant to.
func TestCredentialsAsTheyAreSent(t *testing.T) {
	const key = "k3y with spaces & signs=/+?"
	for kind, test := range map[string]struct {
		auth   func(testing.TB) timeback.Auth
		header string
		want   string
		query  string
	}{
		"bearer":           {must(timeback.BearerAuth(key)), "Authorization", "Bearer " + key, "v=1"},
		"header X-Api-Key": {must(timeback.HeaderAuth("X-Api-Key", key)), "X-Api-Key", key, "v=1"},
		"basic":            {must(timeback.BasicAuth("school", key)), "Authorization", "Basic c2Nob29sOmszeSB3aXRoIHNwYWNlcyAmIHNpZ25zPS8rPw==", "v=1"},
		"query api key":    {must(timeback.QueryAuth("api key", key)), "Authorization", "", "v=1&api+key=k3y+with+spaces+%26+signs%3D%2F%2B%3F"},
	} {
		t.Run(kind, func(t *testing.T) {
			sink, url := serve(t, collector.Options{Key: key})
			auth := test.auth(t)
			c := client(t, url+"/?v=1", func(o *timeback.Options) { o.Auth = auth })
			expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			sent := sink.Requests()[0]
			if got := sent.Header.Get(test.header); got != test.want || sent.Query != test.query {
				t.Errorf("sent %q and query %q, want %q and %q", got, sent.Query, test.want, test.query)
			}
			if auth.String() != kind {
				t.Errorf("prints as %q, want %q", auth, kind)
			}
		})
	}
}

func TestARefusedCredentialPausesAtOnce(t *testing.T) {
	wrong := must(timeback.BearerAuth("not the key"))(t)
	for name, auth := range map[string]timeback.Auth{"none": timeback.NoAuth(), "nil": nil, "wrong": wrong} {
		t.Run(name, func(t *testing.T) {
			_, url := serve(t, collector.Options{Key: "the key"})
			c := client(t, url, func(o *timeback.Options) { o.Auth = auth })
			expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Pause, 401, 1)
		})
	}
}

func TestCredentialsThatMakeNoSense(t *testing.T) {
	type made struct {
		auth timeback.Auth
		err  error
	}
	of := func(auth timeback.Auth, err error) made { return made{auth, err} }
	oauth := func(change func(*timeback.OAuth2Options)) made {
		o := timeback.OAuth2Options{TokenURL: "https://secret@host/token", ClientID: "id", ClientSecret: "secret"}
		change(&o)
		return of(timeback.OAuth2Auth(o))
	}
	for name, test := range map[string]struct {
		made
		setting string
	}{
		"empty bearer":     {of(timeback.BearerAuth("")), "auth.token"},
		"bearer with \\n":  {of(timeback.BearerAuth("secret\n")), "auth.token"},
		"no header name":   {of(timeback.HeaderAuth("", "secret")), "auth.name"},
		"bad header name":  {of(timeback.HeaderAuth("X Key", "secret")), "auth.name"},
		"empty header":     {of(timeback.HeaderAuth("X-Key", "")), "auth.value"},
		"header with \\r":  {of(timeback.HeaderAuth("X-Key", "secret\r")), "auth.value"},
		"no user":          {of(timeback.BasicAuth("", "secret")), "auth.username"},
		"user with colon":  {of(timeback.BasicAuth("a:b", "secret")), "auth.username"},
		"no query name":    {of(timeback.QueryAuth("", "secret")), "auth.name"},
		"no query value":   {of(timeback.QueryAuth("key", "")), "auth.value"},
		"no token url":     {oauth(func(o *timeback.OAuth2Options) { o.TokenURL = "" }), "auth.token_url"},
		"odd token url":    {oauth(func(o *timeback.OAuth2Options) { o.TokenURL = "token" }), "auth.token_url"},
		"no client id":     {oauth(func(o *timeback.OAuth2Options) { o.ClientID = "" }), "auth.client_id"},
		"no client secret": {oauth(func(o *timeback.OAuth2Options) { o.ClientSecret = "" }), "auth.client_secret"},
		"odd style":        {oauth(func(o *timeback.OAuth2Options) { o.Style = "post" }), "auth.style"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.err == nil || test.auth != nil || !strings.HasPrefix(test.err.Error(), test.setting+":") {
				t.Fatalf("got %v, %v; want an error of %s", test.auth, test.err, test.setting)
			}
			if strings.Contains(test.err.Error(), "secret") && test.setting != "auth.client_secret" {
				t.Errorf("the error shows the value: %v", test.err)
			}
		})
	}
}
